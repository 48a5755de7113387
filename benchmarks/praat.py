"""The judge of pitch: Praat's autocorrelation, exact to a tenth of a cent on perfect vowels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio

STEP_S = 0.005
FLOOR_HZ = 65.0
CEILING_HZ = 1_100.0

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PraatTrack:
    """Pitch every 5 ms; all of shape `(frames,)`. `hz` means something where `voiced` alone."""

    times_s: Floats
    hz: Floats
    voiced: Mask

    def between(self, start_s: float, end_s: float) -> Mask:
        return np.asarray((self.times_s >= start_s) & (self.times_s <= end_s))


def praat_track(audio: Audio) -> PraatTrack:
    """Pitch of a sound (floor 65 Hz, ceiling 1,100 Hz), channels averaged."""
    import parselmouth

    sound = parselmouth.Sound(audio.mono().samples[0].astype(np.float64), audio.rate_hz)
    found = sound.to_pitch_ac(time_step=STEP_S, pitch_floor=FLOOR_HZ, pitch_ceiling=CEILING_HZ)
    hz = np.asarray(found.selected_array["frequency"], dtype=np.float64)
    voiced = hz > 0
    return PraatTrack(np.asarray(found.xs()), np.where(voiced, hz, FLOOR_HZ), voiced)
