"""What the search promises holds even for a model that knows nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyrics.writer.accents import stress_fit
from lyrics.writer.check import problems_of
from lyrics.writer.local_model import LanguageModel, LocalLyricist
from lyrics.writer.plan import Accent, LinePlan
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import read_line
from lyrics.writer.task import EndRule, LineTask
from lyrics.writer.wordbook import WordBook, singable
from lyrics.writer.writer import printed_line

TASK = LineTask(LinePlan(8), "[Verse]\n", theme="the sea", genre="folk")
ENDS = st.sampled_from(["night", "day", "free", "more", "alone", "head"])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    syllables=st.integers(2, 13),
    rhyme=st.none() | ENDS,
    kind=st.sampled_from(RhymeKind),
    required=st.lists(
        st.sampled_from(["river", "moon", "tomorrow", "don't"]), max_size=2, unique=True
    ),
    seed=st.integers(0, 1000),
)
def test_every_line_keeps_every_rule(
    lyricist: LocalLyricist,
    book: WordBook,
    syllables: int,
    rhyme: str | None,
    kind: RhymeKind,
    required: list[str],
    seed: int,
) -> None:
    rule = EndRule(kind, (singable(rhyme).rhyme,) if rhyme else (), (), frozenset([rhyme or ""]))
    task = replace(TASK, plan=LinePlan(syllables), end=rule, required=tuple(required), seed=seed)
    lines = lyricist.lines(task)
    need = sum(len(singable(word).syllables) for word in required)
    if need + 2 <= syllables:
        assert lines
    for line in lines:
        assert problems_of(printed_line(line), task, book) == ()


def test_the_same_seed_gives_the_same_line(lyricist: LocalLyricist) -> None:
    first = lyricist.lines(TASK)
    lyricist.lines(replace(TASK, context="[Verse]\nThe sea is new\n"))
    again = lyricist.lines(TASK)
    other = lyricist.lines(replace(TASK, seed=1))
    assert first == again
    assert [line.words for line in first] != [line.words for line in other]


def test_scores_fall_and_lines_differ(lyricist: LocalLyricist) -> None:
    lines = lyricist.lines(TASK)
    assert [line.score for line in lines] == sorted((line.score for line in lines), reverse=True)
    assert len({line.key for line in lines}) == len(lines)


def test_the_log_probability_is_the_models(lyricist: LocalLyricist) -> None:
    """Summed along the way, it equals what reading the finished line says."""
    from lyrics.writer.local_model import prompt

    line = lyricist.lines(replace(TASK, plan=LinePlan(5)))[0]
    codec, network = lyricist.model.codec, lyricist.model.network
    before = codec.encode(prompt(TASK))
    text = printed_line(replace(line, mark=""))
    tokens = codec.encode(text)
    assert codec.encode(prompt(TASK) + text) == before + tokens
    read = network.read(network.empty(), before + tokens, all_positions=True).following
    of_words = sum(float(read[len(before) - 1 + at, token]) for at, token in enumerate(tokens))
    assert line.log_probability < of_words
    ends = [codec.encode(mark)[0] for mark in ("\n", ",", ".", "!", "?", ";", ":", "...")]
    import numpy as np

    of_end = float(np.logaddexp.reduce(read[-1, sorted(set(ends))]))
    assert line.log_probability == pytest.approx(of_words + of_end, abs=1e-3)


@pytest.mark.parametrize("banned", [("the", "a", "and"), ("i", "you")])
def test_banned_words_never_come(lyricist: LocalLyricist, banned: tuple[str, ...]) -> None:
    for seed in range(3):
        for line in lyricist.lines(replace(TASK, banned=frozenset(banned), seed=seed)):
            assert not set(banned) & set(line.key.split())


@pytest.mark.parametrize("word", ["damn", "thee"])
def test_explicit_and_archaic_words_wait_to_be_asked(
    model: LanguageModel, book: WordBook, word: str
) -> None:
    wild = book.with_words([word])
    others = frozenset(each.key for each in wild.words) - {word, "sea"}
    task = replace(TASK, plan=LinePlan(2), banned=others)
    lyricist = LocalLyricist(model, wild)
    assert lyricist.lines(task) == ()
    asked = lyricist.lines(replace(task, allow_explicit=True, archaic=True))
    assert asked
    assert all(word in line.key.split() for line in asked)


def test_lines_that_stand_are_not_written_again(lyricist: LocalLyricist) -> None:
    first = lyricist.lines(TASK)
    taken = frozenset(line.key for line in first[:4])
    again = lyricist.lines(replace(TASK, taken=taken))
    assert again
    assert not taken & {line.key for line in again}


def test_nothing_comes_where_nothing_can(lyricist: LocalLyricist) -> None:
    orange = EndRule(rhymes=(singable("leaving").rhyme,))
    assert lyricist.lines(replace(TASK, plan=LinePlan(1), end=orange)) == ()
    assert lyricist.lines(replace(TASK, plan=LinePlan(2), required=("tomorrow",))) == ()


def test_the_first_of_a_rhyme_has_partners_that_fit(
    lyricist: LocalLyricist, book: WordBook
) -> None:
    for seed in range(3):
        task = replace(TASK, end=EndRule(followers=(4, 1)), seed=seed)
        line = lyricist.lines(task)[0]
        end = book.words[book.index[line.key.split()[-1]]]
        partners = [w for w in book.words if w.rhyme.rhymes_with(end.rhyme, RhymeKind.PERFECT)]
        assert any(len(partner.syllables) == 1 for partner in partners)


def test_stresses_follow_the_melody(lyricist: LocalLyricist) -> None:
    """Iambs and trochees ask for different words, and each gets what it asks for."""
    iambic = (Accent.WEAK, Accent.STRONG) * 4
    for accents in (iambic, iambic[::-1]):
        plan = LinePlan(8, accents)
        lines = [
            read_line(printed_line(lyricist.lines(replace(TASK, plan=plan, seed=seed))[0]), plan)
            for seed in range(6)
        ]
        assert stress_fit(lines).share >= 0.9
        free = [
            read_line(printed_line(lyricist.lines(replace(TASK, seed=seed))[0]), plan)
            for seed in range(6)
        ]
        assert stress_fit(free).share < stress_fit(lines).share
