"""What singers' files write under notes, made into syllables: hyphens, underscores, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from voice.score.model import Lyric, Syllabic

ELISION = "‿"
NEXT_SYLLABLE = "+"
HOLDS = frozenset(("-", "_", "*", "~", "–", "—", "ー", "…", "...", "+~", "+*", "＿", "-*"))
_VERSE_NUMBER = re.compile(r"^\(?\d+(?:\s*[,&–-]\s*\d+)*[.)]+[\s~]*")
_HYPHENS = "-‐‑–—"
_LINES = "_＿⸏‿"


def clean_text(text: str) -> str:
    """Syllable text without verse number, soft hyphens, doubled space and editor's brackets.

    A bracket after letters is a hint of their sound and stays.
    """
    text = text.replace("\xa0", " ").replace("\u00ad", "").replace("~", " ").strip()
    text = _VERSE_NUMBER.sub("", text)
    if text.startswith("["):
        text = text.replace("[", "").replace("]", "")
    return re.sub(r"\s+", " ", text)


def is_hold(text: str) -> bool:
    """Whether a mark under a note only draws the syllable before it on."""
    bare = text.strip()
    return bare in HOLDS or (bool(bare) and not bare.strip(_LINES + _HYPHENS + "*~. "))


def syllable(text: str, syllabic: Syllabic = Syllabic.SINGLE) -> Lyric | None:
    """One written syllable as a lyric, `None` for a hold or nothing.

    A hyphen before or after the text overrules `syllabic`, trailing underscores mean that the
    syllable is drawn on, and an undertie or a space joins two words on one note.
    """
    if is_hold(text) or not clean_text(text):
        return None
    text = clean_text(text)
    if text == NEXT_SYLLABLE:
        return Lyric(NEXT_SYLLABLE, Syllabic.END)
    extends = text[-1] in _LINES
    text = text.strip(_LINES + " ")
    before, after = text[:1] in _HYPHENS, text[-1:] in _HYPHENS
    text = text.strip(_HYPHENS + " ")
    if not _sounds(text):
        return None
    opened = after or syllabic in (Syllabic.BEGIN, Syllabic.MIDDLE)
    continued = before or syllabic in (Syllabic.MIDDLE, Syllabic.END)
    pieces = _pieces(text)
    lyrics = [
        Lyric(
            piece,
            _syllabic(continued and index == 0, opened and index == len(pieces) - 1),
        )
        for index, piece in enumerate(pieces)
    ]
    return replace(lyrics[0], extends=extends, elided=tuple(lyrics[1:]))


def _sounds(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _pieces(text: str) -> list[str]:
    """Words on one note, apart; an inline hint in brackets may hold spaces."""
    pieces = re.findall(r"(?:\[[^\]]*\]|[^\s‿\[]+)+", text)
    return [piece for piece in pieces if _sounds(piece)] or [text]


def _syllabic(continued: bool, opened: bool) -> Syllabic:
    if continued:
        return Syllabic.MIDDLE if opened else Syllabic.END
    return Syllabic.BEGIN if opened else Syllabic.SINGLE


def elide(parts: Sequence[Lyric]) -> Lyric | None:
    """Several lyrics on one note as one."""
    if not parts:
        return None
    flat = [piece for part in parts for piece in (replace(part, elided=()), *part.elided)]
    extends = any(piece.extends for piece in flat)
    return replace(flat[0], extends=extends, elided=tuple(flat[1:]))


def mend_words(lyrics: Iterable[Lyric | None]) -> tuple[Lyric | None, ...]:
    """Let hyphens agree: what continues a word makes the syllable before it open, and back.

    A word that is open at the end of the line is closed; a continuation without a beginning
    begins a word.
    """
    line = list(lyrics)
    spots = [index for index, lyric in enumerate(line) if lyric is not None]
    if not spots:
        return tuple(line)
    for here, after in zip(spots, [*spots[1:], None], strict=True):
        lyric = line[here]
        follower = line[after] if after is not None else None
        if lyric is None:
            continue
        if follower is not None and after is not None and _sentence_ends(lyric, follower):
            line[here] = _with_end(lyric, opened=False)
            line[after] = replace(follower, syllabic=_syllabic(False, _opens(follower)))
        elif follower is not None and _continues(follower) and lyric.ends_word:
            line[here] = _with_end(lyric, opened=True)
        elif follower is None and not lyric.ends_word:
            line[here] = _with_end(lyric, opened=False)
        elif follower is not None and not lyric.ends_word and not _continues(follower):
            assert after is not None
            line[after] = replace(follower, syllabic=_syllabic(True, _opens(follower)))
    if (first := line[spots[0]]) is not None and _continues(first):
        line[spots[0]] = replace(first, syllabic=_syllabic(False, _opens(first)))
    return tuple(line)


def _sentence_ends(lyric: Lyric, follower: Lyric) -> bool:
    """Whether a hyphen stands by mistake after a comma or a full stop."""
    last = lyric.elided[-1] if lyric.elided else lyric
    return last.text[-1] in ",.;:!?" and (_continues(follower) or not lyric.ends_word)


def _continues(lyric: Lyric) -> bool:
    return lyric.syllabic in (Syllabic.MIDDLE, Syllabic.END)


def _opens(lyric: Lyric) -> bool:
    return lyric.syllabic in (Syllabic.BEGIN, Syllabic.MIDDLE)


def _with_end(lyric: Lyric, opened: bool) -> Lyric:
    if lyric.elided:
        last = lyric.elided[-1]
        changed = replace(last, syllabic=_syllabic(_continues(last), opened))
        return replace(lyric, elided=(*lyric.elided[:-1], changed))
    return replace(lyric, syllabic=_syllabic(_continues(lyric), opened))
