"""Reads a corpus folder that has a `manifest.jsonl`: one JSON row per audio file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.corpora.recordings import (
    GivenPhone,
    Kind,
    OtoEntry,
    Recording,
    text_key_of_source,
    text_key_of_words,
)
from voice.errors import CorpusError

_PITCH_NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SUFFIX = re.compile(r"_?[SW]?(?:[A-G]#?\d)?[SW]?$")
_PITCH = re.compile(r"([A-G])(#?)(\d)")


def read_manifest(folder: Path) -> tuple[Recording, ...]:
    """All recordings of the corpus in `folder`.

    Raises:
        CorpusError: the manifest is missing or a row lacks what every row must carry.
    """
    path = folder / "manifest.jsonl"
    if not path.is_file():
        raise CorpusError(f"{folder}: no manifest.jsonl; give a folder that has one")
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_recording(folder, json.loads(line)) for line in lines if line.strip())


def pitch_of_name(name: str) -> int | None:
    """MIDI note of a name such as `_Core_A3` or `D4`, None where there is none."""
    found = _PITCH.search(name)
    if found is None:
        return None
    letter, sharp, octave = found.groups()
    return _PITCH_NAMES[letter] + bool(sharp) + 12 * (int(octave) + 1)


def bare_alias(alias: str) -> str:
    """The alias without the suffix that names pitch and style: `a かA4` is `a か`."""
    return _SUFFIX.sub("", alias).strip()


def _recording(folder: Path, row: Mapping[str, Any]) -> Recording:
    sung = row["kind"] == "sung"
    entries = tuple(_oto(entry, row["duration_s"]) for entry in row.get("oto", ()))
    aliases = " ".join(entry["alias"] for entry in row.get("oto", ()))
    pitch = pitch_of_name(row["folder"]) if sung else None
    if sung and pitch is None:
        pitch = pitch_of_name(aliases)
    return Recording(
        name=row["id"],
        path=folder / row["audio"],
        corpus=folder.name,
        speaker=row.get("speaker") or _singer(folder.name),
        language=row["language"],
        kind=Kind.SUNG if sung else Kind.SPEECH,
        text_key=text_key_of_source(row["source"]) if sung else text_key_of_words(row["text"]),
        duration_s=row["duration_s"],
        style=_style(row.get("folder", "")),
        pitch_midi=pitch,
        text=row.get("text", ""),
        oto=entries,
        given=tuple(_given(phone) for phone in row.get("phonemes", ())),
        full_band="synthetic" not in row["kind"],
    )


def _style(folder: str) -> str:
    lowered = folder.lower()
    return next((style for style in ("strong", "whisper") if style in lowered), "core")


def _oto(entry: Mapping[str, Any], duration_s: float) -> OtoEntry:
    offset_s = entry["offset_ms"] / 1000.0
    cutoff_s = entry["cutoff_ms"] / 1000.0
    return OtoEntry(
        alias=bare_alias(entry["alias"]),
        offset_s=offset_s,
        end_s=offset_s - cutoff_s if cutoff_s < 0 else duration_s - cutoff_s,
        vowel_s=offset_s + entry["preutterance_ms"] / 1000.0,
        overlap_s=offset_s + entry["overlap_ms"] / 1000.0,
    )


def _given(phone: Mapping[str, Any]) -> GivenPhone:
    return GivenPhone(phone["p"], phone["start_s"], phone["end_s"], phone.get("stress", 0))


def _singer(corpus: str) -> str:
    """`kumi-ja` and `kumi-zh` are one singer."""
    return corpus.rsplit("-", 1)[0]
