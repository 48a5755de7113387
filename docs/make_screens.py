"""Takes the pictures of the page: `python docs/make_screens.py`, with Chromium and playwright.

Every tab at 1,440 pixels, some at 390 or in the dark, each a JPEG of at most 75 KB. `python
docs/make_screens.py sing check` takes those of some tabs only.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from voice.demo.page import Serving, launched, page
from voice.demo.room import Room
from voice.studio import Studio

OUT = Path(__file__).parent / "screens"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
LARGEST_BYTES = 75_000
WIDEST = 1080
WIDE, NARROW = (1440, 1000), (390, 844)
SETTLED_MS = 1_000
PATIENCE_MS = 600_000


def tab(view: Any, name: str) -> None:
    """Choose a tab."""
    view.get_by_role("tab", name=name, exact=True).click()
    view.wait_for_timeout(1_500)


def keep(view: Any, name: str) -> None:
    """The page as a JPEG, as good as fits.

    The window is made as tall as the page. Chromium's own full-page pictures lay the page out at
    another width for a moment, in which rows that scroll sideways lose their place.
    """
    wide = int(view.viewport_size["width"])
    tall = int(view.evaluate("document.documentElement.scrollHeight"))
    view.set_viewport_size({"width": wide, "height": tall})
    view.wait_for_timeout(SETTLED_MS)
    picture = Image.open(io.BytesIO(view.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, picture.height))
    for quality in (88, 80, 70, 60, 50, 40, 32, 25):
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=quality, optimize=True, progressive=True)
        if data.tell() <= LARGEST_BYTES:
            break
    (OUT / f"{name}.jpg").write_bytes(data.getvalue())


def written(view: Any) -> None:
    tab(view, "Write")
    view.locator("#write-button").click()
    view.locator(".sheet-line").nth(3).wait_for()
    view.get_by_text("Written.").first.wait_for()


def heard(view: Any) -> None:
    tab(view, "Melody")
    view.get_by_role("button", name="Hear phrase").click()
    view.wait_for_function("document.querySelector('#roll .sung').getAttribute('d').length > 200")


def sung(view: Any) -> None:
    tab(view, "Sing")
    view.locator("#sing-button").click()
    view.locator("#take-picture svg").wait_for()


def mixed(view: Any) -> None:
    tab(view, "Over a track")
    view.get_by_role("button", name="Take the example").click()
    view.locator(".facts").wait_for()
    view.locator("#mix-button").click()
    view.locator(".meters").wait_for()


def asked(view: Any) -> None:
    tab(view, "My voice")
    view.get_by_label("Name of the person").fill("Ada Example")
    view.get_by_label("Where the receipt goes").fill("ada@example.org")
    view.get_by_label("The one project").fill("the album Night Trains")
    view.get_by_role("button", name="Write the statement").click()
    view.wait_for_timeout(3_000)
    view.get_by_role("button", name="Show the statement").click()
    view.locator(".digits").wait_for()


def converted(view: Any) -> None:
    tab(view, "Convert")
    view.get_by_role("button", name="Take an example").locator("visible=true").click()
    view.get_by_text("A phrase sung by").first.wait_for()
    view.locator("#stated input").check()
    view.locator("#convert-button").click()
    view.locator("#compared svg").wait_for()


def checked(view: Any) -> None:
    tab(view, "Check a file")
    view.get_by_role("button", name="Take an example").locator("visible=true").click()
    view.locator(".verdict").wait_for()


SCENES: dict[str, tuple[Callable[[Any], None], tuple[str, ...]]] = {
    "melody": (heard, ("", "-dark", "-phone", "-phone-dark")),
    "sing": (sung, ("", "-dark", "-phone")),
    "write": (written, ("", "-phone-dark")),
    "over-a-track": (mixed, ("", "-dark")),
    "convert": (converted, ("",)),
    "my-voice": (asked, ("",)),
    "check": (checked, ("",)),
}
LOOKS = {
    "": (WIDE, False),
    "-dark": (WIDE, True),
    "-phone": (NARROW, False),
    "-phone-dark": (NARROW, True),
}
DARK = "dark => document.body.classList.toggle('dark', dark)"


def main() -> None:
    """Serve the page, walk through it once, and leave the pictures of every look."""
    OUT.mkdir(exist_ok=True)
    chosen = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as driver:
        os.environ["MELISMA_HOME"] = home
        address = launched(page(Room(Studio.open())), Serving(), wait=False)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        view = browser.new_page(permissions=["microphone"])
        view.set_default_timeout(PATIENCE_MS)
        view.goto(f"{address}?__theme=light")
        for name, (scene, looks) in SCENES.items():
            if chosen and name not in chosen:
                continue
            view.set_viewport_size(dict(zip(("width", "height"), WIDE, strict=True)))
            view.evaluate(DARK, False)
            scene(view)
            for look in looks:
                size, dark = LOOKS[look]
                view.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
                view.evaluate(DARK, dark)
                view.mouse.move(2, 2)
                view.wait_for_timeout(2_500)
                keep(view, name + look)
        browser.close()


if __name__ == "__main__":
    main()
