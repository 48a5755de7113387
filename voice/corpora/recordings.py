"""Recordings as their corpora hand them over, before anything is measured."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    SUNG = "sung"
    SPEECH = "speech"


@dataclass(frozen=True)
class OtoEntry:
    """One line of UTAU's oto.ini; all times in seconds.

    Attributes:
        alias: what the entry sings, `a か`, without the pitch suffix of its folder.
        offset_s: where the entry begins in the file.
        end_s: where it ends (UTAU's cutoff, made absolute).
        vowel_s: the vowel onset that falls on the note (offset + preutterance).
        overlap_s: up to here the previous sound still stands alone.
    """

    alias: str
    offset_s: float
    end_s: float
    vowel_s: float
    overlap_s: float


@dataclass(frozen=True)
class GivenPhone:
    """A phone whose time the corpus itself states, in the corpus's own symbols."""

    symbol: str
    start_s: float
    end_s: float
    stress: int


@dataclass(frozen=True)
class Recording:
    """One file of a corpus.

    Attributes:
        text_key: what is sung or said, the same for every take of it: splits go by this.
        style: `core`, `strong` or `whisper`.
        full_band: false where nothing was recorded above 12 kHz.
    """

    name: str
    path: Path
    corpus: str
    speaker: str
    language: str
    kind: Kind
    text_key: str
    duration_s: float
    style: str = "core"
    pitch_midi: int | None = None
    text: str = ""
    oto: tuple[OtoEntry, ...] = ()
    given: tuple[GivenPhone, ...] = field(default=())
    full_band: bool = True

    @property
    def held_back(self) -> bool:
        return is_held_back(self.text_key)


HELD_BACK_ONE_IN = 25


def is_held_back(text_key: str) -> bool:
    """Whether no training may see this text: one in twenty-five, by its hash, for ever the same."""
    digest = hashlib.sha256(text_key.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") % HELD_BACK_ONE_IN == 0


def text_key_of_words(text: str) -> str:
    """A sentence's key: its letters alone, so that punctuation makes no second sentence."""
    return " ".join(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", text).lower()))


def text_key_of_source(source: str) -> str:
    """A sung string's key: the file's name without folder, pitch or romanised repetition."""
    stem = unicodedata.normalize("NFKC", source.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    kana, _, _ = stem.partition("_") if not stem.startswith("_") else (stem, "", "")
    return kana if any(ord(c) > 0x3000 for c in kana) else stem
