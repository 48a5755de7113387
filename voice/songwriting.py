"""From a user's wish to lyrics: the melody read, the model chosen, the song written or mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lyrics.writer.errors import RequestError
from lyrics.writer.plan import (
    LinePlan,
    SectionPlan,
    SongRequest,
    parse_structure,
    parse_syllables,
    sections_of,
)
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Song
from voice.lyric_plan import lyric_plan
from voice.score.opening import ScoreRequest, open_score

if TYPE_CHECKING:
    from lyrics.writer.writer import Lyricist


@dataclass(frozen=True)
class Form:
    """The shape of a song as a user gives it.

    Attributes:
        melody: a score whose phrases give the lines; every section is sung to all of it.
        syllables: `8,6,8,6`, or `verse:8,6,8,6;chorus:7,7`; not together with a melody.
        rhyme: one scheme for every section; `None` takes a usual one.
        structure: `verse,chorus,verse`.
    """

    melody: str | None = None
    part: str | None = None
    syllables: str | None = None
    rhyme: str | None = None
    structure: str = "verse"

    def __post_init__(self) -> None:
        if self.melody and self.syllables:
            raise RequestError("a melody gives the syllables itself; drop --syllables or --melody")

    def sections(self) -> tuple[SectionPlan, ...]:
        """Sections with their lines and rhymes."""
        kinds = parse_structure(self.structure)
        if self.melody:
            phrases = lyric_plan(open_score(ScoreRequest(self.melody, self.part)))
            lines: Sequence[tuple[LinePlan, ...]] = [phrases] * len(kinds)
        else:
            wanted = self.syllables or "8,6,8,6"
            lines = [tuple(map(LinePlan, parse_syllables(wanted, kind))) for kind in kinds]
        return sections_of(kinds, lines, self.rhyme)


@dataclass(frozen=True)
class ModelChoice:
    """Which model writes: the bundled one, or one behind an address. Neither replaces the other."""

    url: str | None = None
    name: str | None = None
    key: str = ""

    def __post_init__(self) -> None:
        if (self.url is None) != (self.name is None):
            raise RequestError("--model-url and --model-name go together; give both or neither")

    def lyricist(self) -> Lyricist:
        """Raises ModelError where the bundled model is not installed or the address is none."""
        from lyrics.writer.wordbook import load_wordbook

        if self.url and self.name:
            from lyrics.writer.remote import Endpoint, RemoteLyricist

            return RemoteLyricist(Endpoint(self.url, self.name, self.key))
        from lyrics.writer.local_model import LanguageModel, LocalLyricist, bundled_model_path

        return LocalLyricist(LanguageModel.of(bundled_model_path()), load_wordbook())


def alternative_requests(request: SongRequest, count: int) -> tuple[SongRequest, ...]:
    """The same wish with one seed after another."""
    if not 1 <= count <= 50:
        raise RequestError(f"{count} alternatives: ask for 1 to 50")
    return tuple(replace(request, seed=request.seed + turn) for turn in range(count))


def numbered_path(path: Path, number: int) -> Path:
    """`song.txt`, `song-2.txt` … for alternatives from 1."""
    return path if number == 1 else path.with_stem(f"{path.stem}-{number}")


def request_for(song: Song, melody: str | None = None, part: str | None = None) -> SongRequest:
    """The request that a song would have come from, so that one of its lines can be replaced.

    Raises:
        RequestError: the melody has another number of syllables than the song's lines.
    """
    sections = []
    phrases = lyric_plan(open_score(ScoreRequest(melody, part))) if melody else ()
    for section in song.sections:
        plans = tuple(LinePlan(len(line.syllables)) for line in section.lines)
        if melody:
            plans = _matched(section.title, plans, phrases)
        sections.append(SectionPlan(section.kind, plans, section.rhyme))
    facts = song.facts
    return SongRequest(
        theme=facts.theme,
        genre=facts.genre,
        sections=tuple(sections),
        rhyme_kind=RhymeKind(facts.rhyme_kind),
        seed=facts.seed,
    )


def _matched(
    title: str, plans: Sequence[LinePlan], phrases: tuple[LinePlan, ...]
) -> tuple[LinePlan, ...]:
    have = [plan.syllables for plan in plans]
    want = [plan.syllables for plan in phrases]
    if have != want:
        raise RequestError(
            f"{title} has lines of {have} syllables but the melody's phrases have {want}; "
            "leave --melody out, or write the song anew for it"
        )
    return phrases
