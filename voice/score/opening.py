"""From what a user names to what is sung: file or inline line, words, part, verse, tempo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lyrics.errors import LyricsError
from lyrics.lexicon import Lexicon
from lyrics.pronounce import Pronouncer, pronouncer_for
from voice.errors import ScoreWordsError
from voice.score.fitting import FittedScore, fit
from voice.score.inline import is_inline, read_inline
from voice.score.languages import guess_language, language_of
from voice.score.model import Score, TempoMap
from voice.score.reading import read_score
from voice.score.verses import all_verses
from voice.score.words import read_words, with_words

ALL_VERSES = "all"


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
    if is_inline(request.source) and not Path(request.source).exists():
        score = read_inline(request.source)
    else:
        score = read_score(Path(request.source), request.part)
    if request.words is not None:
        text = read_words(request.words)
        language = request.language or guess_language(text.split())
        counter = _pronouncer(language, request.lexicon)
        score = with_words(score, text, counter, str(request.words))
    if request.quarters_per_minute is not None:
        score = at_tempo(score, request.quarters_per_minute)
    return score


def open_verse(request: ScoreRequest) -> OpenedScore:
    """The verse of a request with its words on its notes.

    Raises:
        ScoreError: whatever stops the score from being sung; see `fit`.
    """
    score = open_score(request)
    number = _verse_number(request.verse, score)
    language = request.language or language_of(score, number or 1)
    if number is None:
        score, number = all_verses(_in_language(score, language, request.language)), 1
    fitted = fit(score, number, _pronouncer(language, request.lexicon))
    return OpenedScore(score, fitted, language)


def at_tempo(score: Score, quarters_per_minute: float) -> Score:
    """The score with its first tempo set and the later ones in proportion."""
    ratio = quarters_per_minute / score.tempo.points[0].quarters_per_minute
    points = tuple(
        replace(point, quarters_per_minute=point.quarters_per_minute * ratio)
        for point in score.tempo.points
    )
    return replace(score, tempo=TempoMap(points))


def _verse_number(wanted: str, score: Score) -> int | None:
    if wanted == ALL_VERSES:
        return None
    if not wanted.isdigit():
        raise ScoreWordsError(
            f"verse {wanted!r}: write a number from 1 to {score.verses}, or {ALL_VERSES}"
        )
    return int(wanted)


def _in_language(score: Score, language: str, stated: str | None) -> Score:
    """Without the verses that are a translation of the first one."""
    if stated is not None or score.verses == 1:
        return score
    kept = [v for v in range(score.verses) if language_of(score, v + 1) == language]
    if len(kept) == score.verses:
        return score
    left_out = ", ".join(str(v + 1) for v in range(score.verses) if v not in kept)
    notes = tuple(replace(note, lyrics=tuple(note.lyrics[v] for v in kept)) for note in score.notes)
    warning = f"verse {left_out} is in another language than {language} and left out"
    return replace(score, notes=notes, verses=len(kept), warnings=(*score.warnings, warning))


def _pronouncer(language: str, lexicon: Lexicon | None) -> Pronouncer:
    try:
        return pronouncer_for(language, lexicon)
    except LyricsError as error:
        raise ScoreWordsError(f"--language {language}: {error}") from error
