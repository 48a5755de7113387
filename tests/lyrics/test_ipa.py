"""IPA letters and marks in the inventory's symbols."""

from __future__ import annotations

import pytest

from lyrics.errors import PronunciationError
from lyrics.ipa import phone_to_symbols, rising_onset
from lyrics.phonemes import INVENTORY


@pytest.mark.parametrize(
    ("phone", "symbols"),
    [
        ("a", "a"),
        ("ˈɛː", "ɛ"),
        ("g", "ɡ"),
        ("ʁ", "r"),
        ("ʎ", "l j"),
        ("ʏ", "y"),
        ("t͡ʃ", "t ʃ"),
        ("tʃ", "tʃ"),
        ("tʃː", "tʃ"),
        ("ss", "s"),
        ("ç", "ç"),
        ("b̥", "b̥"),
        ("tsʰ", "tsʰ"),
        ("pʰ", "pʰ"),
        ("aɪ", "a ɪ̯"),
        ("ɔø", "ɔ ɪ̯"),
        ("aʊ", "a ʊ̯"),
        ("aɪə", "a ɪ̯ ə"),
        ("uo", "w o"),
        ("ia", "j a"),
        ("iə", "i"),
        ("ɔ̃", "ɔ ɴ"),
        ("ɐ̃ʊ̃", "ʌ ʊ̯ ɴ"),
        ("r̩", "ə r"),
        ("nʲ", "ɲ"),
        ("bʲ", "b j"),
        ("i̯", "ɪ̯"),
        ("ma5", "m a"),
    ],
)
def test_phones(phone: str, symbols: str) -> None:
    assert phone_to_symbols(phone) == tuple(symbols.split())


def test_every_singable_symbol_stands_for_itself() -> None:
    for symbol in INVENTORY.ids:
        if not INVENTORY[symbol].is_pause:
            assert phone_to_symbols(symbol) == (symbol,)


def test_every_letter_of_the_chart_has_a_sound() -> None:
    chart = "ʈɖcɟqɢʔɱɳɲŋɴʙrʀⱱɾɽɸβθðʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟʍwɥʜʢʡɕʑɺɧɓɗʄɠʛʘǀǃǂǁ"
    vowels = "iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ"
    for letter in chart:
        assert not any(INVENTORY[symbol].is_vowel for symbol in phone_to_symbols(letter)), letter
    for letter in vowels:
        assert INVENTORY[phone_to_symbols(letter)[0]].is_vowel, letter


def test_a_letter_that_is_no_sound_is_named() -> None:
    with pytest.raises(PronunciationError, match="'Ж'"):
        phone_to_symbols("aЖ")


@pytest.mark.parametrize("onset", ["s", "s t", "p l", "k w", "ʃ t r", "f l", "n j", "p f"])
def test_onsets_rise(onset: str) -> None:
    assert rising_onset(tuple(onset.split()))


@pytest.mark.parametrize("cluster", ["ŋ", "l t", "n d", "t l", "r k", "s s", "ɪ̯", "m n"])
def test_clusters_that_fall_are_divided(cluster: str) -> None:
    assert not rising_onset(tuple(cluster.split()))
