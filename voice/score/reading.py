"""Any score from a file: the reader is chosen by the extension."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lyrics.pronounce import pronouncer_for
from voice.errors import ScoreFormatError, ScoreLimitError
from voice.score.abc import read_abc
from voice.score.files import read_bytes
from voice.score.inline import is_inline, read_inline
from voice.score.languages import guess_language
from voice.score.midi import read_midi
from voice.score.model import Score
from voice.score.musicxml import read_musicxml
from voice.score.projects import PROJECT_SUFFIXES, read_project
from voice.score.words import read_words, with_words

LONGEST_S = 3 * 3600.0

Reader = Callable[[bytes, Path, str | None], Score]

_READERS: dict[str, Reader] = {
    ".abc": read_abc,
    ".mid": read_midi,
    ".midi": read_midi,
    ".kar": read_midi,
    ".musicxml": read_musicxml,
    ".mxl": read_musicxml,
    ".xml": read_musicxml,
    **dict.fromkeys(PROJECT_SUFFIXES, read_project),
}


def read_song(
    source: str, part: str | None = None, words: Path | None = None, language: str | None = None
) -> Score:
    """What a user names as a score: a file, or a melody in one line; with other words if given.

    Args:
        words: a text file whose words replace those of the score.
        language: of those words, where their syllables must be counted; guessed if `None`.
    """
    inline = is_inline(source) and not os.path.exists(source)
    score = read_inline(source) if inline else read_score(Path(source), part)
    if words is None:
        return score
    text = read_words(words)
    counter = pronouncer_for(language or guess_language(text.split()))
    return with_words(score, text, counter, str(words))


def read_score(path: Path, part: str | None = None) -> Score:
    """The part of a file that is sung: the one named, or the one with words.

    Args:
        part: a name or a number from 1, `None` to choose by the words.

    Raises:
        ScoreError: with the file, the place in it and a remedy.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ScoreFormatError(
            f"{path}: {path.suffix or 'a name without extension'} is no score format; there are "
            + " ".join(sorted(suffix.lstrip(".") for suffix in _READERS))
        )
    score = reader(read_bytes(path), path, part)
    if not score.notes:
        raise ScoreFormatError(
            f"{path}: part {score.part!r} has no notes; choose another with --part"
        )
    if score.length_s > LONGEST_S:
        raise ScoreLimitError(
            f"{path}: lasts {score.length_s / 3600:.1f} hours, more than {LONGEST_S / 3600:g}; "
            "check its tempo or cut it into songs"
        )
    return score
