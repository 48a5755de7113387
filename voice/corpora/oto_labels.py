"""Phones of an UTAU voicebank, from its oto entries and the sound itself.

An entry says where its vowel begins (exactly: the preutterance) and roughly where the previous
sound still stands (the overlap). Where its consonant starts is read off the spectrogram between.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lyrics.errors import PronunciationError
from lyrics.kana import kana_to_phonemes
from lyrics.phonemes import BREATH, INVENTORY, SILENCE
from lyrics.pinyin import pinyin_to_phonemes
from vocoder.frames import GRID
from voice.corpora.boundaries import change_point, leaves_template, quiet
from voice.corpora.labels import LabelledPhone
from voice.corpora.recordings import OtoEntry, Recording
from voice.errors import CorpusError

Mel = npt.NDArray[np.float32]

_PREVIOUS = {
    "a": "a",
    "i": "i",
    "u": "ɯ",
    "e": "e",
    "o": "o",
    "n": "ɴ",
    "m": "ɴ",
    "-": SILENCE.symbol,
}
_BREATH_ALIAS = re.compile(r"吸|br|息|hh|in\d")
_TAILS = {"ja": re.compile(r"^(\S+) (R|x|-)$"), "zh": re.compile(r"^([a-zü]+)\d* (R)$")}
_TAKE_MARK = re.compile(r"[+\d・'’]+$")
_MAX_GAP_S = 0.9
_UNSAID_S = 0.05
_LEAD_SILENCE_S = 0.25
_TAIL_S = 0.20
_BREATH_WITHIN_S = 0.35
_BREATH_S = 0.12
_BREATH_RISES_DB = 6.0
_DIES_AWAY_DB = 12.0
_DB = 20.0 / math.log(10.0)
_QUIET_DB = 40.0
_LONGEST_CONSONANT_S = 0.32
_CODA_SHARE = 0.35
_SHORTEST_RHYME_S = 0.15
_TURNS_AFTER_FRAMES = 5
_SOUNDS_DB = 20.0
"""How far a tone has fallen where its label ends; what follows only dies away."""


@dataclass(frozen=True)
class _Event:
    """What one entry sings: the sound before it, its consonants and its vowel, or a close.

    Attributes:
        before: the vowel and the coda that the entry begins in, last of them `previous`.
        again: whether it repeats the syllable before it; then its offset marks the consonant.
    """

    entry: OtoEntry
    before: tuple[str, ...]
    phones: tuple[str, ...]
    closes: bool = False
    again: bool = False

    @property
    def previous(self) -> str | None:
        return self.before[-1] if self.before else None

    @property
    def rhyme(self) -> tuple[str, ...]:
        return self.phones[_nucleus_at(self.phones) :]


def label_oto(recording: Recording, mel: Mel) -> tuple[LabelledPhone, ...]:
    """Labels of a sung string; what no entry covers stays unlabelled.

    Raises:
        CorpusError: a voicebank in a language whose aliases nobody reads here.
    """
    if recording.language not in _TAILS:
        raise CorpusError(
            f"{recording.path}: voicebanks are read in {' and '.join(sorted(_TAILS))}, not in "
            f"{recording.language}; give this one as wav with its words in txt files"
        )
    last_s = GRID.frames_to_seconds(mel.shape[1])
    events = [event for event in _events(recording) if GRID.frame_s <= event.entry.vowel_s < last_s]
    starts_s = [_start_s(event, mel) for event in events]
    rows: list[LabelledPhone] = []
    for event, start_s, next_s in zip(events, starts_s, [*starts_s, last_s][1:], strict=True):
        rows = _joined(rows, event, mel, (start_s, next_s))
    return tuple(rows)


def _events(recording: Recording) -> list[_Event]:
    seen: dict[int, _Event] = {}
    for entry in recording.oto:
        event = _event(entry, recording.language)
        moment = round(entry.vowel_s * 50)
        if event is not None and moment not in seen and moment + 1 not in seen:
            seen[moment] = event
    events = sorted(seen.values(), key=lambda event: event.entry.vowel_s)
    return events[:1] + [_following(*pair) for pair in itertools.pairwise(events)]


def _following(earlier: _Event, event: _Event) -> _Event:
    """An event with the sound before it, where it repeats the syllable that ends there."""
    return replace(event, before=earlier.rhyme[-1:]) if event.again else event


def _event(entry: OtoEntry, language: str) -> _Event | None:
    alias = entry.alias
    if _BREATH_ALIAS.search(alias):
        return _Event(entry, (), (BREATH.symbol,))
    tail = _TAILS[language].match(alias)
    if tail is not None:
        return _Event(entry, _before(tail.group(1), language)[-1:], (), closes=True)
    before, _, sung = alias.rpartition(" ")
    phones = _phones(_TAKE_MARK.sub("", sung.strip("_")).replace("を", "うぉ"), language)
    if phones is None or "'" in alias or "!" in alias:
        return None
    again = not before and alias.endswith("+")
    return _Event(entry, _before(before, language) if before else (), phones, again=again)


def _before(before: str, language: str) -> tuple[str, ...]:
    """The rhyme that an entry begins in; silence, or nothing where nobody knows."""
    if language == "ja" or before == "-":
        return (_PREVIOUS[before],) if before in _PREVIOUS else ()
    phones = _phones(_TAKE_MARK.sub("", before), language) or ()
    return phones[_nucleus_at(phones) :]


def _phones(sung: str, language: str) -> tuple[str, ...] | None:
    try:
        if language == "zh":
            return pinyin_to_phonemes(sung)
        morae = kana_to_phonemes(sung)
    except PronunciationError:
        return None
    return morae[0] if len(morae) == 1 else None


def _joined(
    rows: list[LabelledPhone], event: _Event, mel: Mel, span_s: tuple[float, float]
) -> list[LabelledPhone]:
    """`rows` with one more entry sung after them, from its start to that of the next one."""
    entry = event.entry
    if event.phones == (BREATH.symbol,):
        start_s = _after(rows, entry.offset_s)
        if entry.end_s < start_s:
            return rows
        return [*rows, LabelledPhone(BREATH.symbol, start_s, entry.end_s)]
    consonants = tuple(p for p in event.phones[: _nucleus_at(event.phones)])
    start_s, next_s = span_s
    rows = _led_up_to(rows, event, start_s, mel)
    rows += _shared(consonants, start_s, entry.vowel_s)
    end_s = max(entry.end_s, entry.vowel_s + 0.03)
    if event.closes:
        return rows + _tail(entry.vowel_s, mel)
    if len(event.rhyme) > 1:
        end_s = max(min(_sounds_until_s(entry.vowel_s, mel), next_s), entry.vowel_s + 0.03)
    return rows + _vowel_and_coda(event.rhyme, entry.vowel_s, end_s, mel)


def _nucleus_at(phones: Sequence[str]) -> int:
    vowels = [i for i, symbol in enumerate(phones) if INVENTORY[symbol].is_vowel]
    return vowels[0] if vowels else 0


def _after(rows: Sequence[LabelledPhone], moment_s: float) -> float:
    return max(moment_s, rows[-1].end_s) if rows else moment_s


def _start_s(event: _Event, mel: Mel) -> float:
    """Where what an entry sings begins: its breath, its first consonant or its vowel."""
    entry = event.entry
    if event.phones == (BREATH.symbol,):
        return entry.offset_s
    if _nucleus_at(event.phones) == 0:
        return entry.vowel_s
    if event.again:
        return min(entry.offset_s, entry.vowel_s - GRID.frame_s)
    return _consonant_start_s(event, mel)


def _sounds_until_s(vowel_s: float, mel: Mel) -> float:
    """Where the tone that begins at a moment has fallen, or the sound's end."""
    first = GRID.seconds_to_frames(vowel_s) + _TURNS_AFTER_FRAMES
    fallen = np.flatnonzero(quiet(mel, _SOUNDS_DB)[first:])
    return GRID.frames_to_seconds(first + int(fallen[0]) if len(fallen) else mel.shape[1])


def _consonant_start_s(event: _Event, mel: Mel) -> float:
    entry = event.entry
    last = GRID.seconds_to_frames(entry.vowel_s)
    earliest = max(entry.offset_s, entry.vowel_s - _LONGEST_CONSONANT_S)
    first = max(GRID.seconds_to_frames(earliest), 0)
    if event.previous in (None, SILENCE.symbol):
        hushed = np.flatnonzero(quiet(mel, _QUIET_DB)[first:last])
        sounding = first + int(hushed[-1]) + 1 if len(hushed) else first
        start = sounding if sounding < last - 1 else change_point(mel, first, last)
    else:
        start = leaves_template(mel, first, last, GRID.seconds_to_frames(entry.offset_s))
    start = min(max(start, first), last - 1)
    return GRID.frames_to_seconds(start)


def _led_up_to(
    rows: list[LabelledPhone], event: _Event, start_s: float, mel: Mel
) -> list[LabelledPhone]:
    """Fill the time from what is labelled already to `start_s` with the previous sound."""
    previous = event.previous
    if not rows or start_s - rows[-1].end_s > _MAX_GAP_S:
        if previous is None:
            return rows
        lead_s = _LEAD_SILENCE_S if previous == SILENCE.symbol else start_s - event.entry.offset_s
        lead_from_s = max(_after(rows, 0.0), start_s - lead_s, 0.0)
        return rows + _lead(event.before, min(lead_from_s, start_s), start_s, mel)
    before = rows[-1]
    unsaid = event.entry.offset_s > before.end_s + _UNSAID_S and not event.again
    if unsaid and previous is not None:
        return rows + _lead(event.before, min(event.entry.offset_s, start_s), start_s, mel)
    if previous is None or previous == before.symbol:
        return [*rows[:-1], _stretched(before, start_s)]
    if previous == SILENCE.symbol:
        return [*rows, LabelledPhone(previous, min(before.end_s, start_s), start_s)]
    first = max(GRID.seconds_to_frames(min(before.end_s, start_s) - 0.12), 0)
    last = max(GRID.seconds_to_frames(start_s) - 2, first + 2)
    floor = GRID.seconds_to_frames(before.start_s) + 1
    turn_s = GRID.frames_to_seconds(max(change_point(mel, first, min(last, mel.shape[1])), floor))
    if turn_s >= start_s:
        return [*rows[:-1], _stretched(before, start_s)]
    return [*rows[:-1], _stretched(before, turn_s), LabelledPhone(previous, turn_s, start_s)]


def _lead(before: Sequence[str], from_s: float, start_s: float, mel: Mel) -> list[LabelledPhone]:
    """The sounds that an entry begins in; of a closed rhyme the vowel stands there, too."""
    if start_s - from_s < _SHORTEST_RHYME_S:
        return [LabelledPhone(symbol, from_s, start_s) for symbol in before[-1:]]
    return _vowel_and_coda(before, from_s, start_s, mel)


def _stretched(phone: LabelledPhone, end_s: float) -> LabelledPhone:
    return LabelledPhone(phone.symbol, min(phone.start_s, end_s), end_s, phone.stress)


def _shared(consonants: tuple[str, ...], start_s: float, end_s: float) -> list[LabelledPhone]:
    """A consonant and the glide after it share the time before the vowel, 3 to 2."""
    weights = [2.0 if INVENTORY[symbol].kind == "glide" else 3.0 for symbol in consonants]
    edges = start_s + np.concatenate([[0.0], np.cumsum(weights)]) / max(sum(weights), 1.0) * (
        end_s - start_s
    )
    return [
        LabelledPhone(symbol, float(edges[i]), float(edges[i + 1]), 0)
        for i, symbol in enumerate(consonants)
    ]


def _tail(start_s: float, mel: Mel) -> list[LabelledPhone]:
    """What follows the last vowel: the sound dies away, and some singers breathe in."""
    first = GRID.seconds_to_frames(start_s)
    level_db = _DB * mel[:, first : first + GRID.seconds_to_frames(_BREATH_WITHIN_S)].mean(axis=0)
    lowest = int(np.argmin(level_db)) if level_db.size else 0
    risen = np.flatnonzero(level_db[lowest:] > level_db[lowest : lowest + 1] + _BREATH_RISES_DB)
    if not len(risen) or level_db[0] - level_db[lowest] < _DIES_AWAY_DB:
        return [LabelledPhone(SILENCE.symbol, start_s, start_s + _TAIL_S)]
    inhaled_s = GRID.frames_to_seconds(first + lowest + int(risen[0]))
    return [
        LabelledPhone(SILENCE.symbol, start_s, inhaled_s),
        LabelledPhone(BREATH.symbol, inhaled_s, inhaled_s + _BREATH_S),
    ]


def _vowel_and_coda(
    rest: Sequence[str], start_s: float, end_s: float, mel: Mel
) -> list[LabelledPhone]:
    if len(rest) <= 1:
        return [LabelledPhone(symbol, start_s, end_s) for symbol in rest]
    first = GRID.seconds_to_frames(start_s) + _TURNS_AFTER_FRAMES
    last = min(GRID.seconds_to_frames(end_s) - 2, mel.shape[1])
    turn_s = end_s - _CODA_SHARE * (end_s - start_s)
    if last - first > 8:
        turn_s = GRID.frames_to_seconds(change_point(mel, first, last))
    return [
        LabelledPhone(rest[0], start_s, turn_s),
        *_shared(tuple(rest[1:]), turn_s, end_s),
    ]
