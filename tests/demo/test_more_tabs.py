"""Words, melodies, mixes, conversions and checks, in a real browser and on real input."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browsing import go_to

from vocoder.audio import read_audio
from voice.cli.app import run
from voice.mixing.loudness import integrated_lufs

OpenPage = Callable[..., Any]
TWO_PHRASES = "tempo=160 title=Two C4 la D4 la E4 la F4:2 la R:1 F4:1 la E4 la D4 la C4:2 la"
RATE_HZ = 22_050
BEAT_S = 0.5


def put_line(view: Any, line: str, title: str) -> None:
    go_to(view, "Melody")
    view.locator("#line textarea").fill(line)
    view.get_by_role("button", name="Put it on the desk").click()
    view.locator(".desk strong").first.get_by_text(title).wait_for()


def choose_tiny(view: Any, tab: str = "Sing") -> None:
    go_to(view, tab)
    view.get_by_role("radio", name="Tiny").locator("visible=true").first.check()


def downloaded(view: Any, selector: str) -> Path:
    view.locator(selector).first.wait_for()
    with view.expect_download() as waiting:
        view.locator(selector).first.click()
    return Path(waiting.value.path())


@pytest.fixture(scope="module")
def instrumental(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen bars of C, G, Am and F at 120, with a stick on each beat and a drum on each bar."""
    random = np.random.default_rng(0)
    beats = 64
    sound = np.zeros(round(beats * BEAT_S * RATE_HZ))
    chords = ((48, 60, 64, 67), (43, 59, 62, 67), (45, 60, 64, 69), (41, 60, 65, 69))
    for beat in range(beats):
        at = round(beat * BEAT_S * RATE_HZ)
        length = min(round(BEAT_S * RATE_HZ), len(sound) - at)
        seconds = np.arange(length) / RATE_HZ
        for midi in chords[beat // 4 % 4]:
            hz = 440 * 2 ** ((midi - 69) / 12)
            sound[at : at + length] += (
                0.05 * np.sin(2 * np.pi * hz * seconds) * np.exp(-2 * seconds)
            )
        click = random.standard_normal(length) * np.exp(-80 * seconds)
        sound[at : at + length] += 0.1 * click
        if beat % 4 == 0:
            sound[at : at + length] += (
                0.5 * np.sin(2 * np.pi * 60 * seconds) * np.exp(-20 * seconds)
            )
    path = tmp_path_factory.mktemp("track") / "track.wav"
    soundfile.write(path, sound, RATE_HZ)
    return path


@pytest.fixture(scope="module")
def sung(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vocal of the tiny voice, as the command line makes it."""
    path = tmp_path_factory.mktemp("sung") / "sung.wav"
    line = "tempo=100 C4:2 la D4 la E4 la F4:4 la E4:2 la D4 la C4:4 la"
    assert run(["sing", line, "-o", str(path), "--voice", "tiny", "--threads", "1", "-q"]) == 0
    return path


def test_words_are_written_for_the_melody_and_laid_under_it(open_page: OpenPage) -> None:
    view = open_page()
    put_line(view, TWO_PHRASES, "Two")
    go_to(view, "Write")
    view.locator("#write-button").click()
    view.get_by_text("Written.", exact=True).wait_for()
    counts = view.locator(".sheet-line .count").all_inner_texts()
    assert counts == ["4 syllables", "4 syllables"]
    field = view.locator("#lyrics-text textarea")
    words = field.input_value()
    first = view.locator(".sheet-line .words").first.inner_text()
    field.fill(words.replace(first, f"{first} again and again"))
    view.locator(".count.off").wait_for()
    field.fill(words)
    view.locator(".count.off").wait_for(state="detached")
    view.get_by_role("button", name="Lay them under the melody").click()
    view.get_by_text("They lie under the melody.").wait_for()
    go_to(view, "Melody")
    assert view.locator(".desk").first.inner_text().count(first.split()[0].strip(",.")) == 1


def test_a_melody_is_written_for_words(open_page: OpenPage) -> None:
    view = open_page()
    go_to(view, "Melody")
    view.locator("#words-to-compose textarea").fill("The morning comes\nand all is well")
    view.locator("#compose-button").click()
    view.get_by_text("Written.", exact=True).locator("visible=true").wait_for()
    view.wait_for_function("document.querySelectorAll('#roll [data-note]').length === 8")


def test_a_song_is_mixed_over_a_track(
    open_page: OpenPage, instrumental: Path, tmp_path: Path
) -> None:
    view = open_page()
    put_line(view, TWO_PHRASES, "Two")
    choose_tiny(view)
    go_to(view, "Over a track")
    view.locator("#track input[type=file]").set_input_files(str(instrumental))
    view.locator(".facts").wait_for()
    facts = view.locator(".facts").inner_text()
    assert "120." in facts or "119." in facts
    view.locator("#start input, #start textarea").first.fill("3")
    view.locator("#mix-button").click()
    view.locator(".meters").wait_for()
    with zipfile.ZipFile(downloaded(view, "#mix-files a[download='project.zip']")) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path)
    assert {"mix.wav", "tiny.wav", "melody.mid", "lyrics.txt", "mix.mix.json"} <= names
    assert any(name.startswith("stems/") for name in names)
    assert integrated_lufs(read_audio(tmp_path / "mix.wav")) == pytest.approx(-14.0, abs=1.0)
    before = read_audio(instrumental).samples[0][: 3 * RATE_HZ]
    after = read_audio(tmp_path / "mix.wav").samples[0][: 3 * RATE_HZ]
    assert np.corrcoef(before, after)[0, 1] > 0.8
    assert view.locator("#track-picture svg").count() == 1


def test_a_recording_is_converted_only_with_the_users_word(open_page: OpenPage, sung: Path) -> None:
    view = open_page()
    choose_tiny(view, "Convert")
    view.get_by_role("button", name="Take an example").locator("visible=true").click()
    view.get_by_text("A phrase sung by alder.", exact=True).wait_for()
    view.locator("#source").get_by_role("button", name="Play").first.wait_for()
    view.locator("#source button[aria-label='Clear']").first.click()
    view.locator("#source input[type=file]").set_input_files(str(sung))
    view.locator("#source").get_by_text("sung.wav").or_(
        view.locator("#source [data-testid='waveform-controls'], #source canvas, #source #waveform")
    ).first.wait_for()
    view.locator("#convert-button").click()
    view.locator(".toast-body").get_by_text("nobody stated").wait_for()
    view.locator("#stated input").check()
    view.locator("#convert-button").click()
    view.get_by_text("Converted.", exact=True).wait_for()
    assert (
        "the user stated at" in view.locator(".sung-by").locator("visible=true").first.inner_text()
    )
    made = downloaded(view, "#converted a[download]")
    assert soundfile.info(made).duration == pytest.approx(soundfile.info(sung).duration, abs=1e-3)


def test_a_file_says_whether_melisma_made_it(
    open_page: OpenPage, sung: Path, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, 0.1 * np.random.default_rng(1).standard_normal(44_100 * 8), 44_100)
    view = open_page()
    go_to(view, "Check a file")
    view.get_by_role("button", name="Take an example").locator("visible=true").click()
    view.locator(".verdict.good").get_by_text("Melisma made it").wait_for()
    view.locator("#checked button[aria-label='Clear']").first.click()
    for path, told in ((sung, "Melisma made it"), (noise, "Nothing in it says")):
        view.locator("#checked input[type=file]").set_input_files(str(path))
        view.locator(".verdict").get_by_text(told).wait_for()
        view.locator("#checked").get_by_role("button", name="Clear").or_(
            view.locator("#checked button[aria-label='Clear']")
        ).first.click()
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF but nothing more")
    view.locator("#checked input[type=file]").set_input_files(str(bad))
    view.locator(".toast-body", has_text="bad.wav").first.wait_for()
