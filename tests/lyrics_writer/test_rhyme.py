from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.writer.rhyme import RhymeKind, RhymeSound, rhyme_sound
from lyrics.writer.wordbook import load_wordbook, singable

PERFECT, SLANT = RhymeKind.PERFECT, RhymeKind.SLANT


def _sound(word: str) -> RhymeSound:
    return rhyme_sound(singable(word).syllables)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("night", "light"),
        ("leaving", "grieving"),
        ("me", "free"),
        ("through", "blue"),
        ("tonight", "white"),
        ("love", "above"),
        ("alone", "stone"),
        ("again", "then"),
        ("lullaby", "sky"),
    ],
)
def test_perfect_rhymes(one: str, other: str) -> None:
    assert _sound(one).rhymes_with(_sound(other), PERFECT)
    assert _sound(one).rhymes_with(_sound(other), SLANT)


@pytest.mark.parametrize(
    ("one", "other"),
    [("night", "knight"), ("leaving", "feeling"), ("love", "move"), ("sea", "see"), ("day", "die")],
)
def test_what_does_not_rhyme(one: str, other: str) -> None:
    assert not _sound(one).rhymes_with(_sound(other), PERFECT)


@pytest.mark.parametrize(("one", "other"), [("home", "stone"), ("night", "side"), ("love", "us")])
def test_slant_rhymes(one: str, other: str) -> None:
    assert _sound(one).rhymes_with(_sound(other), SLANT)
    assert not _sound(one).rhymes_with(_sound(other), PERFECT)


def test_slant_rhymes_need_the_same_vowel() -> None:
    assert not _sound("home").rhymes_with(_sound("time"), SLANT)


_WORDS = st.sampled_from(load_wordbook().words[:3000])


@given(_WORDS, _WORDS, st.sampled_from(RhymeKind))
def test_rhyme_is_mutual_and_never_with_itself(one, other, kind) -> None:  # type: ignore[no-untyped-def]
    assert one.rhyme.rhymes_with(other.rhyme, kind) == other.rhyme.rhymes_with(one.rhyme, kind)
    assert not one.rhyme.rhymes_with(one.rhyme, kind)
