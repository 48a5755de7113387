"""How long consonants are: as in singing of the language, longer or shorter as spoken here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY
from voice.acoustic.config import language_id
from voice.acoustic.singer import AcousticSinger
from voice.score.consonants import CONSONANT_TIMES, ENGLISH
from voice.score.fitting import SungNote
from voice.score.model import Articulation, TempoMap

Floats = npt.NDArray[np.float64]

ARTICULATION = 1.2
"""English consonants a fifth longer than the median singer's: heard better, before the beat."""

LONGEST_RATIO = 1.6
SHORTEST_RATIO = 0.6


class LearnedLengths:
    """Consonants as long as they are sung in a language.

    Where lengths come from studies of singing (English), each is longer or shorter as the network
    speaks it at its place; where they were measured on strings that singers sang for a voice,
    their neighbours decide.
    """

    def __init__(self, singer: AcousticSinger, language: str, tempo: TempoMap) -> None:
        self._singer = singer
        self._tempo = tempo
        self._language = language_id(language)
        self._measured = CONSONANT_TIMES.get(language.split("-")[0], ENGLISH)

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        rows = [self._usual_s(notes, index) for index in range(len(notes))]
        if self._measured is not ENGLISH:
            return rows
        ratios = self._ratios(notes)
        return [
            {at: ARTICULATION * ratio[at] * usual for at, usual in row.items()}
            for row, ratio in zip(rows, ratios, strict=True)
        ]

    def _usual_s(self, notes: Sequence[SungNote], index: int) -> dict[int, float]:
        note = notes[index]
        row = dict(enumerate(self._measured.onset_s(note.onset, _rested(notes, index))))
        coda = enumerate(note.coda, start=len(note.onset) + 1)
        rhyme_s = self._rhyme_s(notes, index) if note.coda else 0.0
        return row | {at: self._measured.coda_s(phoneme, rhyme_s) for at, phoneme in coda}

    def _rhyme_s(self, notes: Sequence[SungNote], index: int) -> float:
        """From the head of a note to its end, or to the consonants that the next one takes."""
        note = notes[index].note
        length_s = self._tempo.seconds_at(note.end_beats) - self._tempo.seconds_at(note.start_beats)
        if index + 1 == len(notes) or _rested(notes, index + 1):
            return length_s
        return length_s - sum(self._measured.onset_s(notes[index + 1].onset, rested=False))

    def _ratios(self, notes: Sequence[SungNote]) -> list[list[float]]:
        """Each phone of each note as it is spoken here, against how it is mostly spoken."""
        phonemes = [p for note in notes for p in note.phonemes]
        stresses = [
            note.stress if i == len(note.onset) else 0
            for note in notes
            for i in range(len(note.phonemes))
        ]
        ids = [INVENTORY.id_of(phoneme.symbol) for phoneme in phonemes]
        spoken = self._singer.spoken_seconds(ids, stresses, self._language)
        usual = {p.symbol: _usual(p.symbol, phonemes, spoken) for p in set(phonemes)}
        ratios = iter(
            float(np.clip(s / usual[p.symbol], SHORTEST_RATIO, LONGEST_RATIO))
            for p, s in zip(phonemes, spoken, strict=True)
        )
        return [[next(ratios) for _ in note.phonemes] for note in notes]


def _rested(notes: Sequence[SungNote], index: int) -> bool:
    """Whether a note comes after a rest or a breath."""
    if index == 0:
        return True
    before = notes[index - 1].note
    return before.end_beats < notes[index].note.start_beats or (
        Articulation.BREATH in before.articulations
    )


def _usual(symbol: str, phonemes: Sequence[object], spoken: Floats) -> float:
    mine = [s for p, s in zip(phonemes, spoken, strict=True) if getattr(p, "symbol", "") == symbol]
    return max(float(np.median(mine)), 1e-3)
