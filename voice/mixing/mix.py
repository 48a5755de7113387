"""Vocals over an instrumental: in time, a little in front, in a room, at delivery loudness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.errors import MixError
from voice.mixing.balance import balanced
from voice.mixing.decisions import Decisions
from voice.mixing.fold import folded
from voice.mixing.loudness import decibels, gain_of
from voice.mixing.master import Mastered, mastered
from voice.mixing.spans import Spans
from voice.mixing.voices import Voices, voices_of
from voice.mixing.wishes import MixWishes, first_decisions
from voice.take import Mix, VocalTake

Floats32 = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Measured:
    """What came of the decisions; all of it can be measured again from the files.

    Attributes:
        lead_lu: the vocals above the accompaniment while they are sung; None where muted.
        sung_s: how long the voices sound.
        limited_db, limited_share: the most the limiter took off, and for how much of the time.
    """

    length_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    lead_lu: float | None
    sung_s: float
    limited_db: float
    limited_share: float


@dataclass(frozen=True)
class Mixed:
    """A finished mix.

    Attributes:
        decisions: all of them; the same sounds with these give the same samples.
        before_s: silence put before the instrumental, where a vocal begins before it.
        stems: sounds by name that add up to the mix.
    """

    audio: Audio
    decisions: Decisions
    before_s: float
    measured: Measured
    stems: Mapping[str, Audio]


@dataclass(frozen=True, eq=False)
class _Sum:
    """Everything that sounds as one, before its loudness and ceiling.

    Attributes:
        parts: what it is made of, by name, with the sample each begins at; empty unless kept.
        before: how many samples of silence stand before the instrumental.
    """

    total: Floats32
    parts: Mapping[str, tuple[int, Floats32]]
    decisions: Decisions
    sung: Spans
    before: int
    lead_lu: float | None


def mixed(
    instrumental: Audio,
    vocals: Sequence[Audio],
    decisions: Decisions,
    keep_stems: bool = False,
    progress: Progress = lambda stage, share: None,
) -> Mixed:
    """Mix as decided, and decide by measurement whatever is open.

    The mix keeps the instrumental's rate and channels, up to stereo; vocals are brought to it.
    Where a vocal begins before the instrumental, silence is put before the instrumental.

    Raises:
        MixError: an instrumental without samples, a vocal without sound.
    """
    if instrumental.length_samples == 0:
        raise MixError("the instrumental has no samples; give one that sounds")
    rate_hz = instrumental.rate_hz
    whole = _summed(instrumental, vocals, decisions, keep_stems, progress)
    progress("mastering", 0.7)
    made = mastered(whole.total, rate_hz, decisions.master)
    progress("measuring", 0.95)
    audio = Audio(made.samples, rate_hz)
    return Mixed(
        audio,
        replace(whole.decisions, master=made.master),
        whole.before / rate_hz,
        _measured(audio, made, whole),
        _stems(whole, made, rate_hz),
    )


def mix_over(
    take: VocalTake,
    instrumental: Audio,
    start_s: float,
    wishes: MixWishes | None = None,
    tempo_bpm: float | None = None,
) -> Mix:
    """Lay a take over an instrumental, beat 0 of its score on `start_s`; an echo needs the tempo.

    Raises:
        MixError: an instrumental without samples, a take without sound.
    """
    begin_s = start_s - take.frames.lead_in_s
    decisions = first_decisions(wishes or MixWishes(), ["lead"], [begin_s], tempo_bpm)
    made = mixed(instrumental, [take.audio], decisions)
    return Mix(
        made.audio,
        made.decisions,
        made.measured.loudness_lufs,
        start_s + made.before_s,
    )


def _summed(
    instrumental: Audio,
    vocals: Sequence[Audio],
    decisions: Decisions,
    keep_parts: bool,
    progress: Progress,
) -> _Sum:
    """The voices and the instrumental as it gives way; parts not kept free their memory."""
    rate_hz = instrumental.rate_hz
    backing = folded(instrumental).samples
    voices: Voices | None = None
    before, lead_lu = 0, None
    if not decisions.muted:
        progress("voices", 0.2)
        voices = voices_of(vocals, decisions, rate_hz, backing.shape[0])
        before = max(0, -voices.first)
        backing = np.pad(backing, ((0, 0), (before, 0)))
        progress("making room", 0.45)
        balance = balanced(backing, voices, rate_hz)
        backing, decisions, lead_lu = balance.backing, balance.decisions, balance.lead_lu
    parts = _parts(backing, voices, decisions)
    length = max(at + part.shape[1] for at, part in parts.values())
    total = _placed(parts["instrumental"], length)
    for name in [name for name in parts if name != "instrumental"]:
        at, part = parts[name]
        total[:, at : at + part.shape[1]] += part
    sung = () if voices is None else voices.sung
    return _Sum(total, parts if keep_parts else {}, decisions, sung, before, lead_lu)


def _parts(
    backing: Floats32, voices: Voices | None, decisions: Decisions
) -> dict[str, tuple[int, Floats32]]:
    """Everything that sounds, by name, with the sample of the mix it begins at.

    The parts of the voices are made as loud as they will be where they lie, to save memory.
    """
    parts = {"instrumental": (0, backing)}
    if voices is not None:
        gain = np.float32(gain_of(decisions.vocals_db or 0.0))
        first = max(0, voices.first)
        for name, part in voices.parts.items():
            part *= gain
            parts[name] = (first, part)
    return parts


def _placed(part: tuple[int, Floats32], length: int) -> Floats32:
    at, samples = part
    return np.pad(samples, ((0, 0), (at, length - at - samples.shape[1])))


def _stems(whole: _Sum, made: Mastered, rate_hz: int) -> dict[str, Audio]:
    stems = {}
    for name, part in whole.parts.items():
        samples = _placed(part, whole.total.shape[1])
        if made.gains is not None:
            samples = samples * made.gains
        stems[name] = Audio(samples, rate_hz)
    return stems


def _measured(audio: Audio, made: Mastered, whole: _Sum) -> Measured:
    return Measured(
        length_s=audio.duration_s,
        loudness_lufs=made.loudness_lufs,
        true_peak_dbtp=decibels(made.true_peak),
        lead_lu=whole.lead_lu,
        sung_s=sum(end - begin for begin, end in whole.sung),
        limited_db=made.limited_db,
        limited_share=made.limited_share,
    )
