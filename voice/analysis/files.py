"""Analyses as JSON: what programs read, and the same analysis when read back."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.analysis.model import (
    BANDS_HZ,
    ChordSpan,
    Key,
    Moment,
    Section,
    TempoPoint,
    TrackAnalysis,
)
from voice.errors import AnalysisError

FORMAT = "melisma-analysis"
VERSION = 1
LARGEST_BYTES = 50_000_000


def to_json(analysis: TrackAnalysis) -> str:
    """The analysis as one JSON object; a loudness of minus infinity is null."""
    return json.dumps(as_table(analysis), ensure_ascii=False, indent=1) + "\n"


def as_table(analysis: TrackAnalysis) -> dict[str, Any]:
    """What `to_json` writes, as plain dictionaries and lists."""
    loud = analysis.loudness_lufs
    return {
        "format": FORMAT,
        "version": VERSION,
        "length_s": analysis.length_s,
        "tempo_bpm": analysis.tempo_bpm,
        "key": str(analysis.key),
        "meter": "{}/{}".format(*analysis.meter),
        "tuning_cents": analysis.tuning_cents,
        "loudness_lufs": round(loud, 2) if math.isfinite(loud) else None,
        "confidence": dict(analysis.confidence),
        "beats_s": list(analysis.beats_s),
        "downbeats_s": list(analysis.downbeats_s),
        "chords": [
            {"start_s": each.start_s, "end_s": each.end_s, "chord": each.name}
            for each in analysis.chords
        ],
        "sections": [
            {"start_s": each.start_s, "end_s": each.end_s, "label": each.label}
            for each in analysis.sections
        ],
        "tempo_curve": [{"second": each.second, "bpm": each.bpm} for each in analysis.tempo_curve],
        "bands_hz": list(BANDS_HZ),
        "course": [
            {
                "second": each.second,
                "loudness_lufs": each.loudness_lufs,
                "energy": each.energy,
                "band_db": list(each.band_db),
                "free": list(each.free),
            }
            for each in analysis.course
        ],
    }


def from_json(text: str, where: str = "the analysis") -> TrackAnalysis:
    """The analysis that `to_json` wrote, perhaps edited since.

    Raises:
        AnalysisError: it is something else, of another version, or contradicts itself.
    """
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnalysisError(f"{where}: not JSON ({error})") from error
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise AnalysisError(
            f"{where}: not an analysis; `melisma analyze TRACK --json > FILE` writes one"
        )
    if table.get("version") != VERSION:
        raise AnalysisError(f"{where}: analysis version {table.get('version')}, known is {VERSION}")
    try:
        return _analysis(table)
    except KeyError as error:
        raise AnalysisError(f"{where}: not a whole analysis: no {error}") from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise AnalysisError(f"{where}: not a whole analysis: {error}") from error


def write_analysis(path: Path, analysis: TrackAnalysis) -> None:
    """Write an analysis whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(to_json(analysis), encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise AnalysisError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)


def read_analysis(path: Path) -> TrackAnalysis:
    """Read what `write_analysis` wrote.

    Raises:
        AnalysisError: no such file, or not an analysis.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise AnalysisError(f"{path}: larger than {LARGEST_BYTES // 10**6} MB")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AnalysisError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnalysisError(f"{path}: not JSON ({error.reason})") from error
    return from_json(text, str(path))


def read_meter(text: str) -> tuple[int, int]:
    """A metre as it is written: "3/4".

    Raises:
        ValueError: it is something else.
    """
    beats, slash, unit = text.strip().partition("/")
    if not slash or not beats.isdecimal() or not unit.isdecimal():
        raise ValueError(f"{text!r} is no metre; write it as 3/4")
    return int(beats), int(unit)


def _analysis(table: Mapping[str, Any]) -> TrackAnalysis:
    loud = table["loudness_lufs"]
    return TrackAnalysis(
        length_s=float(table["length_s"]),
        tempo_bpm=float(table["tempo_bpm"]),
        key=Key.named(table["key"]),
        meter=read_meter(table["meter"]),
        beats_s=tuple(float(each) for each in table["beats_s"]),
        downbeats_s=tuple(float(each) for each in table["downbeats_s"]),
        chords=tuple(_chord(row) for row in table["chords"]),
        sections=tuple(
            Section(float(row["start_s"]), float(row["end_s"]), str(row["label"]))
            for row in table["sections"]
        ),
        loudness_lufs=-math.inf if loud is None else float(loud),
        confidence={str(name): float(value) for name, value in table["confidence"].items()},
        tempo_curve=tuple(
            TempoPoint(float(row["second"]), float(row["bpm"])) for row in table["tempo_curve"]
        ),
        course=tuple(_moment(row) for row in table["course"]),
        tuning_cents=float(table["tuning_cents"]),
    )


def _chord(row: Mapping[str, Any]) -> ChordSpan:
    start_s, end_s, name = float(row["start_s"]), float(row["end_s"]), str(row["chord"])
    if name == "N":
        return ChordSpan(start_s, end_s, None)
    key = Key.named(name)
    return ChordSpan(start_s, end_s, key.tonic, key.mode)


def _moment(row: Mapping[str, Any]) -> Moment:
    return Moment(
        second=float(row["second"]),
        loudness_lufs=float(row["loudness_lufs"]),
        energy=float(row["energy"]),
        band_db=tuple(float(each) for each in row["band_db"]),
        free=tuple(float(each) for each in row["free"]),
    )
