"""Several vocals: which one leads, which double it or sing in harmony, and who stands where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.mixing.decisions import Role

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

LEVELS_LU: dict[Role, float] = {"lead": 0.0, "double": -9.0, "harmony": -5.0, "choir": 0.0}
"""How loud each role is beside the lead."""

PLACES: dict[Role, tuple[float, ...]] = {"double": (0.7, 0.9, 0.5), "harmony": (0.45, 0.65, 0.3)}
WIDEST_CHOIR = 0.8
PITCH_STEP_S = 0.02
PITCH_RATE_HZ = 16_000
LOWEST_HZ, HIGHEST_HZ = 60.0, 1_100.0
SAME_CENTS = 70.0
SAME_SHARE = 0.7


def roles_of(vocals: Sequence[Audio], begins_s: Sequence[float], choir: bool) -> list[Role]:
    """The first leads; another is a double where it sings the lead's melody, else a harmony."""
    if choir:
        return ["choir" for _ in vocals]
    roles: list[Role] = ["lead"]
    if len(vocals) > 1:
        lead = _melody(vocals[0])
        for vocal, begin_s in zip(vocals[1:], begins_s[1:], strict=True):
            late = round((begin_s - begins_s[0]) / PITCH_STEP_S)
            roles.append("double" if _same(lead, _melody(vocal), late) else "harmony")
    return roles


def pans_of(roles: Sequence[Role]) -> list[float]:
    """The lead in the middle, doubles and harmonies left and right in turn, a choir in a row."""
    if "choir" in roles:
        if len(roles) == 1:
            return [0.0]
        return [round(float(at), 3) for at in np.linspace(-WIDEST_CHOIR, WIDEST_CHOIR, len(roles))]
    pans, seen = [], dict.fromkeys(PLACES, 0)
    for role in roles:
        if role not in seen:
            pans.append(0.0)
            continue
        places = PLACES[role]
        place = places[(seen[role] // 2) % len(places)]
        pans.append(-place if seen[role] % 2 == 0 else place)
        seen[role] += 1
    return pans


def panned(samples: Floats32, channels: int, pan: float) -> Floats32:
    """In so many channels, at the same power wherever it stands; mono stays as it is.

    A vocal in stereo keeps its width and is turned by balance.
    """
    if channels == 1:
        return np.asarray(samples.mean(axis=0, keepdims=True, dtype=np.float32))
    angle = (pan + 1.0) * np.pi / 4.0
    gains = np.sqrt(2.0) * np.array([[np.cos(angle)], [np.sin(angle)]])
    both = np.repeat(samples, 2, axis=0) if samples.shape[0] == 1 else samples
    return both if pan == 0.0 else np.asarray(both * gains, dtype=np.float32)


def _melody(vocal: Audio) -> Floats:
    """The pitch in cents at each step, NaN where there is none."""
    import parselmouth

    mono = vocal.mono().resampled(PITCH_RATE_HZ)
    sound = parselmouth.Sound(mono.samples[0].astype(np.float64), PITCH_RATE_HZ)
    pitch = sound.to_pitch_ac(PITCH_STEP_S, LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    hz = np.asarray(pitch.selected_array["frequency"], dtype=np.float64)
    return np.asarray(1200.0 * np.log2(np.where(hz > 0.0, hz, np.nan) / 55.0))


def _same(lead: Floats, other: Floats, late: int) -> bool:
    begin, end = max(0, late), min(len(lead), late + len(other))
    if begin >= end:
        return False
    apart = np.abs(lead[begin:end] - other[begin - late : end - late])
    both = np.isfinite(apart)
    return bool(both.any() and np.mean(apart[both] < SAME_CENTS) >= SAME_SHARE)
