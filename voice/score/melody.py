"""From notes as files hold them to one clean melody: ties, grace notes, chords, overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest

from voice.score.model import Articulation, Lyric, Note, Place

GRACE_BEATS = Fraction(1, 8)
GRACE_SHARE = Fraction(1, 4)
SHORTEST_BEATS = Fraction(1, 64)


@dataclass(frozen=True)
class RawNote:
    """A note as read, before its neighbours are looked at.

    Attributes:
        duration_beats: 0 for a grace note.
        tied: whether a tie from the note before ends here.
    """

    start_beats: Fraction
    duration_beats: Fraction
    midi: int
    lyrics: tuple[Lyric | None, ...]
    tied: bool = False
    slur: bool = False
    chord: bool = False
    cents: float = 0.0
    dynamic: float | None = None
    articulations: frozenset[Articulation] = frozenset()
    grace: bool = False

    @property
    def end_beats(self) -> Fraction:
        return self.start_beats + self.duration_beats

    @property
    def has_words(self) -> bool:
        return any(lyric is not None for lyric in self.lyrics)


@dataclass(frozen=True)
class Melody:
    notes: tuple[Note, ...]
    warnings: tuple[str, ...]


def melody(raw: Sequence[RawNote], place_at: Callable[[Fraction], Place]) -> Melody:
    """One voice: ties joined, grace notes given time, the top note of what sounds together."""
    warnings: list[str] = []
    chords = [place_at(note.start_beats) for note in raw if note.chord]
    if chords:
        warnings.append(f"{bars_of(chords)}: chords; the top note is sung")
    notes = _join_ties(_order(raw))
    notes, clashes = _one_at_a_time(notes)
    if clashes:
        places = [place_at(note.start_beats) for note in clashes]
        warnings.append(f"{bars_of(places)}: notes overlap; the top or later note is sung")
    notes, lost = _grace_time(notes)
    if lost:
        places = [place_at(note.start_beats) for note in lost]
        warnings.append(f"{bars_of(places)}: grace notes without a note to lean on are left out")
    return Melody(tuple(_finished(n, place_at) for n in _trimmed(notes)), tuple(warnings))


def bars_of(places: Iterable[Place]) -> str:
    """ "bar 3" or "bars 3, 7, 9 …" for the places of one kind of problem."""
    numbers = sorted({place.bar for place in places})
    shown = ", ".join(str(number) for number in numbers[:8]) + (" …" if len(numbers) > 8 else "")
    return f"bar{'s' if len(numbers) > 1 else ''} {shown}"


def _order(raw: Sequence[RawNote]) -> list[RawNote]:
    """By time; graces stay before the note they lean on, in the order of the file."""
    return sorted(raw, key=lambda note: (note.start_beats, note.duration_beats > 0))


def _join_ties(notes: list[RawNote]) -> list[RawNote]:
    joined: list[RawNote] = []
    last: int | None = None
    for note in notes:
        before = joined[last] if last is not None else None
        if (
            last is not None
            and before is not None
            and note.tied
            and not note.has_words
            and note.midi == before.midi
            and note.start_beats == before.end_beats
        ):
            joined[last] = replace(
                before,
                duration_beats=before.duration_beats + note.duration_beats,
                articulations=before.articulations | note.articulations,
            )
            continue
        joined.append(note)
        if not note.grace:
            last = len(joined) - 1
    return joined


def _one_at_a_time(notes: list[RawNote]) -> tuple[list[RawNote], list[RawNote]]:
    """Cut what rings into the next note; of notes struck together the top one, with the words."""
    kept: list[RawNote] = []
    clashes: list[RawNote] = []
    for note in notes:
        before = kept[-1] if kept else None
        if before is None or note.grace or before.grace or note.start_beats >= before.end_beats:
            kept.append(note)
            continue
        clashes.append(note)
        if note.start_beats == before.start_beats:
            top, low = (note, before) if note.midi > before.midi else (before, note)
            words = top.lyrics if top.has_words else low.lyrics
            kept[-1] = replace(top, lyrics=words)
        elif note.has_words or not before.has_words:
            kept[-1] = replace(before, duration_beats=note.start_beats - before.start_beats)
            kept.append(note)
    return kept, clashes


def _grace_time(notes: list[RawNote]) -> tuple[list[RawNote], list[RawNote]]:
    """Grace notes take up to a quarter of the note they lean on, and its syllable with it."""
    result: list[RawNote] = []
    waiting: list[RawNote] = []
    lost: list[RawNote] = []
    for note in notes:
        if note.grace:
            waiting.append(note)
            continue
        if waiting and note.start_beats != waiting[-1].start_beats:
            lost += waiting
            waiting = []
        if not waiting:
            result.append(note)
            continue
        each = min(GRACE_BEATS, note.duration_beats * GRACE_SHARE / len(waiting))
        sung = any(grace.has_words for grace in waiting)
        for index, grace in enumerate(waiting):
            lyrics = grace.lyrics if sung or index else note.lyrics
            start = note.start_beats + each * index
            result.append(
                replace(
                    grace,
                    start_beats=start,
                    duration_beats=each,
                    lyrics=lyrics,
                    dynamic=note.dynamic,
                    slur=note.slur if index == 0 else True,
                )
            )
        stolen = each * len(waiting)
        result.append(
            replace(
                note,
                start_beats=note.start_beats + stolen,
                duration_beats=note.duration_beats - stolen,
                lyrics=note.lyrics if sung else tuple(None for _ in note.lyrics),
                slur=True,
            )
        )
        waiting = []
    return result, lost + waiting


def _trimmed(notes: list[RawNote]) -> list[RawNote]:
    """No note rings into the next; what would have no length is gone."""
    result: list[RawNote] = []
    for note, after in zip_longest(notes, notes[1:]):
        end = note.end_beats if after is None else min(note.end_beats, after.start_beats)
        if end > note.start_beats:
            result.append(replace(note, duration_beats=end - note.start_beats))
    return result


def _finished(note: RawNote, place_at: Callable[[Fraction], Place]) -> Note:
    return Note(
        start_beats=note.start_beats,
        duration_beats=note.duration_beats,
        midi=note.midi,
        lyrics=note.lyrics,
        place=place_at(note.start_beats),
        slur=note.slur,
        cents=note.cents,
        dynamic=note.dynamic,
        articulations=note.articulations,
        grace=note.grace,
    )
