"""A hymn sung and judged: everything that the table says of takes, kept as counts to be pooled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.hymns import Hymn
from benchmarks.intonation import (
    Frames,
    frames_near_curve,
    length_error_frames,
    note_cents,
    voicing_errors,
    vowel_onsets_s,
    written_notes,
)
from benchmarks.listening import Understood, compared
from benchmarks.praat import praat_track
from benchmarks.predicted_quality import dnsmos
from vocoder.audio import Audio, write_audio
from voice.bank import VoiceBank
from voice.score.model import Score
from voice.studio import SingOptions, Studio
from voice.take import VocalTake

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SungHymn:
    """One hymn as it was sung, heard and understood.

    Attributes:
        cents: deviation of each judged note, infinite where it is unvoiced.
        onsets_s: vowel onset minus note onset after voiceless consonants.
        length_error_frames: of the audio against the score.
    """

    understood: Understood
    cents: Floats
    near_curve: Frames
    voicing_errors: Frames
    onsets_s: Floats
    length_error_frames: float
    quality: float
    duration_s: float
    transposed_semitones: int


def judged(hymn: Hymn, take: VocalTake, transcript: str) -> SungHymn:
    """Hold a take against its hymn."""
    frames = take.frames
    track = praat_track(take.audio)
    notes = written_notes(hymn.score, take.transposed_semitones, frames.lead_in_s)
    return SungHymn(
        understood=compared(hymn.name, hymn.words, transcript),
        cents=note_cents(track, notes),
        near_curve=frames_near_curve(track, frames),
        voicing_errors=voicing_errors(track, frames),
        onsets_s=vowel_onsets_s(track, frames, notes),
        length_error_frames=length_error_frames(
            take.audio.length_samples, hymn.score, frames.lead_in_s
        ),
        quality=dnsmos(take.audio),
        duration_s=take.audio.duration_s,
        transposed_semitones=take.transposed_semitones,
    )


def sung_hymns(
    sing: Callable[[Score], VocalTake],
    hymns: Sequence[Hymn],
    transcribe: Callable[[Audio], str],
    keep: Path | None = None,
) -> Iterator[SungHymn]:
    """Hymn after hymn; takes are written to the folder `keep` as they come."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    for hymn in hymns:
        take = sing(hymn.score)
        if keep is not None:
            write_audio(keep / f"{hymn.name}.wav", take.audio)
        yield judged(hymn, take, transcribe(take.audio))


def singer_of(studio: Studio, voice: str, options: SingOptions) -> Callable[[Score], VocalTake]:
    """A voice that sings any score the same way."""
    return lambda score: studio.sing(score, voice, options)


def studio_of(voices_folder: Path | None, threads: int) -> Studio:
    """The voices of a folder alone, or those that Melisma has."""
    if voices_folder is None:
        return Studio.open(threads=threads)
    return Studio(VoiceBank(bundled=voices_folder, own=voices_folder / ".none"), threads)
