"""Japanese words: kana, kanji, romaji, and morae that share a note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.errors import PronunciationError
from lyrics.japanese import JapanesePronouncer
from lyrics.kana import MORAE
from lyrics.romaji import is_romaji, romaji_to_kana

JAPANESE = JapanesePronouncer()


def sung(text: str) -> str:
    return " ".join(word.ipa for word in JAPANESE.pronounce(text.split()))


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("さくら", "sa.kɯ.ɾa"),
        ("サクラ", "sa.kɯ.ɾa"),
        ("sakura", "sa.kɯ.ɾa"),
        ("君が代は 千代に", "ki.mi.ɡa.jo.wa tɕi.jo.ni"),
        ("今日 は 学校 へ", "kjo.o wa ɡa.aʔ.ko.o e"),
        ("人々", "çi.to.bi.to"),
        ("きって", "ki.iʔ.te"),
        ("って", "ʔte"),
        ("ラーメン", "ɾa.a.me.ɴ"),
        ("おうじ", "o.o.dʑi"),
        ("おもう", "o.mo.ɯ"),
        ("Tōkyō", "to.o.kjo.o"),
    ],
)
def test_words_are_sung_mora_by_mora(text: str, ipa: str) -> None:
    assert sung(text) == ipa


def test_one_kana_per_note_as_scores_write_it() -> None:
    assert sung("き っ と ー ん") == "ki iʔ to o ɴ"


def test_marks_around_words_are_not_sung() -> None:
    assert sung("「さくら」、 さくら！") == "sa.kɯ.ɾa sa.kɯ.ɾa"


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("とうきょう", ["to.o.kjo.o", "to.kjo.o", "to.kjo"]),
        ("ラーメン", ["ɾa.a.me.ɴ", "ɾa.me.ɴ", "ɾa.meɴ"]),
        ("きっと", ["ki.iʔ.to", "kiʔ.to"]),
        ("かいだん", ["ka.i.da.ɴ", "ka.i.daɴ", "kaɪ̯.daɴ"]),
        ("か", ["ka"]),
    ],
)
def test_morae_may_share_a_note(word: str, ways: list[str]) -> None:
    assert [way.ipa for way in JAPANESE.alternatives(word)] == ways


def test_a_word_without_reading_is_named() -> None:
    with pytest.raises(PronunciationError, match="write it in kana"):
        JAPANESE.pronounce(["さくら", "☃é"])


def test_a_word_that_is_not_romaji_is_named() -> None:
    with pytest.raises(PronunciationError, match="'strength' is not romaji at 'strength'"):
        JAPANESE.pronounce(["strength"])


@given(st.lists(st.sampled_from([m for m in MORAE if m[0] not in "っう"]), min_size=1, max_size=5))
def test_every_syllable_holds_one_sound(spellings: list[str]) -> None:
    (word,) = JAPANESE.pronounce(["".join(spellings)])
    for syllable in word.syllables:
        vowels = [phoneme for phoneme in syllable.phonemes if phoneme.is_vowel]
        assert vowels == [syllable.nucleus] or syllable.ipa == "ɴ"


@pytest.mark.parametrize(
    ("romaji", "kana"),
    [
        ("konnichiwa", "こんにちわ"),
        ("kyatto", "きゃっと"),
        ("matcha", "まっちゃ"),
        ("shimbun", "しんぶん"),
        ("onna", "おんな"),
        ("kin'en", "きんえん"),
        ("shinyō", "しにょー"),
        ("tsuki", "つき"),
        ("tuki", "つき"),
        ("hujisan", "ふじさん"),
        ("jūdō", "じゅーどー"),
        ("vaiorin", "ゔぁいおりん"),
        ("ra-men", "らーめん"),
        ("OHAYÔ", "おはよー"),
        ("ja", "じゃ"),
    ],
)
def test_romaji(romaji: str, kana: str) -> None:
    assert is_romaji(romaji)
    assert romaji_to_kana(romaji) == kana
