"""A melody for words: lines laid on bars, syllables on beats, pitches on syllables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from lyrics.pronounce import pronouncer_for
from lyrics.writer.song import Song
from voice.composing.contour import arc, centre_of
from voice.composing.features import BEFORE_LAST, FIRST, INSIDE, LAST
from voice.composing.form import (
    Form,
    LinePlace,
    SectionPlace,
    lay_out,
    leading,
    weight_at,
)
from voice.composing.pitches import NoteToSing, Tonality, echoed, sing_line
from voice.composing.plan import MelodyPlan, Style
from voice.composing.rhythm import BREATH_S, Example, LineRhythm, Room, onsets_of
from voice.composing.table import Array, MelodyTable, melody_table
from voice.composing.words import Words, words_from
from voice.score.model import Bar, Note, Place, Score
from voice.score.words import with_words

NOISE = {Style.BALLAD: 0.55, Style.POP: 0.6, Style.FOLK: 0.5, Style.RAP: 0.4}
_SHIFTS = (0, 1, -1, 2, -2)
_SHIFT_COST = 0.8
_EXACT, _VARIED, _LOOSE = 1.6, 1.1, 0.25
_FREE_FROM = 0.62
_SECOND_LONG = Fraction(3, 2)


@dataclass(frozen=True)
class SungLine:
    """A line with its melody."""

    place: LinePlace
    rhythm: LineRhythm
    pitches: tuple[int, ...]

    @property
    def motif(self) -> dict[Fraction, int]:
        return dict(zip(self.rhythm.offsets, self.pitches, strict=True))


@dataclass(frozen=True)
class Composition:
    """A written melody: its score, its form, and the plan with the chords where they stand."""

    score: Score
    form: Form
    plan: MelodyPlan
    lines: tuple[tuple[SungLine, ...], ...]


def compose(words: Song | Words | str, plan: MelodyPlan) -> Score:
    """A melody for words, one syllable to a note, with the words under it.

    Raises:
        WordsError: no words, or more than the bars of the plan hold.
    """
    return composed(words, plan).score


def composed(
    words: Song | Words | str, plan: MelodyPlan, table: MelodyTable | None = None
) -> Composition:
    """The same with all that was decided on the way."""
    given = words if isinstance(words, Words) else words_from(words)
    learned = melody_table() if table is None else table
    random = np.random.default_rng(plan.seed)
    form = lay_out(given, plan, random)
    shifted = _shifted(plan, form.loop_shift)
    rhythms = _rhythms(form, shifted, learned, random)
    lines = _melodies(form, rhythms, shifted, learned, random)
    return Composition(_score(given, lines, form, shifted), form, shifted, lines)


def _shifted(plan: MelodyPlan, bars: int) -> MelodyPlan:
    """The chords so that they begin with the first full line, after `bars` of counting in."""
    if not bars:
        return plan
    length = plan.chords[-1].end_beats
    lead = bars * plan.meter.bar_beats
    spans = [replace(span, start_beats=span.start_beats + lead, end_beats=span.end_beats + lead)
             for span in plan.chords]  # fmt: skip
    while spans[-1].start_beats >= length:
        last = spans.pop()
        spans.insert(0, replace(last, start_beats=last.start_beats - length,
                                end_beats=last.end_beats - length))  # fmt: skip
    if spans[-1].end_beats > length:
        last = spans.pop()
        spans.append(replace(last, end_beats=length))
        spans.insert(0, replace(last, start_beats=Fraction(0),
                                end_beats=last.end_beats - length))  # fmt: skip
    return replace(plan, chords=tuple(spans))


def _rhythms(
    form: Form, plan: MelodyPlan, table: MelodyTable, random: np.random.Generator
) -> list[list[LineRhythm]]:
    """Every line's onsets, and how long its last note is held before the next breath."""
    places = [place for section in form.sections for place in section.lines]
    onsets: list[tuple[Fraction, ...]] = []
    written: list[list[LineRhythm]] = []
    for section in form.sections:
        lines: list[LineRhythm] = []
        for at, place in enumerate(section.lines):
            number = len(onsets)
            following = places[number + 1] if number + 1 < len(places) else None
            room = _room(place, following, onsets[-1][-1] if onsets else None, plan)
            found = _repeated_onsets(section, at, written, room) or onsets_of(
                place, room, plan, table, _example(section, at, lines, written, form), random
            )
            onsets.append(found)
            lines.append(LineRhythm(place.anchor, found, found[-1] + 1))
        written.append(lines)
    return _held(form, written, plan)


def _room(
    place: LinePlace, following: LinePlace | None, last: Fraction | None, plan: MelodyPlan
) -> Room:
    bar = plan.meter.bar_beats
    spare = _spare(place, plan)
    pickup = _pickup_beats(place, plan)
    first = max(place.anchor - pickup, Fraction(0))
    if last is not None:
        first = max(first, last + spare)
    end = place.anchor + place.bars * bar
    reserved = _pickup_beats(following, plan) if following and following.anchor == end else 0
    return Room(first, end - reserved - spare)


def _spare(place: LinePlace, plan: MelodyPlan) -> Fraction:
    """Beats for the last syllable of a line and the breath after it."""
    usual = Fraction(3, 2) if plan.style is not Style.RAP else Fraction(3, 4)
    return min(usual, place.bars * plan.meter.bar_beats / 6)


def _pickup_beats(place: LinePlace, plan: MelodyPlan) -> Fraction:
    """Beats before the bar line that the unstressed syllables at the head of a line take."""
    count = leading(place.line)
    dense = len(place.line.stresses) > 3 * float(place.bars * plan.meter.bar_beats) / 2
    each = Fraction(1, 4) if dense or plan.style is Style.RAP else Fraction(1, 2)
    return min(count * each, plan.meter.bar_beats / 2)


def _repeated_onsets(
    section: SectionPlace, at: int, written: Sequence[Sequence[LineRhythm]], room: Room
) -> tuple[Fraction, ...] | None:
    """The rhythm of the same words sung before, where it fits."""
    if not section.repeats or section.like is None:
        return None
    anchor = section.lines[at].anchor
    found = tuple(anchor + offset for offset in written[section.like][at].offsets)
    return found if room.first <= found[0] and found[-1] <= room.last else None


def _example(
    section: SectionPlace,
    at: int,
    lines: Sequence[LineRhythm],
    written: Sequence[Sequence[LineRhythm]],
    form: Form,
) -> Example | None:
    """The rhythm to take up: of the like section, else of a like line, else of the first line."""
    if section.like is not None and at < len(written[section.like]):
        return Example.of(written[section.like][at], form.sections[section.like].lines[at])
    returns = section.lines[at].returns
    source = returns if returns is not None else 0
    return Example.of(lines[source], section.lines[source]) if lines else None


def _held(
    form: Form, written: Sequence[Sequence[LineRhythm]], plan: MelodyPlan
) -> list[list[LineRhythm]]:
    """With the last note of each line as long as the next breath allows."""
    flat = [rhythm for lines in written for rhythm in lines]
    places = [place for section in form.sections for place in section.lines]
    breath = max(Fraction(1, 4), _eighths(BREATH_S * plan.quarters_per_minute / 60))
    ends = []
    for number, (rhythm, place) in enumerate(zip(flat, places, strict=True)):
        last = rhythm.onsets[-1]
        song_end = form.bars * plan.meter.bar_beats
        limit = flat[number + 1].onsets[0] - breath if number + 1 < len(flat) else song_end
        longest = plan.meter.bar_beats if place.ends_section else plan.meter.bar_beats / 2
        wanted = max(min(longest, Fraction(4)), Fraction(1))
        if plan.style is Style.RAP:
            wanted = Fraction(1, 2) if not place.ends_section else Fraction(1)
        ends.append(max(min(last + wanted, limit), last + Fraction(1, 4)))
    finished = iter(replace(r, end=end) for r, end in zip(flat, ends, strict=True))
    return [[next(finished) for _ in lines] for lines in written]


def _eighths(beats: float) -> Fraction:
    return Fraction(round(beats * 2), 2)


def _melodies(
    form: Form,
    rhythms: Sequence[Sequence[LineRhythm]],
    plan: MelodyPlan,
    table: MelodyTable,
    random: np.random.Generator,
) -> tuple[tuple[SungLine, ...], ...]:
    tonality = Tonality(plan.key, plan.range, plan.style)
    done: list[tuple[SungLine, ...]] = []
    last: tuple[int, int] | None = None
    for section, lines in zip(form.sections, rhythms, strict=True):
        sung: list[SungLine] = []
        for at, (place, rhythm) in enumerate(zip(section.lines, lines, strict=True)):
            noise = NOISE[plan.style] * random.gumbel(size=(len(rhythm.onsets), 128))
            model, exact = _model(section, at, sung, done)
            again = model if exact and section.repeats else None
            if again is not None and _same_ground(again, rhythm, plan):
                pitches = again.pitches
            else:
                notes = _notes(section, at, rhythm, plan)
                pitches = _best(notes, rhythm, model, exact, last, tonality, table, noise)
            sung.append(SungLine(place, rhythm, pitches))
            last = (pitches[-2] if len(pitches) > 1 else pitches[-1], pitches[-1])
        done.append(tuple(sung))
    return tuple(done)


def _model(
    section: SectionPlace, at: int, sung: Sequence[SungLine], done: Sequence[Sequence[SungLine]]
) -> tuple[SungLine | None, bool]:
    """The line whose melody returns, and whether it does so without change."""
    if section.like is not None and at < len(done[section.like]):
        return done[section.like][at], True
    returns = section.lines[at].returns
    return (sung[returns], False) if returns is not None else (None, False)


def _same_ground(again: SungLine, rhythm: LineRhythm, plan: MelodyPlan) -> bool:
    """Whether the same rhythm stands on the same chords."""
    if again.rhythm.offsets != rhythm.offsets:
        return False
    return all(
        plan.chord_at(a) == plan.chord_at(b)
        for a, b in zip(again.rhythm.onsets, rhythm.onsets, strict=True)
    )


def _notes(
    section: SectionPlace, at: int, rhythm: LineRhythm, plan: MelodyPlan
) -> list[NoteToSing]:
    place = section.lines[at]
    count = len(rhythm.onsets)
    centre = centre_of(section.section.kind, plan)
    targets = arc(at, len(section.lines), count, centre, plan)
    usual = float(np.median([float(d) for d in rhythm.durations[:-1] or rhythm.durations]))
    notes = []
    for index, (onset, length) in enumerate(zip(rhythm.onsets, rhythm.durations, strict=True)):
        final = index == count - 1
        notes.append(
            NoteToSing(
                chord=plan.chord_at(onset),
                weight=weight_at(plan, onset),
                long=float(length) >= 1.5 * usual or length >= _SECOND_LONG,
                stress=min(place.line.stresses[index], 1),
                place=_place(index, count),
                target_midi=targets[index],
                closing=(2 if place.ends_section else 1) if final else 0,
            )
        )
    return notes


def _place(index: int, count: int) -> int:
    if index == 0:
        return FIRST
    if index == count - 1:
        return LAST
    return BEFORE_LAST if index == count - 2 else INSIDE


def _best(
    notes: Sequence[NoteToSing],
    rhythm: LineRhythm,
    model: SungLine | None,
    exact: bool,
    last: tuple[int, int] | None,
    tonality: Tonality,
    table: MelodyTable,
    noise: Array,
) -> tuple[int, ...]:
    """The cheapest line; a motif that returns may stand some steps higher or lower."""
    if model is None:
        return sing_line(notes, last, None, tonality, table, noise)[0]
    tried = []
    for steps in (0,) if exact else _SHIFTS:
        echoing = _with_echo(notes, rhythm, model, steps, exact, tonality)
        pitches, cost = sing_line(echoing, last, None, tonality, table, noise)
        tried.append((cost + _SHIFT_COST * abs(steps), pitches))
    return min(tried)[1]


def _with_echo(
    notes: Sequence[NoteToSing],
    rhythm: LineRhythm,
    model: SungLine,
    steps: int,
    exact: bool,
    tonality: Tonality,
) -> list[NoteToSing]:
    """Notes that are to sound like those of the model; a varied return is free at its end."""
    motif = model.motif
    end = max(rhythm.offsets)
    echoing = []
    for note, offset in zip(notes, rhythm.offsets, strict=True):
        found = echoed(motif, offset, steps, tonality)
        if found is None:
            echoing.append(note)
            continue
        pitch, begins = found
        late = not exact and float(offset) > _FREE_FROM * float(end)
        cost = _LOOSE if late else _EXACT if exact else _VARIED
        echoing.append(replace(note, echo=pitch, echo_cost=cost if begins else 0.5 * cost))
    return echoing


def _score(
    words: Words,
    lines: Sequence[Sequence[SungLine]],
    form: Form,
    plan: MelodyPlan,
) -> Score:
    meter, bar = plan.meter, plan.meter.bar_beats
    bars = tuple(Bar(number * bar, bar, number + 1) for number in range(form.bars))
    notes = []
    for line in (line for section in lines for line in section):
        for onset, length, midi in zip(
            line.rhythm.onsets, line.rhythm.durations, line.pitches, strict=True
        ):
            place = Place(int(onset // bar) + 1, float((onset % bar) / meter.unit_beats) + 1)
            notes.append(Note(onset, length, midi, (None,), place))
    bare = Score(
        title=words.title or "melody",
        notes=tuple(notes),
        bars=bars,
        tempo=plan.tempo_map,
        meters=(meter,),
        language=words.language,
        part="voice",
    )
    return with_words(bare, words.text, pronouncer_for(words.language), "the words")


def rests_between(lines: Sequence[SungLine]) -> tuple[Fraction, ...]:
    """Beats of silence between each line and the next: where the singer breathes."""
    return tuple(b.rhythm.onsets[0] - a.rhythm.end for a, b in pairwise(lines))
