"""The same English word on more notes or fewer."""

from __future__ import annotations

import pytest

from lyrics.arpabet import vowel_count
from lyrics.english import EnglishPronouncer
from lyrics.english_forms import every_form, fewest_syllables, lengthened, shortened

COUNTS = [
    ("every", 2, "ɛv.ɹi"),
    ("every", 3, "ɛ.vɝ.i"),
    ("heaven", 2, "hɛ.vən"),
    ("heaven", 1, "hɛvn"),
    ("fire", 1, "faɪ̯ɹ"),
    ("fire", 2, "faɪ̯.ɝ"),
    ("flower", 2, "flaʊ̯.ɝ"),
    ("flower", 1, "flaʊ̯ɹ"),
    ("power", 1, "paʊ̯ɹ"),
    ("our", 2, "aʊ̯.ɝ"),
    ("loved", 2, "lʌ.vɪd"),
    ("loved", 1, "lʌvd"),
    ("blessed", 2, "blɛ.sɪd"),
    ("blessed", 1, "blɛst"),
    ("wandering", 2, "wɑn.dɹɪŋ"),
    ("wandering", 3, "wɑn.dɝ.ɪŋ"),
    ("glorious", 2, "ɡlɔɹ.jəs"),
    ("being", 1, "biŋ"),
    ("evening", 3, "i.və.nɪŋ"),
    ("memory", 2, "mɛm.ɹi"),
    ("spirit", 1, "spɪɹt"),
    ("child", 2, "tʃaɪ̯.əld"),
    ("saviour", 3, "seɪ̯.vi.ɝ"),
    ("salvation", 4, "sæl.veɪ̯.si.ən"),
    ("following", 2, "fɑl.wɪŋ"),
    ("prayer", 2, "pɹeɪ̯.ɝ"),
    ("israel", 2, "ɪz.ɹeɪ̯l"),
]


@pytest.fixture(scope="module")
def english() -> EnglishPronouncer:
    return EnglishPronouncer()


@pytest.mark.parametrize(("word", "notes", "ipa"), COUNTS)
def test_a_word_on_so_many_notes(
    english: EnglishPronouncer, word: str, notes: int, ipa: str
) -> None:
    fitting = [way.ipa for way in english.alternatives(word) if len(way.syllables) == notes]
    assert fitting[:1] == [ipa]


def test_the_usual_form_comes_first(english: EnglishPronouncer) -> None:
    for word in ("heaven", "fire", "every", "wandering", "spirit"):
        assert english.alternatives(word)[0].ipa == english.pronounce([word])[0].ipa


def test_the_has_both_vowels(english: EnglishPronouncer) -> None:
    assert [way.ipa for way in english.alternatives("the")] == ["ðə", "ði"]


def test_alternatives_do_not_repeat(english: EnglishPronouncer) -> None:
    ways = [way.ipa for way in english.alternatives("wandering")]
    assert len(ways) == len(set(ways))


def test_hyphenated_words_vary_in_each_part(english: EnglishPronouncer) -> None:
    ways = {way.ipa for way in english.alternatives("fire-flower")}
    assert {"faɪ̯ɹ.flaʊ̯.ɝ", "faɪ̯.ɝ.flaʊ̯ɹ"} <= ways


def test_shortening_takes_one_vowel_and_lengthening_adds_one() -> None:
    heaven = ("HH", "EH1", "V", "AH0", "N")
    assert list(shortened(heaven)) == [("HH", "EH1", "V", "N")]
    fired = ("F", "AY1", "R", "D")
    assert [vowel_count(form) for form in lengthened(fired, "fired")] == [2, 2]


def test_the_only_vowel_stays() -> None:
    assert not list(shortened(("DH", "AH0")))
    assert not list(shortened(("N", "AH0", "N")))


def test_an_apostrophe_takes_the_short_form_that_the_dictionary_has() -> None:
    long = ("AO1", "F", "ER0", "IH0", "NG")
    short = ("AO1", "F", "R", "IH0", "NG")
    assert fewest_syllables([long, short]) == (short,)
    assert fewest_syllables([long]) == (short,)


def test_every_form_begins_with_the_given_ones() -> None:
    loved = ("L", "AH1", "V", "D")
    assert every_form([loved], "loved") == (loved, ("L", "AH1", "V", "IH0", "D"))
