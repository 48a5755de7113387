"""A vocal over an instrumental: in time, a little in front, and at delivery loudness."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY
from vocoder.audio import Audio
from vocoder.frames import GRID
from voice.errors import OutputError
from voice.expression import FrameScore
from voice.mixing.chain import VocalChain, processed
from voice.mixing.limiter import limited
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs, lufs_during
from voice.take import Mix, VocalTake

Floats32 = npt.NDArray[np.float32]

ALONE_LUFS = -16.0
MOST_LIMITING_LU = 4.0
ROUNDS = 4
CLOSE_LU = 0.1


@dataclass(frozen=True)
class MixOptions:
    """What a caller wants of a mix.

    Attributes:
        lead_lu: how much louder the vocal is than the accompaniment while it sings; None mutes it.
        loudness_lufs: of the whole; None leaves the instrumental as loud as it was.
        true_peak_dbtp: the ceiling of the mix; None lets peaks be.
    """

    lead_lu: float | None = 2.0
    loudness_lufs: float | None = -14.0
    true_peak_dbtp: float | None = -1.0
    chain: VocalChain = field(default_factory=VocalChain)

    def __post_init__(self) -> None:
        if self.loudness_lufs is not None and not -40.0 <= self.loudness_lufs <= -6.0:
            raise ValueError(f"a mix is -40 to -6 LUFS loud, not {self.loudness_lufs}")
        if self.true_peak_dbtp is not None and not -20.0 <= self.true_peak_dbtp <= 0.0:
            raise ValueError(f"a true peak lies in -20-0 dBTP, not {self.true_peak_dbtp}")


def mix_over(
    take: VocalTake,
    instrumental: Audio,
    start_s: float,
    options: MixOptions | None = None,
) -> Mix:
    """Lay a take over an instrumental, beat 0 of its score on `start_s`.

    The vocal is brought to the instrumental's rate, never the other way round. Where its lead-in
    or pickup begins before the instrumental does, silence is put before the instrumental.

    Raises:
        OutputError: an instrumental of more than two channels, or of no length.
    """
    wanted = options or MixOptions()
    if instrumental.channels > 2 or instrumental.length_samples == 0:
        raise OutputError(
            f"the instrumental has {instrumental.channels} channels of "
            f"{instrumental.length_samples} samples; give one in mono or stereo"
        )
    rate_hz = instrumental.rate_hz
    vocal = take.audio.mono().resampled(rate_hz)
    vocal = Audio(np.repeat(vocal.samples, instrumental.channels, axis=0), rate_hz)
    begin = round((start_s - take.frames.lead_in_s) * rate_hz)
    before = max(0, -begin)
    backing = np.pad(instrumental.samples, ((0, 0), (before, 0)))
    begin += before
    gain_db, summed = -np.inf, backing
    if wanted.lead_lu is not None:
        sung = processed(vocal, wanted.chain)
        spans = _sung_spans(take.frames, begin / rate_hz)
        gain_db = _vocal_gain_db(_placed(sung.samples, begin), backing, rate_hz, spans, wanted)
        summed = _sum(backing, _placed(sung.samples * np.float32(gain_of(gain_db)), begin))
    mastered = _mastered(summed, rate_hz, wanted)
    audio = Audio(mastered, rate_hz)
    return Mix(audio, gain_db, integrated_lufs(audio), start_s + before / rate_hz)


def _sung_spans(frames: FrameScore, begin_s: float) -> list[tuple[float, float]]:
    """When the voice sounds, in seconds of the mix."""
    spans: list[tuple[float, float]] = []
    for phone in frames.phones:
        if INVENTORY[phone.symbol].is_pause:
            continue
        first = begin_s + GRID.frames_to_seconds(phone.first_frame)
        last = begin_s + GRID.frames_to_seconds(phone.end_frame)
        if spans and abs(spans[-1][1] - first) < GRID.frame_s / 2:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _vocal_gain_db(
    vocal: Floats32,
    backing: Floats32,
    rate_hz: int,
    spans: list[tuple[float, float]],
    wanted: MixOptions,
) -> float:
    """What puts the vocal in front by `lead_lu`, measured on sung frames of both."""
    level = lufs_during(Audio(vocal, rate_hz), spans)
    if level <= SILENCE_LUFS:
        return 0.0
    under = lufs_during(Audio(backing, rate_hz), spans)
    if under <= SILENCE_LUFS:
        return ALONE_LUFS - level
    return under + (wanted.lead_lu or 0.0) - level


def _placed(samples: Floats32, begin: int) -> Floats32:
    return np.pad(samples, ((0, 0), (begin, 0)))


def _sum(first: Floats32, second: Floats32) -> Floats32:
    length = max(first.shape[1], second.shape[1])
    total = np.zeros((first.shape[0], length), dtype=np.float32)
    total[:, : first.shape[1]] += first
    total[:, : second.shape[1]] += second
    return total


def _mastered(samples: Floats32, rate_hz: int, wanted: MixOptions) -> Floats32:
    """At the loudness and under the ceiling that were asked for.

    Where the ceiling would cost more than `MOST_LIMITING_LU`, the mix stays softer instead.
    """
    if wanted.loudness_lufs is None:
        return _under_ceiling(samples, rate_hz, wanted.true_peak_dbtp)
    level = integrated_lufs(Audio(samples, rate_hz))
    if level <= SILENCE_LUFS:
        return samples
    gain_db = first_gain_db = wanted.loudness_lufs - level
    made = samples
    for _ in range(ROUNDS):
        loud = np.asarray(samples * gain_of(gain_db), dtype=np.float32)
        made = _under_ceiling(loud, rate_hz, wanted.true_peak_dbtp)
        missing = wanted.loudness_lufs - integrated_lufs(Audio(made, rate_hz))
        if abs(missing) < CLOSE_LU or gain_db + missing > first_gain_db + MOST_LIMITING_LU:
            break
        gain_db += missing
    return made


def _under_ceiling(samples: Floats32, rate_hz: int, ceiling_dbtp: float | None) -> Floats32:
    return samples if ceiling_dbtp is None else limited(samples, rate_hz, ceiling_dbtp)
