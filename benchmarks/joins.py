"""What must not be heard where pieces meet: clicks and jumps at joins, vowels cut short before
rests, and repetitions that are the same to the last sample.

A take is made in chunks of the acoustic model and of the vocoder: it is held against the same take
made in one piece. Phrases begin and end: that is held against the singer's recordings; judged are
how far samples step from the line of their neighbours and how fast spectra change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from benchmarks.praat import praat_track
from benchmarks.rows import measured
from benchmarks.strings import Rendered
from benchmarks.table import Row, at_least, at_most
from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.audio import Audio
from vocoder.frames import GRID, HOP_SAMPLES
from vocoder.mel import log_mel
from voice.expression import FrameScore
from voice.score.model import Score
from voice.take import VocalTake

DB_PER_NEPER = 8.685889638
STEP_S, AROUND_S, AROUND_FRAMES = 0.002, 0.02, 6
REACH_FRAMES = 2
"""Marks of vowels lie up to 23 ms from where singers' voices set in (medians of three: 0 to 17)."""

LEAST_STEP, LEAST_CHANGE_DB = 1e-4, 0.5
RANGE_DB = 40.0
HIGH_PERCENT = 95.0
MOST_BEYOND = 10.0
LEAST_APART, HEARD_DB = 1e-9, -80.0
SHORTEST_REST_S = 0.12
EARLY_S = 0.06
TAIL_S = 0.25
SONOROUS = frozenset((PhoneClass.VOWEL, PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL))
LONG_BEATS, BREATH_BEATS = Fraction(3, 2), Fraction(1, 2)

CHUNKS = (
    "takes made in chunks against the same in one piece: the largest difference of a sample, under "
    "the loudest one"
)
EDGES = "where strings begin and end, against the recordings of the same strings: "
STEP = "how far samples step from the line of their neighbours in 4 ms, against 20 ms on both sides"
FLUX = "how fast the spectrum changes within 23 ms, against six frames on both sides"
BEYOND = "; beyond the 95th percentile of the latter, where 5 % is chance"
CUT = (
    "notes before rests whose voice is heard to end more than 60 ms before their last vowel, nasal "
    "or liquid should (Praat)"
)
AGAIN = "the same song with another seed: log-mel difference where both sound, mean"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """Sample steps and spectral changes at some moments against those around, each `(places,)`."""

    steps: Floats
    flux: Floats


def with_rests(score: Score) -> Score:
    """A melody that takes a breath after every long note: its last half beat is a rest."""
    notes = tuple(
        replace(note, duration_beats=note.duration_beats - BREATH_BEATS)
        if note.duration_beats >= LONG_BEATS
        else note
        for note in score.notes
    )
    return replace(score, notes=notes)


def at_moments(audio: Audio, moments_s: Sequence[float]) -> Places:
    """What happens at some moments of a sound."""
    samples = audio.mono().samples[0]
    bent = np.abs(np.diff(samples.astype(np.float64), 2))
    mel = log_mel(samples).astype(np.float64)
    change_db = DB_PER_NEPER * np.abs(np.diff(np.maximum(mel, mel.max() - 7.0), axis=1)).mean(0)
    near, around = (round(span * audio.rate_hz) for span in (STEP_S, AROUND_S))
    moving = _against_around(change_db)
    steps, flux = [], []
    for moment in moments_s:
        at = round(moment * audio.rate_hz)
        beside = np.concatenate([bent[max(0, at - around) : max(0, at - near)],
                                 bent[at + near : at + around]])  # fmt: skip
        here = bent[max(0, at - near) : at + near].max(initial=0.0)
        steps.append(here / max(beside.max(initial=0.0), LEAST_STEP))
        frame = min(max(at // HOP_SAMPLES - 1, 0), len(moving) - 1)
        flux.append(moving[max(0, frame - REACH_FRAMES) : frame + REACH_FRAMES + 1].max())
    return Places(np.array(steps), np.array(flux))


def _against_around(change_db: Floats) -> Floats:
    """The larger of every two changes against those around both, one fewer than changes."""
    usual_db = [
        change_db[max(0, frame - AROUND_FRAMES) : frame + AROUND_FRAMES + 2].mean()
        for frame in range(len(change_db) - 1)
    ]
    larger = np.maximum(change_db[:-1], change_db[1:])
    return np.asarray(larger / np.maximum(usual_db, LEAST_CHANGE_DB))


def chunk_row(voice: str, pairs: Sequence[tuple[Audio, Audio]]) -> Row:
    """How far takes made in chunks are from the same made in one piece."""
    apart = max(float(np.abs(one.samples - whole.samples).max()) for one, whole in pairs)
    loudest = max(float(np.abs(whole.samples).max()) for _, whole in pairs)
    below_db = 20.0 * float(np.log10(max(apart, LEAST_APART) / loudest))
    counted = (len(pairs), "takes")
    return Row(f"joins.{voice}.chunks", CHUNKS, below_db, "dB", *counted, at_most(HEARD_DB))


def edge_rows(voice: str, strings: Sequence[Rendered]) -> list[Row]:
    """Whether singing begins and ends as abruptly as the singer's."""
    moments_s = [(each.string.starts_s[0], each.string.starts_s[-1]) for each in strings]
    pairs = list(zip(strings, moments_s, strict=True))
    made = _together([at_moments(each.made, moments) for each, moments in pairs])
    recorded = _together([at_moments(each.recorded, moments) for each, moments in pairs])
    return _compared(f"joins.{voice}.phrases", EDGES, made, recorded)


def _compared(key: str, where: str, found: Places, usual: Places) -> list[Row]:
    rows = []
    for name, what, here, there in (
        ("step", STEP, found.steps, usual.steps),
        ("flux", FLUX, found.flux, usual.flux),
    ):
        beyond = (100.0 * (here > np.percentile(there, HIGH_PERCENT))).tolist()
        counted = (len(beyond), "places")
        definition = where + what + BEYOND
        rows.append(
            measured(f"{key}.{name}", definition, beyond, _mean, "%", counted, at_most(MOST_BEYOND))
        )
    return rows


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _together(found: Sequence[Places]) -> Places:
    return Places(
        np.concatenate([each.steps for each in found]),
        np.concatenate([each.flux for each in found]),
    )


def cut_row(voice: str, takes: Sequence[VocalTake]) -> Row:
    """Vowels cut short before rests."""
    early = np.concatenate([_early_s(take) for take in takes])
    share = float(100.0 * np.mean(early > EARLY_S)) if len(early) else float("nan")
    return Row(f"cut.{voice}", CUT, share, "%", len(early), "notes before rests", at_most(5.0))


def again_row(voice: str, once: VocalTake, again: VocalTake) -> Row:
    """How much a take differs from one with another seed."""
    one, other = (
        log_mel(take.audio.mono().samples[0]).astype(np.float64) for take in (once, again)
    )
    level = np.minimum(one.max(axis=0), other.max(axis=0))
    loud = level > level.max() - RANGE_DB / DB_PER_NEPER
    apart = float(np.abs(one - other)[:, loud].mean() * DB_PER_NEPER)
    return Row(f"again.{voice}", AGAIN, apart, "dB", int(loud.sum()), "frames", at_least(0.5))


def _early_s(take: VocalTake) -> Floats:
    """How long before its last sonorous phone ends each note before a rest falls silent."""
    frames = take.frames
    track = praat_track(take.audio)
    found = []
    for note, after_s in _notes_before_rests(frames):
        phones = [
            phone
            for phone in frames.phones
            if phone.note == note and INVENTORY[phone.symbol].kind in SONOROUS
        ]
        if not phones:
            continue
        end_s = GRID.frames_to_seconds(phones[-1].end_frame)
        start_s = frames.notes[note].start_s
        heard = track.times_s[track.between(start_s, min(end_s + TAIL_S, after_s)) & track.voiced]
        found.append(end_s - float(heard[-1]) if len(heard) else end_s - start_s)
    return np.array(found)


def _notes_before_rests(frames: FrameScore) -> Iterator[tuple[int, float]]:
    """Numbers of notes that a rest follows, and when the next note begins."""
    for index, note in enumerate(frames.notes):
        last = index + 1 == len(frames.notes)
        after_s = note.end_s + 1.0 if last else frames.notes[index + 1].start_s
        if last or after_s - note.end_s >= SHORTEST_REST_S:
            yield index, after_s
