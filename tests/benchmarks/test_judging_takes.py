"""Pitch, voicing, onsets and length of takes whose faults are known."""

from __future__ import annotations

import numpy as np
import pytest
from made import RATE_HZ, Vowel, frame_score, melody, sound_of

from benchmarks.intonation import (
    WrittenNote,
    frames_near_curve,
    length_error_frames,
    note_cents,
    voiceless_notes,
    voicing_errors,
    vowel_onsets_s,
    written_notes,
)
from benchmarks.praat import praat_track


def note_of(vowel: Vowel) -> WrittenNote:
    return WrittenNote(vowel.start_s, vowel.end_s, vowel.midi)


@pytest.mark.parametrize("cents", [0.0, 7.0, -12.0, 40.0])
@pytest.mark.parametrize("midi", [45, 60, 74])
def test_a_note_is_judged_to_a_fraction_of_a_cent(cents: float, midi: int) -> None:
    vowel = Vowel(0.2, 0.8, midi, cents)
    track = praat_track(sound_of([vowel], 1.0))
    assert note_cents(track, [note_of(vowel)]) == pytest.approx([cents], abs=0.3)


def test_silent_notes_are_misses_and_short_ones_are_not_judged() -> None:
    sung, silent = Vowel(0.2, 0.6, 60), WrittenNote(0.7, 1.2, 62)
    track = praat_track(sound_of([sung], 1.4))
    short = WrittenNote(0.2, 0.34, 60)
    deviations = note_cents(track, [note_of(sung), silent, short])
    assert len(deviations) == 2
    assert np.isinf(deviations[1])


def test_written_notes_stand_in_seconds_at_the_transposed_pitch() -> None:
    notes = written_notes(melody(["one", "two"], midi=[60, 64], qpm=120.0), -12, lead_in_s=0.25)
    assert notes == (WrittenNote(0.25, 0.75, 48.0), WrittenNote(0.75, 1.25, 52.0))


def test_half_the_voiced_frames_lie_off_the_curve_when_one_of_two_vowels_does() -> None:
    right, wrong = Vowel(0.1, 0.6, 60), Vowel(0.7, 1.2, 60, cents=70.0)
    near = frames_near_curve(
        praat_track(sound_of([right, wrong], 1.3)), frame_score([right, wrong], 1.3)
    )
    assert near.good / near.total == pytest.approx(0.5, abs=0.02)


def test_a_vowel_left_out_is_a_voicing_error_for_its_time() -> None:
    first, second = Vowel(0.1, 0.6, 60), Vowel(0.7, 1.2, 60)
    wanted = frame_score([first, second], 1.3)
    whole = voicing_errors(praat_track(sound_of([first, second], 1.3)), wanted)
    halved = voicing_errors(praat_track(sound_of([first], 1.3)), wanted)
    assert whole.good / whole.total < 0.03
    lost = (halved.good - whole.good) / halved.total
    assert lost == pytest.approx(0.5 / 1.3, abs=0.03)


@pytest.mark.parametrize("late_s", [-0.06, 0.0, 0.03, 0.12])
def test_a_late_vowel_is_late_by_as_much(late_s: float) -> None:
    written = [Vowel(0.4, 0.9, 57), Vowel(1.1, 1.6, 60), Vowel(1.8, 2.3, 62)]
    sung = [Vowel(v.start_s + late_s, v.end_s, v.midi) for v in written]
    onsets = vowel_onsets_s(
        praat_track(sound_of(sung, 2.5)), frame_score(written, 2.5), [note_of(v) for v in written]
    )
    assert onsets == pytest.approx([late_s] * 3, abs=0.012)


def test_a_consonant_that_is_not_heard_scores_the_whole_window() -> None:
    written = [Vowel(0.4, 0.9, 60), Vowel(1.0, 1.8, 60)]
    through = [Vowel(0.4, 1.8, 60)]
    onsets = vowel_onsets_s(
        praat_track(sound_of(through, 2.0)),
        frame_score(written, 2.0),
        [note_of(v) for v in written],
    )
    assert onsets == pytest.approx([0.0, 0.2], abs=0.012)


def test_only_notes_with_room_and_voiceless_consonants_have_onsets() -> None:
    vowels = [Vowel(0.1, 0.5, 60), Vowel(0.7, 1.2, 60)]
    assert voiceless_notes(frame_score(vowels, 1.4, consonant="s")) == (0, 1)
    assert voiceless_notes(frame_score(vowels, 1.4, consonant="z")) == ()
    assert voiceless_notes(frame_score(vowels, 1.4, consonant=None)) == ()
    track = praat_track(sound_of(vowels, 1.4))
    onsets = vowel_onsets_s(track, frame_score(vowels, 1.4), [note_of(v) for v in vowels])
    assert len(onsets) == 1


def test_length_is_counted_in_frames_of_512_samples() -> None:
    score = melody(["one", "two"], qpm=60.0)
    assert length_error_frames(2 * RATE_HZ, score) == 0.0
    assert length_error_frames(2 * RATE_HZ - 1024, score) == pytest.approx(2.0)
    assert length_error_frames(3 * RATE_HZ, score, lead_in_s=1.0) == 0.0
