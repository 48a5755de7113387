"""MusicXML and MXL, read with music21: one part of the score, its repeats played out."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from voice.errors import ScoreError, ScoreFormatError
from voice.score.bars import LaidOut, WrittenBar, lay_out
from voice.score.dynamic_marks import DynamicMarks
from voice.score.melody import RawNote, bars_of, melody
from voice.score.model import (
    HIGHEST_MIDI,
    MOST_FIFTHS,
    Articulation,
    Lyric,
    Meter,
    Place,
    Score,
    Syllabic,
)
from voice.score.parts import choose_part
from voice.score.repeats import BarSigns, playing_order, read_signs, verses_as_passes
from voice.score.syllables import elide, syllable
from voice.score.tempo_marks import tempo_marks
from voice.score.verses import WrittenWords, passes, verses_of
from voice.score.xml_source import (
    check_bars,
    keep_part,
    parse_musicxml,
    part_names,
    syllables_in,
    title_of,
)

_MARKS = {
    "Staccato": Articulation.STACCATO,
    "Staccatissimo": Articulation.STACCATO,
    "Tenuto": Articulation.TENUTO,
    "Accent": Articulation.ACCENT,
    "StrongAccent": Articulation.ACCENT,
    "BreathMark": Articulation.BREATH,
    "Caesura": Articulation.BREATH,
    "Fermata": Articulation.FERMATA,
}


def read_musicxml(data: bytes, path: Path, part: str | None = None) -> Score:
    """The part named (by name or number from 1), or the one with most words."""
    return score_from(parse_musicxml(data, path), path, part)


def score_from(root: Element, path: Path, part: str | None = None) -> Score:
    """A score from the root of partwise MusicXML, which is changed on the way."""
    from music21.exceptions21 import Music21Exception

    check_bars(root, path)
    try:
        return _score_from(root, path, part)
    except (
        Music21Exception, ValueError, ArithmeticError, LookupError, AttributeError, TypeError
    ) as error:  # fmt: skip
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ScoreFormatError(
            f"{path}: is MusicXML that cannot be understood ({reason}); export it again from a "
            "notation program"
        ) from error


def _score_from(root: Element, path: Path, part: str | None) -> Score:
    names = part_names(root)
    elements = list(root.iter("part"))
    chosen = choose_part(
        [names.get(e.get("id", ""), "") for e in elements],
        [syllables_in(e) for e in elements],
        part,
        path,
    )
    marks, signs = tempo_marks(root), read_signs(root)
    staff = _import(keep_part(root, elements[chosen.index]), path)
    language = root.find(".//lyric-language")
    reading = _Reading(staff, signs, path)
    laid = lay_out(reading.bars(), reading.order, marks)
    sung = melody(reading.notes(laid), laid.place_at)
    verses = len(sung.notes[0].lyrics) if sung.notes else 1
    return Score(
        title=title_of(root) or path.stem,
        notes=sung.notes,
        bars=laid.bars,
        tempo=laid.tempo,
        meters=laid.meters,
        language=None if language is None else _language(language),
        verses=verses,
        part=chosen.name,
        key_fifths=_fifths(root),
        warnings=(*chosen.warnings, *reading.warnings, *sung.warnings),
    )


def _fifths(root: Element) -> int | None:
    """The first key signature; one that no instrument has is taken for none."""
    written = root.findtext(".//key/fifths", "").strip()
    sharps = int(written) if re.fullmatch(r"[+-]?\d", written) else None
    return sharps if sharps is not None and abs(sharps) <= MOST_FIFTHS else None


def _language(element: Element) -> str | None:
    code = element.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    return code[:2].lower() or None


def _import(root: Element, path: Path) -> Any:
    """The staff of a one-part score that carries the words, as a music21 part."""
    from music21.musicxml import xmlToM21

    importer_class: Any = xmlToM21.MusicXMLImporter
    importer = importer_class()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importer.xmlRootToScore(root, importer.stream)
    staves = list(importer.stream.parts)
    if not staves:
        raise ScoreError(f"{path}: the part has no bars; choose another with --part")
    return max(staves, key=lambda staff: sum(len(n.lyrics) for n in staff.recurse().notes))


@dataclass(frozen=True)
class _Sound:
    """A music21 note with where it stands in its bar."""

    offset: Fraction
    note: Any


class _Reading:
    """One staff of music21 measures, turned into bars and raw notes."""

    def __init__(self, staff: Any, signs: tuple[BarSigns, ...], path: Path) -> None:
        from music21 import note, stream

        self.measures: list[Any] = list(staff.getElementsByClass(stream.Measure))
        if not self.measures:
            raise ScoreError(f"{path}: the part has no bars; choose another with --part")
        self._end = Fraction(staff.duration.quarterLength)
        self._dynamics, self._note_class = DynamicMarks(staff), note.NotRest
        sounds = [n for n in staff.recurse().notes if n.lyrics]
        self.lines = sorted({lyric.number for n in sounds for lyric in n.lyrics}) or [1]
        self.order = playing_order(verses_as_passes(signs[: len(self.measures)], len(self.lines)))
        self.warnings: list[str] = []
        self._slurred, self._main = _slurred(staff), self._main_voice()

    def bars(self) -> tuple[WrittenBar, ...]:
        """Every written bar with its length and metre."""
        starts = [Fraction(m.offset) for m in self.measures] + [self._end]
        meter: Meter | None = None
        written = []
        for index, measure in enumerate(self.measures):
            if measure.timeSignature is not None:
                signature = measure.timeSignature
                meter = Meter(
                    numerator=signature.numerator or 4, denominator=signature.denominator or 4
                )
            length = starts[index + 1] - starts[index]
            written.append(WrittenBar(measure.number, length, meter))
        return tuple(written)

    def notes(self, laid: LaidOut) -> list[RawNote]:
        """All notes of the sung voice in playing order, their words sorted into verses."""
        raw: list[RawNote] = []
        words: list[WrittenWords] = []
        others: list[Place] = []
        sounds = [self._sounds(measure) for measure in self.measures]
        plays = Counter(self.order)
        for bar, index, played in zip(laid.bars, self.order, passes(self.order), strict=True):
            chosen, other = sounds[index]
            if other:
                others.append(Place(bar.number, 1))
            self._dynamics.enter(self.measures[index])
            for sound in chosen:
                note = self._raw(sound, bar.start_beats)
                raw.append(note)
                lines = self._lines_of(sound.note)
                words.append(WrittenWords(lines, played, plays[index], note.slur))
        if others:
            self.warnings.append(f"{bars_of(others)}: the words stand in another voice, now sung")
        return _with_verses(raw, words)

    def _main_voice(self) -> Any:
        counts: Counter[Any] = Counter()
        for measure in self.measures:
            for voice in measure.voices:
                counts[voice.id] += 1 + 100 * sum(len(n.lyrics) for n in voice.notes)
        return counts.most_common(1)[0][0] if counts else None

    def _sounds(self, measure: Any) -> tuple[list[_Sound], bool]:
        """The notes sung in a bar, and whether they stand in another voice than elsewhere."""
        voices = list(measure.voices)
        if not voices:
            return self._in_stream(measure, Fraction(0)), False
        main = next((voice for voice in voices if voice.id == self._main), None)
        worded = max(voices, key=lambda voice: sum(len(n.lyrics) for n in voice.notes))
        if main is None or (
            not any(n.lyrics for n in main.notes) and any(n.lyrics for n in worded.notes)
        ):
            return self._in_stream(worded, Fraction(worded.offset)), True
        return self._in_stream(main, Fraction(main.offset)), False

    def _in_stream(self, stream: Any, shift: Fraction) -> list[_Sound]:
        return [
            _Sound(shift + Fraction(note.offset), note)
            for note in stream.notes
            if isinstance(note, self._note_class) and note.pitches
        ]

    def _raw(self, sound: _Sound, bar_start: Fraction) -> RawNote:
        note = sound.note
        top = max(note.pitches, key=lambda pitch: pitch.ps)
        members = getattr(note, "notes", (note,))
        tie = next((n.tie for n in members if n.pitch == top), note.tie)
        grace = bool(note.duration.isGrace)
        marks = [*note.articulations, *note.expressions]
        cents = round((top.ps - round(top.ps)) * 100, 3)
        return RawNote(
            start_beats=bar_start + sound.offset,
            duration_beats=Fraction(0) if grace else Fraction(note.duration.quarterLength),
            midi=min(max(round(top.ps), 0), HIGHEST_MIDI + 1),
            lyrics=(),
            tied=tie is not None and tie.type in ("stop", "continue"),
            slur=id(note) in self._slurred,
            chord=len(note.pitches) > 1,
            cents=cents,
            dynamic=self._dynamics.level(sound.offset, note),
            articulations=frozenset(
                [_MARKS[type(mark).__name__] for mark in marks if type(mark).__name__ in _MARKS]
                + [Articulation.ACCENT] * self._dynamics.struck(sound.offset)
            ),
            grace=grace,
        )

    def _lines_of(self, note: Any) -> tuple[Lyric | None, ...]:
        return tuple(
            elide(
                [
                    piece
                    for lyric in note.lyrics
                    if lyric.number == line
                    for part in (lyric.components or (lyric,))
                    if (piece := syllable(part.text or "", _syllabic(part.syllabic))) is not None
                ]
            )
            for line in self.lines
        )


def _syllabic(written: str | None) -> Syllabic:
    return Syllabic(written) if written in list(Syllabic) else Syllabic.SINGLE


def _slurred(staff: Any) -> frozenset[int]:
    """Identities of the notes bound to the note before them."""
    from music21 import spanner

    bound: set[int] = set()
    notes = list(staff.recurse().notes)
    position = {id(note): index for index, note in enumerate(notes)}
    for slur in staff.recurse().getElementsByClass(spanner.Slur):
        first, last = (position.get(id(end)) for end in (slur.getFirst(), slur.getLast()))
        if first is not None and last is not None:
            bound.update(id(note) for note in notes[first + 1 : last + 1])
    return frozenset(bound)


def _with_verses(raw: list[RawNote], words: list[WrittenWords]) -> list[RawNote]:
    verses = verses_of(words)
    return [
        replace(note, lyrics=tuple(verse[index] for verse in verses))
        for index, note in enumerate(raw)
    ]
