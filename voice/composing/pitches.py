"""Which pitch each note has: the cheapest path by what was learned and by rules of singing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from voice.analysis.model import Key
from voice.card import VoiceRange
from voice.composing.chords import Chord
from voice.composing.features import (
    NO_INTERVAL,
    WIDEST,
    Moves,
    Numbers,
    interval_class,
    relation,
    weight_class,
)
from voice.composing.harmony import scale
from voice.composing.plan import Style
from voice.composing.table import Array, MelodyTable

EDGE_SEMITONES = 2
"""How far from the ends of the voice's range a melody stays where it can."""
NEVER = 1e9

_STRANGE_END, _STRANGE_STRONG, _STRANGE_LONG, _STRANGE_BEAT = 6.0, 2.2, 1.8, 0.6
_UNRESOLVED = 2.2
_CLASHING = 4.0
_EDGE_COST = 0.8
_CONTOUR = {Style.BALLAD: 0.09, Style.POP: 0.09, Style.FOLK: 0.08, Style.RAP: 0.3}
_WIDE, _FAR_LEAP, _TRITONE, _SEVENTH = 0.9, 2.0, 2.0, 2.0
_RAISED_WEAK = 0.9
_NEW_LINE = 0.4
_LEAP, _UNANSWERED, _DOUBLED = 5, 2.2, 2.0
_THIRD_REPEAT = 1.4
_OPEN_TONIC, _CLOSED_OTHER = 1.2, 4.0
_RAP_MOVE, _RAP_REPEAT = 0.45, 0.15


@dataclass(frozen=True)
class NoteToSing:
    """A note whose pitch is not yet chosen.

    Attributes:
        weight: metrical, 4 to 0.
        place: FIRST, LAST, BEFORE_LAST or INSIDE (see `features`).
        target_midi: where the line's arc would have it.
        echo: the pitch that a returning motif has there, and how much it matters.
        closing: 0 not, 1 the end of a line, 2 the end of a section.
    """

    chord: Chord
    weight: int
    long: bool
    stress: int
    place: int
    target_midi: float
    echo: float | None = None
    echo_cost: float = 0.0
    closing: int = 0


@dataclass(frozen=True)
class Tonality:
    """The key and what a voice reaches: the pitches that a melody may have."""

    key: Key
    range: VoiceRange
    style: Style

    def pitches(self, notes: Sequence[NoteToSing]) -> Numbers:
        allowed = set(scale(self.key))
        for note in notes:
            allowed |= set(note.chord.pitch_classes)
        reach = range(self.range.low_midi, self.range.high_midi + 1)
        return np.array([midi for midi in reach if midi % 12 in allowed], np.int64)


def sing_line(
    notes: Sequence[NoteToSing],
    before: tuple[int, int] | None,
    after: int | None,
    tonality: Tonality,
    table: MelodyTable,
    noise: Array,
) -> tuple[tuple[int, ...], float]:
    """A pitch for each note, and what the line costs.

    Args:
        before: the last two pitches before the line.
        after: the pitch that follows, where it stands already.
        noise: (notes, 128) for each note and MIDI number; what makes one seed differ from another.
    """
    pitches = tonality.pitches(notes)
    own = np.stack([_alone(note, pitches, tonality) for note in notes])
    own = own - noise[: len(notes), pitches]
    if len(notes) > 1 or before is not None:
        return _searched(notes, pitches, own, before, after, tonality, table)
    best = int(own[0].argmin())
    return (int(pitches[best]),), float(own[0, best])


def _searched(
    notes: Sequence[NoteToSing],
    pitches: Numbers,
    own: Array,
    before: tuple[int, int] | None,
    after: int | None,
    tonality: Tonality,
    table: MelodyTable,
) -> tuple[tuple[int, ...], float]:
    """Viterbi over pairs of neighbouring pitches."""
    count = len(pitches)
    if before is not None:
        sources = [(np.array([before[0]]), np.array([before[1]]))]
        first = _moves_cost(notes[0], notes[0].chord, *sources[0], pitches, tonality, table)
        start = _NEW_LINE * first[0, 0] + own[0]
    else:
        start = own[0]
    if len(notes) == 1:
        best = int((start + _to_after(pitches, after)).argmin())
        return (int(pitches[best]),), float(start[best])
    led = np.array([before[1]]) if before is not None else None
    moves = _moves_cost(notes[1], notes[0].chord, led, pitches, pitches, tonality, table)
    costs = start[:, None] + moves[0] + own[1][None, :]
    came: list[Numbers] = []
    for at in range(2, len(notes)):
        moves = _moves_cost(notes[at], notes[at - 1].chord, pitches, pitches, pitches,
                            tonality, table)  # fmt: skip
        total = costs[:, :, None] + moves
        came.append(total.argmin(0).astype(np.int64))
        costs = total.min(0) + own[at][None, :]
    costs = costs + _to_after(pitches, after)[None, :]
    index = int(costs.argmin())
    path = [index % count, index // count]
    for sources_of in reversed(came):
        path.append(int(sources_of[path[-1], path[-2]]))
    return tuple(int(pitches[at]) for at in reversed(path)), float(costs.min())


def _to_after(pitches: Numbers, after: int | None) -> Array:
    """What it costs to go on to a pitch that stands already."""
    if after is None:
        return np.zeros(len(pitches))
    size = np.abs(pitches - after)
    return np.where(size > WIDEST, NEVER, 0.25 * np.maximum(size - 2, 0))


def _alone(note: NoteToSing, pitches: Numbers, tonality: Tonality) -> Array:
    """What each pitch costs by itself: chord, key, range, arc and motif."""
    classes = set(note.chord.pitch_classes)
    inside = np.isin(pitches % 12, list(classes)) if classes else np.ones(len(pitches), bool)
    tones = scale(tonality.key)
    in_key = np.isin(pitches % 12, list(tones))
    costs: Array = np.where(in_key | inside, 0.0, NEVER)
    costs = costs + np.where(in_key, 0.0, 2.5)
    costs = costs + _CLASHING * np.array([_clashes(int(p) % 12, note.chord, tonality.key)
                                          for p in pitches])  # fmt: skip
    strange = (
        _STRANGE_END if note.closing
        else _STRANGE_STRONG if note.weight >= 3
        else _STRANGE_LONG if note.long
        else _STRANGE_BEAT if note.weight == 2
        else 0.0
    )  # fmt: skip
    costs = costs + np.where(inside, 0.0, strange)
    low, high = tonality.range.low_midi, tonality.range.high_midi
    edge = np.maximum(low + EDGE_SEMITONES - pitches, 0) + np.maximum(
        pitches - high + EDGE_SEMITONES, 0
    )
    costs = costs + _EDGE_COST * edge
    costs = costs + _CONTOUR[tonality.style] * (pitches - note.target_midi) ** 2
    if note.echo is not None:
        costs = costs + note.echo_cost * np.minimum(np.abs(pitches - note.echo), 5.0)
    tonic = pitches % 12 == tonality.key.tonic
    if note.closing == 1:
        costs = costs + _OPEN_TONIC * tonic
    elif note.closing == 2:
        home = tonality.key.tonic in classes
        root = pitches % 12 == (note.chord.root if note.chord.root is not None else -1)
        costs = costs + np.where(tonic if home else root, 0.0, _CLOSED_OTHER)
    return costs


def _clashes(pitch_class: int, chord: Chord, key: Key) -> bool:
    """Whether a tone of the key rubs against a chord tone: a semitone from one outside the key.

    In minor the natural seventh rubs against the leading note, and the leading note wants a chord
    that has it.
    """
    classes, tones = set(chord.pitch_classes), scale(key)
    if pitch_class in classes:
        return False
    if any((pitch_class + step) % 12 in classes - tones for step in (-1, 1)):
        return True
    if key.mode == "major":
        return False
    leading, natural = (key.tonic + 11) % 12, (key.tonic + 10) % 12
    return pitch_class == leading or (pitch_class == natural and leading in classes)


def _moves_cost(
    note: NoteToSing,
    chord_from: Chord,
    led: Numbers | None,
    sources: Numbers,
    pitches: Numbers,
    tonality: Tonality,
    table: MelodyTable,
) -> Array:
    """(led, sources, pitches): what each pitch costs after two others; `led` may be unknown."""
    here = sources[None, :, None]
    there = pitches[None, None, :]
    back = np.full((1, 1, 1), -1000) if led is None else led[:, None, None]
    interval = there - here
    arriving = here - back
    known = led is not None
    sort = interval_class(arriving) if known else np.full((1, 1, 1), NO_INTERVAL)
    tonic = tonality.key.tonic
    scores = table.scores(
        Moves(
            before=sort,
            interval=np.clip(interval, -WIDEST, WIDEST),
            back=(there == back).astype(np.int64),
            degree=(there - tonic) % 12,
            degree_from=(here - tonic) % 12,
            minor=np.array(int(tonality.key.mode == "minor")),
            weight=np.array(weight_class(note.weight)),
            long=np.array(int(note.long)),
            chord=relation(there, note.chord.pitch_classes),
            chord_from=relation(here, chord_from.pitch_classes),
            register=np.round(there - note.target_midi).astype(np.int64),
            place=np.array(note.place),
            stress=np.array(min(note.stress, 1)),
            kind=np.array(int(tonality.style in (Style.BALLAD, Style.POP))),
        )
    )
    scores = np.where(np.abs(interval) > WIDEST, -NEVER, scores)
    best = scores.max(-1, keepdims=True)
    likely = scores - best - np.log(np.exp(scores - best).sum(-1, keepdims=True))
    weak = note.stress == 0 and note.weight < 3
    costs: Array = _rules(interval, arriving if known else None, tonality.style, weak) - likely
    if chord_from.pitch_classes:
        strange = ~np.isin(here % 12, chord_from.pitch_classes)
        stepwise = (np.abs(interval) <= 2) & (interval != 0)
        costs = costs + _UNRESOLVED * (strange & ~stepwise)
    return costs


def _rules(interval: Numbers, arriving: Numbers | None, style: Style, weak: bool) -> Array:
    """What singers do not like: wide and awkward leaps, leaps unanswered, a tone three times."""
    size = np.abs(interval)
    costs = _WIDE * np.maximum(size - 7, 0.0) + np.where(size > 9, _FAR_LEAP, 0.0)
    if weak:
        costs = costs + _RAISED_WEAK * (interval >= 3)
    costs = costs + _TRITONE * (size == 6) + _SEVENTH * ((size == 10) | (size == 11))
    if style is Style.RAP:
        costs = costs + _RAP_MOVE * np.minimum(size, 4)
    if arriving is None:
        return np.asarray(costs, float)
    leapt = np.abs(arriving) >= _LEAP
    onward = np.sign(arriving) == np.sign(interval)
    answered = (np.sign(interval) == -np.sign(arriving)) & (size <= 4)
    costs = costs + np.where(leapt & ~answered, np.where(interval == 0, 0.6, _UNANSWERED), 0.0)
    costs = costs + _DOUBLED * (leapt & onward & (size > 2))
    again = _RAP_REPEAT if style is Style.RAP else _THIRD_REPEAT
    costs = costs + again * ((arriving == 0) & (interval == 0))
    return np.asarray(costs, float)


def steps_above(midi: float, steps: int, tonality: Tonality) -> float:
    """A pitch moved by steps of the scale."""
    tones = sorted(_natural(tonality.key))
    ladder = [12 * octave + tone for octave in range(11) for tone in tones]
    nearest = min(range(len(ladder)), key=lambda at: abs(ladder[at] - midi))
    return float(ladder[min(max(nearest + steps, 0), len(ladder) - 1)])


def _natural(key: Key) -> frozenset[int]:
    raised = {(key.tonic + 11) % 12} if key.mode == "minor" else set()
    return scale(key) - raised


def echoed(
    motif: Mapping[Fraction, int], offset: Fraction, steps: int, tonality: Tonality
) -> tuple[float, bool] | None:
    """The pitch of a motif at an offset from its line's anchor, and whether a note begins there."""
    earlier = [place for place in motif if place <= offset]
    if not earlier:
        return None
    place = max(earlier)
    return steps_above(motif[place], steps, tonality) if steps else float(motif[place]), (
        place == offset
    )
