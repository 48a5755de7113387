"""Whole melodies: what every one of them must keep, whatever style, metre and seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest
from songs_to_set import SONG, SYLLABLES_IN_LINES, plan_for_song

from lyrics.pronounce import pronouncer_for
from lyrics.writer.song_file import from_text
from voice.card import VoiceRange
from voice.composing.compose import Composition, compose, composed
from voice.composing.errors import WordsError
from voice.composing.harmony import scale
from voice.composing.plan import plan_from
from voice.lyric_plan import metrical_weight
from voice.score.fitting import fit
from voice.score.reading import read_score
from voice.score.writing import write_score


@pytest.fixture(scope="module", params=["ballad 4/4", "pop 6/8", "folk 3/4", "rap 4/4"])
def song(request: pytest.FixtureRequest) -> Composition:
    style, meter = request.param.split()
    return composed(SONG, plan_for_song(style, meter))


def test_every_syllable_has_a_note_of_its_own(song: Composition) -> None:
    fitted = fit(song.score, 1, pronouncer_for("en"))
    assert len(song.score.notes) == 2 * sum(SYLLABLES_IN_LINES)
    assert not any(note.continues for note in fitted.notes)
    assert fitted.warnings == ()


def test_notes_stay_in_key_and_in_the_voice(song: Composition) -> None:
    tones, voice = scale(song.plan.key), song.plan.range
    assert all(note.midi % 12 in tones for note in song.score.notes)
    assert all(voice.low_midi <= note.midi <= voice.high_midi for note in song.score.notes)


def test_most_strong_beats_have_chord_tones(song: Composition) -> None:
    strong = [
        note.midi % 12 in song.plan.chord_at(note.start_beats).pitch_classes
        for note in song.score.notes
        if metrical_weight(song.plan.meter, note.place.beat) >= 3
    ]
    assert mean(strong) >= 0.8


def test_there_is_a_breath_before_every_line(song: Composition) -> None:
    lines = [line for section in song.lines for line in section]
    tempo = song.score.tempo
    for line, following in pairwise(lines):
        rest_s = tempo.seconds_at(following.rhythm.onsets[0]) - tempo.seconds_at(line.rhythm.end)
        assert rest_s > 0.1


def test_the_chorus_lies_higher_than_the_verse(song: Composition) -> None:
    verse, chorus = (
        mean(midi for line in song.lines[section] for midi in line.pitches) for section in (0, 1)
    )
    assert chorus > verse


def test_the_chorus_returns_note_for_note(song: Composition) -> None:
    first, second = (
        [(line.rhythm.offsets, line.pitches) for line in song.lines[section]] for section in (1, 3)
    )
    assert first == second


def test_the_second_verse_is_sung_to_the_first_ones_rhythm_where_it_fits(song: Composition) -> None:
    shared = [
        len(set(a.rhythm.offsets) & set(b.rhythm.offsets)) / len(b.rhythm.offsets)
        for a, b in zip(song.lines[0], song.lines[2], strict=True)
    ]
    assert mean(shared) > 0.5


def test_sections_end_on_their_chord(song: Composition) -> None:
    for lines in song.lines:
        last = lines[-1]
        chord = song.plan.chord_at(last.rhythm.onsets[-1])
        assert last.pitches[-1] % 12 in chord.pitch_classes


def test_moves_are_mostly_small(song: Composition) -> None:
    for section in song.lines:
        for line in section:
            moves = [abs(b - a) for a, b in pairwise(line.pitches)]
            assert max(moves) <= 9
            assert mean(move <= 4 for move in moves) > 0.6


@pytest.mark.parametrize("suffix", ["mid", "musicxml", "ustx", "ust", "ds"])
def test_every_writer_takes_it(suffix: str, tmp_path: Path) -> None:
    score = compose(SONG.split("[Verse 2")[0], plan_for_song())
    path = tmp_path / f"melody.{suffix}"
    write_score(score, path)
    again = read_score(path)
    assert [note.midi for note in again.notes] == [note.midi for note in score.notes]


def test_the_same_seed_gives_the_same_melody_and_another_another() -> None:
    one, same, other = (compose(SONG, plan_for_song(seed=seed)) for seed in (4, 4, 5))
    assert one == same
    assert one.notes != other.notes


def test_a_written_song_and_its_text_give_one_melody() -> None:
    assert compose(from_text(SONG), plan_for_song()) == compose(SONG, plan_for_song())


def test_a_low_voice_is_given_low_notes() -> None:
    low = replace(plan_for_song(), range=VoiceRange(43, 62))
    middle = mean(note.midi for note in compose(SONG, low).notes)
    assert 49 < middle < 56


def test_bars_that_are_too_few_are_an_error() -> None:
    with pytest.raises(WordsError, match="need at least"):
        compose(SONG, replace(plan_for_song(), bars=8))


def test_the_loop_of_chords_begins_with_the_first_full_line() -> None:
    song = composed(SONG, plan_for_song())
    anchor = song.form.sections[0].lines[0].anchor
    assert anchor == 4
    assert song.plan.chord_at(anchor).name == "Am"
    assert song.plan.chord_at(anchor - 1).name == "G"


def test_over_a_track_chords_stay_where_they_are() -> None:
    plan = replace(plan_for_song(), bars=80, start_bar=3)
    song = composed(SONG, plan)
    assert song.plan.chords == plan.chords
    assert 8 - 2 <= song.score.notes[0].start_beats <= 8


def test_a_chord_from_outside_the_key_is_not_sung_against() -> None:
    plan = plan_from("C", 90, "C E7 Am F", seed=2)
    song = composed(SONG, plan)
    for note in song.score.notes:
        if song.plan.chord_at(note.start_beats).name == "E7" and note.place.beat in (1, 3):
            assert note.midi % 12 != 7


def test_one_word_is_enough() -> None:
    score = compose("Gloria", plan_for_song())
    assert len(score.notes) == 3


def test_fast_words_fit_into_short_bars() -> None:
    words = "\n".join("little bits of words are running round and round again" for _ in range(4))
    score = compose(words, plan_from("C", 70, "C F", "2/4", style="rap"))
    lengths_s = [
        score.tempo.seconds_at(note.end_beats) - score.tempo.seconds_at(note.start_beats)
        for note in score.notes
    ]
    assert min(lengths_s) > 0.1
