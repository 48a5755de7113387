"""How long consonants are: as in sung English, longer or shorter as the network speaks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY
from voice.acoustic.config import language_id
from voice.acoustic.singer import AcousticSinger
from voice.score.alignment import median_s
from voice.score.fitting import SungNote

Floats = npt.NDArray[np.float64]

ARTICULATION = 1.2
"""Consonants a fifth longer than the median singer's: heard better, and still before the beat."""

LONGEST_RATIO = 1.6
SHORTEST_RATIO = 0.6


class LearnedLengths:
    """Consonants as long as in sung English, longer or shorter as the network speaks them here."""

    def __init__(self, singer: AcousticSinger, language: str) -> None:
        self._singer = singer
        self._language = language_id(language)

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        phonemes = [p for note in notes for p in note.phonemes]
        stresses = [
            note.stress if i == len(note.onset) else 0
            for note in notes
            for i in range(len(note.phonemes))
        ]
        ids = [INVENTORY.id_of(phoneme.symbol) for phoneme in phonemes]
        spoken = self._singer.spoken_seconds(ids, stresses, self._language)
        usual = {p.symbol: _usual(p.symbol, phonemes, spoken) for p in set(phonemes)}
        rows: list[dict[int, float]] = []
        at = 0
        for note in notes:
            row = {}
            for index, phoneme in enumerate(note.phonemes):
                ratio = spoken[at + index] / usual[phoneme.symbol]
                row[index] = (
                    ARTICULATION
                    * median_s(phoneme)
                    * float(np.clip(ratio, SHORTEST_RATIO, LONGEST_RATIO))
                )
            del row[len(note.onset)]
            rows.append(row)
            at += len(note.phonemes)
        return rows


def _usual(symbol: str, phonemes: Sequence[object], spoken: Floats) -> float:
    mine = [s for p, s in zip(phonemes, spoken, strict=True) if getattr(p, "symbol", "") == symbol]
    return max(float(np.median(mine)), 1e-3)
