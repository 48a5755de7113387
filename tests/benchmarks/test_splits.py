"""The list of what is held back says what the rule of training says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.splits import read_splits, splits_of
from voice.corpora.recordings import is_held_back, text_key_of_source, text_key_of_words

SENTENCES = [f"This is sentence number {word}." for word in "abcdefghijklmnopqrstuvwxyz"] * 2
STRINGS = [f"_か{a}{b}" for a in "あいうえお" for b in "かきくけこさしすせそ"]


def corpus(folder: Path, rows: list[dict[str, object]]) -> None:
    folder.mkdir(parents=True)
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "manifest.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    shared = {"audio": "a.opus", "duration_s": 1.0, "language": "en"}
    spoken = [
        {"id": str(i), "kind": "speech", "text": text, **shared} for i, text in enumerate(SENTENCES)
    ]
    sung = [
        {"id": f"{pitch}{i}", "kind": "sung", "source": f"{pitch}/{text}.wav", "folder": pitch}
        | shared
        for pitch in ("A3", "D4")
        for i, text in enumerate(STRINGS)
    ]
    corpus(tmp_path / "speech-en", spoken)
    corpus(tmp_path / "song-ja", sung)
    return tmp_path


def test_the_list_holds_what_the_rule_holds_back_once_each(corpora: Path) -> None:
    splits = splits_of(corpora)
    spoken = {text_key_of_words(text) for text in SENTENCES}
    sung = {text_key_of_source(f"A3/{text}.wav") for text in STRINGS}
    assert splits["speech-en"] == tuple(sorted(key for key in spoken if is_held_back(key)))
    assert splits["song-ja"] == tuple(sorted(key for key in sung if is_held_back(key)))
    assert splits["speech-en"]
    assert splits["song-ja"]


def test_a_folder_without_corpora_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"manifest\.jsonl"):
        splits_of(tmp_path)


def test_the_committed_list_and_the_rule_agree() -> None:
    splits = read_splits()
    assert {"kumi-ja", "scottpoid-ja", "kathleen-en", "kokoro-en"} <= set(splits)
    keys = [key for texts in splits.values() for key in texts]
    assert keys
    assert all(is_held_back(key) for key in keys)
