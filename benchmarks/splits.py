"""Which texts and sung strings no training may see, written out from the rule that training obeys.

    python -m benchmarks.splits data/corpora > benchmarks/splits.json

Training asks `voice.corpora.recordings.is_held_back`, a hash of the text or string; this file makes
its answers readable for the public corpora, one list for each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.command import run
from benchmarks.errors import BenchmarkError
from voice.corpora.manifest import read_manifest
from voice.corpora.recordings import Recording

SPLITS = Path(__file__).parent / "splits.json"


def held_back_texts(recordings: Iterable[Recording]) -> tuple[str, ...]:
    """The held-back texts among recordings, each once, sorted."""
    return tuple(sorted({each.text_key for each in recordings if each.held_back}))


def splits_of(corpora: Path) -> dict[str, tuple[str, ...]]:
    """Held-back texts by corpus, for every folder that has a manifest.

    Raises:
        BenchmarkError: there is none.
    """
    folders = sorted(path.parent for path in corpora.glob("*/manifest.jsonl"))
    if not folders:
        raise BenchmarkError(
            f"{corpora}: no folder with a manifest.jsonl; give that of the corpora"
        )
    return {folder.name: held_back_texts(read_manifest(folder)) for folder in folders}


def read_splits(path: Path = SPLITS) -> dict[str, tuple[str, ...]]:
    """The file, by corpus."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(texts) for name, texts in table.items()}


def main(arguments: Sequence[str]) -> int:
    splits = splits_of(Path(arguments[0]))
    sys.stdout.write(json.dumps(splits, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    run(main)
