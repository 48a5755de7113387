"""A score as MusicXML, written with music21, all verses under the notes."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

from voice.score.model import Articulation, Lyric, Note, Score


@dataclass(frozen=True)
class _Piece:
    """The stretch of a note, or of silence, that falls into one bar."""

    start_beats: Fraction
    duration_beats: Fraction
    note: Note | None
    first: bool
    last: bool


def write_musicxml(score: Score, path: Path) -> None:
    """Bars as played (repeats written out), ties over bar lines, words with hyphens."""
    music21 = _music21()
    stream = music21.stream
    part = stream.Part(id="voice")
    part.partName = score.part or "voice"
    pieces = _by_bar(score)
    meters = {meter.start_beats: meter for meter in score.meters}
    for bar, inside in zip(score.bars, pieces, strict=True):
        measure = stream.Measure(number=bar.number)
        if bar.start_beats in meters:
            meter = meters[bar.start_beats]
            measure.timeSignature = music21.meter.TimeSignature(
                f"{meter.numerator}/{meter.denominator}"
            )
        if bar is score.bars[0] and score.key_fifths is not None:
            measure.keySignature = music21.key.KeySignature(score.key_fifths)
        full = score.meter_at(bar.start_beats).bar_beats
        if bar.duration_beats < full:
            measure.paddingLeft = float(full - bar.duration_beats)
        for piece in inside:
            measure.insert(piece.start_beats - bar.start_beats, _element(piece))
        for point in score.tempo.points:
            if bar.start_beats <= point.beat < bar.end_beats:
                mark = music21.tempo.MetronomeMark(number=round(point.quarters_per_minute, 3))
                measure.insert(point.beat - bar.start_beats, mark)
        part.append(measure)
    whole = stream.Score()
    whole.insert(0, music21.metadata.Metadata(title=score.title))
    whole.insert(0, part)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exporter = music21.musicxml.m21ToXml.GeneralObjectExporter(whole)
        path.write_bytes(exporter.parse())


def _music21() -> Any:
    """Its annotations are half done: the half that is would be in the way."""
    return import_module("music21")


def _by_bar(score: Score) -> list[list[_Piece]]:
    """Notes and rests cut at the bar lines; what rings past the last bar stays in it."""
    pieces: list[list[_Piece]] = [[] for _ in score.bars]
    starts = [bar.start_beats for bar in score.bars]
    for stretch in _stretches(score):
        start, end, note = stretch
        begin = start
        while start < end:
            index = bisect_right(starts, start) - 1
            inner = index + 1 < len(starts) and starts[index + 1] < end
            stop = starts[index + 1] if inner else end
            pieces[index].append(_Piece(start, stop - start, note, start == begin, stop == end))
            start = stop
    return pieces


def _stretches(score: Score) -> Iterator[tuple[Fraction, Fraction, Note | None]]:
    for note in score.notes:
        yield note.start_beats, note.end_beats, note
    for rest in score.rests:
        yield rest.start_beats, rest.end_beats, None


def _element(piece: _Piece) -> Any:
    music21 = _music21()
    written = piece.note
    if written is None:
        return music21.note.Rest(quarterLength=piece.duration_beats)
    note = music21.note.Note(quarterLength=piece.duration_beats)
    note.pitch.ps = written.pitch_midi
    if not (piece.first and piece.last):
        kind = "start" if piece.first else "stop" if piece.last else "continue"
        note.tie = music21.tie.Tie(kind)
    if piece.first:
        for number, lyric in enumerate(written.lyrics, 1):
            if lyric is not None:
                note.lyrics.append(_lyric(lyric, number))
        note.articulations = _articulations(written)
    if piece.last and Articulation.FERMATA in written.articulations:
        note.expressions.append(music21.expressions.Fermata())
    return note


def _lyric(lyric: Lyric, number: int) -> Any:
    from music21 import note

    pieces: list[Any] = [
        note.Lyric(text=p.text, number=number, syllabic=p.syllabic.value, applyRaw=True)
        for p in (lyric, *lyric.elided)
    ]
    if len(pieces) == 1:
        return pieces[0]
    whole: Any = note.Lyric(number=number)
    whole.components = pieces
    return whole


def _articulations(written: Note) -> list[Any]:
    from music21 import articulations

    marks: Any = articulations
    classes = {
        Articulation.STACCATO: marks.Staccato,
        Articulation.TENUTO: marks.Tenuto,
        Articulation.ACCENT: marks.Accent,
        Articulation.BREATH: marks.BreathMark,
    }
    return [classes[mark]() for mark in sorted(written.articulations) if mark in classes]
