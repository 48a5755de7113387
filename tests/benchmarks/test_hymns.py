"""The hymns of the set: chosen by the rule, slowed, and with their words dealt out anew."""

from __future__ import annotations

from collections import Counter

import pytest
from made import melody

from benchmarks.choose_hymns import (
    chosen,
    has_fresh_words,
    has_plain_form,
    read_rule,
    runs_of_words,
)
from benchmarks.hymns import Hymn, hymn_set, slowed
from benchmarks.shuffle import shuffled
from lyrics.english import EnglishPronouncer
from voice.score.fitting import fit
from voice.score.word_slots import wording

LEAST_WORDS = 400


@pytest.fixture(scope="module")
def hymns() -> tuple[Hymn, ...]:
    return hymn_set().read()


def all_words(hymns: tuple[Hymn, ...]) -> Counter[str]:
    return Counter(word for hymn in hymns for word in hymn.words.split())


def test_twelve_hymns_have_words_enough(hymns: tuple[Hymn, ...]) -> None:
    assert len(hymns) == 12
    assert sum(all_words(hymns).values()) >= LEAST_WORDS
    friend = next(hymn for hymn in hymns if hymn.name.startswith("What_A_Friend"))
    assert friend.words.startswith(
        "What a Friend we have in Jesus, all our sins and griefs to bear!"
    )


def test_hymns_of_the_set_keep_the_rule_by_which_they_were_chosen() -> None:
    files = [hymn_set().folder / name for name in hymn_set().files[:3]]
    assert tuple(chosen(files, read_rule(), frozenset())) == hymn_set().files[:3]


def test_a_slower_tempo_lengthens_and_moves_nothing_else(hymns: tuple[Hymn, ...]) -> None:
    score = hymns[0].score
    slow = slowed(score, 0.6)
    assert slow.length_s == pytest.approx(score.length_s / 0.6)
    assert slow.notes == score.notes


def test_shuffled_words_are_the_same_words_in_other_places(hymns: tuple[Hymn, ...]) -> None:
    dealt = shuffled(hymns, seed=1)
    assert all_words(dealt) == all_words(hymns)
    assert [hymn.words for hymn in dealt] != [hymn.words for hymn in hymns]
    assert dealt == shuffled(hymns, seed=1)
    assert dealt != shuffled(hymns, seed=2)


def test_shuffled_words_keep_to_places_of_as_many_syllables_and_still_fit(
    hymns: tuple[Hymn, ...],
) -> None:
    pronouncer = EnglishPronouncer()
    for before, after in zip(hymns, shuffled(hymns, hymn_set().shuffle_seed), strict=True):
        written, dealt = (wording(hymn.score.notes).words for hymn in (before, after))
        assert [len(w.slots) for w in written] == [len(w.slots) for w in dealt]
        assert [w.notes for w in written] == [w.notes for w in dealt]
        assert fit(after.score, 1, pronouncer).warnings == ()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("%OHMETRICAL 8 7 8 7 8 7 8 7\n[Q:1/4=100]", True),
        ("%OHMETRICAL 8 7 8 7 8 7 8 7 \r\n[Q: 1/4 = 140]", True),
        ("%OHMETRICAL 8 6 8 6\n[Q:1/4=100]", False),
        ("%OHMETRICAL 8 7 8 7 8 7 8 7\n[Q:1/4=160]", False),
        ("%OHMETRICAL 8 7 8 7 8 7 8 7\n[Q:1/4=100] [Q:1/4=90]", False),
        ("%OHMETRICAL 8 7 8 7 8 7 8 7\n[Q:1/8=100]", False),
        ("[Q:1/4=100]", False),
    ],
)
def test_only_one_moderate_tempo_and_a_double_metre_are_plain(text: str, plain: bool) -> None:
    assert has_plain_form(text, read_rule()) is plain


@pytest.mark.parametrize(
    ("words", "fresh"),
    [
        (["the", "cat", "sat", "on", "our", "mat"], True),
        (["we", "praise", "Thee,", "Lord"], False),
        (["'Tis", "me", "O", "Lord"], False),
        (["so", "the", "cat", "sat", "on", "the", "mat"], False),
    ],
)
def test_archaic_words_and_trained_lines_are_left_out(words: list[str], fresh: bool) -> None:
    trained = runs_of_words(["The cat sat on the roof."], 5)
    assert has_fresh_words(Hymn("made", melody(words)), read_rule(), trained) is fresh


def test_the_set_lists_every_hymn_that_lies_in_its_folder() -> None:
    files = hymn_set().folder.glob("*.abc")
    assert sorted(path.name for path in files) == sorted(hymn_set().files)
