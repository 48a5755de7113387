"""Phonemes in seconds: when each sound of a fitted score begins and ends.

The vowel falls on the head of its note; the consonants before it take their time from the end of
what comes before, so they sound before the beat. Phones of one note sum to the note, and all of
them tile the time from the first sample to the last without gap or overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lyrics.phonemes import BREATH, SILENCE, Phoneme
from voice.score.consonants import median_s
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import Articulation

LONGEST_SHARE_OF_PREVIOUS = 0.4
SQUEEZED_START_S = 0.060
SHORTEST_PHONE_S = 0.020
SHORTEST_REST_S = 0.040
BREATH_S = 0.21
LONGEST_BREATH_S = 0.45
"""Singers who have time breathe in for half a second; those who have none, in a fifth."""

SHORTEST_BREATH_REST_S = 0.18
BREATH_GAP_S = 0.04
BREATH_WAIT_SHARE = 0.25
STACCATO_SHARE = 0.55
CODA_SHARE = 0.5
LEAST_VOWEL_SHARE = 0.45
"""Of a short note between consonants, so that its pitch is heard: the coda gives way first."""

SHORTEST_CODA_PHONE_S = 0.02


@dataclass(frozen=True)
class TimedPhoneme:
    """One sound between two moments. `note` indexes the fitted notes, None in a rest."""

    phoneme: Phoneme
    start_s: float
    end_s: float
    note: int | None = None
    stress: int = 0

    def __post_init__(self) -> None:
        if self.end_s <= self.start_s:
            raise ValueError(
                f"{self.phoneme.symbol} lasts from {self.start_s} to {self.end_s}: no time at all"
            )

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Phrase:
    """Contiguous phonemes of a whole verse, from sample 0 to the score's end."""

    phonemes: tuple[TimedPhoneme, ...]

    def __post_init__(self) -> None:
        for before, after in zip(self.phonemes, self.phonemes[1:], strict=False):
            if abs(before.end_s - after.start_s) > 1e-9:
                raise ValueError(f"a gap or an overlap at {before.end_s} s: {after.start_s} s")

    @property
    def length_s(self) -> float:
        return self.phonemes[-1].end_s if self.phonemes else 0.0


class ConsonantLengths(Protocol):
    """Says how long the consonants of a note would like to be."""

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        """For each note, wished seconds by index into `note.phonemes`."""
        ...


class MedianLengths:
    """Every consonant at the median length it has in sung English."""

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        return [
            {i: median_s(p) for i, p in enumerate(note.phonemes) if i != len(note.onset)}
            for note in notes
        ]


def align(
    fitted: FittedScore,
    lengths: ConsonantLengths,
    lead_in_s: float = 0.0,
    breaths: bool = True,
) -> Phrase:
    """Time every phoneme of a fitted score; the phrase is as long as lead-in and score together."""
    tempo = fitted.score.tempo
    spans = [
        (
            lead_in_s + tempo.seconds_at(sung.note.start_beats),
            lead_in_s + tempo.seconds_at(sung.note.end_beats),
        )
        for sung in fitted.notes
    ]
    end_s = lead_in_s + fitted.score.length_s
    timeline = _Timeline(fitted.notes, spans, lengths.seconds(fitted.notes), end_s, breaths)
    return Phrase(tuple(timeline.phonemes()))


@dataclass(frozen=True)
class _Timeline:
    notes: Sequence[SungNote]
    spans: Sequence[tuple[float, float]]
    wishes: Sequence[Mapping[int, float]]
    end_s: float
    breaths: bool

    def phonemes(self) -> list[TimedPhoneme]:
        rows: list[TimedPhoneme] = []
        for index in range(len(self.notes)):
            rows += self._rest_before(index)
            rows += self._onset(index)
            rows += self._vowel_and_coda(index)
        last_s = rows[-1].end_s if rows else 0.0
        if self.end_s - last_s > 1e-9:
            rows.append(TimedPhoneme(SILENCE, last_s, self.end_s))
        return rows

    def _sounding_end_s(self, index: int) -> float:
        """When the note stops: early if staccato or breathed after, late before a tiny rest."""
        start, end = self.spans[index]
        marks = self.notes[index].note.articulations
        if Articulation.STACCATO in marks:
            return start + STACCATO_SHARE * (end - start)
        following = self.spans[index + 1][0] if index + 1 < len(self.spans) else None
        if following is not None and 0.0 < following - end < SHORTEST_REST_S:
            return following
        if Articulation.BREATH in marks and following is not None and following - end < BREATH_S:
            onset_s = self._wished_onset_s(index + 1)
            return max(start + 0.6 * (end - start), end - BREATH_S - BREATH_GAP_S - onset_s)
        return end

    def _wished_onset_s(self, index: int) -> float:
        return sum(self.wishes[index][i] for i in range(len(self.notes[index].onset)))

    def _gap_before(self, index: int) -> tuple[float, float]:
        """The rest before a note, empty where the notes touch."""
        start = self.spans[index][0]
        return (self._sounding_end_s(index - 1) if index else 0.0), start

    def _onset_start_s(self, index: int) -> float:
        """Where the onset of a note begins."""
        note, (start, _) = self.notes[index], self.spans[index]
        wished = self._wished_onset_s(index)
        if not note.onset:
            return start
        gap_start, _ = self._gap_before(index)
        room = start - gap_start
        if index == 0 and room < SHORTEST_PHONE_S * len(note.onset):
            return 0.0
        if index:
            previous_start, _ = self.spans[index - 1]
            room += LONGEST_SHARE_OF_PREVIOUS * (gap_start - previous_start)
        return start - min(wished, room)

    def _stop_s(self, index: int) -> float:
        """Where the note gives way to silence or to the consonants of the next."""
        stop = self._sounding_end_s(index)
        if index + 1 < len(self.notes):
            stop = min(stop, self._onset_start_s(index + 1))
        return stop

    def _vowel_start_s(self, index: int) -> float:
        """The head of the note, or a little later if the first consonants found no room before."""
        note, (start, _) = self.notes[index], self.spans[index]
        if not note.onset or self._onset_start_s(index) < start - 1e-6:
            return start
        wished = self._wished_onset_s(index)
        return start + min(
            SQUEEZED_START_S, LONGEST_SHARE_OF_PREVIOUS * (self._stop_s(index) - start), wished
        )

    def _onset(self, index: int) -> list[TimedPhoneme]:
        note = self.notes[index]
        wishes = [self.wishes[index][i] for i in range(len(note.onset))]
        begin, end = self._onset_start_s(index), self._vowel_start_s(index)
        return _shared(note.onset, wishes, begin, end, index)

    def _vowel_and_coda(self, index: int) -> list[TimedPhoneme]:
        note = self.notes[index]
        start, stop = self._vowel_start_s(index), self._stop_s(index)
        first_coda = len(note.onset) + 1
        wishes = [self.wishes[index][first_coda + i] for i in range(len(note.coda))]
        spare_s = stop - start - LEAST_VOWEL_SHARE * (self._sounding_end_s(index) - start)
        least_s = SHORTEST_CODA_PHONE_S * len(note.coda)
        coda_s = min(sum(wishes), CODA_SHARE * (stop - start), max(spare_s, least_s))
        turn = stop - coda_s
        vowel = TimedPhoneme(note.nucleus, start, turn, index, note.stress)
        return [vowel, *_shared(note.coda, wishes, turn, stop, index)]

    def _rest_before(self, index: int) -> list[TimedPhoneme]:
        begin, _ = self._gap_before(index)
        end = min(self._onset_start_s(index), self.spans[index][0])
        if end - begin < 1e-9:
            return []
        room = end - begin
        if not self.breaths or room < SHORTEST_BREATH_REST_S:
            return [TimedPhoneme(SILENCE, begin, end)]
        breath_start = max(begin + BREATH_WAIT_SHARE * room, end - BREATH_GAP_S - LONGEST_BREATH_S)
        return [
            TimedPhoneme(SILENCE, begin, breath_start),
            TimedPhoneme(BREATH, breath_start, end - BREATH_GAP_S),
            TimedPhoneme(SILENCE, end - BREATH_GAP_S, end),
        ]


def _shared(
    phonemes: Sequence[Phoneme], wishes: Sequence[float], start_s: float, end_s: float, note: int
) -> list[TimedPhoneme]:
    """Phonemes between two moments, each in proportion to its wish."""
    if not phonemes:
        return []
    total = sum(wishes)
    rows: list[TimedPhoneme] = []
    at, told = start_s, 0.0
    for index, (phoneme, wish) in enumerate(zip(phonemes, wishes, strict=True)):
        told += wish
        until = end_s if index == len(phonemes) - 1 else start_s + told / total * (end_s - start_s)
        rows.append(TimedPhoneme(phoneme, at, until, note))
        at = until
    return rows
