"""How long consonants are sung, language by language."""

from __future__ import annotations

import pytest

from lyrics.kana import MORAE
from lyrics.phonemes import INVENTORY, PhoneClass
from lyrics.pinyin import pinyin_to_phonemes
from voice.score.consonants import (
    CONSONANT_TIMES,
    ENGLISH,
    JAPANESE,
    LONGEST_CODA_S,
    MANDARIN,
    median_s,
)


def test_lengths_follow_the_class_where_nobody_measured() -> None:
    assert median_s(INVENTORY["s"]) == 0.131
    assert median_s(INVENTORY["x"]) == median_s(INVENTORY["ɸ"]) == 0.110


def test_every_consonant_of_kana_and_pinyin_has_been_measured() -> None:
    morae = {symbol for mora in MORAE.values() for symbol in mora}
    syllables = {s for text in ("zhong", "chi", "shi", "ren", "xue", "jia", "qian", "ga", "ca")
                 for s in pinyin_to_phonemes(text)}  # fmt: skip
    for symbols, times in ((morae, JAPANESE), (syllables, MANDARIN)):
        consonants = {s for s in symbols if not INVENTORY[s].is_vowel} - {"ɴ", "ʔ"}
        assert consonants <= set(times.medians_s) | set(times.coda_shares)
    for times in CONSONANT_TIMES.values():
        assert all(0.02 <= seconds <= 0.3 for seconds in times.medians_s.values())


def test_a_glide_and_the_consonant_before_it_share_their_time() -> None:
    n, j = INVENTORY["n"], INVENTORY["j"]
    both = JAPANESE.onset_s([n, j], rested=False)
    assert both[0] < JAPANESE.median_s(n)
    assert both[1] < JAPANESE.median_s(j)
    assert sum(both) < JAPANESE.median_s(n) + 0.06


def test_a_stop_after_a_rest_is_its_burst_alone() -> None:
    k, s = INVENTORY["k"], INVENTORY["s"]
    share = JAPANESE.after_rest[PhoneClass.PLOSIVE]
    assert JAPANESE.onset_s([k], rested=True) == pytest.approx([share * JAPANESE.median_s(k)])
    assert JAPANESE.onset_s([s], rested=True) == [JAPANESE.median_s(s)]
    assert JAPANESE.onset_s([], rested=True) == []


def test_what_closes_a_mandarin_syllable_grows_with_it_until_the_vowel_is_to_stand() -> None:
    n, k = INVENTORY["n"], INVENTORY["k"]
    short, long, longest = (MANDARIN.coda_s(n, rhyme_s) for rhyme_s in (0.4, 0.8, 4.0))
    assert long == pytest.approx(2.0 * short)
    assert long < longest == LONGEST_CODA_S
    assert MANDARIN.coda_s(k, 4.0) == MANDARIN.median_s(k)
    assert ENGLISH.coda_s(n, 0.4) == ENGLISH.coda_s(n, 4.0) == ENGLISH.median_s(n)


def test_mandarin_hisses_are_longer_after_a_rest_and_puffs_shorter() -> None:
    for symbol, least, most in (("ʂ", 1.1, 1.4), ("tɕʰ", 0.6, 0.95), ("kʰ", 0.5, 0.95)):
        phoneme = INVENTORY[symbol]
        first, inner = (MANDARIN.onset_s([phoneme], rested=r)[0] for r in (True, False))
        assert least < first / inner < most
    m = INVENTORY["m"]
    assert MANDARIN.onset_s([m], rested=True) == MANDARIN.onset_s([m], rested=False)
