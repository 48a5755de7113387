"""All vocals of a mix as one sound: each through its chain, in its place, with room and echo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.errors import MixError
from voice.mixing.chain import WORKING_LUFS, processed
from voice.mixing.decisions import Decisions, Echo, Room, VocalTrack
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs
from voice.mixing.space import echo_of, room_of, tail_s
from voice.mixing.spans import Spans, loud_blocks, sung_spans
from voice.mixing.spread import LEVELS_LU, panned, pans_of

Floats32 = npt.NDArray[np.float32]

DECIMALS = 3
"""Decisions are rounded before they are used, so that a file of them gives the same samples."""


@dataclass(frozen=True)
class Voices:
    """The vocals' sounds, parts that add up to `total`, from the sample `first` of the mix.

    Attributes:
        parts: each vocal, then room and echo, by name.
        sung: when the voices sound, in seconds from `first`.
        blocks: the blocks of time on which their loudness is measured, likewise.
        decisions: with everything decided that concerns the voices among themselves.
    """

    parts: dict[str, Floats32]
    first: int
    sung: Spans
    blocks: Spans
    decisions: Decisions

    @property
    def total(self) -> Floats32:
        first, *others = self.parts.values()
        total = first.copy()
        for part in others:
            total += part
        return total


def voices_of(vocals: Sequence[Audio], decisions: Decisions, rate_hz: int, channels: int) -> Voices:
    """Every vocal at the rate of the mix, processed, placed and summed with its space.

    Raises:
        MixError: a vocal without sound.
    """
    tracks, sounds = [], []
    for number, (vocal, track) in enumerate(zip(vocals, decisions.vocals, strict=True), 1):
        trimmed, sound = _through_chain(vocal.resampled(rate_hz), track, number)
        tracks.append(trimmed)
        sounds.append(sound)
    tracks = _balanced(tracks, sounds, rate_hz)
    first = min(round(track.begin_s * rate_hz) for track in tracks)
    tail = round(tail_s(decisions.room, decisions.echo) * rate_hz)
    last = tail + max(
        round(track.begin_s * rate_hz) + sound.shape[1]
        for track, sound in zip(tracks, sounds, strict=True)
    )
    parts: dict[str, Floats32] = {}
    for name, track, sound in zip(names_of(tracks), tracks, sounds, strict=True):
        loud = np.asarray(sound * gain_of(track.gain_db or 0.0), dtype=np.float32)
        wide = panned(loud, channels, track.pan or 0.0)
        before = round(track.begin_s * rate_hz) - first
        parts[name] = np.pad(wide, ((0, 0), (before, last - first - before - wide.shape[1])))
    dry = np.asarray(sum(parts.values()), dtype=np.float32)
    room, echo = decisions.room, decisions.echo
    level = integrated_lufs(Audio(dry, rate_hz))
    if room is not None:
        parts["room"], room = _room(dry, rate_hz, room, level)
    if echo is not None:
        parts["echo"], echo = _echo(dry, rate_hz, echo, level)
    decided = replace(decisions, vocals=tuple(tracks), room=room, echo=echo)
    spans = sung_spans(dry, rate_hz), loud_blocks(dry, rate_hz)
    return Voices(parts, first, *spans, decided)


def names_of(tracks: Sequence[VocalTrack]) -> list[str]:
    """`lead`, `double-1`, `double-2`, `harmony-1` …"""
    names: list[str] = []
    for index, track in enumerate(tracks):
        same = sum(other.role == track.role for other in tracks[: index + 1])
        names.append(track.role if track.role == "lead" and same == 1 else f"{track.role}-{same}")
    return names


def _through_chain(vocal: Audio, track: VocalTrack, number: int) -> tuple[VocalTrack, Floats32]:
    stereo = vocal if vocal.channels <= 2 else vocal.mono()
    trim_db = track.trim_db
    if trim_db is None:
        level = integrated_lufs(stereo)
        if level <= SILENCE_LUFS:
            raise MixError(f"vocal {number} is silent; give one that sings, or leave it out")
        trim_db = round(WORKING_LUFS - level, DECIMALS)
    trimmed = np.asarray(stereo.samples * gain_of(trim_db), dtype=np.float32)
    sound = processed(trimmed, vocal.rate_hz, track.chain)
    return replace(track, trim_db=trim_db), sound


def _balanced(
    tracks: Sequence[VocalTrack], sounds: Sequence[Floats32], rate_hz: int
) -> list[VocalTrack]:
    """With gains by role beside the first vocal, and places from left to right."""
    pans = pans_of([track.role for track in tracks])
    usual = [track.gain_db for track in tracks]
    if len(usual) == 1 and usual[0] is None:
        usual = [0.0]
    if None in usual:
        levels = [integrated_lufs(Audio(sound, rate_hz)) for sound in sounds]
        reference = levels[0] - LEVELS_LU[tracks[0].role]
        usual = [
            round(reference + LEVELS_LU[track.role] - level, DECIMALS) if gain is None else gain
            for track, level, gain in zip(tracks, levels, usual, strict=True)
        ]
    return [
        replace(track, gain_db=gain, pan=pan if track.pan is None else track.pan)
        for track, gain, pan in zip(tracks, usual, pans, strict=True)
    ]


def _room(dry: Floats32, rate_hz: int, room: Room, level: float) -> tuple[Floats32, Room]:
    wet = room_of(dry, rate_hz, room)
    gain_db = room.gain_db
    if gain_db is None:
        gain_db = _gain_to(level - room.below_lu, wet, rate_hz)
    return np.asarray(wet * gain_of(gain_db), dtype=np.float32), replace(room, gain_db=gain_db)


def _echo(dry: Floats32, rate_hz: int, echo: Echo, level: float) -> tuple[Floats32, Echo]:
    wet = echo_of(dry, rate_hz, echo)
    gain_db = echo.gain_db
    if gain_db is None:
        gain_db = _gain_to(level - echo.below_lu, wet, rate_hz)
    return np.asarray(wet * gain_of(gain_db), dtype=np.float32), replace(echo, gain_db=gain_db)


def _gain_to(target: float, wet: Floats32, rate_hz: int) -> float:
    """The gain that makes a sound so loud; 0 where it is none."""
    level = integrated_lufs(Audio(wet, rate_hz))
    return 0.0 if level <= SILENCE_LUFS else round(target - level, DECIMALS)
