"""Lyrics as a sheet: each line with its syllables, stresses, rhyme, and whether it still fits."""

from __future__ import annotations

import json

import gradio as gr

from lyrics.writer.song import Song, SongLine
from voice.demo.theme import script
from voice.errors import ScoreWordsError
from voice.lyric_plan import lyric_plan
from voice.score.model import Score


def lyric_sheet() -> gr.HTML:
    """The component; it says `select` with the number of the line that was clicked."""
    return gr.HTML(
        value="",
        html_template='<div class="sheet"></div>',
        js_on_load=script("sheet"),
        apply_default_css=False,
        elem_id="sheet",
    )


def sheet_value(song: Song, melody: Score) -> str:
    """A song as the sheet reads it, with what the melody's phrases ask for beside each line."""
    phrases = _phrases(melody)
    number = 0
    sections = []
    for section in song.sections:
        rows = []
        for index, line in enumerate(section.lines):
            number += 1
            wanted = phrases[index % len(phrases)] if phrases else 0
            rows.append(_row(line, number, section.rhyme[index : index + 1], wanted))
        sections.append({"title": section.title, "lines": rows})
    origin = song.facts.origin
    return json.dumps(
        {"sections": sections, "origin": f"Words by {origin.model}; {origin.licence}"},
        ensure_ascii=False,
    )


def _row(line: SongLine, number: int, rhyme: str, wanted: int) -> dict[str, object]:
    return {
        "number": number,
        "text": line.text,
        "stresses": line.stresses,
        "ipa": " ".join(
            ".".join(syllable.ipa for syllable in word.syllables) for word in line.words
        ),
        "rhyme": rhyme,
        "wanted": wanted,
    }


def _phrases(melody: Score) -> list[int]:
    try:
        return [plan.syllables for plan in lyric_plan(melody)]
    except ScoreWordsError:
        return []
