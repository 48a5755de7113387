"""One page for all tests, served in this process with the tiny voice, and one real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE_MS

gradio = pytest.importorskip("gradio")
playwright = pytest.importorskip("playwright.sync_api")

from voice.demo.page import Serving, launched, page  # noqa: E402
from voice.demo.room import Room  # noqa: E402
from voice.studio import Studio  # noqa: E402

FIXTURES = Path(__file__).parents[1] / "fixtures"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--use-fake-ui-for-media-stream --use-fake-device-for-media-stream"
)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's data folder with the tiny voice in it."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(FIXTURES / "voices", folder / "voices")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MELISMA_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def no_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's data folder in place of every other test's own."""
    monkeypatch.setenv("MELISMA_HOME", str(home))


@pytest.fixture(scope="session")
def room(home: Path) -> Room:
    return Room(Studio.open(home, threads=1))


@pytest.fixture(scope="session")
def address(room: Room) -> Iterator[str]:
    """Where the page is served."""
    blocks = page(room)
    yield launched(blocks, Serving(), wait=False)
    blocks.close()
    room.files.close()


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears is written here before it records."""
    return tmp_path_factory.mktemp("microphone") / "spoken.wav"


@pytest.fixture(scope="session")
def browser(microphone: Path) -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium; Debian's package chromium has it")
    heard = f"--use-file-for-fake-audio-capture={microphone}"
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=program, args=[*FLAGS.split(), heard])
        yield made
        made.close()


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the page as a new user; afterwards nothing may have gone wrong in any of them."""
    contexts = []
    faults: list[str] = []

    def outside(request: Any) -> None:
        url = str(request.url)
        if not url.startswith((address, "data:", "blob:")):
            faults.append(f"asked for {url}")

    def said(message: Any) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def opened(width: int = 1440, height: int = 1000, dark: bool = False) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, permissions=["microphone"]
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        view = context.new_page()
        view.on("request", outside)
        view.on("console", said)
        view.on("pageerror", lambda error: faults.append(f"error: {error}"))
        view.goto(address + ("?__theme=dark" if dark else "?__theme=light"))
        view.get_by_role("tab", name="Write").wait_for()
        return view

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
