"""Reads a folder of recordings with their words: wav and txt side by side, or a metadata.csv.

`metadata.csv` is LJSpeech's: `id|words as written|words as said`, one line per file, the last
column left out or empty where it says the same; sound lies in `wavs/` or beside the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice.corpora.audio_files import SUFFIXES, audio_facts, is_audio, listed
from voice.corpora.recordings import Kind, Recording, text_key_of_words
from voice.errors import CorpusError

METADATA_FILE = "metadata.csv"
SOUND_FOLDERS = ("wavs", "wav", "audio", ".")
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class _Worded:
    path: Path
    text: str


def has_texts(folder: Path) -> bool:
    """Whether sound with words lies here."""
    return (folder / METADATA_FILE).is_file() or any(
        path.with_suffix(".txt").is_file() for path in folder.rglob("*") if is_audio(path)
    )


def read_texts(folder: Path, language: str | None = None) -> tuple[Recording, ...]:
    """All recordings of the folder, in the order of their names or of metadata.csv.

    The speaker is the folder's name, and so is the corpus.

    Args:
        language: ISO code; by default what the words are written in, English where that is Latin.

    Raises:
        CorpusError: sound without words, words without sound, or a file that is not what it seems.
    """
    rows = list(_from_metadata(folder) if _has_metadata(folder) else _from_pairs(folder))
    if not rows:
        raise CorpusError(
            f"{folder}: no recordings; give a folder of wav files, each with its words in a txt "
            f"file of the same name, or with a {METADATA_FILE}"
        )
    chosen = language or _language("".join(row.text for row in rows))
    return tuple(_recording(folder, row, chosen) for row in rows)


def _has_metadata(folder: Path) -> bool:
    return (folder / METADATA_FILE).is_file()


def _from_pairs(folder: Path) -> Iterator[_Worded]:
    sounds = sorted(path for path in folder.rglob("*") if is_audio(path))
    mute = [str(p.relative_to(folder)) for p in sounds if not p.with_suffix(".txt").is_file()]
    if mute:
        raise CorpusError(
            f"{folder}: no words for {listed(mute)}; write them to a txt file of the same name"
        )
    for path in sounds:
        words = path.with_suffix(".txt")
        yield _Worded(path, _said(_read(words), str(words)))


def _from_metadata(folder: Path) -> Iterator[_Worded]:
    table = folder / METADATA_FILE
    for number, line in enumerate(_read(table).splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{table}, line {number}"
        name, *columns = (column.strip() for column in line.split("|"))
        if not name or not columns:
            raise CorpusError(f"{where}: not `id|words`; separate the columns with |")
        path = _sound(folder, name)
        if path is None:
            raise CorpusError(f"{where}: no sound {name!r} in {folder} or its wavs folder")
        yield _Worded(path, _said((columns[1:2] or [""])[0] or columns[0], where))


def _sound(folder: Path, name: str) -> Path | None:
    places = [folder / place for place in SOUND_FOLDERS]
    names = [name, *(name + suffix for suffix in sorted(SUFFIXES, reverse=True))]
    inside = (place / each for place in places for each in names)
    return next((path for path in inside if is_audio(path) and _within(folder, path)), None)


def _within(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _said(text: str, where: str) -> str:
    said = " ".join(text.split())
    if not text_key_of_words(said):
        raise CorpusError(f"{where}: no words; write what is said, or take the sound away")
    return said


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8; save it as UTF-8") from error


def _recording(folder: Path, row: _Worded, language: str) -> Recording:
    facts = audio_facts(row.path)
    name = folder.resolve().name
    return Recording(
        name=row.path.relative_to(folder).with_suffix("").as_posix(),
        path=row.path,
        corpus=name,
        speaker=name,
        language=language,
        kind=Kind.SPEECH,
        text_key=text_key_of_words(row.text),
        duration_s=facts.duration_s,
        text=row.text,
        full_band=facts.full_band,
    )


def _language(text: str) -> str:
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    if any("\u4e00" <= character <= "\u9fff" for character in text):
        return "zh"
    return DEFAULT_LANGUAGE
