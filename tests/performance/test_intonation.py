"""The pitch that is sung: in tune at the centre of every note, whatever is added to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocoder.frames import GRID
from voice.expression import FramedNote
from voice.performance.intonation import (
    SCOOP_S,
    SLURRED_GLIDE,
    STEADY_BELOW_S,
    Bend,
    Intonation,
    bent,
    centred,
    glided,
    scooped,
    steadied,
    vibrato,
    written_pitch,
)

STILL = Intonation(vibrato_depth_cents=0.0)
RUNS = st.lists(
    st.tuples(st.floats(0.15, 2.0), st.floats(45.0, 75.0), st.sampled_from([0.0, 0.0, 0.4])),
    min_size=1,
    max_size=6,
)


def melody(*rows: tuple[float, float, float]) -> tuple[FramedNote, ...]:
    """Notes of (seconds, pitch, rest before them)."""
    notes, now = [], 0.0
    for length_s, midi, rest_s in rows:
        now += rest_s
        notes.append(FramedNote(now, now + length_s, midi, "la"))
        now += length_s
    return tuple(notes)


def frames_of(notes: Sequence[FramedNote]) -> int:
    return GRID.seconds_to_frames(notes[-1].end_s) + 1


def middle(note: FramedNote, frames: int) -> npt.NDArray[np.bool_]:
    """The 60 % in the middle of a note."""
    times_s, margin_s = GRID.centres_s(frames), 0.2 * (note.end_s - note.start_s)
    return np.asarray((times_s >= note.start_s + margin_s) & (times_s <= note.end_s - margin_s))


@given(RUNS, st.integers(0, 1_000), st.floats(0.0, 1.0))
@settings(deadline=None)
def test_the_middle_of_every_note_is_in_tune(
    rows: list[tuple[float, float, float]], seed: int, lean: float
) -> None:
    notes = melody(*rows)
    frames = frames_of(notes)
    random = np.random.default_rng(seed)
    network = lean * np.cumsum(random.standard_normal(frames)) * 0.1
    voiced = random.random(frames) < 0.8
    shaken = network + vibrato(notes, frames, Intonation(vibrato_depth_cents=80.0), random)
    midi = glided(notes, frames, 0.3) + centred(shaken, notes, voiced)
    for note in notes:
        inside = middle(note, frames)
        heard = inside & voiced if (inside & voiced).any() else inside
        assert np.median(midi[heard]) == pytest.approx(note.midi, abs=1e-6)


@given(RUNS, st.integers(0, 1_000))
@settings(deadline=None)
def test_taking_off_the_median_makes_no_step(
    rows: list[tuple[float, float, float]], seed: int
) -> None:
    """Between notes the correction moves no faster than from one note's offset to the next."""
    notes = melody(*rows)
    frames = frames_of(notes)
    offsets = np.random.default_rng(seed).uniform(-1.0, 1.0, len(notes))
    deviation = np.zeros(frames)
    times_s = GRID.centres_s(frames)
    for note, offset in zip(notes, offsets, strict=True):
        deviation[times_s >= note.start_s] = offset
    taken = deviation - centred(deviation, notes, np.ones(frames, dtype=np.bool_))
    shortest_s = min(0.2 * (n.end_s - n.start_s) for n in notes)
    assert np.abs(np.diff(taken)).max(initial=0.0) <= 2.0 * GRID.frame_s / shortest_s + 1e-9


def test_a_deviation_without_notes_is_left_alone() -> None:
    curve = np.linspace(0.0, 1.0, 9)
    np.testing.assert_array_equal(centred(curve, (), np.ones(9, dtype=np.bool_)), curve)


def test_notes_are_held_through_rests_and_before_the_first() -> None:
    notes = melody((0.5, 60.0, 0.3), (0.5, 64.0, 0.4))
    curve = written_pitch(notes, 150)
    frames = GRID.seconds_to_frames
    assert (curve[: frames(1.19)] == 60.0).all()
    assert (curve[frames(1.21) :] == 64.0).all()
    assert (written_pitch((), 4) == 60.0).all()


def test_touching_notes_are_joined_by_a_glide_around_their_border() -> None:
    notes = melody((0.5, 60.0, 0.0), (0.5, 67.0, 0.0))
    curve = glided(notes, 86, 0.060)
    times_s = GRID.centres_s(86)
    assert (curve[times_s < 0.469] == 60.0).all()
    assert (curve[times_s > 0.531] == 67.0).all()
    between = curve[(times_s > 0.47) & (times_s < 0.53)]
    assert (np.diff(between) > 0.0).all()
    share = (times_s[43] - 0.47) / 0.06
    assert curve[43] == pytest.approx(60.0 + 7.0 * (0.5 - 0.5 * np.cos(np.pi * share)))


def test_a_rest_is_jumped_over_and_zero_portamento_is_a_step() -> None:
    apart = melody((0.5, 60.0, 0.0), (0.5, 67.0, 0.2))
    assert set(glided(apart, 103, 0.1).tolist()) == {60.0, 67.0}
    touching = melody((0.5, 60.0, 0.0), (0.5, 67.0, 0.0))
    assert set(glided(touching, 86, 0.0).tolist()) == {60.0, 67.0}


def test_a_glide_never_reaches_the_middle_of_a_short_note() -> None:
    notes = melody((0.1, 60.0, 0.0), (0.1, 72.0, 0.0), (0.1, 60.0, 0.0))
    frames = frames_of(notes)
    curve = glided(notes, frames, 0.4)
    for note in notes:
        assert (curve[middle(note, frames)] == note.midi).all()


def test_vibrato_is_for_long_notes_and_after_their_onset() -> None:
    style = Intonation()
    notes = melody((0.5, 60.0, 0.0), (2.0, 62.0, 0.0), (0.5, 60.0, 0.0))
    curve = vibrato(notes, frames_of(notes), style, np.random.default_rng(1))
    times_s = GRID.centres_s(len(curve))
    shaking = times_s[curve != 0.0]
    assert shaking.min() >= 0.5 + style.vibrato_onset_s
    assert shaking.max() < 2.5
    assert np.abs(curve).max() <= 1.25 * style.vibrato_depth_cents / 100.0
    assert np.abs(curve).max() > 0.6 * style.vibrato_depth_cents / 100.0


def test_vibrato_has_the_rate_that_was_asked_for() -> None:
    notes = melody((6.0, 60.0, 0.0))
    style = Intonation(vibrato_rate_hz=5.4)
    curve = vibrato(notes, frames_of(notes), style, np.random.default_rng(3))
    steady = curve[GRID.seconds_to_frames(1.0) : GRID.seconds_to_frames(5.5)]
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady)), 1 << 14))
    rate_hz = np.argmax(spectrum) * GRID.frames_per_second / (1 << 14)
    assert rate_hz == pytest.approx(5.4, rel=0.07)


def test_every_long_note_shakes_a_little_differently_and_the_seed_says_how() -> None:
    notes = melody((1.5, 60.0, 0.0), (1.5, 60.0, 0.0))
    first, again, other = (
        vibrato(notes, frames_of(notes), Intonation(), np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    half = GRID.seconds_to_frames(1.5)
    assert np.abs(first[:half] - first[half : 2 * half]).max() > 0.01
    still = vibrato(notes, frames_of(notes), STILL, np.random.default_rng(1))
    assert (still == 0.0).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vibrato_depth_cents": 201.0}, "0-200 cents, not 201"),
        ({"vibrato_rate_hz": 2.0}, "3-9 Hz, not 2"),
        ({"portamento_s": -0.1}, "0-0.4 s, not -0.1"),
    ],
)
def test_a_style_nobody_sings_is_refused(change: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Intonation(**change)


def test_a_slur_makes_the_glide_longer() -> None:
    notes = melody((1.0, 60.0, 0.0), (1.0, 64.0, 0.0))
    frames = frames_of(notes)

    def gliding(slurred: frozenset[int]) -> int:
        curve = glided(notes, frames, 0.1, slurred)
        return int(((curve > 60.0) & (curve < 64.0)).sum())

    assert gliding(frozenset({1})) == pytest.approx(SLURRED_GLIDE * gliding(frozenset()), abs=2)
    assert gliding(frozenset({0})) == gliding(frozenset())


def test_a_phrase_begins_below_its_first_note_and_is_there_soon() -> None:
    notes = melody((1.0, 60.0, 0.0), (1.0, 62.0, 0.0), (1.0, 64.0, 0.5))
    curve = scooped([range(2), range(2, 3)], notes, frames_of(notes), 100.0)
    for start_s in (0.0, 2.5):
        first = GRID.seconds_to_frames(start_s)
        assert -1.0 <= curve[first] < -0.9
        assert (curve[first + GRID.seconds_to_frames(SCOOP_S) + 1 :][:60] == 0.0).all()
    assert curve[GRID.seconds_to_frames(1.02)] == 0.0


def test_a_scoop_leaves_the_middle_of_a_short_note_alone() -> None:
    notes = melody((0.2, 60.0, 0.0))
    frames = frames_of(notes)
    assert (scooped([range(1)], notes, frames, 300.0)[middle(notes[0], frames)] == 0.0).all()


def test_bends_are_spread_from_head_to_end_of_their_note() -> None:
    notes = melody((1.0, 60.0, 0.0), (2.0, 62.0, 0.0))
    curve = bent([Bend(2, (-200.0, 0.0, 100.0)), Bend(9, (500.0,))], notes, frames_of(notes))
    times_s = (1.01, 2.0, 2.98)
    found = [curve[GRID.seconds_to_frames(moment)] for moment in times_s]
    assert found == pytest.approx([-1.98, 0.0, 0.98], abs=0.03)
    assert (curve[: GRID.seconds_to_frames(0.99)] == 0.0).all()


def test_short_notes_are_sung_straighter() -> None:
    notes = melody((STEADY_BELOW_S / 2.0, 60.0, 0.0), (1.0, 62.0, 0.0))
    curve = steadied(np.ones(frames_of(notes)), notes)
    assert curve[5] == pytest.approx(0.25)
    assert curve[GRID.seconds_to_frames(0.8)] == 1.0


@pytest.mark.parametrize(("note", "cents"), [(0, (1.0,)), (1, ()), (1, (2_000.0,)), (1, (np.nan,))])
def test_a_bend_that_cannot_be_is_refused(note: int, cents: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"bend|counted"):
        Bend(note, cents)


def test_tuning_has_bounds() -> None:
    with pytest.raises(ValueError, match="tuning goes up to 100 cents, not 101"):
        Intonation(tuning_cents=101.0)
