"""How far a voice reaches, on one that is out of tune above its range."""

from __future__ import annotations

from made import Vowel, frame_score, sound_of

from benchmarks.range_sweep import WORDS, Key, longest_run, one_key, range_row, sweep
from voice.card import VoiceRange
from voice.score.model import Score
from voice.take import VocalTake


def sing(score: Score) -> VocalTake:
    """In tune up to A3, a quarter tone flat above, and silent below E3."""
    starts = [score.tempo.seconds_at(note.start_beats) for note in score.notes]
    midi = score.notes[0].midi
    cents = -50.0 if midi > 57 else 0.0
    wanted = [Vowel(start, start + 0.5, midi) for start in starts]
    sounding = [Vowel(start, start + 0.5, midi, cents) for start in starts if midi >= 52]
    length_s = score.length_s
    frames = frame_score(wanted, length_s, consonant=None)
    return VocalTake(sound_of(sounding, length_s), frames, "made", "", 0, ())


def test_a_key_is_a_few_syllables_on_one_pitch() -> None:
    score = one_key(60)
    assert [note.midi for note in score.notes] == [60] * len(WORDS)
    assert score.rests[0].start_beats == 0


def test_the_reach_ends_where_it_is_out_of_tune_or_silent() -> None:
    keys = sweep(VoiceRange(54, 56), sing)
    assert [key.midi for key in keys] == list(range(50, 61))
    assert [key.midi for key in longest_run(keys)] == list(range(52, 58))
    row = range_row("made", keys)
    assert (row.value, row.met) == (5.0, False)
    assert "MIDI 52 to 57" in row.definition


def test_a_hole_ends_a_run() -> None:
    keys = [Key(midi, 1.0 if midi != 62 else 0.9, 1.0) for midi in range(60, 70)]
    assert [key.midi for key in longest_run(keys)] == list(range(63, 70))
    assert range_row("made", [Key(60, 0.0, 0.0)]).value == 0.0
