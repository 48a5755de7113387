"""Words on notes: as many vowels as notes, or a problem with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scores import line

from lyrics.pronounce import pronouncer_for
from voice.errors import ScoreWordsError
from voice.score.fitting import FittedScore, SungNote, UnfitWordsError, fit

ENGLISH = pronouncer_for("en")


def sung(text: str, language: str = "en") -> FittedScore:
    return fit(line(text), 1, ENGLISH if language == "en" else pronouncer_for(language))


def ipa(text: str, language: str = "en") -> list[str]:
    """The phones of each note; `~` before those of a note that continues."""
    return [_ipa(note) for note in sung(text, language).notes]


def _ipa(note: SungNote) -> str:
    return ("~" if note.continues else "") + "".join(p.symbol for p in note.phonemes)


def test_one_vowel_a_note() -> None:
    fitted = sung("G4 A- C5 ma- E5 zing G5 grace")
    assert [_ipa(n) for n in fitted.notes] == ["ə", "meɪ̯", "zɪŋ", "ɡɹeɪ̯s"]
    assert [n.word for n in fitted.notes] == ["Amazing"] * 3 + ["grace"]
    assert [n.word_end for n in fitted.notes] == [False, False, True, True]
    assert [n.stress for n in fitted.notes[:3]] == [0, 1, 0]


def test_a_melisma_holds_the_vowel_and_closes_at_its_end() -> None:
    assert ipa("C4 sweet D4 _ E4 _ F4 sound") == ["swi", "~i", "~it", "saʊ̯nd"]


def test_the_dictionary_decides_not_the_hyphens() -> None:
    assert ipa("C4 eve- D4 ning") == ipa("C4 ev- D4 ening")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("C4 heav'n", 1),
        ("C4 heaven", 1),
        ("C4 fi- D4 re", 2),
        ("C4 fire", 1),
        ("C4 bles- D4 sed", 2),
        ("C4 bless'd", 1),
        ("C4 glo- D4 rious", 2),
        ("C4 glo- D4 ri- E4 ous", 3),
        ("C4 ev- D4 ery", 2),
        ("C4 ev- D4 er- E4 y", 3),
    ],
)
def test_words_stretch_and_shrink(text: str, count: int) -> None:
    notes = sung(text).notes
    assert len(notes) == count
    assert not any(n.continues for n in notes)


def test_letters_without_a_vowel_are_held() -> None:
    assert ipa("C4 nau- D4 ght") == ["nɔ", "~ɔt"]


def test_two_words_joined_by_a_hyphen_by_mistake() -> None:
    assert ipa("C4 the- D4 choice") == [*ipa("C4 the"), *ipa("C4 choice")]


def test_words_spread_over_notes_without_words() -> None:
    assert len({tuple(n.phonemes) for n in sung("C4 melody D4 _ E4 _").notes}) == 3


def test_plus_is_the_next_syllable() -> None:
    assert ipa("C4 amazing D4 + E4 +") == ipa("C4 a- D4 ma- E4 zing")


def test_two_syllables_on_one_note_divide_it() -> None:
    fitted = sung("C4:2 glo- D4:2 ry‿and E4 praise")
    durations = [float(n.note.duration_beats) for n in fitted.notes]
    assert durations == [2, 1, 1, 2]
    assert fitted.notes[1].note.midi == fitted.notes[2].note.midi


def test_a_long_word_under_one_note_divides_it_with_a_warning() -> None:
    fitted = sung("C4:2 into D4 me")
    assert len(fitted.notes) == 3
    assert 'divided: "into" (bar 1, beat 1)' in fitted.warnings[-1]


def test_notes_before_the_first_word_are_vocalised() -> None:
    fitted = sung("C4 _ D4 love")
    assert [_ipa(n) for n in fitted.notes] == ["ɑ", "lʌv"]
    assert "before the first word" in fitted.warnings[0]


def test_a_rest_closes_the_syllable() -> None:
    assert ipa("C4 love R D4 _ E4 me") == ["lʌv", "ʌ", "mi"]


def test_hints_decide() -> None:
    assert ipa("C4 read[ɹ ɛ d]") == ["ɹɛd"]


def test_homographs_hear_their_sentence() -> None:
    read = ipa("C4 I D4 will E4 read")[2]
    assert read == "ɹid"


def test_japanese_and_mandarin() -> None:
    assert ipa("C4 さ D4 く E4 ら", "ja") == ["sa", "kɯ", "ɾa"]
    assert len(ipa("C4 月 D4 亮", "zh")) == 2


def test_french_sings_its_mute_e() -> None:
    assert ipa("C4 bel- D4 le", "fr") == ["bɛ", "lə"]
    assert len(ipa("C4 belle", "fr")) == 1


def test_misfits_are_reported_all_at_once_with_their_places() -> None:
    with pytest.raises(UnfitWordsError) as caught:
        sung("meter=2/4 C4 extraordinarily D4 love E4 unbelievably F4 internationally")
    problems = caught.value.problems
    assert [(p.place.bar, p.place.beat) for p in problems] == [(1, 1), (2, 1), (2, 2)]
    assert 'word "unbelievably" has 5 syllables' in str(problems[1])
    assert "but 1 note" in str(problems[1])
    assert str(caught.value).startswith("bar 1, beat 1: word")
    assert "\n" not in str(caught.value)


def test_many_problems_are_counted_in_the_one_line() -> None:
    words = " ".join("C4 incomprehensibility" for _ in range(9))
    with pytest.raises(UnfitWordsError, match=r"and 6 more \(melisma score check"):
        sung(words)


def test_no_words_and_no_notes() -> None:
    with pytest.raises(ScoreWordsError, match="has no words; give them with --lyrics"):
        sung("C4 _ D4 _")


COMMON = "love heaven glorious fire the power beautiful every amazing evening spirit on"
WORDS = st.sampled_from(COMMON.split())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(1, 4)), min_size=1, max_size=6))
def test_every_fitted_score_keeps_time_and_vowels(words: list[tuple[str, int]]) -> None:
    text = " ".join(f"C4 {word}" + " D4 _" * (notes - 1) for word, notes in words)
    score = line(text)
    try:
        fitted = fit(score, 1, ENGLISH)
    except UnfitWordsError:
        return
    assert sum(n.note.duration_beats for n in fitted.notes) == len(score.notes)
    assert all(n.nucleus.is_vowel for n in fitted.notes)
    assert not any(p.is_vowel for n in fitted.notes for p in (*n.onset, *n.coda))
    assert tuple(n.note for n in fitted.notes) == fitted.score.notes
    for before, after in zip(fitted.notes, fitted.notes[1:], strict=False):
        if after.continues:
            assert after.nucleus == before.nucleus
            assert not after.onset
            assert not before.coda
