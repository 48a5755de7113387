"""All notes of a score as written, with its bars, key and tempos: what a rendering is made of.

Bars are played once each in their order; repeats are not taken, so that time is what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

from benchmarks.errors import BenchmarkError
from voice.score.abc import abc_as_musicxml
from voice.score.files import decode_text, read_bytes
from voice.score.xml_source import parse_musicxml

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class WrittenNote:
    """A note of any part; beats are quarters from the beginning."""

    start: Fraction
    length: Fraction
    midi: int
    part: int
    worded: bool


@dataclass(frozen=True)
class WrittenScore:
    """What a benchmark needs of a score.

    Attributes:
        bars: where each bar begins, quarters, and last where the score ends.
        meter: the one time signature.
        fifths: the one key signature, sharps positive.
        tempos: quarters a minute from a quarter on.
    """

    name: str
    notes: tuple[WrittenNote, ...]
    bars: tuple[Fraction, ...]
    meter: tuple[int, int]
    fifths: int
    tempos: tuple[tuple[Fraction, float], ...]

    @property
    def bar_quarters(self) -> Fraction:
        return Fraction(4 * self.meter[0], self.meter[1])


def read_written(path: Path) -> WrittenScore:
    """Read ABC or MusicXML.

    Raises:
        BenchmarkError: more than one metre or key, or no tempo in numbers.
        MelismaError: the file cannot be read at all.
    """
    data = read_bytes(path)
    if path.suffix == ".abc":
        root = abc_as_musicxml(decode_text(data), path)
    else:
        root = parse_musicxml(data, path)
    parts = list(root.iter("part"))
    if not parts:
        raise BenchmarkError(f"{path.name}: no parts")
    meter, fifths = _only(path, parts)
    bars, tempos = _bars(parts[0])
    if not tempos:
        raise BenchmarkError(f"{path.name}: no tempo in numbers")
    first = tempos[0][1]
    tempos = [(Fraction(0), first), *((at, qpm) for at, qpm in tempos if at > 0)]
    notes = [note for number, part in enumerate(parts) for note in _notes(part, number, bars)]
    return WrittenScore(path.stem, tuple(notes), tuple(bars), meter, fifths, tuple(tempos))


def _only(path: Path, parts: list[Element]) -> tuple[tuple[int, int], int]:
    meters = {
        (int(t.findtext("beats") or 0), int(t.findtext("beat-type") or 0))
        for part in parts
        for t in part.iter("time")
    }
    keys = {int(k.findtext("fifths") or 0) for part in parts for k in part.iter("key")}
    if len(meters) != 1 or len(keys) != 1:
        raise BenchmarkError(f"{path.name}: {len(meters)} metres, {len(keys)} keys")
    return meters.pop(), keys.pop()


def _bars(part: Element) -> tuple[list[Fraction], list[tuple[Fraction, float]]]:
    """Bar lines and tempos, in quarters, as the first part has them."""
    bars, tempos = [Fraction(0)], []
    divisions = 1
    for measure in part.iter("measure"):
        cursor = farthest = Fraction(0)
        for element in measure:
            divisions = int(element.findtext("divisions") or divisions)
            for sound in element.iter("sound"):
                if sound.get("tempo"):
                    tempos.append((bars[-1] + cursor, float(sound.get("tempo") or 0)))
            cursor = _moved(element, cursor, divisions)
            farthest = max(farthest, cursor)
        bars.append(bars[-1] + farthest)
    return bars, tempos


def _notes(part: Element, number: int, bars: list[Fraction]) -> list[WrittenNote]:
    """Sounding notes of a part, ties joined."""
    notes: list[WrittenNote] = []
    open_ties: dict[int, int] = {}
    divisions = 1
    for measure, begin in zip(part.iter("measure"), bars, strict=False):
        cursor = last = Fraction(0)
        for element in measure:
            divisions = int(element.findtext("divisions") or divisions)
            pitch = element.find("pitch")
            if element.tag == "note" and pitch is not None and element.find("grace") is None:
                at = begin + (last if element.find("chord") is not None else cursor)
                length = Fraction(int(element.findtext("duration") or 0), divisions)
                midi = _midi(pitch)
                ties = {tie.get("type") for tie in element.findall("tie")}
                known = open_ties.pop(midi, None) if "stop" in ties else None
                if known is not None and notes[known].start + notes[known].length == at:
                    before = notes[known]
                    notes[known] = WrittenNote(
                        before.start, before.length + length, midi, number, before.worded
                    )
                elif length > 0:
                    worded = element.find("lyric") is not None
                    notes.append(WrittenNote(at, length, midi, number, worded))
                    known = len(notes) - 1
                if "start" in ties and known is not None:
                    open_ties[midi] = known
            if element.tag == "note" and element.find("chord") is None:
                last = cursor
            cursor = _moved(element, cursor, divisions)
    return notes


def _moved(element: Element, cursor: Fraction, divisions: int) -> Fraction:
    if element.tag == "note" and (
        element.find("chord") is not None or element.find("grace") is not None
    ):
        return cursor
    if element.tag in ("note", "backup", "forward"):
        length = Fraction(int(element.findtext("duration") or 0), divisions)
        return cursor - length if element.tag == "backup" else cursor + length
    return cursor


def _midi(pitch: Element) -> int:
    step = STEPS[(pitch.findtext("step") or "C").strip()]
    alter = round(float(pitch.findtext("alter") or 0))
    return 12 * (int(pitch.findtext("octave") or 4) + 1) + step + alter
