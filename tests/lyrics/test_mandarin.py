"""Mandarin words: characters in their phrases, pinyin run together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.errors import PronunciationError
from lyrics.mandarin import MandarinPronouncer, split_pinyin

MANDARIN = MandarinPronouncer()


def sung(text: str) -> str:
    return " ".join(word.ipa for word in MANDARIN.pronounce(text.split()))


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("你好", "ni.xaʊ̯"),
        ("月亮代表我的心", "ɥɛ.ljɑŋ.d̥aɪ̯.b̥jaʊ̯.wo.d̥ɤ.ɕin"),
        ("银行 行走", "in.xɑŋ ɕiŋ.tsoʊ̯"),
        ("長 大", "ʈʂɑŋ d̥a"),
        ("你， 好！", "ni xaʊ̯"),
        ("ni3hao3", "ni.xaʊ̯"),
        ("nihao", "ni.xaʊ̯"),
        ("xi'an", "ɕi.an"),
        ("Zhōng guó", "ʈʂʊŋ ɡ̊wo"),
        ("我 ai 你", "wo aɪ̯ ni"),
        ("我ai你", "wo.aɪ̯.ni"),
    ],
)
def test_words(text: str, ipa: str) -> None:
    assert sung(text) == ipa


def test_a_final_er_may_join_the_note_before_it() -> None:
    assert [way.ipa for way in MANDARIN.alternatives("玩儿")] == ["wan.ɝ", "waɹ"]
    assert [way.ipa for way in MANDARIN.alternatives("儿")] == ["ɝ"]


@pytest.mark.parametrize("word", ["hello", "さくら", "Straße"])
def test_what_is_not_chinese_is_named(word: str) -> None:
    with pytest.raises(PronunciationError, match="neither Chinese characters nor pinyin"):
        MANDARIN.pronounce([word])


PINYIN = ("ma", "ni", "hao", "zhong", "guo", "shuang", "xue", "lü", "wei", "qi")


@given(st.lists(st.sampled_from(PINYIN), min_size=1))
def test_pinyin_run_together_splits_into_what_it_was_made_of(syllables: list[str]) -> None:
    assert "".join(split_pinyin("".join(syllables))) == "".join(syllables)
    assert len(split_pinyin("".join(syllables))) <= len(syllables)


@given(st.lists(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8))
def test_every_character_is_one_syllable_with_one_nucleus(characters: list[str]) -> None:
    (word,) = MANDARIN.pronounce(["".join(characters)])
    assert len(word.syllables) == len(characters)
    for syllable in word.syllables:
        assert sum(phoneme.is_vowel for phoneme in syllable.phonemes) <= 1
