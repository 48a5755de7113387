"""Is it in tune, voiced where it should be, and on the beat: a take against score and FrameScore.

Everything is heard by Praat, sees the audio alone, and is held against what was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.praat import PraatTrack
from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from vocoder.pitch import cents_between, midi_to_hz
from voice.expression import FramedPhone, FrameScore
from voice.score.model import Score

SHORTEST_NOTE_S = 0.15
MARGIN_SHARE = 0.2
LEAST_VOICED_SHARE = 0.3
CLOSE_CENTS = 50.0
ONSET_WINDOW_S = 0.2
FIRST_ONSET_S = 0.15
MISSED_CENTS = np.inf

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WrittenNote:
    """One note as the score has it, in seconds of the audio and at the transposed pitch."""

    start_s: float
    end_s: float
    midi: float


@dataclass(frozen=True)
class Frames:
    """How many of `total` frames are `good`."""

    good: int
    total: int


def written_notes(score: Score, semitones: int, lead_in_s: float = 0.0) -> tuple[WrittenNote, ...]:
    """The notes of a score where and how high a take must sing them."""
    return tuple(
        WrittenNote(
            lead_in_s + score.tempo.seconds_at(note.start_beats),
            lead_in_s + score.tempo.seconds_at(note.end_beats),
            note.pitch_midi + semitones,
        )
        for note in score.notes
    )


def note_cents(track: PraatTrack, notes: Sequence[WrittenNote]) -> Floats:
    """Median deviation over the middle 60 % of each note of 150 ms or more, `(notes,)` in cents.

    Notes that are voiced in less than 30 % of their middle are misses: infinitely far.
    """
    deviations = []
    for note in notes:
        length_s = note.end_s - note.start_s
        if length_s < SHORTEST_NOTE_S:
            continue
        margin_s = MARGIN_SHARE * length_s
        middle = track.between(note.start_s + margin_s, note.end_s - margin_s)
        heard = middle & track.voiced
        if heard.sum() < LEAST_VOICED_SHARE * middle.sum() or not heard.any():
            deviations.append(MISSED_CENTS)
            continue
        cents = cents_between(track.hz[heard], float(midi_to_hz(note.midi)))
        deviations.append(float(np.median(cents)))
    return np.array(deviations)


def frames_near_curve(track: PraatTrack, frames: FrameScore) -> Frames:
    """Frames voiced both as heard and as intended that lie within 50 cents of the curve."""
    hz, voiced = _intended(track, frames)
    both = voiced & track.voiced
    cents = np.abs(cents_between(track.hz[both], hz[both]))
    return Frames(int((cents <= CLOSE_CENTS).sum()), int(both.sum()))


def voicing_errors(track: PraatTrack, frames: FrameScore) -> Frames:
    """Frames, silence included, heard voiced where none was intended or the other way round."""
    _, voiced = _intended(track, frames)
    wrong = int((voiced != track.voiced).sum())
    return Frames(wrong, len(voiced))


def vowel_onsets_s(track: PraatTrack, frames: FrameScore, notes: Sequence[WrittenNote]) -> Floats:
    """First voiced frame minus note onset, for notes whose onset is voiceless, in seconds.

    It is the end of the unvoiced stretch nearest to the written onset, looked for up to 0.2 s away;
    where there is none, the consonant is not heard and 0.2 s are scored. Notes in the first 0.15 s
    have no room for their consonants and are left out.
    """
    onsets = {round(frames.notes[index].start_s, 6) for index in voiceless_notes(frames)}
    return np.array(
        [
            _onset_s(track, note.start_s)
            for note in notes
            if round(note.start_s, 6) in onsets and note.start_s >= FIRST_ONSET_S
        ]
    )


def voiceless_notes(frames: FrameScore) -> tuple[int, ...]:
    """Notes that begin with voiceless consonants and nothing else before the vowel."""
    found = []
    by_note: dict[int, list[FramedPhone]] = {}
    for phone in frames.phones:
        if phone.note is not None:
            by_note.setdefault(phone.note, []).append(phone)
    for note, phones in by_note.items():
        kinds = [INVENTORY[phone.symbol] for phone in phones]
        vowel = next((i for i, p in enumerate(kinds) if p.kind is PhoneClass.VOWEL), None)
        if vowel and not any(sound.voiced for sound in kinds[:vowel]):
            found.append(note)
    return tuple(found)


def length_error_frames(samples: int, score: Score, lead_in_s: float = 0.0) -> float:
    """How far the length of a take is from its score's, in frames."""
    wanted = (lead_in_s + score.length_s) * GRID.sample_rate_hz
    return abs(samples - wanted) / GRID.hop_samples


def _intended(track: PraatTrack, frames: FrameScore) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The FrameScore's pitch and mask at the moments of the track."""
    centres_s = GRID.centres_s(frames.frames)
    hz = np.exp(np.interp(track.times_s, centres_s, np.log(frames.pitch.hz)))
    nearest = np.clip((track.times_s / GRID.frame_s).astype(int), 0, frames.frames - 1)
    return np.asarray(hz), np.asarray(frames.pitch.voiced[nearest])


def _onset_s(track: PraatTrack, note_s: float) -> float:
    """End of the unvoiced stretch that ends nearest to the note, minus the note's onset."""
    begins = np.flatnonzero(~track.voiced[:-1] & track.voiced[1:]) + 1
    if not len(begins):
        return ONSET_WINDOW_S
    distances = track.times_s[begins] - note_s
    nearest = float(distances[np.argmin(np.abs(distances))])
    return nearest if abs(nearest) <= ONSET_WINDOW_S else ONSET_WINDOW_S
