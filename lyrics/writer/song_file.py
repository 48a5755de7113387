"""Lyrics as a text file that people edit and the singer reads, and as JSON for programs.

Lines that begin with # say what the words are and where they come from; headings stand in
brackets; sections are parted by empty lines, as verses are where a melody is sung several times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lyrics.errors import LyricsError
from lyrics.writer.errors import LyricsFileError, RequestError
from lyrics.writer.plan import spread_rhyme
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Origin, Song, SongFacts, SongSection, read_line

_NOTICE = "Written by Melisma with a language model; nobody can promise that no song has such lines"
_HEADING = re.compile(r"\[\s*([A-Za-z]+)\s*(\d*)\s*(?::\s*([A-Za-z]+)\s*)?\]")
_FACT = re.compile(r"#\s*([a-z]+):\s*(.*)")
_LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class _Facts:
    values: dict[str, str]

    def get(self, key: str, otherwise: str = "") -> str:
        return self.values.get(key, otherwise)

    @property
    def seed(self) -> int:
        text = self.get("seed", "0")
        return int(text) if text.lstrip("-").isdecimal() else 0

    @property
    def rhyme_kind(self) -> RhymeKind:
        slant = self.get("rhymes") == RhymeKind.SLANT.value
        return RhymeKind.SLANT if slant else RhymeKind.PERFECT


def to_text(song: Song) -> str:
    """The file of a song; `from_text` reads it back."""
    facts = song.facts
    values = {
        "theme": facts.theme,
        "genre": facts.genre,
        "model": facts.origin.model,
        "licence": facts.origin.licence,
        "seed": str(facts.seed),
        "rhymes": facts.rhyme_kind.value,
        "melody": facts.melody,
    }
    head = [f"# {_NOTICE}"]
    head += [f"# {key}: {_one_line(value)}" for key, value in values.items() if value]
    parts = ["\n".join(head)]
    for section in song.sections:
        lines = [f"[{section.title}: {section.rhyme}]", *(line.text for line in section.lines)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def from_text(text: str, source: str = "the lyrics") -> Song:
    """A song from its file, also after a person has changed it.

    Raises:
        LyricsFileError: naming the line that cannot be read.
    """
    facts: dict[str, str] = {}
    sections: list[SongSection] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            fact = _FACT.fullmatch(line)
            facts |= {fact[1]: fact[2].strip()} if fact else {}
        elif heading := _HEADING.fullmatch(line):
            sections.append(_opened(heading))
        elif line:
            sections = sections or [SongSection("verse", 0, "", ())]
            sections[-1] = _with_line(sections[-1], line, f"{source}, line {number}")
    filled = tuple(_rhymed(section) for section in sections if section.lines)
    if not filled:
        raise LyricsFileError(f"{source} holds no lines to sing")
    return Song(_song_facts(_Facts(facts)), filled)


def read_song(path: Path) -> Song:
    """Raises LyricsFileError for a file that is missing, not text, or not lyrics."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise LyricsFileError(f"{path} is larger than {_LARGEST_BYTES} bytes; it is no lyrics")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise LyricsFileError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LyricsFileError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    return from_text(text, str(path))


def write_song(song: Song, path: Path) -> None:
    """Raises LyricsFileError where the file cannot be written."""
    try:
        path.write_text(to_text(song), "utf-8")
    except OSError as error:
        raise LyricsFileError(f"cannot write {path}: {error.strerror}") from error


def to_json(song: Song) -> dict[str, object]:
    """Plain values: sections, lines, syllables in IPA and their stresses."""
    facts = song.facts
    return {
        "theme": facts.theme,
        "genre": facts.genre,
        "seed": facts.seed,
        "rhymes": facts.rhyme_kind.value,
        "model": facts.origin.model,
        "licence": facts.origin.licence,
        "originality": _NOTICE,
        "melody": facts.melody or None,
        "sections": [_section_json(section) for section in song.sections],
    }


def _section_json(section: SongSection) -> dict[str, object]:
    return {
        "kind": section.kind,
        "title": section.title,
        "rhyme": section.rhyme,
        "lines": [
            {
                "text": line.text,
                "syllables": [syllable.ipa for syllable in line.syllables],
                "stresses": line.stresses,
            }
            for line in section.lines
        ],
    }


def _opened(heading: re.Match[str]) -> SongSection:
    kind, number, rhyme = heading.groups()
    return SongSection(kind.lower(), int(number or 0), rhyme or "", ())


def _with_line(section: SongSection, text: str, place: str) -> SongSection:
    try:
        line = read_line(text)
    except LyricsError as error:
        raise LyricsFileError(f"{place}: {error}") from error
    return SongSection(section.kind, section.number, section.rhyme, (*section.lines, line))


def _rhymed(section: SongSection) -> SongSection:
    """With a scheme of the right length, whatever a person did to the lines."""
    count = len(section.lines)
    try:
        rhyme = spread_rhyme(section.rhyme or "X", count)
    except RequestError:
        rhyme = "X" * count
    if len(section.rhyme) == count:
        rhyme = section.rhyme
    return SongSection(section.kind, section.number, rhyme, section.lines)


def _song_facts(facts: _Facts) -> SongFacts:
    return SongFacts(
        theme=facts.get("theme", "life"),
        genre=facts.get("genre", "pop"),
        origin=Origin(facts.get("model", "unknown"), facts.get("licence", "unknown")),
        rhyme_kind=facts.rhyme_kind,
        seed=facts.seed,
        melody=facts.get("melody"),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
