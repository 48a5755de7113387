"""A score as a project of UTAU or OpenUtau, written with libresvip."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from voice.score.model import Note, Score
from voice.score.projects import NO_PITCH, TICKS, converter_for
from voice.score.word_slots import with_one_syllable_each, wording


def write_ustx(score: Score, path: Path) -> None:
    """OpenUtau: a word stands under its first note, "+" under those of its other syllables."""
    meter = score.meters[0]
    shift = round(meter.bar_beats * TICKS)
    converter_for(".ustx").dump(path, _project(score, shift), {})


def write_ust(score: Score, path: Path) -> None:
    """UTAU, in UTF-8."""
    converter_for(".ust").dump(path, _project(score, 0), {"encoding": "UTF-8"})


def _project(score: Score, tempo_shift: int) -> Any:
    """The score as a libresvip project; later tempos are moved by `tempo_shift` ticks."""
    base: Any = import_module("libresvip.model.base")
    point: Any = import_module("libresvip.model.point").Point
    notes = with_one_syllable_each(score).notes
    track = base.SingingTrack(
        title=score.part or score.title,
        note_list=[
            base.Note(
                start_pos=round(note.start_beats * TICKS),
                length=max(round(note.end_beats * TICKS) - round(note.start_beats * TICKS), 1),
                key_number=note.midi,
                lyric=text,
            )
            for note, text in zip(notes, _texts(notes), strict=True)
        ],
    )
    first_bar = round(score.meters[0].bar_beats * TICKS)
    for line in score.pitch_lines:
        points = [(round(p.beats * TICKS) + first_bar, round(p.cents)) for p in line]
        edges = [(points[0][0], NO_PITCH), *points, (points[-1][0], NO_PITCH)]
        track.edited_params.pitch.points.root.extend(point(x, y) for x, y in edges)
    return base.Project(
        song_tempo_list=[
            base.SongTempo(
                position=round(point.beat * TICKS) + (tempo_shift if point.beat else 0),
                bpm=point.quarters_per_minute,
            )
            for point in score.tempo.points
        ],
        time_signature_list=_signatures(score),
        track_list=[track],
    )


def _signatures(score: Score) -> list[Any]:
    """Time signatures with the index of their bar, pickups and cut bars as metres of their own."""
    base: Any = import_module("libresvip.model.base")
    signatures: list[Any] = []
    for index, bar in enumerate(score.bars):
        meter = score.meter_at(bar.start_beats)
        upper, lower = meter.numerator, meter.denominator
        units = bar.duration_beats / meter.unit_beats
        if bar.duration_beats != meter.bar_beats and units.denominator == 1 and units >= 1:
            upper = int(units)
        same = signatures and (signatures[-1].numerator, signatures[-1].denominator)
        if same != (upper, lower):
            signatures.append(
                base.TimeSignature(bar_index=index, numerator=upper, denominator=lower)
            )
    return signatures


def _texts(notes: tuple[Note, ...]) -> list[str]:
    """What stands under each note: a whole word, "+" for its next syllable, "-" for a hold."""
    texts = ["-"] * len(notes)
    words = wording(notes)
    for word in words.words:
        for index, slot in enumerate(word.slots):
            texts[slot.notes[0]] = "+" if index else word.text
    for index in words.unworded:
        texts[index] = "a"
    return texts
