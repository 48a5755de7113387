"""What the lyrics benchmark counts, on texts where the counts are known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.lyric_specs import GENRES, Specification, draw
from benchmarks.lyrics import PROMPT, distinct_bigrams, measure, perplexity
from lyrics.writer.local_model import LanguageModel
from lyrics.writer.plan import Accent, LinePlan, SectionPlan, SongRequest
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Origin, Song, SongFacts, SongSection, read_line

PLAN = LinePlan(4, (Accent.WEAK, Accent.STRONG) * 2)
SECTION = SectionPlan("verse", (PLAN,) * 4, "ABAB")
SPECIFICATION = Specification(0, SongRequest("the sea", "folk", (SECTION,)), "hymn.abc")


def _song(*texts: str) -> Song:
    lines = tuple(read_line(text, PLAN) for text in texts)
    facts = SongFacts("the sea", "folk", Origin("m", "l"), RhymeKind.PERFECT)
    return Song(facts, (SongSection("verse", 0, "ABAB", lines),))


def test_a_flawless_song(model: LanguageModel) -> None:
    song = _song("The sea is deep", "The night is long", "I cannot sleep", "without a song")
    row = measure(SPECIFICATION, song, model, frozenset(["sea"]))
    assert (row.lines, row.exact, row.espeak_exact) == (4, 4, 4)
    assert row.rhymes == (2, 2)
    assert row.strong == (8, 0)
    assert row.repeated_lines == 0
    assert row.themed_sections == (1, 1)


def test_faults_are_counted(model: LanguageModel) -> None:
    song = _song(
        "The sea is very deep", "Nights are so long", "I see the day", "Nights are so long"
    )
    row = measure(SPECIFICATION, song, model, frozenset(["moon"]))
    assert row.exact == 3
    assert len(row.espeak_differs) == 1
    assert row.rhymes == (0, 2)
    assert row.strong[1] > 0
    assert row.repeated_lines == 1
    assert row.themed_sections == (0, 1)
    assert row.distinct_bigrams < 1


def test_distinct_bigrams() -> None:
    assert distinct_bigrams(["a b c", "a b d"]) == pytest.approx(3 / 4)
    assert distinct_bigrams(["a", "b"]) == 1


def test_perplexity_is_that_of_reading(model: LanguageModel) -> None:
    codec, network = model.codec, model.network
    before, text = codec.encode(PROMPT), codec.encode("The sea\n")
    gained, memory = 0.0, network.read(network.empty(), before)
    for token in text:
        gained += float(memory.following[-1, token])
        memory = network.read(memory.memory, [token])
    assert perplexity(model, ["The sea"]) == pytest.approx(math.exp(-gained / len(text)), rel=1e-3)
    assert np.isfinite(gained)


def test_specifications_follow_their_seed(tmp_path: Path) -> None:
    melody = tmp_path / "tune.abc"
    melody.write_text(
        "X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|z4|cBAG|FEDC|\n"
        "w:a b c d e f g h i j k l m n o p\n"
    )
    (tmp_path / "broken.abc").write_text("no tune")
    paths = sorted(tmp_path.glob("*.abc"))
    first, again = (draw(8, paths, 2, seed=3) for _ in range(2))
    assert first == again
    assert first != draw(8, paths, 2, seed=4)
    assert [each.number for each in first] == list(range(8))
    assert {each.request.genre for each in first} == set(GENRES)
    assert [each.melody for each in first if each.melody] == ["tune.abc"]
    assert [line.syllables for line in first[0].request.sections[0].lines] == [8, 8]
