from __future__ import annotations

from pathlib import Path

import pytest
from made_model import write_tiny_model

from lyrics.writer.local_model import LanguageModel, LocalLyricist
from lyrics.writer.search import SearchOptions
from lyrics.writer.song import Origin
from lyrics.writer.wordbook import WordBook, load_wordbook

TINY = Origin("a model of random weights", "CC0-1.0")


@pytest.fixture(scope="session")
def book() -> WordBook:
    """The commonest words: enough for rhymes, few enough for a quick search."""
    return WordBook(load_wordbook().words[:1500])


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory, book: WordBook) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_tiny_model(path, [word.text for word in book.words])
    return path


@pytest.fixture(scope="session")
def model(model_path: Path) -> LanguageModel:
    return LanguageModel.of(model_path, TINY, quantize=False)


@pytest.fixture
def lyricist(model: LanguageModel, book: WordBook) -> LocalLyricist:
    return LocalLyricist(model, book, SearchOptions(beams=4, open_words=3))
