"""What UTAU's numbers, aliases and folder names mean, whatever file they stand in."""

from __future__ import annotations

import re

from voice.corpora.recordings import OtoEntry

_PITCH_NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SUFFIX = re.compile(r"_?[SW]?(?:[A-G]#?\d)?[SW]?$")
_PITCH = re.compile(r"([A-G])(#?)(\d)")


def oto_entry(
    alias: str,
    offset_ms: float,
    cutoff_ms: float,
    preutterance_ms: float,
    overlap_ms: float,
    duration_s: float,
) -> OtoEntry:
    """One entry in absolute seconds.

    A negative cutoff is the entry's length from its offset, a positive one is cut off the end of
    the file, which lasts `duration_s`.
    """
    offset_s = offset_ms / 1000.0
    cutoff_s = cutoff_ms / 1000.0
    return OtoEntry(
        alias=bare_alias(alias),
        offset_s=offset_s,
        end_s=offset_s - cutoff_s if cutoff_s < 0 else duration_s - cutoff_s,
        vowel_s=offset_s + preutterance_ms / 1000.0,
        overlap_s=offset_s + overlap_ms / 1000.0,
    )


def pitch_of_name(name: str) -> int | None:
    """MIDI note of a name such as `_Core_A3` or `D4`, None where there is none."""
    found = _PITCH.search(name)
    if found is None:
        return None
    letter, sharp, octave = found.groups()
    return _PITCH_NAMES[letter] + bool(sharp) + 12 * (int(octave) + 1)


def bare_alias(alias: str) -> str:
    """The alias without the suffix that names pitch and style: `a かA4` is `a か`."""
    return _SUFFIX.sub("", alias).strip()


def style_of_folder(folder: str) -> str:
    """`strong` or `whisper` where the folder's name says so, else `core`."""
    lowered = folder.lower()
    return next((style for style in ("strong", "whisper") if style in lowered), "core")
