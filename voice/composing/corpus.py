"""Melodies with words and harmony, read from scores for learning and for comparison.

The melody is read as for singing; the harmony is the triad that fits best what all parts of the
score play in half a bar (in a bar of three beats: in the whole of it).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from lyrics.errors import LyricsError
from lyrics.pronounce import pronouncer_for
from lyrics.writer.wordbook import load_word_lists
from voice.analysis.model import Key, Mode
from voice.composing.harmony import best_triad, harmony_window, key_from
from voice.errors import MelismaError, ScoreFormatError
from voice.score.abc import abc_as_musicxml
from voice.score.files import decode_text, read_bytes
from voice.score.fitting import FittedScore, fit
from voice.score.languages import language_of
from voice.score.model import Articulation, Meter, Score
from voice.score.musicxml import score_from
from voice.score.xml_source import parse_musicxml

HELD_BACK_SHARE = 10
"""One melody in so many is held back, by the hash of its name."""

_BASS_SHARE = 1.5
_LINE_END = 1.5


@dataclass(frozen=True)
class CorpusNote:
    """One note of a melody as a learner sees it.

    Attributes:
        bar: start of its bar, in beats from the beginning.
        stress: 1 stressed, 0 not, -1 where the syllable of the note before is held.
        line_end: whether a line of the words ends with it.
        chord: root and mode of the triad that sounds with it, `None` where nothing does.
    """

    midi: int
    start_beats: Fraction
    duration_beats: Fraction
    bar: Fraction
    stress: int
    line_end: bool
    chord: tuple[int, Mode] | None

    @property
    def end_beats(self) -> Fraction:
        return self.start_beats + self.duration_beats


@dataclass(frozen=True)
class CorpusMelody:
    """A melody of a public score; `kind` is "hymn" or "lied"."""

    name: str
    kind: str
    language: str
    meter: Meter
    key: Key
    notes: tuple[CorpusNote, ...]

    @property
    def held_back(self) -> bool:
        return is_held_back(self.name)


def is_held_back(name: str) -> bool:
    """Whether the melody of this name is kept from learning."""
    return hashlib.sha256(name.encode()).digest()[0] % HELD_BACK_SHARE == 0


def read_corpus(folder: Path, only_held_back: bool = False) -> Iterator[CorpusMelody]:
    """Every melody of a folder of scores that can be read and sung, in one metre throughout."""
    paths = [*sorted(folder.rglob("*.abc")), *sorted(folder.rglob("*.mxl"))]
    for path in paths:
        if only_held_back and not is_held_back(path.stem):
            continue
        try:
            yield read_melody(path)
        except (MelismaError, LyricsError):
            continue


def read_melody(path: Path) -> CorpusMelody:
    """One score as a melody with its words' stresses and its harmony.

    Raises:
        ScoreError: it cannot be read or sung, or its metre changes.
    """
    score = score_from(_root(path), path)
    if len({(meter.numerator, meter.denominator) for meter in score.meters}) > 1:
        raise ScoreFormatError(f"{path}: its metre changes; nothing is learned from it")
    language = language_of(score, 1)
    fitted = fit(score, 1, pronouncer_for(language))
    played = _played(_root(path))
    meter = score.meters[0]
    key = _key([sound for bar in played.values() for sound in bar])
    chords = _chords_of(played, meter, key)
    return CorpusMelody(
        name=path.stem,
        kind="hymn" if path.suffix == ".abc" else "lied",
        language=language,
        meter=meter,
        key=key,
        notes=tuple(_notes(fitted, chords)),
    )


@dataclass(frozen=True)
class _Sound:
    start: Fraction
    duration: Fraction
    midi: int


def _root(path: Path) -> Element:
    data = read_bytes(path)
    if path.suffix == ".abc":
        return abc_as_musicxml(decode_text(data), path)
    return parse_musicxml(data, path)


def _played(root: Element) -> dict[int, list[_Sound]]:
    """What all parts play in each written bar, by its number; the first of equal numbers."""
    bars: dict[int, list[_Sound]] = defaultdict(list)
    for part in root.iter("part"):
        divisions = Fraction(1)
        seen: set[int] = set()
        for measure in part.iter("measure"):
            stated = measure.findtext("attributes/divisions")
            divisions = Fraction(stated) if stated else divisions
            number = measure.get("number", "")
            if number.isdecimal() and int(number) not in seen:
                seen.add(int(number))
                bars[int(number)] += _sounds(measure, divisions)
    return bars


def _sounds(measure: Element, divisions: Fraction) -> Iterator[_Sound]:
    at = start = Fraction(0)
    for element in measure:
        length = Fraction(element.findtext("duration", "0")) / divisions
        if element.tag == "backup":
            at -= length
        elif element.tag == "forward":
            at += length
        elif element.tag == "note" and element.find("grace") is None:
            if element.find("chord") is None:
                start, at = at, at + length
            pitch = element.find("pitch")
            if pitch is not None:
                yield _Sound(start, length, _midi(pitch))


def _midi(pitch: Element) -> int:
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    alter = round(float(pitch.findtext("alter", "0")))
    octave = int(pitch.findtext("octave", "4"))
    return 12 * (octave + 1) + steps[pitch.findtext("step", "C")] + alter


def _key(sounds: Sequence[_Sound]) -> Key:
    if not sounds:
        return Key(0, "major")
    weights = np.ones(12) * 1e-6
    for sound in sounds:
        weights[sound.midi % 12] += float(sound.duration)
    lowest_at_end = min(sounds[-12:], key=lambda sound: sound.midi)
    return key_from(weights, lowest_at_end.midi % 12)


def _chords_of(
    played: Mapping[int, Sequence[_Sound]], meter: Meter, key: Key
) -> dict[tuple[int, int], tuple[int, Mode]]:
    """Triads by the number of their bar and of the window in it."""
    window = harmony_window(meter)
    chords = {}
    for number, sounds in played.items():
        for part in range(int(meter.bar_beats / window)):
            low, high = part * window, (part + 1) * window
            weights = np.zeros(12)
            bass: _Sound | None = None
            for sound in sounds:
                within = min(high, sound.start + sound.duration) - max(low, sound.start)
                if within > 0:
                    weights[sound.midi % 12] += float(within)
                    bass = sound if bass is None or sound.midi < bass.midi else bass
            if bass is not None:
                weights[bass.midi % 12] *= _BASS_SHARE
                chords[number, part] = best_triad(weights, bass.midi % 12, key)
    return chords


def _notes(
    fitted: FittedScore, chords: Mapping[tuple[int, int], tuple[int, Mode]]
) -> Iterator[CorpusNote]:
    score = fitted.score
    weak = load_word_lists().weak
    ends = _line_ends(score)
    for sung, ends_line in zip(fitted.notes, ends, strict=True):
        note = sung.note
        bar = next(b for b in reversed(score.bars) if b.start_beats <= note.start_beats)
        meter = score.meter_at(note.start_beats)
        missing = meter.bar_beats - bar.duration_beats if bar.number == 0 else Fraction(0)
        window = int((note.start_beats - bar.start_beats) / harmony_window(meter))
        function_word = sung.word.strip('.,;:!?"“”()').lower() in weak
        yield CorpusNote(
            midi=note.midi,
            start_beats=note.start_beats,
            duration_beats=note.duration_beats,
            bar=bar.start_beats - missing,
            stress=-1 if sung.continues else int(sung.stress > 0 and not function_word),
            line_end=ends_line,
            chord=chords.get((bar.number, window)),
        )


def _line_ends(score: Score) -> Iterable[bool]:
    """Lines end at rests, at breaths, and at marks of the text under long notes."""
    usual = float(np.median([float(note.duration_beats) for note in score.notes]))
    lasts = []
    for here, after in pairwise(score.notes):
        lyric = here.lyrics[0]
        rest = after.start_beats > here.end_beats
        breath = bool({Articulation.BREATH, Articulation.FERMATA} & here.articulations)
        mark = lyric is not None and lyric.text[-1] in ",.;:!?"
        lasts.append(rest or breath or (mark and float(here.duration_beats) >= _LINE_END * usual))
    return [*lasts, True]
