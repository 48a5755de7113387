"""Stand-ins for sounds a voice never sang."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.errors import LyricsError
from lyrics.kana import MORAE
from lyrics.phonemes import INVENTORY
from lyrics.substitute import replacements

JAPANESE = {symbol for mora in MORAE.values() for symbol in mora}


@pytest.mark.parametrize(
    ("missing", "nearest"),
    [
        ("θ", "s"),
        ("ð", "z"),
        ("æ", "a"),
        ("ʌ", "a"),
        ("u", "ɯ"),
        ("ʊ", "ɯ"),
        ("ɹ", "ɾ"),
        ("l", "ɾ"),
        ("ʃ", "ɕ"),
        ("f", "ɸ"),
        ("x", "h"),
        ("ŋ", "ɴ"),
        ("ɪ̯", "j"),
    ],
)
def test_what_a_japanese_singer_sings(missing: str, nearest: str) -> None:
    (found,) = replacements([missing], JAPANESE)
    assert (found.missing, found.nearest) == (missing, nearest)
    assert found.warning == f"this voice never sang [{missing}]; it sings [{nearest}] instead"


def test_trained_sounds_and_pauses_need_none() -> None:
    assert replacements(["a", "k", "_", "<br>"], JAPANESE) == ()


def test_each_sound_is_reported_once_in_the_order_of_the_inventory() -> None:
    found = replacements(["θ", "ʌ", "θ"], JAPANESE)
    assert [record.missing for record in found] == ["ʌ", "θ"]


def test_a_voice_without_vowels_cannot_sing_one() -> None:
    with pytest.raises(LyricsError, match="no sound to sing for"):
        replacements(["a"], {"k", "s", "_"})


@given(st.sets(st.sampled_from(sorted(INVENTORY.ids)), min_size=1))
def test_stand_ins_are_trained_and_vowels_stand_for_vowels(trained: set[str]) -> None:
    trained |= {"a", "n"}
    for record in replacements(INVENTORY.ids, trained):
        assert record.nearest in trained
        assert record.missing not in trained
        assert INVENTORY[record.nearest].is_vowel == INVENTORY[record.missing].is_vowel
        assert not INVENTORY[record.nearest].is_pause
