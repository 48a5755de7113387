"""Phones of kokoro-en: given times, Kokoro's own symbols, pauses marked between all words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, SILENCE
from vocoder.frames import GRID
from voice.corpora.boundaries import quiet
from voice.corpora.labels import LabelledPhone
from voice.corpora.recordings import GivenPhone, Recording

_DIPHTHONGS = {
    "A": ("e", "ɪ̯"),
    "I": ("a", "ɪ̯"),
    "W": ("a", "ʊ̯"),
    "Y": ("ɔ", "ɪ̯"),
    "O": ("o", "ʊ̯"),
    "Q": ("o", "ʊ̯"),
}
_NUCLEUS_SHARE = 0.6
_RENAMED = {"ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "ᵻ": "ɪ", "ɐ": "ə", "T": "ɾ", "g": "ɡ", "r": "ɹ"}
_PAUSE = "sp"
_PAUSE_BELOW_DB = 38.0


def label_kokoro(recording: Recording, mel: npt.NDArray[np.float32]) -> tuple[LabelledPhone, ...]:
    """Labels after the corpus's own times.

    A pause that sounds is no pause: its time goes to its neighbours, half each.
    """
    given = _without_sounding_pauses(recording.given, quiet(mel, _PAUSE_BELOW_DB))
    merged = _with_r_coloured_vowels(given, recording.language)
    return tuple(phone for row in merged for phone in _named(row))


def _without_sounding_pauses(
    given: tuple[GivenPhone, ...], silent: npt.NDArray[np.bool_]
) -> list[GivenPhone]:
    rows: list[GivenPhone] = []
    carry_s: float | None = None
    for phone in given:
        start = phone.start_s if carry_s is None else carry_s
        carry_s = None
        if phone.symbol == _PAUSE and rows and not _is_silent(phone, silent):
            middle = (phone.start_s + phone.end_s) / 2
            before = rows[-1]
            rows[-1] = GivenPhone(before.symbol, before.start_s, middle, before.stress)
            carry_s = middle
            continue
        rows.append(GivenPhone(phone.symbol, start, phone.end_s, phone.stress))
    return rows


def _is_silent(phone: GivenPhone, silent: npt.NDArray[np.bool_]) -> bool:
    first = GRID.seconds_to_frames(phone.start_s)
    part = silent[first : max(GRID.seconds_to_frames(phone.end_s), first + 1)]
    return bool(part.mean() > 0.5) if len(part) else True


def _with_r_coloured_vowels(given: list[GivenPhone], language: str) -> list[GivenPhone]:
    """American `ɜɹ` and `əɹ` are one vowel, ɝ."""
    if language != "en-us":
        return given
    rows: list[GivenPhone] = []
    for phone in given:
        if phone.symbol == "ɹ" and rows and rows[-1].symbol in ("ɜ", "ə", "ᵊ"):
            before = rows[-1]
            rows[-1] = GivenPhone("ɝ", before.start_s, phone.end_s, before.stress)
        else:
            rows.append(phone)
    return rows


def _named(phone: GivenPhone) -> tuple[LabelledPhone, ...]:
    if phone.symbol == _PAUSE:
        return (LabelledPhone(SILENCE.symbol, phone.start_s, phone.end_s),)
    if phone.symbol in _DIPHTHONGS:
        nucleus, glide = _DIPHTHONGS[phone.symbol]
        turn = phone.start_s + _NUCLEUS_SHARE * (phone.end_s - phone.start_s)
        return (
            LabelledPhone(nucleus, phone.start_s, turn, phone.stress),
            LabelledPhone(glide, turn, phone.end_s, phone.stress),
        )
    symbol = _RENAMED.get(phone.symbol, phone.symbol)
    known = symbol if symbol in INVENTORY else None
    return (LabelledPhone(known, phone.start_s, phone.end_s, phone.stress),)
