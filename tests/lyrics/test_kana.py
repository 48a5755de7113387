"""Kana to phonemes: the table, small kana, long marks, and what UTAU aliases hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.errors import PronunciationError
from lyrics.kana import MORAE, is_kana, kana_to_phonemes, normalize_kana
from lyrics.phonemes import INVENTORY

KNOWN = {
    "か": "k a",
    "し": "ɕ i",
    "ち": "tɕ i",
    "つ": "ts ɯ",
    "じ": "dʑ i",
    "ぢ": "dʑ i",
    "ず": "z ɯ",
    "づ": "z ɯ",
    "ら": "ɾ a",
    "ふ": "ɸ ɯ",
    "ひ": "ç i",
    "へ": "h e",
    "を": "o",
    "ん": "ɴ",
    "っ": "ʔ",
    "う": "ɯ",
    "わ": "w a",
    "や": "j a",
    "きゃ": "k j a",
    "しゃ": "ɕ a",
    "ちょ": "tɕ o",
    "じゅ": "dʑ ɯ",
    "にゃ": "n j a",
    "ひゅ": "ç ɯ",
    "ぴょ": "p j o",
    "りゃ": "ɾ j a",
    "ふゅ": "ɸ j ɯ",
    "ヴ": "v ɯ",
    "ヴぁ": "v a",
    "ヴゅ": "v j ɯ",
    "ファ": "ɸ a",
    "ティ": "t i",
    "ディ": "d i",
    "トゥ": "t ɯ",
    "ドゥ": "d ɯ",
    "テュ": "t j ɯ",
    "デュ": "d j ɯ",
    "でぃぇ": "d j e",
    "シェ": "ɕ e",
    "チェ": "tɕ e",
    "ジェ": "dʑ e",
    "きぇ": "k j e",
    "ツァ": "ts a",
    "ウィ": "w i",
    "ウェ": "w e",
    "イェ": "j e",
    "クァ": "k w a",
    "グァ": "ɡ w a",
    "グゥ": "ɡ w ɯ",
    "くゎ": "k w a",
    "スィ": "s i",
    "ズィ": "z i",
    "ゐ": "i",
    "ゑ": "e",
    "ヵ": "k a",
    "ヷ": "v a",
}


@pytest.mark.parametrize(("kana", "phones"), KNOWN.items())
def test_one_mora(kana: str, phones: str) -> None:
    assert kana_to_phonemes(kana) == (tuple(phones.split()),)


@pytest.mark.parametrize("spelling", ["が", "ガ", "ｶﾞ", "か゛", "か\u3099", "か゜", "か\u309a"])
def test_every_way_to_write_ga(spelling: str) -> None:
    assert kana_to_phonemes(spelling) == (("ɡ", "a"),)


@pytest.mark.parametrize(
    ("word", "morae"),
    [
        ("さくら", "s a|k ɯ|ɾ a"),
        ("きゃっと", "k j a|ʔ|t o"),
        ("ラーメン", "ɾ a|a|m e|ɴ"),
        ("ねぇ", "n e|e"),
        ("ふぅ", "ɸ ɯ|ɯ"),
        ("こゝろ", "k o|k o|ɾ o"),
        ("みすゞ", "m i|s ɯ|z ɯ"),
        ("んー", "ɴ|ɴ"),
        ("しょぉ", "ɕ o|o"),
    ],
)
def test_words_fall_into_morae(word: str, morae: str) -> None:
    assert kana_to_phonemes(word) == tuple(tuple(mora.split()) for mora in morae.split("|"))


def test_every_mora_is_in_the_inventory_and_holds_one_vowel() -> None:
    for spelling, mora in MORAE.items():
        assert all(symbol in INVENTORY for symbol in mora), spelling
        vowels = sum(INVENTORY[symbol].is_vowel for symbol in mora)
        assert vowels == (0 if spelling in ("ん", "っ") else 1), spelling


@pytest.mark.parametrize("alias", ["R", "u", "br", "吸", "か!", "@", "a か"])
def test_what_is_not_kana_is_named(alias: str) -> None:
    with pytest.raises(PronunciationError, match="is not kana"):
        kana_to_phonemes(alias)


def test_the_offending_character_is_named() -> None:
    with pytest.raises(PronunciationError, match="'君' in 'きみ君'"):
        kana_to_phonemes("きみ君")


@pytest.mark.parametrize("word", ["ー", "っー"])
def test_a_long_mark_needs_a_vowel(word: str) -> None:
    with pytest.raises(PronunciationError, match="no vowel before it"):
        kana_to_phonemes(word)


@given(st.lists(st.sampled_from(sorted(MORAE)), min_size=1, max_size=8))
def test_katakana_reads_as_hiragana(spellings: list[str]) -> None:
    hiragana = "".join(spellings)
    raised = (ord(c) + 0x60 if 0x3041 <= ord(c) <= 0x3096 else ord(c) for c in hiragana)
    assert kana_to_phonemes("".join(map(chr, raised))) == kana_to_phonemes(hiragana)


@given(st.lists(st.sampled_from(sorted(MORAE)), max_size=6), st.sampled_from(sorted(MORAE)))
def test_a_word_sounds_like_its_morae(spellings: list[str], last: str) -> None:
    """A mora that begins with a large kana is read alike wherever it stands."""
    if last[0] in "ぁぃぅぇぉゃゅょゎ":
        return
    before = "".join(spellings)
    assert kana_to_phonemes(before + last) == (*kana_to_phonemes(before), MORAE[last])


def test_kana_is_told_from_other_writing() -> None:
    assert is_kana("ラーメン")
    assert is_kana("ｻｸﾗ")
    assert not is_kana("君が代")
    assert not is_kana("")
    assert normalize_kana("ガッコー") == "がっこー"
