"""Are Japanese and Mandarin words understood: kana and pinyin wrong in songs, by Whisper base."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.listening import Understood
from vocoder.audio import Audio
from voice.score.inline import read_inline
from voice.score.model import Score

SONGS = Path(__file__).parent / "foreign_songs.toml"


@dataclass(frozen=True)
class ForeignSong:
    """One song in the public domain; `words` as they are written.

    Attributes:
        readings: words that the dictionary reads otherwise than they are sung.
    """

    title: str
    language: str
    words: str
    readings: Mapping[str, str]
    score: Score

    def spelled(self, text: str) -> Sequence[str]:
        """Words sung or heard, read aloud as in this song."""
        for written, read in self.readings.items():
            text = text.replace(written, read)
        return SPELLINGS[self.language](text)


def foreign_songs(language: str, songs: Path = SONGS) -> tuple[ForeignSong, ...]:
    """The songs in a language."""
    rows = tomllib.loads(songs.read_text(encoding="utf-8"))["songs"]
    return tuple(
        ForeignSong(
            row["title"],
            row["language"],
            row["words"],
            row.get("readings", {}),
            read_inline(row["sung"]),
        )
        for row in rows
        if row["language"] == language
    )


def understood(song: ForeignSong, heard: str) -> Understood:
    """What was heard against the song, both read aloud the same way."""
    import jiwer

    wanted, got = song.spelled(song.words), song.spelled(heard)
    found = jiwer.process_words(" ".join(wanted), " ".join(got) or "-")
    errors = found.substitutions + found.deletions + found.insertions
    return Understood(song.title, " ".join(wanted), " ".join(got), len(wanted), errors)


def kana_of(text: str) -> list[str]:
    """Katakana, letter by letter, as the dictionary of Open JTalk reads the words."""
    import pyopenjtalk

    read = pyopenjtalk.g2p(text, kana=True)
    return [letter for letter in read if "ァ" <= letter <= "ヴ" or letter == "ー"]


def pinyin_of(text: str) -> list[str]:
    """Pinyin without tones, a syllable for each character."""
    from pypinyin import lazy_pinyin

    return [str(syllable) for syllable in lazy_pinyin(text, errors="ignore")]


SPELLINGS: dict[str, Callable[[str], Sequence[str]]] = {"ja": kana_of, "zh": pinyin_of}


def listened(
    songs: Sequence[ForeignSong],
    sing: Callable[[Score], Audio],
    transcribe: Callable[[Audio, str], str],
) -> list[Understood]:
    """Every song sung, heard and compared."""
    return [understood(song, transcribe(sing(song.score), song.language)) for song in songs]
