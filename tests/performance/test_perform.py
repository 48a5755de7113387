"""From timed phonemes to a FrameScore, with the tiny voice of the fixtures."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyrics.phonemes import BREATH, INVENTORY, SILENCE
from tests.singing_scores import Syllable, fitted, sung
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.acoustic.singer import AcousticSinger
from voice.bank import VoiceBank
from voice.card import VoiceRange
from voice.errors import OutputError, VoiceError
from voice.expression import FramedPhone, FrameScore
from voice.performance.edges import QUIETEST
from voice.performance.intonation import Intonation
from voice.performance.lengths import LONGEST_RATIO, SHORTEST_RATIO, LearnedLengths
from voice.performance.perform import DYING_FRAMES, framed, perform, voiced_frames
from voice.performance.variation import Variation
from voice.performance.wishes import Expression
from voice.range_fit import moved, range_warnings, shift_for
from voice.score.alignment import MedianLengths, TimedPhoneme, align
from voice.score.consonants import JAPANESE, MANDARIN, median_s
from voice.score.fitting import FittedScore
from voice.score.model import Articulation, PitchPoint
from voice.sessions import open_singer
from voice.substitution import sung_with

FIXTURES = Path(__file__).parents[1] / "fixtures"
SONG = (
    sung("s", rest=1, midi=60),
    sung("m", "e", "n", midi=64),
    sung("z", "o", beats=4, midi=67, dynamic=0.9),
    sung("t ɹ", "i", "s", rest=2, midi=57),
)


@lru_cache(maxsize=1)
def tiny_singer() -> AcousticSinger:
    bank = VoiceBank(FIXTURES / "none", FIXTURES / "voices")
    now = datetime.now(UTC)
    return open_singer(bank.open_voice("tiny", now), now, 1)


def performed(
    score: FittedScore, expression: Expression | None = None, seed: int = 0, lead_in_s: float = 0.0
) -> FrameScore:
    phrase = align(score, MedianLengths(), lead_in_s)
    return perform(
        score, phrase, tiny_singer(), "tiny", "en", expression or Expression(), seed, lead_in_s
    )


def test_a_song_becomes_frames_as_long_as_its_score() -> None:
    score = fitted(SONG, tail=0.5)
    frames = performed(score)
    assert frames.length_samples == GRID.seconds_to_samples(score.score.length_s)
    assert frames.frames == GRID.samples_to_frames(frames.length_samples)
    assert [note.midi for note in frames.notes] == [60, 64, 67, 57]
    assert (frames.voice, frames.language, frames.seed) == ("tiny", "en", 0)
    assert "".join(phone.symbol for phone in frames.phones if phone.note == 3) == "tɹis"


def test_every_note_is_in_tune_at_its_centre() -> None:
    frames = performed(fitted(SONG), Expression(Intonation(vibrato_depth_cents=60.0, lean=1.0)))
    midi, times_s = hz_to_midi(frames.pitch.hz), GRID.centres_s(frames.frames)
    for note in frames.notes:
        margin_s = 0.2 * (note.end_s - note.start_s)
        middle = (times_s >= note.start_s + margin_s) & (times_s <= note.end_s - margin_s)
        assert np.median(midi[middle & frames.pitch.voiced]) == pytest.approx(note.midi, abs=2e-3)


def test_vowels_sound_and_voiceless_consonants_do_not() -> None:
    frames = performed(fitted(SONG))
    for phone in frames.phones:
        voiced = frames.pitch.voiced[phone.first_frame : phone.end_frame]
        sound = INVENTORY[phone.symbol]
        if sound.is_vowel or phone.symbol in ("m", "n", "ɹ"):
            assert voiced.all()
        if not sound.voiced and phone.note is not None:
            assert not voiced.any()


def test_a_tone_dies_away_into_the_rest_with_its_voice() -> None:
    frames = performed(fitted([sung("m", beats=2), sung("s", rest=2, coda="t")], tail=1.0))
    voiced, rests = frames.pitch.voiced, [p for p in frames.phones if p.note is None]
    after_vowel = next(p for p in rests if p.first_frame > 0)
    assert voiced[after_vowel.first_frame : after_vowel.first_frame + DYING_FRAMES].all()
    assert not voiced[after_vowel.first_frame + DYING_FRAMES : after_vowel.end_frame].any()
    after_stop = rests[-1]
    assert not voiced[after_stop.first_frame : after_stop.end_frame].any()


def test_a_glide_may_be_breath_of_the_stop_before_it() -> None:
    predicted = np.zeros(30, dtype=np.float32)
    phones = (
        FramedPhone("k", 0, 5, note=0),
        FramedPhone("j", 5, 5, note=0),
        FramedPhone("a", 10, 10, note=0),
        FramedPhone("j", 20, 5, note=1),
        FramedPhone("a", 25, 5, note=1),
    )
    np.testing.assert_array_equal(voiced_frames(phones, predicted), np.arange(30) >= 10)
    sure = np.ones(30, dtype=np.float32)
    np.testing.assert_array_equal(voiced_frames(phones, sure), np.arange(30) >= 5)


def test_a_lead_in_moves_everything_by_itself() -> None:
    plain = performed(fitted(SONG))
    late = performed(fitted(SONG), lead_in_s=1.0)
    assert late.length_samples - plain.length_samples == GRID.sample_rate_hz
    assert late.notes[0].start_s - plain.notes[0].start_s == pytest.approx(1.0)
    assert late.lead_in_s == 1.0


def test_the_seed_decides_vibrato_drift_and_level() -> None:
    first, again, other = (performed(fitted(SONG), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.pitch.hz, again.pitch.hz)
    np.testing.assert_array_equal(first.energy, again.energy)
    assert (first.pitch.hz != other.pitch.hz).any()
    assert 0.01 < np.abs(first.energy - other.energy).max() < 0.6


def test_without_variation_and_vibrato_seeds_sing_alike() -> None:
    still = Expression(Intonation(vibrato_depth_cents=0.0), variation=Variation().scaled(0.0))
    first, other = (performed(fitted(SONG), still, seed) for seed in (1, 2))
    np.testing.assert_array_equal(first.pitch.hz, other.pitch.hz)
    np.testing.assert_array_equal(first.energy, other.energy)


def test_a_drawn_line_replaces_the_voices_own() -> None:
    score = fitted(SONG)
    line = (PitchPoint(Fraction(3), 6_500.0), PitchPoint(Fraction(5), 7_100.0))
    drawn = performed(replace(score, score=replace(score.score, pitch_lines=(line,))))
    plain = performed(score)
    times_s = GRID.centres_s(drawn.frames)
    inside = (times_s >= 1.5) & (times_s <= 2.5)
    wanted = np.interp(times_s[inside], [1.5, 2.5], [65.0, 71.0])
    np.testing.assert_allclose(hz_to_midi(drawn.pitch.hz[inside]), wanted, atol=1e-3)
    np.testing.assert_array_equal(drawn.pitch.hz[~inside], plain.pitch.hz[~inside])


def test_louder_is_louder_and_marks_are_heard() -> None:
    plain = performed(fitted(SONG))
    louder = performed(fitted(SONG), Expression(dynamics_db=6.0))
    heard = plain.energy > QUIETEST
    assert heard.mean() > 0.9
    np.testing.assert_allclose((louder.energy - plain.energy)[heard], 0.5, atol=2e-4)
    unmarked = performed(fitted([replace(each, dynamic=None) for each in SONG]))
    third = GRID.seconds_to_frames(plain.notes[2].start_s + 0.8)
    assert plain.energy[third] > unmarked.energy[third] + 0.2
    assert plain.energy[0] == pytest.approx(unmarked.energy[0])


def test_style_is_written_into_the_frames_and_checked() -> None:
    frames = performed(fitted(SONG), Expression(breathiness=0.25, tension=1.0))
    assert (frames.breathiness == 0.25).all()
    assert (frames.tension == 1.0).all()
    with pytest.raises(ValueError, match=r"tension lies in 0-1, not 1\.5"):
        Expression(tension=1.5)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
@settings(deadline=None)
def test_boundaries_go_to_the_nearest_frame(lengths_ms: list[int]) -> None:
    edges_s = np.concatenate([[0.0], np.cumsum(lengths_ms)]) / 1_000.0
    phonemes = [
        TimedPhoneme(INVENTORY["a"], a, b, i)
        for i, (a, b) in enumerate(itertools.pairwise(edges_s.tolist()))
    ]
    frames = GRID.samples_to_frames(GRID.seconds_to_samples(float(edges_s[-1])))
    rows = framed(phonemes, frames)
    assert rows[0].first_frame == 0
    assert sum(row.frames for row in rows) == frames
    for row in rows:
        assert row.note is not None
        wanted = GRID.seconds_to_frames(float(edges_s[row.note]))
        assert row.first_frame == min(wanted, frames)


def test_learned_lengths_lean_on_the_network_within_bounds() -> None:
    score = fitted([*SONG, *SONG])
    lengths = LearnedLengths(tiny_singer(), "en", score.score.tempo).seconds(score.notes)
    assert [set(row) for row in lengths[:4]] == [{0}, {0, 2}, {0}, {0, 1, 3}]
    ratios = [
        seconds / median_s(note.phonemes[index])
        for row, note in zip(lengths, score.notes, strict=True)
        for index, seconds in row.items()
    ]
    assert max(ratios) / min(ratios) <= LONGEST_RATIO / SHORTEST_RATIO + 1e-9
    assert 0.5 < min(ratios) <= max(ratios) < 2.0
    assert (
        align(score, LearnedLengths(tiny_singer(), "en", score.score.tempo)).length_s
        == score.score.length_s
    )


def test_rests_and_breaths_are_found_between_notes() -> None:
    score = fitted(
        [
            sung("k"),
            sung("k"),
            sung("k", rest=1, marks=[Articulation.BREATH]),
            sung("k"),
            sung("k", beats=Fraction(1, 2)),
        ]
    )
    lengths = LearnedLengths(tiny_singer(), "ja", score.score.tempo).seconds(score.notes)
    rested = [row[0] < 0.6 * JAPANESE.median_s(INVENTORY["k"]) for row in lengths]
    assert rested == [True, False, True, True, False]


def test_a_mandarin_coda_takes_its_share_of_what_the_next_initial_leaves() -> None:
    score = fitted([sung("n", coda="n"), sung("n", coda="n"), sung("n", coda="n", rest=1)])
    rows = LearnedLengths(tiny_singer(), "zh", score.score.tempo).seconds(score.notes)
    note_s = score.score.tempo.seconds_at(score.notes[0].note.end_beats)
    initial_s, share = MANDARIN.medians_s["n"], MANDARIN.coda_shares["n"]
    assert rows[0] == {0: initial_s, 2: pytest.approx(share * (note_s - initial_s))}
    assert rows[1] == {0: initial_s, 2: pytest.approx(share * note_s)}


def test_sounds_a_voice_never_learned_are_replaced_and_named() -> None:
    card = VoiceBank(FIXTURES / "none", FIXTURES / "voices").card("tiny")
    japanese = replace(card, name="kumi", trained_phones=("_", "a", "e", "ɯ", "s", "m", "ɾ"))
    score = fitted([sung("θ", "u", "m"), sung("s")])
    changed, warnings = sung_with(score, japanese)
    assert [p.symbol for p in changed.notes[0].phonemes] == ["s", "ɯ", "m"]
    assert changed.notes[1] == score.notes[1]
    assert len(warnings) == 2
    assert all(warning.startswith("kumi: ") for warning in warnings)
    assert any("[θ]" in warning and "[s]" in warning for warning in warnings)
    assert sung_with(fitted([sung("s")]), japanese) == (fitted([sung("s")]), ())
    with pytest.raises(VoiceError, match=r"kumi: .*no sound to sing for.*another voice"):
        sung_with(score, replace(japanese, trained_phones=("_", "s", "m")))


def test_a_melody_is_moved_to_where_the_voice_is() -> None:
    score, voice = fitted([sung(midi=midi) for midi in (72, 76, 79)]).score, VoiceRange(48, 62)
    assert shift_for(score, "octave", voice) == -24
    assert shift_for(score, -3, voice) == -3
    assert shift_for(score, "none", voice) == 0
    best = shift_for(score, "auto", voice)
    assert all(48 <= note.midi <= 62 for note in moved(score, best).notes)
    assert moved(score, 0) is score


def test_notes_out_of_range_are_warned_of_and_far_ones_refused() -> None:
    voice = VoiceRange(55, 70)
    assert range_warnings(fitted([sung(midi=55), sung(midi=70)]).score, "wren", voice) == ()
    (warning,) = range_warnings(fitted([sung(midi=60), sung(midi=72)]).score, "wren", voice)
    assert "1 of 2 notes" in warning
    assert "bar 2" in warning
    with pytest.raises(OutputError, match=r"bar 2.*MIDI note 83.*more than an octave.*wren"):
        range_warnings(fitted([sung(midi=60), sung(midi=83)]).score, "wren", voice)


def test_rests_are_silence_or_breath() -> None:
    frames = performed(fitted(SONG))
    quiet = {phone.symbol for phone in frames.phones if phone.note is None}
    assert quiet == {SILENCE.symbol, BREATH.symbol}


def test_the_shortest_songs_are_sung() -> None:
    for score in (fitted([Syllable(Fraction(0), Fraction(1, 64), ("s", "t"))], 600.0),):
        assert performed(score).frames >= 1
