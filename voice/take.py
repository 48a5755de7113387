"""What comes out: a vocal take, and a mix that holds one."""

from __future__ import annotations

from dataclasses import dataclass

from vocoder.audio import Audio
from voice.expression import FrameScore
from voice.mixing.decisions import Decisions


@dataclass(frozen=True)
class VoiceUse:
    """Whose voice sounds, by which grant, and the SHA-256 of the voice folder it came from."""

    voice: str
    grant_id: str
    folder_sha256: str


@dataclass(frozen=True)
class VocalTake:
    """A dry vocal, mono at 44.1 kHz, and where it came from.

    `audio` starts `frames.lead_in_s` before beat 0 of the score. `transposed_semitones` says how
    far the melody was moved for the voice; `uses` says by which grants it was sung.
    """

    audio: Audio
    frames: FrameScore
    voice: str
    credit: str
    transposed_semitones: int
    warnings: tuple[str, ...]
    uses: tuple[VoiceUse, ...] = ()


@dataclass(frozen=True)
class Mix:
    """A vocal over an instrumental, at the instrumental's rate, and everything that was decided."""

    audio: Audio
    decisions: Decisions
    loudness_lufs: float
    start_s: float
