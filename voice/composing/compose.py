"""A melody for words: lines laid on bars, syllables on beats, pitches on syllables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

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
    weight_at,
)
from voice.composing.pitches import NoteToSing, Tonality, echoed, sing_line
from voice.composing.plan import MelodyPlan, Style
from voice.composing.rhythm import LineRhythm, RhythmSearch
from voice.composing.table import Array, MelodyTable, melody_table
from voice.composing.timing import rhythms_of
from voice.composing.words import Words, words_from
from voice.score.model import Bar, Note, Place, Score
from voice.score.words import with_words

NOISE = {Style.BALLAD: 0.55, Style.POP: 0.6, Style.FOLK: 0.5, Style.RAP: 0.4}
_SHIFTS = (0, 1, -1, 2, -2)
_SHIFT_COST = 0.8
_EXACT, _VARIED, _LOOSE = 1.6, 1.1, 0.25
_FREE_FROM = 0.62
_RAP_ACCENT = 2.2
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
    rhythms = rhythms_of(form, RhythmSearch(shifted, learned, random))
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
        last = None
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
                target_midi=targets[index] + _spoken(plan, place.line.stresses[index]),
                closing=(2 if place.ends_section else 1) if final else 0,
            )
        )
    return notes


def _spoken(plan: MelodyPlan, stress: int) -> float:
    """How much higher stressed syllables are said in a rap."""
    if plan.style is not Style.RAP:
        return 0.0
    return _RAP_ACCENT if stress else -_RAP_ACCENT / 2


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
