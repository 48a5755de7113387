"""Labels on disk, beside a sound store.

labels.json  {name: {"language", "style", "pitch_midi", "text",
                     "phones": [[symbol, start_s, end_s, stress]]}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from voice.corpora.labels import LabelledPhone


@dataclass(frozen=True)
class PhoneLabels:
    """What is known of one recording besides its sound."""

    language: str
    style: str
    pitch_midi: int | None
    text: str
    phones: tuple[LabelledPhone, ...]


def write_labels(folder: Path, labels: dict[str, PhoneLabels]) -> None:
    table = {
        name: {
            "language": row.language,
            "style": row.style,
            "pitch_midi": row.pitch_midi,
            "text": row.text,
            "phones": [
                [p.symbol, round(p.start_s, 4), round(p.end_s, 4), p.stress] for p in row.phones
            ],
        }
        for name, row in labels.items()
    }
    path = folder / "labels.json"
    path.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")


def read_labels(folder: Path) -> dict[str, PhoneLabels]:
    table = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return {
        name: PhoneLabels(
            row["language"],
            row["style"],
            row["pitch_midi"],
            row["text"],
            tuple(LabelledPhone(*phone) for phone in row["phones"]),
        )
        for name, row in table.items()
    }
