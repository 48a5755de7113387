"""Songs in Japanese and Mandarin: their words are all sung, and errors are counted in sounds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.foreign_words import ForeignSong, foreign_songs, listened, understood
from lyrics.kana import kana_to_phonemes
from vocoder.audio import Audio
from voice.score.model import Score

SILENCE = Audio(np.zeros((1, 100), np.float32), 44_100)
SONGS = [*foreign_songs("ja"), *foreign_songs("zh")]


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_the_notes_carry_the_words(song: ForeignSong) -> None:
    """As many syllables as the written words have when they are read aloud."""
    sung = "".join(each.text for note in song.score.notes for each in note.lyrics if each)
    if song.language == "zh":
        assert sung == song.words.replace(" ", "")
    else:
        read = "".join(song.spelled(song.words))
        assert len(kana_to_phonemes(sung)) == len(kana_to_phonemes(read))


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_the_words_themselves_have_no_errors(song: ForeignSong) -> None:
    assert understood(song, song.words).errors == 0
    assert understood(song, "").errors == understood(song, "").words


def test_errors_are_of_sounds_not_of_writing() -> None:
    (song,) = [song for song in SONGS if song.title == "Liang zhi laohu"]
    alike = song.words.replace("虎", "湖")
    assert understood(song, alike).errors == 0
    assert understood(song, song.words.replace("虎", "猫")).errors == 2


def test_songs_are_sung_and_heard_in_their_language() -> None:
    asked: list[str] = []

    def sing(score: Score) -> Audio:
        asked.append(str(score.language))
        return SILENCE

    heard = listened(foreign_songs("zh"), sing, lambda audio, language: f"{language} 两")
    assert asked == ["zh"] * len(heard)
    assert all(each.errors >= each.words - 2 for each in heard)
