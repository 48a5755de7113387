"""English words with known sounds, homographs in their sentences, and the words of hymns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.english import EnglishPronouncer
from lyrics.errors import PronunciationError

WORDS = {
    "amazing": "ə.meɪ̯.zɪŋ",
    "grace": "ɡɹeɪ̯s",
    "sound": "saʊ̯nd",
    "wretch": "ɹɛtʃ",
    "once": "wʌns",
    "blind": "blaɪ̯nd",
    "joy": "dʒɔɪ̯",
    "measure": "mɛ.ʒɝ",
    "church": "tʃɝtʃ",
    "thing": "θɪŋ",
    "father": "fɑ.ðɝ",
    "moon": "mun",
    "book": "bʊk",
    "yes": "jɛs",
    "singing": "sɪŋ.ɪŋ",
    "mistake": "mɪ.steɪ̯k",
    "extra": "ɛk.stɹə",
    "glory": "ɡlɔ.ɹi",
    "kindness": "kaɪ̯nd.nəs",
    "angel": "eɪ̯n.dʒəl",
    "million": "mɪl.jən",
    "and": "ænd",
    "a": "ə",
    "of": "ʌv",
    "from": "fɹʌm",
    "our": "aʊ̯ɹ",
    "every": "ɛv.ɹi",
    "evening": "iv.nɪŋ",
    "heaven": "hɛ.vən",
    "fire": "faɪ̯ɹ",
    "power": "paʊ̯.ɝ",
    # thou and thee
    "thou": "ðaʊ̯",
    "thy": "ðaɪ̯",
    "hath": "hæθ",
    "doth": "dʌθ",
    "dost": "dʌst",
    "wert": "wɝt",
    "saith": "sɛθ",
    "leadeth": "li.dɪθ",
    "crieth": "kɹaɪ̯.ɪθ",
    "sitteth": "sɪ.tɪθ",
    "seeth": "si.ɪθ",
    "comest": "kʌ.mɪst",
    "hidest": "haɪ̯.dɪst",
    "deignst": "deɪ̯nst",
    # apostrophes
    "o'er": "ɔɹ",
    "e'er": "ɛɹ",
    "ne'er": "nɛɹ",
    "'tis": "tɪz",
    "heav'n": "hɛvn",
    "pow'r": "paʊ̯ɹ",
    "ev'ry": "ɛv.ɹi",
    "wand'ring": "wɑn.dɹɪŋ",
    "off'ring": "ɔ.fɹɪŋ",
    "vict'ry": "vɪk.tɹi",
    "o'erwhelmed": "ɔɹ.wɛlmd",
    "th'eternal": "ðɪ.tɝ.nəl",
    "com'st": "kʌmst",
    "kiss'd": "kɪst",
    "tho'": "ðoʊ̯",
    "leavin'": "li.vɪn",
    "don't": "doʊ̯nt",
    "thou'lt": "ðaʊ̯lt",
    "sinner's": "sɪ.nɝz",
    "prophets'": "pɹɑ.fəts",
    # taken apart
    "blessèd": "blɛ.sɪd",
    "wingèd": "wɪŋ.ɪd",
    "unbelief": "ʌn.bɪ.lif",
    "dreamless": "dɹim.ləs",
    "noontide": "nun.taɪ̯d",
    "honour": "ɑ.nɝ",
    "loving-kindness": "lʌ.vɪŋ.kaɪ̯nd.nəs",
    "slumbers": "slʌm.bɝz",
    "Cæsar's": "si.zɝz",
    "my\u00a0own": "maɪ̯.oʊ̯n",
    # marks and cases
    "“Grace,": "ɡɹeɪ̯s",
    "HEAV’N!": "hɛvn",
    "hmm": "hm",
    "1865": "eɪ̯.tin.sɪk.sti.faɪ̯v",
}

SENTENCES = [
    ("I will read the book", "read", "ɹid"),
    ("I have read the book", "read", "ɹɛd"),
    ("they lead the lamb", "lead", "lid"),
    ("a pipe of lead", "lead", "lɛd"),
    ("Lead kindly light", "Lead", "lid"),
    ("where they live in peace", "live", "lɪv"),
    ("the live broadcast", "live", "laɪ̯v"),
    ("he lives for us", "lives", "lɪvz"),
    ("a tear fell down", "tear", "tɪɹ"),
    ("do not tear it", "tear", "tɛɹ"),
    ("the wind blows", "wind", "wɪnd"),
    ("wind the clock", "wind", "waɪ̯nd"),
    ("a bow and arrow", "bow", "boʊ̯"),
    ("bow down before him", "bow", "baʊ̯"),
    ("come close to me", "close", "kloʊ̯s"),
    ("close the door", "close", "kloʊ̯z"),
    ("I use it", "use", "juz"),
    ("the use of it", "use", "jus"),
    ("his wound was deep", "wound", "wund"),
    ("they wound the rope", "wound", "waʊ̯nd"),
    ("a desert place", "desert", "dɛ.zɝt"),
    ("they desert me", "desert", "dɪ.zɝt"),
    ("I have blessed thee", "blessed", "blɛst"),
    ("the blessed saints", "blessed", "blɛ.sɪd"),
]


@pytest.fixture(scope="module")
def english() -> EnglishPronouncer:
    return EnglishPronouncer()


@pytest.mark.parametrize(("word", "ipa"), WORDS.items())
def test_known_words(english: EnglishPronouncer, word: str, ipa: str) -> None:
    (found,) = english.pronounce([word])
    assert found.ipa == ipa
    assert found.word == word


@pytest.mark.parametrize(("sentence", "word", "ipa"), SENTENCES)
def test_homographs(english: EnglishPronouncer, sentence: str, word: str, ipa: str) -> None:
    words = sentence.split()
    assert english.pronounce(words)[words.index(word)].ipa == ipa


def test_the_before_vowels(english: EnglishPronouncer) -> None:
    words = ["the", "hour", "the", "day", "the", "use", "the", "end", "the"]
    sung = english.pronounce(words)
    assert [word.ipa for word in sung[::2]] == ["ði", "ðə", "ðə", "ði", "ðə"]


def test_stress_is_kept(english: EnglishPronouncer) -> None:
    (found,) = english.pronounce(["evermore"])
    assert [syllable.stress for syllable in found.syllables] == [1, 0, 2]


def test_british_sounds() -> None:
    british = EnglishPronouncer("en-gb")
    line = "God of the bath over there near fire new father star"
    sung = british.pronounce(line.split())
    assert " ".join(word.ipa for word in sung) == ("ɡɒd ʌv ðə bɑθ əʊ̯.və ðɛ nɪ faɪ̯ nju fɑ.ðə stɑ")
    assert british.pronounce(["very"])[0].ipa == "vɛ.ɹi"


@pytest.mark.parametrize("nothing", ["—", "", "…", "' '"])
def test_words_without_letters_are_refused(english: EnglishPronouncer, nothing: str) -> None:
    with pytest.raises(PronunciationError, match="no letter to sing"):
        english.pronounce([nothing])


def test_foreign_letters_are_refused_by_name(english: EnglishPronouncer) -> None:
    with pytest.raises(PronunciationError, match="'君'"):
        english.pronounce(["君"])


def test_numbers_too_long_to_read_are_refused(english: EnglishPronouncer) -> None:
    with pytest.raises(PronunciationError, match="write it in words"):
        english.pronounce(["9" * 13])


@given(st.text("abcdefghijklmnopqrstuvwxyz'-", min_size=1, max_size=14))
def test_every_syllable_of_any_word_has_one_vowel(word: str) -> None:
    english = EnglishPronouncer()
    try:
        ways = (*english.pronounce([word]), *english.alternatives(word))
    except PronunciationError:
        return
    for way in ways:
        for syllable in way.syllables:
            vowels = [phoneme for phoneme in syllable.phonemes if phoneme.is_vowel]
            assert vowels == [syllable.nucleus] or word.replace("'", "") in ("mm", "hmm")
