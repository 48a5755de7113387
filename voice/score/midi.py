"""MIDI files with lyric events, and karaoke files with text events, read with mido."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from voice.errors import ScoreFormatError
from voice.score.bars import LaidOut, regular_bars
from voice.score.karaoke import TimedText, place_words
from voice.score.melody import RawNote, melody
from voice.score.midi_wheel import Wheel, bent_lines, wheel_of
from voice.score.model import DEFAULT_QPM, Meter, Score, TempoMap, TempoPoint
from voice.score.parts import choose_part

_DRUM_CHANNEL = 9
MAJOR_KEYS = (
    "Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#",
)  # fmt: skip
MINOR_KEYS = (
    "Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m",
    "A#m",
)  # fmt: skip
_FIFTHS = {key: n - 7 for keys in (MAJOR_KEYS, MINOR_KEYS) for n, key in enumerate(keys)}
"""Sharps, or flats if negative, of the keys as mido names them."""

_EXPRESSION = 11
"""The controller that scales the loudness of a channel."""

_TEXT_EVENTS = ("lyrics", "text")


@dataclass(frozen=True)
class _Part:
    """The notes and the pitch wheel of one track and channel, and the texts of its track."""

    name: str
    notes: tuple[RawNote, ...]
    texts: tuple[TimedText, ...]
    wheel: Wheel


def read_midi(data: bytes, path: Path, part: str | None = None) -> Score:
    """The part named (by track name or number from 1), or the one that the words fall on."""
    file = _parse(data, path)
    beat = file.ticks_per_beat
    parts = [p for track in file.tracks for p in _parts(track, beat)]
    if not parts:
        raise ScoreFormatError(f"{path}: holds no notes; export the melody again")
    everywhere = () if any(p.texts for p in parts) else _texts(file.tracks, beat)
    placed = [place_words(p.notes, p.texts or everywhere) for p in parts]
    counts = [sum(note.has_words for note in each.notes) for each in placed]
    chosen = choose_part([p.name for p in parts], counts, part, path)
    worded = placed[chosen.index]
    meters = _meters(file, beat)
    end = max(note.end_beats for note in worded.notes)
    laid = LaidOut(regular_bars(meters, end), meters, _tempo(file, beat, path))
    sung = melody(worded.notes, laid.place_at)
    return Score(
        title=file.tracks[0].name.strip() or path.stem,
        notes=sung.notes,
        bars=laid.bars,
        tempo=laid.tempo,
        meters=laid.meters,
        part=chosen.name,
        key_fifths=_fifths(file),
        pitch_lines=bent_lines(sung.notes, parts[chosen.index].wheel),
        warnings=(*chosen.warnings, *worded.warnings, *sung.warnings),
    )


def _parse(data: bytes, path: Path) -> Any:
    import mido

    if not data.startswith(b"MThd"):
        raise ScoreFormatError(f"{path}: does not begin as MIDI does (MThd); export it again")
    try:
        file = mido.MidiFile(file=io.BytesIO(data), charset="latin-1", clip=True)
    except (EOFError, OSError, ValueError, LookupError, TypeError) as error:
        raise ScoreFormatError(
            f"{path}: is MIDI that breaks off or is damaged "
            f"({error or type(error).__name__}); export it again"
        ) from error
    if not 1 <= file.ticks_per_beat < 0x8000:
        raise ScoreFormatError(
            f"{path}: counts film frames instead of beats; export it with ticks per quarter note"
        )
    return file


def _parts(track: Any, beat: int) -> list[_Part]:
    """Notes by channel, drums left out; a note without an end stops at the track's end.

    A note is as loud as its velocity, times the channel's expression where it begins.
    """
    tick = 0
    sounding: dict[tuple[int, int], list[tuple[int, float]]] = {}
    expression: dict[int, float] = {}
    notes: dict[int, list[RawNote]] = {}

    def end(channel: int, key: int) -> None:
        for start, loudness in sounding.pop((channel, key), []):
            if tick > start:
                notes.setdefault(channel, []).append(
                    RawNote(
                        start_beats=Fraction(start, beat),
                        duration_beats=Fraction(tick - start, beat),
                        midi=key,
                        lyrics=(None,),
                        dynamic=loudness,
                    )
                )

    for message in track:
        tick += message.time
        if message.type == "control_change" and message.control == _EXPRESSION:
            expression[message.channel] = message.value / 127
        if message.type not in ("note_on", "note_off") or message.channel == _DRUM_CHANNEL:
            continue
        if message.type == "note_on" and message.velocity:
            end(message.channel, message.note)
            loudness = message.velocity / 127 * expression.get(message.channel, 1.0)
            sounding[message.channel, message.note] = [(tick, loudness)]
        else:
            end(message.channel, message.note)
    for channel, key in list(sounding):
        end(channel, key)
    named, texts = track.name.strip(), _texts([track], beat)
    return [
        _Part(
            named if len(notes) == 1 else f"{named} channel {channel + 1}".strip(),
            tuple(sorted(found, key=lambda note: note.start_beats)),
            texts,
            wheel_of(track, channel, beat),
        )
        for channel, found in sorted(notes.items())
    ]


def _texts(tracks: Sequence[Any], beat: int) -> tuple[TimedText, ...]:
    """Lyric events of some tracks; where there are none, the text events of karaoke files."""
    found: dict[str, list[TimedText]] = {kind: [] for kind in _TEXT_EVENTS}
    for track in tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type in _TEXT_EVENTS:
                text = _decoded(message.text)
                found[message.type].append(TimedText(Fraction(tick, beat), text))
    lyrics = [text for text in found["lyrics"] if text.text.strip()]
    karaoke = [t for t in found["text"] if t.text.strip() and not t.text.startswith("@")]
    texts = lyrics or (karaoke if any(t.start_beats > 0 for t in karaoke) else [])
    return tuple(sorted(texts, key=lambda text: text.start_beats))


def _decoded(latin: str) -> str:
    data = latin.encode("latin-1")
    for charset in ("utf-8", "shift_jis"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset == "utf-8" or any("\u3040" <= letter <= "\u9fff" for letter in text):
            return text
    return latin


def _meters(file: Any, beat: int) -> tuple[Meter, ...]:
    meters = {Fraction(0): Meter()}
    for tick, message in _timed(file, "time_signature"):
        start = Fraction(tick, beat)
        if message.numerator and message.denominator <= 64:
            meters[start] = Meter(start, message.numerator, message.denominator)
    return tuple(meters[start] for start in sorted(meters))


def _tempo(file: Any, beat: int, path: Path) -> TempoMap:
    """Tempo events as steps; a first event after beat 0 leaves 120 before it, as MIDI says."""
    steps: dict[Fraction, float] = {}
    for tick, message in _timed(file, "set_tempo"):
        if message.tempo <= 0:
            raise ScoreFormatError(
                f"{path}: tick {tick} sets a tempo of 0 microseconds; mend it or give --tempo"
            )
        steps[Fraction(tick, beat)] = 60_000_000 / message.tempo
    steps.setdefault(Fraction(0), 120.0 if steps else DEFAULT_QPM)
    points = [TempoPoint(start, steps[start]) for start in sorted(steps)]
    kept = [p for i, p in enumerate(points) if i == 0 or not _same(p, points[i - 1])]
    return TempoMap(tuple(kept))


def _fifths(file: Any) -> int | None:
    """The first key signature of any track."""
    stated = [_FIFTHS.get(message.key) for _, message in _timed(file, "key_signature")]
    return stated[0] if stated else None


def _same(one: TempoPoint, other: TempoPoint) -> bool:
    return one.quarters_per_minute == other.quarters_per_minute


def _timed(file: Any, kind: str) -> Sequence[tuple[int, Any]]:
    """Messages of one type with their absolute tick, over all tracks."""
    found = []
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == kind:
                found.append((tick, message))
    return sorted(found, key=lambda pair: pair[0])
