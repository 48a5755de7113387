"""When every line of a song is sung: rhythms that return, and room for breath between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from voice.composing.form import Form, LinePlace, SectionPlace, pickup_beats, spare_beats
from voice.composing.plan import MelodyPlan, Style
from voice.composing.rhythm import Example, Feel, LineRhythm, RhythmSearch, Room

BREATH_S = 0.25
CONTRAST = 0.1
"""How much a line that is no return is like the first line of its section."""


def rhythms_of(form: Form, search: RhythmSearch) -> list[list[LineRhythm]]:
    """Every line's onsets, and how long its last note is held before the next breath."""
    plan = search.plan
    places = [place for section in form.sections for place in section.lines]
    feels: dict[str, Feel] = {}
    onsets: list[tuple[Fraction, ...]] = []
    written: list[list[LineRhythm]] = []
    for section in form.sections:
        lines: list[LineRhythm] = []
        kind = section.section.kind
        feel = feels.setdefault(kind, Feel.drawn(plan, search.random))
        for at, place in enumerate(section.lines):
            number = len(onsets)
            following = places[number + 1] if number + 1 < len(places) else None
            room = _room(place, following, onsets[-1][-1] if onsets else None, plan)
            found = _repeated_onsets(section, at, written, room) or search.onsets(
                place, room, feel, _example(section, at, lines, written, form)
            )
            onsets.append(found)
            lines.append(LineRhythm(place.anchor, found, found[-1] + 1))
        written.append(lines)
    return _held(form, written, plan)


def _room(
    place: LinePlace, following: LinePlace | None, last: Fraction | None, plan: MelodyPlan
) -> Room:
    bar = plan.meter.bar_beats
    spare = spare_beats(place.bars, plan)
    pickup = pickup_beats(place.line, place.bars, plan)
    first = max(place.anchor - pickup, Fraction(0))
    if last is not None:
        first = max(first, last + spare)
    end = place.anchor + place.bars * bar
    reserved = (
        pickup_beats(following.line, following.bars, plan)
        if following and following.anchor == end
        else 0
    )
    return Room(first, end - reserved - spare)


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
    if not lines:
        return None
    returns = section.lines[at].returns
    source = returns if returns is not None else 0
    likeness = 1.0 if returns is not None else CONTRAST
    return Example.of(lines[source], section.lines[source], likeness)


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
