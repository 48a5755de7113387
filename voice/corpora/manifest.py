"""Reads a corpus folder that has a `manifest.jsonl`: one JSON row per audio file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.corpora.oto import oto_entry, pitch_of_name, style_of_folder
from voice.corpora.recordings import (
    GivenPhone,
    Kind,
    OtoEntry,
    Recording,
    text_key_of_source,
    text_key_of_words,
)
from voice.errors import CorpusError

MANIFEST_FILE = "manifest.jsonl"


def read_manifest(folder: Path) -> tuple[Recording, ...]:
    """All recordings of the corpus in `folder`.

    Raises:
        CorpusError: the manifest is missing or a row lacks what every row must carry.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise CorpusError(f"{folder}: no manifest.jsonl; give a folder that has one")
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(
        _row(folder, line, f"{path}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def _row(folder: Path, line: str, where: str) -> Recording:
    try:
        return _recording(folder, json.loads(line))
    except KeyError as error:
        raise CorpusError(f"{where}: no {error}; every row must carry it") from error
    except (TypeError, ValueError) as error:
        raise CorpusError(f"{where}: not a row of a manifest ({error})") from error


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
        style=style_of_folder(row.get("folder", "")),
        pitch_midi=pitch,
        text=row.get("text", ""),
        oto=entries,
        given=tuple(_given(phone) for phone in row.get("phonemes", ())),
        full_band="synthetic" not in row["kind"],
    )


def _oto(entry: Mapping[str, Any], duration_s: float) -> OtoEntry:
    return oto_entry(
        entry["alias"],
        entry["offset_ms"],
        entry["cutoff_ms"],
        entry["preutterance_ms"],
        entry["overlap_ms"],
        duration_s,
    )


def _given(phone: Mapping[str, Any]) -> GivenPhone:
    return GivenPhone(phone["p"], phone["start_s"], phone["end_s"], phone.get("stress", 0))


def _singer(corpus: str) -> str:
    """`kumi-ja` and `kumi-zh` are one singer."""
    return corpus.rsplit("-", 1)[0]
