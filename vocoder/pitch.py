"""Pitch: cents, semitones and hertz, and the curve that carries them over frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CONCERT_A_HZ = 440.0
CONCERT_A_MIDI = 69
FLOOR_HZ = 40.0
CEILING_HZ = 2_000.0

Floats = npt.NDArray[np.float64]


def midi_to_hz(midi: npt.ArrayLike) -> Floats:
    """Equal temperament, A4 = 440 Hz; fractions of a semitone are allowed."""
    return np.asarray(
        CONCERT_A_HZ * 2.0 ** ((np.asarray(midi, dtype=np.float64) - CONCERT_A_MIDI) / 12.0)
    )


def hz_to_midi(hz: npt.ArrayLike) -> Floats:
    """The inverse of `midi_to_hz`; hertz must be positive."""
    return np.asarray(
        CONCERT_A_MIDI + 12.0 * np.log2(np.asarray(hz, dtype=np.float64) / CONCERT_A_HZ)
    )


def cents_between(hz: npt.ArrayLike, reference_hz: npt.ArrayLike) -> Floats:
    """How far `hz` lies above `reference_hz`, in hundredths of a semitone."""
    return np.asarray(
        1200.0
        * np.log2(np.asarray(hz, dtype=np.float64) / np.asarray(reference_hz, dtype=np.float64))
    )


@dataclass(frozen=True)
class PitchCurve:
    """Fundamental frequency per frame; where nothing is voiced the mask says so, never a magic 0.

    `hz` has shape `(frames,)` and is positive everywhere: unvoiced frames carry the pitch that
    their neighbours imply, so that the curve can be interpolated, drawn and edited.
    """

    hz: Floats
    voiced: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.hz.ndim != 1 or self.hz.shape != self.voiced.shape:
            raise ValueError(
                f"pitch and voicing must be two curves of one length, not {self.hz.shape} and "
                f"{self.voiced.shape}"
            )
        if self.hz.size and not bool(np.all((self.hz >= FLOOR_HZ) & (self.hz <= CEILING_HZ))):
            raise ValueError(
                f"pitch must lie in {FLOOR_HZ:g}-{CEILING_HZ:g} Hz, found "
                f"{self.hz.min():.1f}-{self.hz.max():.1f}"
            )

    def __len__(self) -> int:
        return int(self.hz.shape[0])
