"""Pinyin to phonemes: every syllable of the language, however its tone is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.errors import PronunciationError
from lyrics.phonemes import INVENTORY
from lyrics.pinyin import initial_to_phonemes, is_pinyin, pinyin_to_phonemes

TABLE = {
    "ba": "b̥ a",
    "po": "pʰ o",
    "mou": "m o ʊ̯",
    "fei": "f e ɪ̯",
    "de": "d̥ ɤ",
    "tang": "tʰ ɑ ŋ",
    "nü": "n y",
    "lüe": "l ɥ ɛ",
    "lue": "l ɥ ɛ",
    "gui": "ɡ̊ w e ɪ̯",
    "kong": "kʰ ʊ ŋ",
    "hao": "x a ʊ̯",
    "ji": "tɕ i",
    "qiong": "tɕʰ j ʊ ŋ",
    "xuan": "ɕ ɥ ɛ n",
    "ju": "tɕ y",
    "qun": "tɕʰ y n",
    "zhi": "ʈʂ ʅ",
    "chi": "ʈʂʰ ʅ",
    "shi": "ʂ ʅ",
    "ri": "ʐ ʅ",
    "zi": "ts ɿ",
    "ci": "tsʰ ɿ",
    "si": "s ɿ",
    "er": "ɝ",
    "ai": "a ɪ̯",
    "en": "ə n",
    "eng": "ə ŋ",
    "jia": "tɕ j a",
    "jie": "tɕ j ɛ",
    "jiao": "tɕ j a ʊ̯",
    "jiu": "tɕ j o ʊ̯",
    "jian": "tɕ j ɛ n",
    "jiang": "tɕ j ɑ ŋ",
    "jin": "tɕ i n",
    "jing": "tɕ i ŋ",
    "gua": "ɡ̊ w a",
    "guo": "ɡ̊ w o",
    "guai": "ɡ̊ w a ɪ̯",
    "guan": "ɡ̊ w a n",
    "guang": "ɡ̊ w ɑ ŋ",
    "dun": "d̥ w ə n",
    "yi": "i",
    "ya": "j a",
    "yo": "j o",
    "ye": "j ɛ",
    "yao": "j a ʊ̯",
    "you": "j o ʊ̯",
    "yan": "j ɛ n",
    "yang": "j ɑ ŋ",
    "yin": "i n",
    "ying": "i ŋ",
    "yong": "j ʊ ŋ",
    "yu": "y",
    "yue": "ɥ ɛ",
    "yuan": "ɥ ɛ n",
    "yun": "y n",
    "wu": "u",
    "wa": "w a",
    "wo": "w o",
    "wai": "w a ɪ̯",
    "wei": "w e ɪ̯",
    "wan": "w a n",
    "wang": "w ɑ ŋ",
    "wen": "w ə n",
    "weng": "w ə ŋ",
    "huar": "x w a ɹ",
    "wanr": "w a ɹ",
    "ng": "ŋ",
    "-i": "ɿ",
    "h-i": "ʅ",
    "eh": "ɛ",
    "lyu": "l y",
}


@pytest.mark.parametrize(("syllable", "phones"), TABLE.items())
def test_table(syllable: str, phones: str) -> None:
    assert pinyin_to_phonemes(syllable) == tuple(phones.split())


@pytest.mark.parametrize("spelling", ["lǜ", "lü4", "lv4", "lu:4", "LÜ", "lv"])
def test_every_way_to_write_u_umlaut_and_tone(spelling: str) -> None:
    assert pinyin_to_phonemes(spelling) == ("l", "y")


def test_every_syllable_that_pypinyin_knows() -> None:
    from pypinyin.constants import PINYIN_DICT

    known = {syllable for entry in PINYIN_DICT.values() for syllable in entry.split(",")}
    assert len(known) > 1_000
    for syllable in known:
        phones = pinyin_to_phonemes(syllable)
        assert all(phone in INVENTORY for phone in phones), syllable
        assert sum(INVENTORY[phone].is_vowel for phone in phones) <= 1, syllable


@given(st.sampled_from(sorted(TABLE)), st.integers(1, 5))
def test_tone_digits_change_nothing(syllable: str, tone: int) -> None:
    assert pinyin_to_phonemes(f"{syllable}{tone}") == pinyin_to_phonemes(syllable)


@pytest.mark.parametrize("wrong", ["", "x", "bq", "hello", "nihao", "y", "ŋa", "1"])
def test_what_is_not_a_syllable_is_named(wrong: str) -> None:
    assert not is_pinyin(wrong)
    with pytest.raises(PronunciationError, match="is not a pinyin syllable"):
        pinyin_to_phonemes(wrong)


def test_bare_initials_end_the_transitions_of_voicebanks() -> None:
    assert initial_to_phonemes("zh2") == ("ʈʂ",)
    assert initial_to_phonemes("y") == ("j",)
    with pytest.raises(PronunciationError, match="'a' is not a pinyin initial"):
        initial_to_phonemes("a")
