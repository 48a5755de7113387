"""FrameScores as JSON: readable, editable, and the same song when read back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vocoder.pitch import PitchCurve
from voice.errors import FrameScoreError
from voice.expression import FramedNote, FramedPhone, FrameScore

FORMAT = "melisma-framescore"
VERSION = 2
KNOWN_VERSIONS = (1, VERSION)
"""Version 1 knew no gender: formants stay where the voice has them."""

LARGEST_BYTES = 200_000_000


def is_frame_file(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def write_frames(path: Path, score: FrameScore) -> None:
    """Write a FrameScore whole or not at all."""
    table = {
        "format": FORMAT,
        "version": VERSION,
        "voice": score.voice,
        "language": score.language,
        "seed": score.seed,
        "length_samples": score.length_samples,
        "lead_in_s": score.lead_in_s,
        "pickup_s": score.pickup_s,
        "notes": [asdict(note) for note in score.notes],
        "phones": [asdict(phone) for phone in score.phones],
        "written_midi": score.written_midi.tolist(),
        "pitch_hz": score.pitch.hz.tolist(),
        "voiced": score.pitch.voiced.astype(int).tolist(),
        "energy": score.energy.tolist(),
        "breathiness": score.breathiness.tolist(),
        "tension": score.tension.tolist(),
        "gender": score.gender.tolist(),
    }
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise FrameScoreError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        if partial.exists():
            partial.unlink()


def read_frames(path: Path) -> FrameScore:
    """Read a FrameScore.

    Raises:
        FrameScoreError: not a FrameScore, of a later version, or one that contradicts itself.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FrameScoreError(f"{path}: larger than {LARGEST_BYTES // 10**6} MB")
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FrameScoreError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise FrameScoreError(f"{path}: not JSON ({error})") from error
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise FrameScoreError(
            f"{path}: not a FrameScore; `melisma sing SCORE --frames FILE.json` writes one"
        )
    if table.get("version") not in KNOWN_VERSIONS:
        raise FrameScoreError(
            f"{path}: FrameScore version {table.get('version')}, known are {KNOWN_VERSIONS}"
        )
    try:
        return _frame_score(table)
    except KeyError as error:
        raise FrameScoreError(f"{path}: not a whole FrameScore: no {error}") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise FrameScoreError(f"{path}: not a whole FrameScore: {error}") from error


def _frame_score(table: dict[str, Any]) -> FrameScore:
    def curve(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(table[name], dtype=np.float64)

    return FrameScore(
        voice=str(table["voice"]),
        language=str(table["language"]),
        seed=int(table["seed"]),
        length_samples=int(table["length_samples"]),
        lead_in_s=float(table["lead_in_s"]),
        phones=tuple(_phone(row) for row in table["phones"]),
        notes=tuple(_note(row) for row in table["notes"]),
        written_midi=curve("written_midi"),
        pitch=PitchCurve(curve("pitch_hz"), np.array(table["voiced"], dtype=np.bool_)),
        energy=curve("energy"),
        breathiness=curve("breathiness"),
        tension=curve("tension"),
        gender=curve("gender") if table["version"] > 1 else np.zeros(len(table["tension"])),
        pickup_s=float(table.get("pickup_s", 0.0)),
    )


def _phone(row: dict[str, Any]) -> FramedPhone:
    note = row["note"]
    return FramedPhone(
        symbol=str(row["symbol"]),
        first_frame=int(row["first_frame"]),
        frames=int(row["frames"]),
        stress=int(row["stress"]),
        note=None if note is None else int(note),
    )


def _note(row: dict[str, Any]) -> FramedNote:
    return FramedNote(
        start_s=float(row["start_s"]),
        end_s=float(row["end_s"]),
        midi=float(row["midi"]),
        text=str(row["text"]),
    )
