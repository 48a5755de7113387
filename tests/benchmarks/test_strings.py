"""Held-back strings become scores that ask for just what was recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made import Vowel, frame_score, sound_of

from benchmarks.strings import SungString, rendered, sung_string
from vocoder.audio import Audio, write_audio
from voice.corpora.recordings import Kind, OtoEntry, Recording
from voice.take import VocalTake

BEAT_S = 0.6
FIRST_S = 0.8


def entry(alias: str, place: float) -> OtoEntry:
    vowel_s = FIRST_S + place * BEAT_S
    return OtoEntry(alias, vowel_s - 0.2, vowel_s + 0.5, vowel_s, vowel_s - 0.1)


def recording(key: str, *oto: OtoEntry, language: str = "ja", style: str = "core") -> Recording:
    return Recording(
        name="one", path=Path("one.wav"), corpus="kumi-ja", speaker="kumi", language=language,
        kind=Kind.SUNG, text_key=key, duration_s=4.0, style=style, pitch_midi=69, oto=oto,
    )  # fmt: skip


@pytest.fixture
def audio() -> Audio:
    """A D4, whatever the name of its set says, that ends at 3.2 s."""
    return sound_of([Vowel(FIRST_S, 3.2, 62, cents=20.0)], 4.0)


def test_syllables_that_no_entry_knows_fall_on_the_beat(audio: Audio) -> None:
    found = sung_string(
        recording("しょしょししょ", entry("- しょ", 0), entry("o し", 2.05), entry("i しょ", 3)),
        audio,
    )
    assert found is not None
    assert found.syllables == ("しょ", "しょ", "し", "しょ")
    assert found.starts_s == pytest.approx([0.8, 1.415, 2.03, 2.6, 3.2], abs=0.02)
    assert found.midi == pytest.approx(62.2, abs=0.02)
    assert found.phones == ("ɕ", "o", "ɕ", "o", "ɕ", "i", "ɕ", "o")


def test_the_score_asks_for_the_recorded_times_pitch_and_style(audio: Audio) -> None:
    found = sung_string(
        recording("んあ", entry("- ん", 0), entry("n あ", 1), style="whisper"), audio
    )
    assert found is not None
    score = found.score
    starts = [score.tempo.seconds_at(note.start_beats) for note in score.notes]
    assert starts == pytest.approx(found.starts_s[:-1], abs=0.001)
    assert score.length_s == pytest.approx(4.0)
    assert [note.pitch_midi for note in score.notes] == pytest.approx([62.2, 62.2], abs=0.02)
    assert found.options.expression.breathiness == 1.0
    assert found.options.expression.intonation.vibrato_depth_cents == 0.0


def test_romaji_and_pinyin_are_read(audio: Audio) -> None:
    spelled = sung_string(recording("bo_bu_n_ba", entry("- ぼ", 0), entry("n ば", 3)), audio)
    assert spelled is not None
    assert spelled.syllables == ("ぼ", "ぶ", "ん", "ば")
    twice = recording("_tian_tian", entry("- tian", 0), entry("tian+", 1), language="zh")
    chinese = sung_string(twice, audio)
    assert chinese is not None
    assert chinese.syllables == ("tian", "tian")


@pytest.mark.parametrize(
    "other",
    [
        recording("_ai_c", entry("ai c", 0), language="zh"),
        recording("a-a", entry("あ!", 0), entry("a!", 1)),
        recording(
            "しょか", entry("- しょ", 0), entry("o か", 1), entry("a し", 1.2), entry("i す", 2.4)
        ),
        recording("しょ"),
    ],
)
def test_what_no_score_asks_for_is_left_out(other: Recording, audio: Audio) -> None:
    assert sung_string(other, audio) is None


def test_strings_are_sung_and_kept_beside_their_recordings(audio: Audio, tmp_path: Path) -> None:
    write_audio(tmp_path / "one.wav", audio)
    one = recording("んあ", entry("- ん", 0), entry("n あ", 1))
    kept = replace(one, path=tmp_path / "one.wav")
    take = VocalTake(audio, frame_score([Vowel(0.8, 3.2, 62)], 4.0), "made", "", 0, ())
    asked: list[SungString] = []

    def sing(string: SungString) -> VocalTake:
        asked.append(string)
        return take

    (found,) = rendered([kept, replace(kept, oto=())], sing)
    assert found.string == asked[0]
    assert found.made is audio
    assert np.allclose(found.recorded.samples, audio.samples, atol=1e-4)
