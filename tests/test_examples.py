"""What README and examples promise: the score is whole, its instrumental fits, the snippet runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from lyrics.pronounce import pronouncer_for
from vocoder.audio import Audio
from voice.card import VoiceCard
from voice.mixing.placement import AtBar, AtSecond
from voice.mixing.timing import beginning_over
from voice.score.fitting import fit
from voice.score.inline import read_inline
from voice.score.opening import choose_verse
from voice.score.reading import read_score
from voice.studio import Studio

ROOT = Path(__file__).parents[1]
SCORE = ROOT / "examples" / "for_the_beauty_of_the_earth.abc"


def test_the_example_is_sung_without_a_warning_in_both_verses() -> None:
    score = read_score(SCORE)
    assert score.verses == 2
    whole, number = choose_verse(score, "all")
    fitted = fit(whole, number, pronouncer_for("en", None))
    assert fitted.warnings == ()
    words = [note.word for note in fitted.notes]
    assert words[0] == "For"
    assert words.count("praise.") == 2


def quiet(seconds: float = 60.0) -> Audio:
    return Audio(np.zeros((1, round(seconds * 8_000)), np.float32), 8_000)


def test_the_instrumental_has_room_for_all_verses_from_its_third_bar() -> None:
    score = read_score(SCORE)
    begin_s = beginning_over(quiet(), score, AtBar(3), first_beat_s=0.0).start_s
    assert begin_s == pytest.approx(8 * 60 / 92)
    assert soundfile.info(SCORE.with_suffix(".ogg")).duration > begin_s + 2 * score.length_s


def test_told_bars_are_counted_in_metre_and_tempo_of_the_score() -> None:
    score = read_inline("tempo=60 meter=3/4 C4 a D4 b E4 c")
    assert beginning_over(quiet(), score, AtBar(1), first_beat_s=0.5).start_s == 0.5
    third = beginning_over(quiet(), score, AtBar(3), tempo_qpm=120, first_beat_s=0.0)
    assert third.start_s == pytest.approx(3.0)
    assert third.tempo_bpm == 120.0
    assert beginning_over(quiet(), score, AtSecond(2.5)).start_s == 2.5


def test_a_pickup_sounds_before_the_bar_that_was_asked_for(tmp_path: Path) -> None:
    lines = ("X:1", "M:4/4", "L:1/4", "Q:1/4=60", "K:C", "C | D E F G | A4 |", "w: a b c d e f")
    (tmp_path / "pickup.abc").write_text("\n".join(lines) + "\n")
    score = read_score(tmp_path / "pickup.abc")
    begins = beginning_over(quiet(), score, AtBar(3), first_beat_s=0.0)
    assert begins.start_s == pytest.approx(7.0)


def test_the_python_of_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As printed, with the test voice in place of the bundled one."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    shutil.copytree(ROOT / "tests" / "fixtures" / "voices", tmp_path / "home" / "voices")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.setenv("MELISMA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    exec(code[1].replace('voice="wren"', 'voice="tiny"'), {})
    assert soundfile.info(tmp_path / "vocal.wav").duration == pytest.approx(48 * 60 / 92, abs=0.012)


@pytest.mark.parametrize("name", ["wren", "alder", "kumi", "scott"])
def test_bundled_voices_open_by_their_grants_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELISMA_HOME", str(tmp_path))
    studio = Studio.open()
    voice = studio.voices.open_voice(name, studio.clock())
    assert isinstance(voice.card, VoiceCard)
    assert studio.voices.is_bundled(name)
    assert not list(tmp_path.iterdir())
