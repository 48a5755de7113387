"""Languages of espeak-ng: known words, liaison, mute e, and sounds outside the inventory."""

from __future__ import annotations

import pytest

from lyrics.errors import PronunciationError
from lyrics.espeak import EspeakPronouncer, espeak_languages

SONGS = [
    ("de", "Sah ein Knab ein Röslein stehn", "zɑ aɪ̯n knɑp aɪ̯n rœ.slaɪ̯n ʃten"),
    ("de", "Ich weiß nicht was soll es bedeuten", "ɪç vaɪ̯s nɪçt vas zɔl ɛs bə.dɔɪ̯.tən"),
    ("fr-fr", "au clair de la lune", "o klɛr də la lyn"),
    ("fr-fr", "mon ami Pierrot", "mɔɴn a.mi pjɛ.ro"),
    ("it", "o bella ciao", "o bɛl.la tʃa.o"),
    ("es", "mucho perro", "mu.tʃo pe.ro"),
    ("la", "Ave Maria", "a.wɛ ma.rɪ.a"),
]


@pytest.mark.parametrize(("code", "text", "ipa"), SONGS)
def test_lines_of_songs(code: str, text: str, ipa: str) -> None:
    words = text.split()
    sung = EspeakPronouncer(code).pronounce(words)
    assert " ".join(word.ipa for word in sung) == ipa
    assert [word.word for word in sung] == words


def test_liaison_needs_its_neighbour() -> None:
    french = EspeakPronouncer("fr-fr")
    alone, _ = french.pronounce(["les", "filles"])
    joined, _ = french.pronounce(["les", "amis"])
    assert (alone.ipa, joined.ipa) == ("le", "lez")


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("lune", ["lyn", "ly.nə"]),
        ("quatre", ["katr", "ka.trə"]),
        ("porte", ["pɔrt", "pɔr.tə"]),
        ("chantent", ["ʃɑɴt", "ʃɑɴ.tə"]),
        ("seulement", ["søl.mɑɴ", "sø.lə.mɑɴ"]),
        ("gracieux", ["ɡra.sjø", "ɡra.si.ø"]),
        ("huit", ["ɥit", "y.it"]),
        ("la", ["la"]),
        ("le", ["lə"]),
    ],
)
def test_french_verse_counts_what_speech_drops(word: str, ways: list[str]) -> None:
    assert [way.ipa for way in EspeakPronouncer("fr-fr").alternatives(word)] == ways


def test_a_mute_e_after_a_vowel_has_a_note_of_its_own() -> None:
    ways = [way.ipa for way in EspeakPronouncer("fr-fr").alternatives("aimée")]
    assert ways[1] == ways[0] + ".ə"


def test_other_languages_have_one_way() -> None:
    assert len(EspeakPronouncer("de").alternatives("Liebe")) == 1


def test_a_word_without_vowel_gets_one() -> None:
    assert EspeakPronouncer("hr").pronounce(["prst"])[0].ipa == "pərst"


def test_stress_is_kept() -> None:
    (word,) = EspeakPronouncer("es").pronounce(["canción"])
    assert [syllable.stress for syllable in word.syllables] == [0, 1]


def test_words_that_espeak_joins_still_count_one_by_one() -> None:
    words = ["prête-moi", "d'eau", "l'on", "ta", "plume"]
    assert len(EspeakPronouncer("fr-fr").pronounce(words)) == len(words)


@pytest.mark.parametrize("code", sorted(espeak_languages()))
def test_every_language_sings_a_syllable_with_one_vowel(code: str) -> None:
    for word in EspeakPronouncer(code).pronounce(["maria", "sol", "plantu"]):
        for syllable in word.syllables:
            vowels = [phoneme for phoneme in syllable.phonemes if phoneme.is_vowel]
            assert vowels == [syllable.nucleus]


def test_a_word_without_sound_is_named() -> None:
    with pytest.raises(PronunciationError, match="no letter to sing"):
        EspeakPronouncer("de").pronounce(["Lied", "—"])
