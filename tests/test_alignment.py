"""Phonemes in time: vowels on the beat, consonants before it, nothing missing in between."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyrics.phonemes import BREATH, INVENTORY, SILENCE
from tests.singing_scores import Syllable, fitted, sung
from voice.score.alignment import (
    LONGEST_BREATH_S,
    LONGEST_SHARE_OF_PREVIOUS,
    SQUEEZED_START_S,
    STACCATO_SHARE,
    MedianLengths,
    Phrase,
    TimedPhoneme,
    align,
)
from voice.score.consonants import median_s
from voice.score.fitting import FittedScore
from voice.score.model import Articulation

CONSONANTS = st.lists(st.sampled_from(["s", "t", "ɹ", "m", "k", "l"]), max_size=3).map(tuple)
LENGTHS = st.integers(1, 24).map(lambda n: Fraction(n, 8))
SYLLABLES = st.lists(
    st.builds(
        Syllable,
        rest=st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 32), Fraction(1), Fraction(3)]),
        beats=LENGTHS,
        onset=CONSONANTS,
        coda=CONSONANTS,
        marks=st.sampled_from(
            [frozenset(), frozenset({Articulation.STACCATO}), frozenset({Articulation.BREATH})]
        ),
    ),
    min_size=1,
    max_size=8,
)


def rows(phrase: Phrase) -> list[tuple[str, object, object]]:
    return [
        (p.phoneme.symbol, pytest.approx(p.start_s), pytest.approx(p.end_s))
        for p in phrase.phonemes
    ]


def nucleus(phrase: Phrase, note: int) -> TimedPhoneme:
    return next(p for p in phrase.phonemes if p.note == note and p.phoneme.is_vowel)


def onset(phrase: Phrase, score: FittedScore, note: int) -> list[TimedPhoneme]:
    mine = [p for p in phrase.phonemes if p.note == note]
    return mine[: len(score.notes[note].onset)]


def test_a_word_is_timed_as_a_singer_would() -> None:
    """At 120 a minute: `sa` on beat 2, then `tin` on beat 3."""
    score = fitted([sung("s", rest=1), sung("t", "ɪ", "n")])
    s, t, n = (median_s(INVENTORY[symbol]) for symbol in "stn")
    phrase = align(score, MedianLengths(), breaths=False)
    assert rows(phrase) == [
        ("_", 0.0, 0.5 - s),
        ("s", 0.5 - s, 0.5),
        ("a", 0.5, 1.0 - t),
        ("t", 1.0 - t, 1.0),
        ("ɪ", 1.0, 1.5 - n),
        ("n", 1.5 - n, 1.5),
    ]


@given(SYLLABLES, st.sampled_from([40.0, 120.0, 300.0]), st.sampled_from([0.0, 0.5]))
@settings(deadline=None)
def test_phones_tile_the_time_of_the_score(
    syllables: list[Syllable], qpm: float, lead_in_s: float
) -> None:
    score = fitted(syllables, qpm, tail=1.0)
    phrase = align(score, MedianLengths(), lead_in_s)
    assert phrase.phonemes[0].start_s == 0.0
    assert phrase.length_s == pytest.approx(score.score.length_s + lead_in_s)
    for before, after in zip(phrase.phonemes, phrase.phonemes[1:], strict=False):
        assert before.end_s == pytest.approx(after.start_s)
    sounding = [p.phoneme for p in phrase.phonemes if p.note is not None]
    assert sounding == [phoneme for note in score.notes for phoneme in note.phonemes]


@given(SYLLABLES, st.sampled_from([40.0, 120.0, 300.0]))
@settings(deadline=None)
def test_vowels_start_on_their_notes(syllables: list[Syllable], qpm: float) -> None:
    score = fitted(syllables, qpm)
    phrase = align(score, MedianLengths())
    for index, one in enumerate(score.notes):
        start_s = score.score.tempo.seconds_at(one.note.start_beats)
        late_s = nucleus(phrase, index).start_s - start_s
        if index == 0 and late_s > 1e-9:
            assert start_s == 0.0
            assert late_s <= SQUEEZED_START_S + 1e-9
        else:
            assert late_s == pytest.approx(0.0, abs=1e-9)


@given(SYLLABLES, st.sampled_from([40.0, 120.0, 300.0]))
@settings(deadline=None)
def test_consonants_leave_most_of_the_note_before_alone(
    syllables: list[Syllable], qpm: float
) -> None:
    score = fitted(syllables, qpm)
    tempo = score.score.tempo
    phrase = align(score, MedianLengths())
    for index in range(1, len(score.notes)):
        before = score.notes[index - 1].note
        begin_s, end_s = tempo.seconds_at(before.start_beats), tempo.seconds_at(before.end_beats)
        for phone in onset(phrase, score, index):
            taken_s = end_s - phone.start_s
            assert taken_s <= LONGEST_SHARE_OF_PREVIOUS * (end_s - begin_s) + 0.04 + 1e-9 or (
                Articulation.STACCATO in before.articulations
                or Articulation.BREATH in before.articulations
            )


def test_a_short_note_before_squeezes_the_consonants_after_it() -> None:
    score = fitted([sung(beats=Fraction(1, 4)), sung("s t ɹ")])
    phrase = align(score, MedianLengths())
    first, second = nucleus(phrase, 0), onset(phrase, score, 1)
    assert first.length_s == pytest.approx(0.6 * 0.125)
    assert sum(p.length_s for p in second) == pytest.approx(0.4 * 0.125)
    wished = [median_s(p.phoneme) for p in second]
    shares = [p.length_s / wish for p, wish in zip(second, wished, strict=True)]
    assert shares == pytest.approx([shares[0]] * 3)


def test_the_first_note_has_its_consonants_squeezed_into_60_ms() -> None:
    phrase = align(fitted([sung("s t ɹ", beats=4)]), MedianLengths())
    assert phrase.phonemes[0].phoneme.symbol == "s"
    assert nucleus(phrase, 0).start_s == pytest.approx(0.060)
    short = align(fitted([sung("s t ɹ", beats=Fraction(1, 8))], 120), MedianLengths())
    assert nucleus(short, 0).start_s == pytest.approx(0.4 * 0.0625)


def test_a_lead_in_gives_the_first_consonants_their_room() -> None:
    phrase = align(fitted([sung("s", beats=4)]), MedianLengths(), lead_in_s=0.5, breaths=False)
    s = median_s(INVENTORY["s"])
    assert rows(phrase)[:2] == [("_", 0.0, 0.5 - s), ("s", 0.5 - s, 0.5)]


def test_a_closing_consonant_stays_in_its_note() -> None:
    score = fitted([sung("", "a", "s t ɹ", beats=Fraction(1, 4)), sung("")])
    phrase = align(score, MedianLengths())
    coda = [p for p in phrase.phonemes if p.note == 0][1:]
    assert nucleus(phrase, 0).length_s == pytest.approx(0.5 * 0.125)
    assert coda[-1].end_s == pytest.approx(0.125)


def test_staccato_is_short_and_a_tiny_rest_is_sung_over() -> None:
    short = align(fitted([sung(beats=2, marks=[Articulation.STACCATO]), sung("")]), MedianLengths())
    assert nucleus(short, 0).end_s == pytest.approx(STACCATO_SHARE * 1.0)
    joined = align(fitted([sung(beats=2), sung(rest=Fraction(1, 32))]), MedianLengths())
    assert [p.phoneme.symbol for p in joined.phonemes] == ["a", "a"]


def test_breath_is_taken_in_rests_and_at_marks() -> None:
    rest = align(fitted([sung(), sung("s", rest=2)]), MedianLengths())
    symbols = [p.phoneme.symbol for p in rest.phonemes]
    assert symbols == ["a", "_", BREATH.symbol, "_", "s", "a"]
    breath = rest.phonemes[2]
    assert breath.length_s == pytest.approx(LONGEST_BREATH_S)
    assert rest.phonemes[4].start_s - breath.end_s == pytest.approx(0.04)
    hurried = align(fitted([sung(), sung("s", rest=Fraction(4, 5))]), MedianLengths())
    short = next(p for p in hurried.phonemes if p.phoneme == BREATH)
    assert 0.1 < short.length_s < LONGEST_BREATH_S - 0.1
    marked = align(fitted([sung(beats=4, marks=[Articulation.BREATH]), sung("")]), MedianLengths())
    assert BREATH in [p.phoneme for p in marked.phonemes]
    silent = align(fitted([sung(), sung(rest=2)]), MedianLengths(), breaths=False)
    assert [p.phoneme for p in silent.phonemes][1] == SILENCE


def test_time_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="no time at all"):
        TimedPhoneme(SILENCE, 1.0, 1.0)
    with pytest.raises(ValueError, match="a gap or an overlap"):
        Phrase((TimedPhoneme(SILENCE, 0.0, 1.0), TimedPhoneme(SILENCE, 1.1, 2.0)))


def test_a_breath_mark_leaves_room_for_the_breath_before_the_next_consonants() -> None:
    score = fitted([sung(beats=4, marks=[Articulation.BREATH]), sung("s t ɹ", beats=2)])
    phrase = align(score, MedianLengths())
    breath = next(p for p in phrase.phonemes if p.phoneme is BREATH)
    consonants = [p for p in phrase.phonemes if p.note == 1 and not p.phoneme.is_vowel]
    assert breath.length_s > 0.1
    assert breath.end_s <= consonants[0].start_s
    assert consonants[-1].end_s == pytest.approx(2.0)
