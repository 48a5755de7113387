"""From what a user asks for to what is sung: source, words, part, verse, tempo, language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lyrics.lexicon import Lexicon
from lyrics.pronounce import pronouncer_for
from voice.errors import ScoreWordsError
from voice.score.fitting import FittedScore, fit
from voice.score.languages import language_of
from voice.score.model import Score, TempoMap
from voice.score.reading import read_song
from voice.score.verses import all_verses


@dataclass(frozen=True)
class ScoreRequest:
    """What a caller wants of a score.

    Attributes:
        source: the name of a file, or a melody in one line.
        verse: a number from 1, or "all" for one after another.
        words: a text file whose words replace those of the score.
        language: a code such as `en`; `None` guesses from the words.
        quarters_per_minute: the tempo at the beginning; later tempos keep their proportion.
    """

    source: str
    part: str | None = None
    verse: str = "1"
    words: Path | None = None
    language: str | None = None
    quarters_per_minute: float | None = None
    lexicon: Lexicon | None = None


@dataclass(frozen=True)
class OpenedScore:
    """A verse ready to be sung and the language that it is sung in."""

    score: Score
    fitted: FittedScore
    language: str


def open_score(request: ScoreRequest) -> Score:
    """The score of a request with all its verses, its words and tempo exchanged as asked."""
    score = read_song(request.source, request.part, request.words, request.language)
    if request.quarters_per_minute is not None:
        score = at_tempo(score, request.quarters_per_minute)
    return score


def open_verse(request: ScoreRequest) -> OpenedScore:
    """The verse of a request with its words on its notes.

    Raises:
        ScoreError: whatever stops the score from being sung; see `fit`.
    """
    score = open_score(request)
    verse = _verse(request.verse)
    language = request.language or language_of(score, 1 if verse == "all" else verse)
    chosen, number = choose_verse(score, verse, request.language)
    fitted = fit(chosen, number, pronouncer_for(language, request.lexicon))
    return OpenedScore(score, fitted, language)


def choose_verse(
    score: Score, verse: int | Literal["all"], language: str | None = None
) -> tuple[Score, int]:
    """The score and the number of its verse to `fit`; all verses become one long one.

    Of all verses those are left out that are a translation, unless a language is stated.
    """
    if verse != "all":
        return score, verse
    return all_verses(score if language else _without_translations(score)), 1


def at_tempo(score: Score, quarters_per_minute: float) -> Score:
    """The score with its first tempo set and the later ones in proportion."""
    ratio = quarters_per_minute / score.tempo.points[0].quarters_per_minute
    points = tuple(
        replace(point, quarters_per_minute=point.quarters_per_minute * ratio)
        for point in score.tempo.points
    )
    return replace(score, tempo=TempoMap(points))


def _verse(wanted: str) -> int | Literal["all"]:
    if wanted == "all":
        return "all"
    if not wanted.isdigit():
        raise ScoreWordsError(f"verse {wanted!r}: write a number from 1, or all")
    return int(wanted)


def _without_translations(score: Score) -> Score:
    language = language_of(score, 1)
    kept = [v for v in range(score.verses) if language_of(score, v + 1) == language]
    if len(kept) == score.verses:
        return score
    left_out = ", ".join(str(v + 1) for v in range(score.verses) if v not in kept)
    notes = tuple(replace(note, lyrics=tuple(note.lyrics[v] for v in kept)) for note in score.notes)
    warning = f"verse {left_out} is in another language than {language} and left out"
    return replace(score, notes=notes, verses=len(kept), warnings=(*score.warnings, warning))
