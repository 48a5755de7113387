"""A melody in one line, for quick tries: `tempo=80 C4 A- D4 ma- E4:2 zing`.

See docs/SCORES.md for the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from voice.errors import ScoreFormatError
from voice.score.bars import LaidOut, regular_bars
from voice.score.melody import RawNote, melody
from voice.score.model import DEFAULT_QPM, Lyric, Meter, Score, TempoMap
from voice.score.syllables import elide, is_hold, mend_words, syllable

_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]*)(-?\d)(?::(.+))?")
_REST = re.compile(r"[Rr](?::(.+))?")
_TOKEN = re.compile(r"\||(?:\[[^\]]*\]|[^\s|\[])+")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_HEADERS = ("tempo", "meter", "language", "title")
_LONGEST_BEATS = 64


@dataclass
class _Line:
    """What was read so far."""

    headers: dict[str, str] = field(default_factory=dict)
    pitches: list[tuple[Fraction, Fraction, int]] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    now: Fraction = Fraction(0)
    length: Fraction = Fraction(1)


def is_inline(text: str) -> bool:
    """Whether a command-line argument is a melody rather than the name of a file."""
    return any(_NOTE.fullmatch(token) for token in _TOKEN.findall(text)) and " " in text.strip()


def read_inline(text: str) -> Score:
    """The melody of a line of notes and syllables."""
    line = _Line()
    for number, token in enumerate(_TOKEN.findall(text), 1):
        _take(line, token, number)
    if not line.pitches:
        raise ScoreFormatError('the line has no notes; write them as in "C4 A- D4 ma- E4:2 zing"')
    meters = (_meter(line.headers.get("meter", "4/4")),)
    end = line.pitches[-1][0] + line.pitches[-1][1]
    laid = LaidOut(
        regular_bars(meters, max(end, line.now)), meters, _tempo(line.headers.get("tempo"))
    )
    lyrics = mend_words([_lyric(texts) for texts in line.texts])
    raw = [
        RawNote(start, length, midi, (lyric,))
        for (start, length, midi), lyric in zip(line.pitches, lyrics, strict=True)
    ]
    return Score(
        title=line.headers.get("title", "inline"),
        notes=melody(raw, laid.place_at).notes,
        bars=laid.bars,
        tempo=laid.tempo,
        meters=meters,
        language=line.headers.get("language"),
        part="inline",
    )


def _take(line: _Line, token: str, number: int) -> None:
    if token == "|":
        return
    name, equals, value = token.partition("=")
    if equals and not line.pitches:
        if name not in _HEADERS:
            raise ScoreFormatError(
                f"word {number} {token!r}: no header {name!r}; there are {', '.join(_HEADERS)}"
            )
        line.headers[name] = value.replace("_", " ")
    elif note := _NOTE.fullmatch(token):
        line.length = _length(note.group(4), line.length, number, token)
        line.pitches.append((line.now, line.length, _midi(note)))
        line.texts.append([])
        line.now += line.length
    elif rest := _REST.fullmatch(token):
        line.length = _length(rest.group(1), line.length, number, token)
        line.now += line.length
    elif line.texts:
        line.texts[-1].append(token)
    else:
        raise ScoreFormatError(
            f"word {number} {token!r} stands before the first note; write the pitch first, "
            f'as in "C4 {token}"'
        )


def _midi(note: re.Match[str]) -> int:
    sharps = sum(sign in "#♯" for sign in note.group(2))
    flats = sum(sign in "b♭" for sign in note.group(2))
    return 12 * (int(note.group(3)) + 1) + _STEPS[note.group(1).lower()] + sharps - flats


def _length(written: str | None, before: Fraction, number: int, token: str) -> Fraction:
    """Quarter notes: 2, 1.5 or 3/4; where nothing is written, as long as the note before."""
    if written is None:
        return before
    try:
        length = Fraction(written)
    except (ValueError, ZeroDivisionError):
        length = Fraction(0)
    if not 0 < length <= _LONGEST_BEATS:
        raise ScoreFormatError(
            f"word {number} {token!r}: {written!r} is no length in quarter notes; write 2, 1.5 "
            "or 3/4"
        )
    return length


def _lyric(texts: list[str]) -> Lyric | None:
    syllables = [syllable(text) for text in texts if not is_hold(text)]
    return elide([lyric for lyric in syllables if lyric is not None])


def _meter(written: str) -> Meter:
    upper, _, lower = written.partition("/")
    if not (upper.isdigit() and lower.isdigit()):
        raise ScoreFormatError(f"meter={written} is no time signature; write meter=3/4")
    try:
        return Meter(numerator=int(upper), denominator=int(lower))
    except ValueError as error:
        raise ScoreFormatError(f"meter={written}: {error}; write meter=3/4") from error


def _tempo(written: str | None) -> TempoMap:
    try:
        return TempoMap.constant(float(written) if written else DEFAULT_QPM)
    except ValueError as error:
        raise ScoreFormatError(f"tempo={written} is no number; write tempo=90") from error
