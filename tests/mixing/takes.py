"""Takes and instrumentals whose every sample is known."""

from __future__ import annotations

import numpy as np

from vocoder.audio import Audio
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve
from voice.expression import FramedNote, FramedPhone, FrameScore
from voice.take import VocalTake


def frame_score(seconds: float, lead_in_s: float = 0.0) -> FrameScore:
    """One long vowel after a silence of a fifth of the time."""
    samples = GRID.seconds_to_samples(seconds)
    frames = GRID.samples_to_frames(samples)
    rest = max(frames // 5, 1)
    return FrameScore(
        voice="tiny",
        language="en",
        seed=0,
        length_samples=samples,
        lead_in_s=lead_in_s,
        phones=(FramedPhone("_", 0, rest), FramedPhone("ɑ", rest, frames - rest, 1, 0)),
        notes=(FramedNote(GRID.frames_to_seconds(rest), seconds, 60.0, "ah"),),
        written_midi=np.full(frames, 60.0),
        pitch=PitchCurve(np.full(frames, 261.626), np.ones(frames, dtype=np.bool_)),
        energy=np.zeros(frames),
        breathiness=np.zeros(frames),
        tension=np.zeros(frames),
        gender=np.zeros(frames),
    )


def take(seconds: float = 3.0, lead_in_s: float = 0.0, level: float = 0.1) -> VocalTake:
    """A buzz on middle C where the frame score sings, exact silence where it does not."""
    frames = frame_score(seconds, lead_in_s)
    time_s = np.arange(frames.length_samples) / GRID.sample_rate_hz
    buzz = sum(np.sin(2 * np.pi * 261.626 * k * time_s) / k for k in range(1, 12))
    buzz[: GRID.frames_to_samples(frames.phones[1].first_frame)] = 0.0
    audio = Audio((level * buzz).astype(np.float32)[None], GRID.sample_rate_hz)
    return VocalTake(audio, frames, "tiny", "Tiny, of no one", 0, ())


def noise(
    seconds: float = 6.0, rate_hz: int = 48_000, channels: int = 2, level: float = 0.05
) -> Audio:
    random = np.random.default_rng(7)
    samples = level * random.standard_normal((channels, round(seconds * rate_hz)))
    return Audio(samples.astype(np.float32), rate_hz)
