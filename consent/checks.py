"""What is asked of a recording, and how its numbers are judged.

Measuring needs ears (models of speech and speakers), which live elsewhere and implement these
protocols; judging is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Protocol

from consent.canonical import sha256_hex
from consent.errors import ConsentFormatError
from consent.folder import digest_files
from consent.permit import Permit

DIGITS = 6
MAX_DIGIT_EDITS = 1
MAX_HYPOTHESES = 8
MIN_SPEECH_S = 10.0
MIN_LEVEL_DBFS = -40.0
MAX_CLIPPED_SHARE = 0.001
MIN_HARMONICITY_DB = 5.0
SPEAKER_THRESHOLD = 0.80
"""Cosine of GE2E embeddings from which two recordings count as one voice; see docs/CONSENT.md."""
SPEAKER_FLOOR = 0.60
"""Below it nobody can vouch; between it and the threshold (speech against one's own singing) a
named human decides."""


@dataclass(frozen=True, slots=True)
class RecordingMeasures:
    """What an ear says of a recording. `content` is the SHA-256 of its samples, once decoded."""

    speech_s: float
    level_dbfs: float
    clipped_share: float
    harmonicity_db: float
    content: str


class RecordingCheck(Protocol):
    """Measures whether a recording is speech, long and clean enough."""

    @property
    def model(self) -> str:
        """Name and version of what measures."""
        ...

    def measure(self, recording: bytes) -> RecordingMeasures: ...


class DigitCheck(Protocol):
    """Hears digits."""

    @property
    def model(self) -> str:
        """SHA-256 of the model that hears."""
        ...

    def hear(self, recording: bytes) -> Sequence[str]:
        """At most `MAX_HYPOTHESES` strings of digits that may have been said last."""
        ...


class SpeakerCheck(Protocol):
    """Compares voices."""

    @property
    def model(self) -> str:
        """SHA-256 of the model that compares."""
        ...

    def similarities(
        self, statement: bytes, material: Sequence[bytes], permit: Permit, at: datetime
    ) -> Sequence[float]:
        """Cosine of the statement's voice and each recording's; the embeddings are thrown away.

        The permit is to `identify`, for `identity_digest` of these very bytes, and is verified.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ears:
    """All that measures."""

    recording: RecordingCheck
    digits: DigitCheck
    speaker: SpeakerCheck


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied: what was measured and what is asked for."""

    rule: str
    passed: bool
    text: str


def identity_digest(statement: bytes, material: Sequence[bytes]) -> str:
    """The digest that a permit to identify is bound to."""
    hashes = {f"material/{i}": sha256_hex(data) for i, data in enumerate(material)}
    return digest_files({"statement": sha256_hex(statement), **hashes})


def edit_distance(first: str, second: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def judge_recording(measures: RecordingMeasures) -> list[Finding]:
    """Is it speech, long enough, loud enough, unclipped and clean?"""
    return [
        _at_least("speech", measures.speech_s, MIN_SPEECH_S, "s of speech"),
        _at_least("level", measures.level_dbfs, MIN_LEVEL_DBFS, "dBFS while speaking"),
        Finding(
            "clipping",
            measures.clipped_share <= MAX_CLIPPED_SHARE,
            f"{measures.clipped_share:.2%} of samples clipped, at most {MAX_CLIPPED_SHARE:.2%}",
        ),
        _at_least("noise", measures.harmonicity_db, MIN_HARMONICITY_DB, "dB harmonics to noise"),
    ]


def judge_digits(expected: str, heard: Sequence[str]) -> Finding:
    """Were the six digits said, with at most one heard wrongly?"""
    if len(heard) > MAX_HYPOTHESES:
        raise ConsentFormatError(
            f"{len(heard)} hypotheses of digits; more than {MAX_HYPOTHESES} would be guessing"
        )
    best = min(heard, key=lambda text: edit_distance(expected, text), default="")
    edits = edit_distance(expected, best)
    return Finding(
        "digits",
        edits <= MAX_DIGIT_EDITS,
        f"heard {best or 'no digits'}: {edits} off, at most {MAX_DIGIT_EDITS}",
    )


def judge_speaker(similarities: Sequence[float]) -> Finding:
    """Is the one who speaks the one whose recordings are to be enrolled?"""
    if not similarities:
        return Finding("voice", False, "no recordings of the voice to enrol were given")
    middle, least = median(similarities), min(similarities)
    return Finding(
        "voice" if middle < SPEAKER_FLOOR else "voice-unsure",
        middle >= SPEAKER_THRESHOLD,
        f"similarity {middle:.2f} in the middle, {least:.2f} at least; the middle must reach "
        f"{SPEAKER_THRESHOLD:.2f}, or {SPEAKER_FLOOR:.2f} and a named human must know the voice",
    )


def _at_least(rule: str, value: float, least: float, unit: str) -> Finding:
    return Finding(rule, value >= least, f"{value:.1f} {unit}, at least {least:g}")
