"""A score as a MIDI file with lyric events."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from voice.score.midi import MAJOR_KEYS
from voice.score.model import MOST_FIFTHS, Lyric, Score, Syllabic
from voice.score.syllables import ELISION, NEXT_SYLLABLE

_MOST_TICKS = 30_720
_USUAL_TICKS = 960
_USUAL_VELOCITY = 90


def write_midi(score: Score, path: Path) -> None:
    """Track 0 holds tempo and metre, track 1 the melody and the words of the first verse.

    Words are divided by hyphens, melismas have no event. Ticks are fine enough to be exact
    wherever that is possible.
    """
    import mido

    beat = _ticks_per_beat(score)
    file = mido.MidiFile(type=1, ticks_per_beat=beat, charset="utf-8")
    conductor: list[tuple[int, int, Any]] = []
    for meter in score.meters:
        message = mido.MetaMessage(
            "time_signature", numerator=meter.numerator, denominator=meter.denominator
        )
        conductor.append((_tick(meter.start_beats, beat), 0, message))
    if score.key_fifths is not None:
        key = mido.MetaMessage("key_signature", key=MAJOR_KEYS[score.key_fifths + MOST_FIFTHS])
        conductor.append((0, 0, key))
    for point in score.tempo.points:
        microseconds = round(60_000_000 / point.quarters_per_minute)
        message = mido.MetaMessage("set_tempo", tempo=microseconds)
        conductor.append((_tick(point.beat, beat), 1, message))
    file.tracks.append(_track(score.title, conductor, _tick(score.length_beats, beat)))
    melody: list[tuple[int, int, Any]] = []
    for note in score.notes:
        start, end = _tick(note.start_beats, beat), _tick(note.end_beats, beat)
        velocity = _velocity(note.dynamic)
        lyric = note.lyrics[0]
        if lyric is not None:
            melody.append((start, 1, mido.MetaMessage("lyrics", text=event_text(lyric))))
        melody.append((start, 2, mido.Message("note_on", note=note.midi, velocity=velocity)))
        melody.append((max(end, start + 1), 0, mido.Message("note_off", note=note.midi)))
    name = score.part or "voice"
    file.tracks.append(_track(name, melody, _tick(score.length_beats, beat)))
    file.save(str(path))


def event_text(lyric: Lyric) -> str:
    """A syllable as text in which a hyphen at the end says that the word goes on."""
    pieces = [
        piece.text + ("-" if piece.syllabic in (Syllabic.BEGIN, Syllabic.MIDDLE) else "")
        for piece in (lyric, *lyric.elided)
        if piece.text != NEXT_SYLLABLE
    ]
    return ELISION.join(pieces) or NEXT_SYLLABLE


def _ticks_per_beat(score: Score) -> int:
    times = [time for note in score.notes for time in (note.start_beats, note.duration_beats)]
    exact = math.lcm(_USUAL_TICKS, *(time.denominator for time in times))
    return exact if exact <= _MOST_TICKS else _USUAL_TICKS


def _tick(beats: Fraction, ticks_per_beat: int) -> int:
    return round(beats * ticks_per_beat)


def _velocity(dynamic: float | None) -> int:
    return _USUAL_VELOCITY if dynamic is None else min(max(round(dynamic * 127), 1), 127)


def _track(name: str, events: list[tuple[int, int, Any]], end: int) -> Any:
    """Events with absolute ticks as a track; those of one tick go by their second number."""
    import mido

    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=name))
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track
