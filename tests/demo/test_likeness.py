"""How like the voice a conversion becomes, on the page: as usual, by keyboard, and for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import soundfile
from browsing import PATIENCE_MS, go_to
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.conversion.sounds import save, sung
from voice.card import USUAL_LIKENESS
from voice.demo.likeness_fields import likeness_of
from voice.marking.check import check_file

OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def vocal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("vocal") / "vocal.wav", sung())


def likeness_kept(sound: Path) -> list[str]:
    """What the record of a file beside it says of its likeness."""
    record = check_file(sound).record
    assert record is not None
    return [change for change in record.making.changes if change.startswith("likeness")]


def apart(one: Path, other: Path) -> float:
    """How far two sounds differ at most; their marks differ, since each names its own record."""
    return float(abs(soundfile.read(one)[0] - soundfile.read(other)[0]).max())


def test_the_slider_is_used_by_keyboard_once_the_box_is_cleared(
    open_page: OpenPage, vocal: Path
) -> None:
    view = open_page()
    go_to(view, "Convert")
    view.get_by_role("radio", name="Tiny").locator("visible=true").first.check()
    slider = view.get_by_role("slider", name="Likeness")
    usual = USUAL_LIKENESS
    assert float(slider.input_value()) == usual
    assert slider.is_disabled()
    view.locator("#source input[type=file]").set_input_files(str(vocal))
    view.locator("#stated input").check()
    view.locator("#usual-likeness input").focus()
    view.keyboard.press("Space")
    view.wait_for_function("!document.querySelector('#likeness input[type=range]').disabled")
    slider.focus()
    view.keyboard.press("Home")
    for _ in range(2):
        view.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(0.1)
    view.locator("#convert-button").click()
    view.get_by_text("Converted.", exact=True).wait_for()
    told = view.locator(".sung-by").locator("visible=true").first
    assert "likeness 0.1." in told.inner_text()
    view.locator("#usual-likeness input").check()
    view.wait_for_function("document.querySelector('#likeness input[type=range]').disabled")
    assert float(slider.input_value()) == usual
    view.locator("#convert-button").click()
    told.get_by_text(f"likeness {usual:g}.").wait_for()


def test_a_program_says_how_like_or_leaves_it(
    address: str, vocal: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    client = Client(
        address,
        verbose=False,
        download_files=tmp_path_factory.mktemp("client"),
        httpx_kwargs={"timeout": PATIENCE_MS / 1000},
    )

    def converted(*likeness: float | None) -> Path:
        order = (handle_file(str(vocal)), "tiny", "0", True, *likeness)
        return Path(client.predict(*order, api_name="/convert")[0])

    plain, usual, none = converted(), converted(USUAL_LIKENESS), converted(0.0)
    assert apart(plain, usual) < apart(plain, none) / 3
    assert apart(plain, none) > 1e-3
    assert likeness_kept(plain)[0].startswith(f"likeness {USUAL_LIKENESS:g} ")
    assert likeness_kept(none)[0].startswith("likeness 0 ")
    with pytest.raises(AppError, match=r"a likeness of 1\.5"):
        converted(1.5)


def test_what_stands_on_the_page_is_an_order() -> None:
    assert likeness_of(True, 0.1) is None
    assert likeness_of(False, None) is None
    assert likeness_of(False, 0.1) == 0.1
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(gr.Error, match="between 0 and 1"):
            likeness_of(False, wrong)
