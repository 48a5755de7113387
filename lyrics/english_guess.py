"""English words that neither dictionary nor spelling rules know: the network of g2p_en guesses.

Importing g2p_en brings NLTK, SciPy and inflect and takes seconds, for one small network. So its
published weights are read from the installed package and run here; a test holds both to the same
answers. The network is a letter-to-sound encoder and decoder of one GRU each (Cho et al. 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lyrics.arpabet import PHONES, VOWELS, Arpabet
from lyrics.errors import LyricsError

Array = npt.NDArray[np.float32]

_UNKNOWN_LETTER, _END_OF_WORD, _FIRST_LETTER = 1, 2, 3
_BEGIN, _END, _FIRST_PHONE = 2, 3, 4
_MOST_PHONES = 20


@dataclass(frozen=True)
class Guesser:
    """The weights of g2p_en by name."""

    weights: Mapping[str, Array]
    phones: tuple[str, ...]

    def guess(self, word: str) -> Arpabet:
        """ARPABET for a word in lower-case letters."""
        hidden = np.zeros(self.weights["enc_w_hh"].shape[1], np.float32)
        for letter in (*map(_letter_index, word), _END_OF_WORD):
            hidden = self._step("enc", letter, hidden)
        phone, spoken = _BEGIN, list[str]()
        while len(spoken) < _MOST_PHONES:
            hidden = self._step("dec", phone, hidden)
            phone = int(np.argmax(self.weights["fc_w"] @ hidden + self.weights["fc_b"]))
            if phone == _END:
                break
            spoken.append(self.phones[max(phone - _FIRST_PHONE, 0)])
        return tuple(spoken)

    def _step(self, side: str, index: int, hidden: Array) -> Array:
        """One step of the GRU; hidden and result have shape (units,)."""
        named = self.weights
        given = named[f"{side}_w_ih"] @ named[f"{side}_emb"][index] + named[f"{side}_b_ih"]
        kept = named[f"{side}_w_hh"] @ hidden + named[f"{side}_b_hh"]
        units = len(hidden)
        gates = 1.0 / (1.0 + np.exp(-(given[: 2 * units] + kept[: 2 * units])))
        reset, update = gates[:units], gates[units:]
        fresh = np.tanh(given[2 * units :] + reset * kept[2 * units :])
        mixed: Array = (1.0 - update) * fresh + update * hidden
        return mixed


@cache
def load_guesser() -> Guesser:
    package = find_spec("g2p_en")
    if package is None or not package.submodule_search_locations:
        raise LyricsError("English needs the package g2p_en: pip install g2p-en")
    path = Path(package.submodule_search_locations[0]) / "checkpoint20.npz"
    with np.load(path, allow_pickle=False) as archive:
        weights = {name: archive[name] for name in archive.files}
    return Guesser(weights, _network_phones())


def _letter_index(letter: str) -> int:
    return ord(letter) - ord("a") + _FIRST_LETTER if "a" <= letter <= "z" else _UNKNOWN_LETTER


def _network_phones() -> tuple[str, ...]:
    """The network's outputs: ARPABET in alphabetical order, vowels with stress, and a bare UW."""
    stressed = [phone + digit for phone in VOWELS for digit in "012"]
    return tuple(sorted(["UW", *stressed, *(phone for phone in PHONES if phone not in VOWELS)]))
