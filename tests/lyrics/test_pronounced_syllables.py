"""Syllables: one nucleus each, and where a word divides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.arpabet import PHONES, VOWELS, english_onset, syllables_of
from lyrics.errors import PronunciationError
from lyrics.phonemes import BREATH, INVENTORY
from lyrics.syllables import Pronunciation, Syllable, syllabify, syllable_of

A, K, N = INVENTORY["a"], INVENTORY["k"], INVENTORY["n"]


def test_a_syllable_knows_its_sounds() -> None:
    syllable = Syllable((K,), A, (N,), stress=1)
    assert syllable.phonemes == (K, A, N)
    assert syllable.symbols == ("k", "a", "n")
    assert syllable.ipa == "kan"


def test_a_nasal_may_be_held_but_no_other_consonant() -> None:
    assert Syllable((), N, ()).ipa == "n"
    with pytest.raises(PronunciationError, match="'k' cannot be held"):
        Syllable((), K, ())


@pytest.mark.parametrize("beside", [A, BREATH, INVENTORY["_"]])
def test_nothing_but_consonants_stands_beside_the_nucleus(beside: object) -> None:
    with pytest.raises(PronunciationError, match="beside its nucleus"):
        Syllable((), A, (beside,))  # type: ignore[arg-type]


def test_stress_is_none_primary_or_secondary() -> None:
    with pytest.raises(PronunciationError, match="stress of 'a' is 3"):
        Syllable((), A, (), 3)


def test_a_pronunciation_has_a_syllable() -> None:
    with pytest.raises(PronunciationError, match="'x' has no syllable"):
        Pronunciation("x", ())
    assert Pronunciation("kana", (syllable_of("ka"), syllable_of("na"))).ipa == "ka.na"


@pytest.mark.parametrize(
    ("phones", "ipa"),
    [
        ("M IH0 S T EY1 K", "mɪ.steɪ̯k"),
        ("EH1 K S T R AH0", "ɛk.stɹə"),
        ("S IH1 NG IH0 NG", "sɪŋ.ɪŋ"),
        ("F IH1 NG G ER0", "fɪŋ.ɡɝ"),
        ("AE1 T L AH0 S", "æt.ləs"),
        ("P AW1 ER0", "paʊ̯.ɝ"),
        ("G OW1 IH0 NG", "ɡoʊ̯.ɪŋ"),
        ("K AH0 N T IH1 N Y UW0", "kən.tɪn.ju"),
        ("M Y UW1 Z IH0 K", "mju.zɪk"),
    ],
)
def test_english_divides_by_the_longest_onset(phones: str, ipa: str) -> None:
    assert Pronunciation("", syllables_of(phones.split())).ipa == ipa


def test_a_word_without_vowel_or_nasal_has_no_syllable() -> None:
    with pytest.raises(PronunciationError, match="no vowel to sing on"):
        syllabify(["p", "s", "t"], [0, 0, 0], english_onset)


def test_an_unknown_phone_is_named() -> None:
    with pytest.raises(PronunciationError, match="no ARPABET phone 'QQ'"):
        syllables_of(["QQ"])


_STRESSED = [vowel + digit for vowel in VOWELS for digit in "012"]


@given(
    st.lists(st.sampled_from([*_STRESSED, *(p for p in PHONES if p not in VOWELS)]), max_size=12),
    st.sampled_from(_STRESSED),
)
def test_dividing_loses_no_sound_and_leaves_one_vowel_in_each(
    phones: list[str], vowel: str
) -> None:
    word = [*phones, vowel]
    syllables = syllables_of(word)
    assert len(syllables) == sum(phone.rstrip("012") in VOWELS for phone in word)
    for index, syllable in enumerate(syllables):
        assert sum(phoneme.is_vowel for phoneme in syllable.phonemes) == 1
        onset = tuple(phoneme.symbol for phoneme in syllable.onset)
        assert index == 0 or not onset or english_onset(onset)
