"""Clicks, vowels cut short and repetitions, made on purpose."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from made import RATE_HZ, Vowel, frame_score, melody, sound_of

from benchmarks.joins import (
    again_row,
    at_moments,
    chunk_row,
    cut_row,
    edge_rows,
    with_rests,
)
from benchmarks.strings import Rendered, SungString
from vocoder.audio import Audio
from voice.corpora.recordings import Kind, Recording
from voice.take import VocalTake

VOWELS = [Vowel(0.2, 1.2, 57), Vowel(1.5, 2.5, 60), Vowel(2.5, 12.5, 62)]
LENGTH_S = 13.0


def take_of(sounding: list[Vowel], wanted: list[Vowel] | None = None) -> VocalTake:
    frames = frame_score(wanted or sounding, LENGTH_S, consonant=None)
    return VocalTake(sound_of(sounding, LENGTH_S), frames, "made", "", 0, ())


def test_a_click_is_a_step_of_samples() -> None:
    sound = sound_of(VOWELS, LENGTH_S)
    samples = sound.samples.copy()
    samples[0, round(0.7 * RATE_HZ) :] += np.float32(0.2)
    places = at_moments(Audio(samples, RATE_HZ), (0.5, 0.7, 0.9))
    assert places.steps[1] > 2.0 * max(places.steps[0], places.steps[2])
    changing = at_moments(sound, (0.7, 1.2, 1.5))
    assert changing.flux[0] < 1.5 < min(changing.flux[1:])


def test_a_change_is_found_near_the_mark_but_no_further_than_marks_lie_off() -> None:
    near, far = at_moments(sound_of(VOWELS, LENGTH_S), (1.48, 1.4)).flux
    there = at_moments(sound_of(VOWELS, LENGTH_S), (1.5,)).flux[0]
    assert near == there
    assert far < 1.5 < there


def test_long_notes_leave_time_to_breathe() -> None:
    score = melody(["a", "b", "c"])
    long = replace(score.notes[1], start_beats=Fraction(1), duration_beats=Fraction(2))
    last = replace(score.notes[2], start_beats=Fraction(3))
    notes = with_rests(replace(score, notes=(score.notes[0], long, last))).notes
    assert [note.duration_beats for note in notes] == [1, Fraction(3, 2), 1]


def test_a_click_at_a_join_is_not_in_the_same_made_in_one_piece() -> None:
    whole = take_of(VOWELS).audio
    assert chunk_row("made", [(whole, whole)]).met is True
    samples = whole.samples.copy()
    samples[0, 861 * 512 :] += np.float32(0.1)
    row = chunk_row("made", [(Audio(samples, RATE_HZ), whole)])
    assert row.value > -25.0
    assert (row.met, row.key) == (False, "joins.made.chunks")


def test_edges_are_held_against_the_recording_of_the_same_string() -> None:
    take = take_of(VOWELS)
    recording = Recording(
        "one", Path("one.wav"), "kumi-ja", "kumi", "ja", Kind.SUNG, "あ", LENGTH_S
    )
    string = SungString(recording, ("あ", "い"), (0.2, 1.5, 12.5), 60.0)
    moments_s = np.arange(take.audio.length_samples) / RATE_HZ
    fade = np.interp(moments_s, [0.2, 0.4, 12.3, 12.5], [0.0, 1.0, 1.0, 0.0]).astype(np.float32)
    faded = Audio(take.audio.samples * fade, RATE_HZ)
    same = Rendered(string, take.audio, take.audio, take)
    abrupt = Rendered(string, faded, take.audio, take)
    assert [row.value for row in edge_rows("made", [same] * 20)] == [0.0, 0.0]
    step, _ = edge_rows("made", [abrupt] * 20)
    assert (step.value, step.n, step.met) == (100.0, 40, False)


def test_vowels_cut_short_are_counted() -> None:
    short = [replace(VOWELS[0], end_s=1.05), *VOWELS[1:]]
    assert cut_row("made", [take_of(VOWELS)]).value == 0.0
    row = cut_row("made", [take_of(short, VOWELS)])
    assert (row.value, row.n, row.met) == (50.0, 2, False)


def test_the_same_take_twice_is_found() -> None:
    take = take_of(VOWELS)
    assert again_row("made", take, take).met is False
    louder = replace(take, audio=Audio(take.audio.samples * np.float32(1.2), RATE_HZ))
    assert again_row("made", take, louder).value == pytest.approx(20.0 * np.log10(1.2), abs=0.3)
