"""Corpus folders as users have them, made small."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile


def write_wav(path: Path, seconds: float = 2.0, rate_hz: int = 44_100) -> None:
    """A quiet tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    soundfile.write(path, 0.1 * np.sin(2.0 * np.pi * 220.0 * moments), rate_hz)


def write_bank(folder: Path, lines: Mapping[str, str], encoding: str = "cp932") -> None:
    """An oto.ini beside the files that its lines name."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{file}={entry}\r\n" for file, entry in lines.items())
    (folder / "oto.ini").write_bytes(text.encode(encoding))
    for file in lines:
        write_wav(folder / file)


def write_manifest(folder: Path, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "manifest.jsonl").write_text(text, encoding="utf-8")
