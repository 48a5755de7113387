"""The piano roll: a score as the browser draws it, and its edits as notes again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import gradio as gr

from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.card import VoiceRange
from voice.demo.desk import Desk
from voice.demo.theme import script
from voice.errors import ScoreFormatError
from voice.score.editing import EditedNote, Span, phrases, written
from voice.score.model import Score
from voice.take import VocalTake

TICKS = 480
"""Of a quarter note, as MIDI files count."""

CURVE_STEP = 2
MOST_NOTES = 20_000
ANY_RANGE = VoiceRange(12, 120)

_TEMPLATE = """
<div class="roll">
 <div class="roll-tools" role="toolbar" aria-label="Edit the melody">
  <button type="button" class="main" data-do="phrase">Hear phrase</button>
  <button type="button" data-do="undo">Undo</button>
  <button type="button" data-do="add">Add note</button>
  <button type="button" data-do="split">Split</button>
  <button type="button" data-do="join">Join</button>
  <button type="button" data-do="remove">Delete</button>
  <label>Grid <select class="roll-grid"></select></label>
  <button type="button" data-do="out" aria-label="Show more of the song">−</button>
  <button type="button" data-do="in" aria-label="Show the notes larger">+</button>
  <label>Syllable <input class="roll-syllable" type="text" autocomplete="off" spellcheck="false">
  </label>
  <span class="roll-where" role="status"></span>
 </div>
 <div class="roll-body">
  <svg class="roll-keys" aria-hidden="true"></svg>
  <div class="roll-scroll" tabindex="0" role="region"
   aria-label="Piano roll; arrow keys choose and move notes">
   <svg class="roll-sheet" role="group" aria-label="Melody"></svg></div>
 </div>
 <details><summary>By keyboard</summary><p>In the roll: ← and → choose a note, ↑ and ↓ change its
 pitch, with Shift by an octave; Shift ← → make it shorter or longer, Alt ← → move it. Enter types
 its syllable and goes on to the next, S splits, J joins, N adds, Delete removes, Ctrl Z takes
 back, Space sings the phrase.</p></details>
</div>
"""


def roll(desk: Desk) -> gr.HTML:
    """The component; it says `edit` with all notes, and `submit` with a phrase to be heard."""
    return gr.HTML(
        value=roll_value(desk),
        html_template=_TEMPLATE,
        js_on_load=script("roll"),
        apply_default_css=False,
        elem_id="roll",
    )


def roll_value(
    desk: Desk, voice: VoiceRange = ANY_RANGE, curve: str = "[]", turn: int | None = None
) -> str:
    """The melody on a desk as the roll reads it.

    Args:
        curve: from `curve_of`.
        turn: which of its edits this answers; the roll drops answers to all but its last.
    """
    score = desk.melody
    notes = [
        {
            "start": _ticks(note.start_beats),
            "length": _ticks(note.duration_beats),
            "midi": note.midi,
            "text": written(note.lyrics[0]),
            "origin": origin,
        }
        for note, origin in zip(score.notes, desk.origins, strict=True)
    ]
    bars = [
        [
            _ticks(bar.start_beats),
            _ticks(bar.duration_beats),
            bar.number,
            _ticks(score.meter_at(bar.start_beats).unit_beats),
        ]
        for bar in score.bars
    ]
    spans = [[_ticks(span.start_beats), _ticks(span.end_beats)] for span in phrases(score)]
    return json.dumps(
        {
            "title": score.title,
            "notes": notes,
            "bars": bars,
            "phrases": spans,
            "range": [voice.low_midi, voice.high_midi],
            "length": _ticks(score.length_beats),
            "curve": json.loads(curve),
            "turn": turn,
        },
        ensure_ascii=False,
    )


def curve_of(take: VocalTake, score: Score, first_beats: Fraction = Fraction(0)) -> str:
    """The sung pitch as points of tick and MIDI note, moved back to where it was written."""
    frames = take.frames
    seconds = GRID.centres_s(frames.frames)[::CURVE_STEP] - frames.lead_in_s
    midi = hz_to_midi(frames.pitch.hz)[::CURVE_STEP] - take.transposed_semitones
    voiced = frames.pitch.voiced[::CURVE_STEP]
    shift = float(first_beats)
    points = [
        [round((score.tempo.beats_at(float(second)) + shift) * TICKS), round(float(note), 2)]
        if heard
        else [0, None]
        for second, note, heard in zip(seconds, midi, voiced, strict=True)
    ]
    return json.dumps(points)


def turn_from(sent: Mapping[str, Any]) -> int:
    """The number of an `edit` event."""
    turn = sent.get("turn")
    return turn if isinstance(turn, int) else 0


def notes_from(sent: Mapping[str, Any], score: Score) -> tuple[EditedNote, ...]:
    """The notes of an `edit` event; what was not moved since `score` keeps its exact place.

    Raises:
        ScoreFormatError: something else than notes.
    """
    rows = sent.get("notes")
    if not isinstance(rows, list) or len(rows) > MOST_NOTES:
        raise ScoreFormatError("the page sent no melody; reload it and try again")
    try:
        return tuple(_note(row, score) for row in rows)
    except (KeyError, TypeError, ValueError) as error:
        raise ScoreFormatError(f"the page sent a note that is none ({error}); reload it") from error


def span_from(sent: Mapping[str, Any]) -> Span:
    """The phrase of a `submit` event.

    Raises:
        ScoreFormatError: something else than a phrase.
    """
    try:
        return Span(Fraction(int(sent["start"]), TICKS), Fraction(int(sent["end"]), TICKS))
    except (KeyError, TypeError, ValueError) as error:
        raise ScoreFormatError(f"the page named no phrase ({error}); choose one") from error


def _ticks(beats: Fraction) -> int:
    return round(beats * TICKS)


def _note(row: Mapping[str, Any], score: Score) -> EditedNote:
    origin = None if row["origin"] is None else int(row["origin"])
    start, length = Fraction(int(row["start"]), TICKS), Fraction(int(row["length"]), TICKS)
    if origin is not None and 0 <= origin < len(score.notes):
        was = score.notes[origin]
        start = was.start_beats if int(row["start"]) == _ticks(was.start_beats) else start
        length = was.duration_beats if int(row["length"]) == _ticks(was.duration_beats) else length
    if start < 0 or length <= 0:
        raise ValueError(f"beat {float(start):g}, {float(length):g} long")
    return EditedNote(start, length, int(row["midi"]), str(row["text"]), origin)
