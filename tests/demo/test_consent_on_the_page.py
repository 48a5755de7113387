"""My voice: the whole way from the question to the receipt, with a recording from the browser's
microphone; and no way past the registry."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browsing import go_to

from consent.errors import RefusedError
from consent.folder import digest_file
from consent.grant import Operation
from consent.location import locate
from consent.registry import Registry
from voice.bank import VoiceBank
from voice.identity import SpokenDigits

sys.path.insert(0, str(Path(__file__).parents[1] / "consent"))
from espeak import Espeak

OpenPage = Callable[..., Any]
GAP_S, PAUSE_S = 0.3, 0.8
VOICES = ("en-us+f2", "en-gb", "en-us+f3", "en-us+f4", "en-gb+f2", "en-us+m1", "en-us+m7")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SILENCE_AFTER_S = 20.0
"""The browser hears its file again and again; nobody waits for the second time."""

BRISK = 260
"""Words a minute; the microphone hears them in real time."""

STOPS_LATE_S = (1.5, 5.0, 10.0, 15.0)
"""How long after the last digit a person presses Stop, at each of their attempts. A machine with
other work hears late and with gaps; then the page asks for fresh digits, and they are read again.
"""

PRESS_STOP_AFTER = """
milliseconds => new Promise(done => setTimeout(() => {
  const buttons = [...document.querySelectorAll('#spoken button')];
  const named = button => /Stop/.test(button.textContent + button.ariaLabel);
  buttons.find(button => named(button) && button.offsetParent).click();
  done();
}, milliseconds))
"""
"""In the browser's own time, however long the test's messages take."""


@pytest.fixture(scope="module")
def speaker() -> Espeak:
    return Espeak()


def read_aloud(
    speaker: Espeak, statement: str, digits: str, voices: Sequence[str] = VOICES, rate: int = 180
) -> tuple[bytes, str] | None:
    """Statement and digits in the first of the voices whose digits are understood."""
    gap, after = (np.zeros(int(s * speaker.rate_hz)) for s in (GAP_S, SILENCE_AFTER_S))
    for voice in voices:
        said = [part for digit in digits for part in (speaker.say(WORDS[int(digit)], voice), gap)]
        parts = (speaker.say(statement, voice, rate), np.concatenate(said))
        heard = SpokenDigits().hear(speaker.wav(*parts, pause_s=PAUSE_S))
        if digits in heard:
            return speaker.wav(*parts, after, pause_s=PAUSE_S), voice
    return None


def registry(home: Path) -> Registry:
    return Registry.open(locate({"MELISMA_HOME": str(home)}, home))


def begin(view: Any) -> str:
    """Step 1, and the grant's number."""
    go_to(view, "My voice")
    view.get_by_label("Name of the person").fill("Ada Example")
    view.get_by_label("Where the receipt goes").fill("ada@example.org")
    view.get_by_label("The one project").fill("the album Night Trains")
    view.get_by_role("button", name="Write the statement").click()
    field = view.locator("#grant input, #grant textarea").first
    view.wait_for_function(
        "(document.querySelector('#grant input, #grant textarea') || {}).value.startsWith('g-')"
    )
    return str(field.input_value())


def fresh_digits(view: Any) -> tuple[str, str]:
    """Step 2: the statement, and digits that nobody has seen before."""
    view.get_by_role("button", name="Show the statement").click()
    view.locator(".findings").wait_for(state="detached")
    view.locator(".digits").wait_for()
    statement = view.locator("#statement p").first.inner_text()
    digits = re.sub(r"\s", "", view.locator(".digits").inner_text())
    assert len(digits) == 6
    return statement, digits


def sung_by(view: Any, speaker: Espeak, voice: str, material: Path) -> None:
    """A recording of the voice that is to be enrolled."""
    line = "The morning comes across the hill, and all the fields are bright and still."
    material.write_bytes(speaker.wav(speaker.say(line, voice)))
    view.locator("#material input[type=file]").set_input_files(str(material))
    view.locator("#material").get_by_text(material.stem).first.wait_for()


def judged(view: Any) -> list[str]:
    """What was found when the recording was handed in."""
    view.get_by_role("button", name="Hand it in").click()
    refused = view.locator(".toast-body")
    view.locator(".findings li").or_(refused).first.wait_for()
    assert refused.all_inner_texts() == []
    return list(view.locator(".findings li").all_inner_texts())


def record(view: Any, microphone: Path, spoken: bytes, late_s: float) -> None:
    """Into the browser's microphone, which hears the file from its beginning."""
    microphone.write_bytes(spoken)
    length_s = soundfile.info(io.BytesIO(spoken)).duration - SILENCE_AFTER_S
    view.locator("#spoken").get_by_role("button", name="Record", exact=True).click()
    view.locator("#spoken").get_by_role("button", name="Stop").first.wait_for()
    with view.expect_response(lambda answer: "/gradio_api/upload" in answer.url):
        view.evaluate(PRESS_STOP_AFTER, 1000 * (length_s + late_s))
    view.locator("#spoken").get_by_role("button", name="Play").first.wait_for()


def hand_in(view: Any, file: Path, spoken: bytes) -> None:
    file.write_bytes(spoken)
    view.locator("#spoken").get_by_role("button", name="Upload").first.click()
    view.locator("#spoken input[type=file]").set_input_files(str(file))
    view.locator("#spoken").get_by_role("button", name="Play").first.wait_for()


def test_what_the_microphone_hears_is_judged_and_granted(
    open_page: OpenPage, microphone: Path, speaker: Espeak, tmp_path: Path
) -> None:
    view = open_page()
    begin(view)
    voices: Sequence[str] = VOICES
    rules: list[str] = []
    for late_s in STOPS_LATE_S:
        read = read_aloud(speaker, *fresh_digits(view), voices, BRISK)
        if read is None:
            continue
        spoken, voice = read
        if voices is VOICES:
            sung_by(view, speaker, voice, tmp_path / "song.wav")
            voices = (voice,)
        record(view, microphone, spoken, late_s)
        rules = judged(view)
        if not any("not passed" in text for text in rules):
            break
    assert {text.split()[0] for text in rules} >= {"speech", "level", "noise", "digits"}
    assert [text for text in rules if "not passed" in text] == []
    view.get_by_role("button", name="Put it in force").click()
    view.locator("#grant-state").get_by_text("active").wait_for()


def test_a_voice_is_granted_receipted_and_taken_back(
    open_page: OpenPage, home: Path, speaker: Espeak, tmp_path: Path
) -> None:
    material = tmp_path / "song.wav"
    view = open_page()
    grant = begin(view)
    statement, digits = fresh_digits(view)
    read = read_aloud(speaker, statement, digits)
    if read is None:
        pytest.skip(f"espeak says {digits} so that pocketsphinx does not understand it")
    spoken, voice = read
    sung_by(view, speaker, voice, material)
    hand_in(view, tmp_path / "spoken.wav", spoken)
    rules = judged(view)
    assert {text.split()[0] for text in rules} >= {"speech", "level", "noise", "digits"}
    assert [text for text in rules if "not passed" in text] == []
    view.get_by_role("button", name="Put it in force").click()
    view.locator("#grant-state").get_by_text("active").wait_for()
    with registry(home) as open_registry:
        now = datetime.now(UTC)
        permit = open_registry.authorize(grant, Operation.EMBED, digest_file(material), now)
        assert open_registry.verify(permit, Operation.EMBED, digest_file(material), now) == grant
    view.get_by_label("Who asks").fill("Night Studio")
    view.get_by_label("How to reach them").fill("studio@example.org")
    view.get_by_role("button", name="Write the receipt").click()
    link = view.locator("#receipt a[download$='.html']")
    with view.expect_download() as waiting:
        link.click()
    page_text = Path(waiting.value.path()).read_text("utf-8")
    assert "Ada Example" in page_text
    assert "Night Trains" in page_text
    view.get_by_label("Name of the voice").fill("ada")
    view.get_by_label("Whose networks it sings with").click()
    view.get_by_role("option", name="tiny").click()
    view.get_by_label("Take some minutes").uncheck()
    view.get_by_role("button", name="Make the voice").click()
    view.get_by_text("Made.", exact=True).wait_for()
    assert "ada" in VoiceBank.open(home).names()
    view.get_by_role("button", name="Take it back").click()
    view.locator("#grant-state").get_by_text("revoked").wait_for()
    digest, now = digest_file(material), datetime.now(UTC)
    with registry(home) as open_registry, pytest.raises(RefusedError):
        open_registry.authorize(grant, Operation.EMBED, digest, now)
    with pytest.raises(RefusedError):
        VoiceBank.open(home).card("ada")


def test_nothing_is_granted_without_the_spoken_digits(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, 0.1 * np.random.default_rng(0).standard_normal(16_000 * 3), 16_000)
    view = open_page()
    go_to(view, "My voice")
    view.get_by_role("button", name="Put it in force").click()
    view.locator(".toast-body", has_text="no grant is named").first.wait_for()
    grant = begin(view)
    view.get_by_role("button", name="Put it in force").click()
    view.locator(".toast-body", has_text=grant).first.wait_for()
    view.get_by_role("button", name="Show the statement").click()
    view.locator(".digits").wait_for()
    view.locator("#spoken").get_by_role("button", name="Upload").first.click()
    view.locator("#spoken input[type=file]").set_input_files(str(noise))
    view.locator("#material input[type=file]").set_input_files(str(noise))
    view.get_by_role("button", name="Hand it in").click()
    view.locator(".findings .bad").or_(
        view.locator(".toast-body", has_text="too little")
    ).first.wait_for()
    with registry(home) as open_registry:
        assert open_registry.show(grant).state.value in ("draft", "challenged", "recorded")
