"""The way in: language codes, guidance by the user, and how fast it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lyrics.errors import HintError, UnknownLanguageError
from lyrics.lexicon import Lexicon
from lyrics.pronounce import known_languages, pronouncer_for


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"),
        ("EN_us", "en"),
        ("en-GB", "en-gb"),
        ("en-AU", "en"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("zh-CN", "zh"),
        ("cmn", "zh"),
        ("de", "de"),
        ("de_AT", "de"),
        ("fr", "fr-fr"),
        ("fr-CA", "fr-fr"),
        ("pt-BR", "pt-br"),
        ("la", "la"),
    ],
)
def test_codes(given: str, code: str) -> None:
    assert pronouncer_for(given).language == code


@pytest.mark.parametrize(
    ("wrong", "suggested"),
    [("germn", r"de \(German\)"), ("frr", "fr-fr"), ("xx", "en-gb"), ("", "en-gb")],
)
def test_unknown_codes_name_the_close_ones(wrong: str, suggested: str) -> None:
    with pytest.raises(UnknownLanguageError, match=suggested):
        pronouncer_for(wrong)


def test_more_than_a_hundred_languages_are_known() -> None:
    names = known_languages()
    assert len(names) > 100
    assert names["ja"] == "Japanese"
    assert names["de"] == "German"


def test_hints_come_before_the_lexicon_and_the_lexicon_before_the_rules() -> None:
    english = pronouncer_for("en", Lexicon.from_text("read r eɪ d\nfire f aɪ . ɝ\n"))
    words = ["read[r ɔ d]", "read", "fire", "grace"]
    assert [word.ipa for word in english.pronounce(words)] == ["ɹɔd", "ɹeɪ̯d", "faɪ̯.ɝ", "ɡɹeɪ̯s"]
    assert [word.ipa for word in english.alternatives("fire")] == ["faɪ̯.ɝ"]
    assert [word.ipa for word in english.alternatives("fire[f ə]")] == ["fə"]
    assert len(english.alternatives("flower")) > 1


def test_a_hint_saves_a_word_that_has_no_vowel() -> None:
    assert pronouncer_for("en").pronounce(["shh[ʃ ə]"])[0].ipa == "ʃə"


def test_a_bad_hint_is_an_error() -> None:
    with pytest.raises(HintError, match="does not match"):
        pronouncer_for("en").pronounce(["read[r ɛ d"])


@pytest.mark.parametrize("language", ["en", "en-gb", "ja", "zh", "de", "fr"])
def test_no_words_are_no_pronunciations(language: str) -> None:
    assert pronouncer_for(language).pronounce([]) == ()


def test_importing_is_cheap() -> None:
    """What is heavy (NumPy, HanTa, Open JTalk, phonemizer) waits until a word needs it."""
    heavy = "numpy HanTa nltk g2p_en pyopenjtalk pypinyin phonemizer espeakng_loader"
    code = f"import sys, lyrics.pronounce; print(set({heavy!r}.split()) & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == "set()"


def test_a_song_is_pronounced_without_the_slow_packages() -> None:
    code = (
        "import sys, time; from lyrics.pronounce import pronouncer_for\n"
        "line = 'I read where blessed winds live, macushla, in 1865'.split()\n"
        "pronouncer_for('en').pronounce(line * 40)\n"
        "print(time.process_time() < 2.0, 'nltk' in sys.modules, 'g2p_en' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.split() == ["True", "False", "False"]
