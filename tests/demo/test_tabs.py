"""Every tab in a real browser, on real input, to its end; files are judged by what is in them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import pytest
from browsing import PATIENCE_MS, go_to

from voice.cli.app import run
from voice.demo.desk import EXAMPLE_LINE
from voice.demo.room import Room

SCORES = Path(__file__).parents[1] / "score" / "fixtures"
SHORT = "tempo=160 title=Short C4:1 A- D4 ma- E4:2 zing, G4:1 how F4 sweet E4:2 sounds"

playwright = pytest.importorskip("playwright.sync_api")

OpenPage = Callable[..., Any]


def put_line(view: Any, line: str = SHORT) -> None:
    """A melody of a line onto the desk; whoever sees nothing happen clicks once more."""
    go_to(view, "Melody")
    view.locator("#line textarea").fill(line)
    title = line.partition("title=")[2].split()[0].replace("_", " ")
    told = view.locator(".desk strong").first.get_by_text(title)
    press = view.get_by_role("button", name="Put it on the desk")
    press.click()
    try:
        told.wait_for(timeout=PATIENCE_MS // 5)
    except playwright.TimeoutError:
        press.click()
        told.wait_for()


def choose_tiny(view: Any) -> None:
    go_to(view, "Sing")
    view.get_by_role("radio", name="Tiny").first.check()


def box(shape: Any) -> dict[str, float]:
    """Where something is drawn; it may be drawn anew just now."""
    found = None
    while found is None:
        found = shape.bounding_box()
    return dict(found)


def sung_file(view: Any) -> Path:
    """The sound that the page plays, fetched as a browser would."""
    link = view.locator("#take-files a[href$='.wav'], #take-files a[download]").first
    link.wait_for()
    with view.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path())


def test_sing_gives_the_command_lines_own_file(open_page: OpenPage, tmp_path: Path) -> None:
    view = open_page()
    put_line(view)
    choose_tiny(view)
    view.locator("#sing-button").click()
    view.locator("#take-picture svg").wait_for()
    own = tmp_path / "own.wav"
    assert run(["sing", SHORT, "-o", str(own), "--voice", "tiny", "--threads", "1", "-q"]) == 0
    assert sung_file(view).read_bytes() == own.read_bytes()
    assert view.locator("#take-picture text", has_text="zing").count() == 1
    assert view.locator("#take-picture").get_by_role("img").count() == 1


def test_a_score_is_read_edited_by_hand_and_saved(open_page: OpenPage) -> None:
    view = open_page()
    go_to(view, "Melody")
    view.locator("#score-file input[type=file]").set_input_files(
        str(SCORES / "great_and_mighty_wonder.abc")
    )
    view.locator(".desk strong").get_by_text("Great").first.wait_for()
    put_line(view)
    roll = view.locator("#roll")
    roll.locator("[data-note='0']").focus()
    view.keyboard.press("ArrowUp")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("s")
    roll.locator(".roll-syllable").fill("bil-")
    roll.locator(".roll-syllable").press("Enter")
    roll.locator("[data-note='1']", has_text="bil-").wait_for()
    note = box(roll.locator("[data-note='3'] .body"))
    view.mouse.move(note["x"] + 5, note["y"] + 5)
    view.mouse.down()
    view.mouse.move(note["x"] + 5, note["y"] + 5 - 2 * 16, steps=3)
    view.mouse.up()
    roll.locator("[data-note]").nth(6).wait_for()
    view.get_by_label("Save the melody as").click()
    view.get_by_role("button", name="Save", exact=True).click()
    link = view.locator("#score-saved a").first
    with view.expect_download() as waiting:
        link.click()
    midi = mido.MidiFile(waiting.value.path())
    events = [m for track in midi.tracks for m in track]
    pitches = [m.note for m in events if m.type == "note_on" and m.velocity]
    words = [m.text.strip() for m in events if m.type == "lyrics"]
    assert pitches == [61, 62, 62, 66, 67, 65, 64]
    assert words[1] == "bil-"


def test_a_phrase_is_heard_alone_and_its_pitch_drawn(open_page: OpenPage) -> None:
    view = open_page()
    put_line(view)
    choose_tiny(view)
    go_to(view, "Melody")
    view.get_by_role("button", name="Hear phrase").click()
    view.locator("#phrase audio, #phrase [data-testid]").first.wait_for(state="attached")
    view.wait_for_function("document.querySelector('#roll .sung').getAttribute('d').length > 200")
    assert view.evaluate("document.querySelector('#roll .sung').getBBox().width") < 300


def test_what_cannot_be_read_is_told_in_a_sentence(open_page: OpenPage, tmp_path: Path) -> None:
    view = open_page()
    go_to(view, "Melody")
    for line, told in (
        ("words alone", "stands before the first note"),
        ("", "the line has no notes"),
        ("/etc/passwd", "'/etc/passwd' stands before"),
    ):
        view.locator("#line textarea").fill(line)
        view.get_by_role("button", name="Put it on the desk").click()
        view.locator(".toast-body", has_text=told).first.wait_for()
    bad = tmp_path / "song.mid"
    bad.write_bytes(b"not a song at all")
    view.locator("#score-file input[type=file]").set_input_files(str(bad))
    view.locator(".toast-body", has_text="song.mid").first.wait_for()
    assert "Traceback" not in view.locator("body").inner_text()


def test_the_example_sings_on_the_first_click_and_stop_stops(
    open_page: OpenPage, room: Room
) -> None:
    view = open_page()
    choose_tiny(view)
    assert view.locator(".desk").last.inner_text().startswith("For the Beauty of the Earth")
    put_line(view, " ".join([EXAMPLE_LINE, *EXAMPLE_LINE.split()[3:] * 30]))
    go_to(view, "Sing")
    view.locator("#sing-button").click()
    view.get_by_role("button", name="Stop").click()
    view.locator(".toast-body").get_by_text("nothing was kept").wait_for()
    assert room.jobs.count == 0
    put_line(view, EXAMPLE_LINE)
    go_to(view, "Sing")
    view.locator("#sing-button").click()
    view.locator("#take-picture svg").wait_for()


def test_two_users_have_a_desk_each(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    put_line(first)
    go_to(second, "Melody")
    assert second.locator(".desk strong").first.inner_text() == "For the Beauty of the Earth"
    assert first.locator(".desk strong").first.inner_text() == "Short"


def test_files_go_when_the_page_is_closed(open_page: OpenPage, room: Room) -> None:
    view = open_page()
    put_line(view)
    choose_tiny(view)
    view.locator("#sing-button").click()
    view.locator("#take-picture svg").wait_for()
    before = set(room.files.root.iterdir())
    assert before
    view.context.close()
    for _ in range(100):
        if len(set(room.files.root.iterdir())) < len(before):
            break
        import time

        time.sleep(0.1)
    assert len(set(room.files.root.iterdir())) < len(before)


def test_nothing_of_another_folder_is_served(address: str) -> None:
    for path in ("/etc/passwd", str(Path(__file__).resolve())):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"{address}gradio_api/file={path}")
        assert refusal.value.code in (403, 404)
    config = json.load(urllib.request.urlopen(f"{address}config"))
    assert config["analytics_enabled"] is False
