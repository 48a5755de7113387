"""Texts at moments of a MIDI file, made into syllables under the notes they fall on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from voice.score.melody import RawNote
from voice.score.model import Lyric, Syllabic
from voice.score.syllables import elide, mend_words, syllable

NEAR_BEATS = Fraction(1, 4)
"""A syllable belongs to a note that begins at most this far from it."""

_LINE_STARTS = "\\/"


@dataclass(frozen=True)
class TimedText:
    start_beats: Fraction
    text: str


@dataclass(frozen=True)
class Placed:
    notes: tuple[RawNote, ...]
    warnings: tuple[str, ...] = ()


def place_words(notes: Sequence[RawNote], texts: Sequence[TimedText]) -> Placed:
    """Notes with the syllables that fall on them; a syllable between notes goes to the nearest."""
    starts = [note.start_beats for note in notes]
    under: dict[int, list[Lyric]] = {}
    astray = 0
    for start, lyric in _syllables(texts):
        index = _nearest(starts, start)
        if index is None:
            astray += 1
            continue
        under.setdefault(index, []).append(lyric)
    lyrics = mend_words([elide(under.get(index, [])) for index in range(len(notes))])
    worded = tuple(
        replace(note, lyrics=(lyric,)) for note, lyric in zip(notes, lyrics, strict=True)
    )
    if not astray:
        return Placed(worded)
    return Placed(worded, (f"{astray} syllables fall on no note of the part and are left out",))


def _nearest(starts: Sequence[Fraction], moment: Fraction) -> int | None:
    after = bisect_left(starts, moment)
    around = [index for index in (after - 1, after) if 0 <= index < len(starts)]
    if not around:
        return None
    index = min(around, key=lambda i: abs(starts[i] - moment))
    index = bisect_left(starts, starts[index])
    return index if abs(starts[index] - moment) <= NEAR_BEATS else None


def _syllables(texts: Sequence[TimedText]) -> list[tuple[Fraction, Lyric]]:
    """Texts as syllables, by whichever of three habits the file has.

    Hyphens end syllables that go on ("A-", "maz-", "ing"); or spaces and line breaks part the
    words ("A", "maz", "ing "); or every text is a word of its own.
    """
    bare = [text.text.strip().strip(_LINE_STARTS) for text in texts]
    hyphens = any(len(text) > 1 and text.endswith("-") for text in bare)
    spaced = not hyphens and any(_edges(text.text) != (False, False) for text in texts)
    found: list[tuple[Fraction, Lyric]] = []
    inside = False
    for text, plain in zip(texts, bare, strict=True):
        opens, closes = _edges(text.text)
        continued = spaced and inside and not opens
        open_after = spaced and not closes
        lyric = syllable(plain, Syllabic.MIDDLE if continued else Syllabic.SINGLE)
        if lyric is not None:
            if spaced:
                lyric = replace(lyric, syllabic=Syllabic.END if continued else Syllabic.SINGLE)
            found.append((text.start_beats, lyric))
            inside = open_after
    return found


def _edges(text: str) -> tuple[bool, bool]:
    """Whether a word begins with this text, and whether one ends with it, as spaces show it."""
    opens = text[:1].isspace() or text[:1] in _LINE_STARTS
    return opens, text[-1:].isspace()
