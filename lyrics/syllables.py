"""What is sung on one note, and how a word falls into such pieces.

Every syllable has one nucleus, the sound that is held. Diphthongs are a nucleus and a glide in the
coda. Consonants between two nuclei go to the later syllable as far as the language lets a word
begin with them (the maximal onset principle), which is also how singers are taught to divide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lyrics.errors import PronunciationError
from lyrics.phonemes import INVENTORY, PhoneClass, Phoneme

OnsetTest = Callable[[tuple[str, ...]], bool]

OFF_GLIDES = ("ɪ̯", "ʊ̯")


@dataclass(frozen=True)
class Syllable:
    """Consonants, the held sound, consonants.

    Attributes:
        nucleus: a vowel, or a nasal where a word is hummed (Japanese ん, "mm").
        stress: 1 primary, 2 secondary, 0 none.
    """

    onset: tuple[Phoneme, ...]
    nucleus: Phoneme
    coda: tuple[Phoneme, ...]
    stress: int = 0

    def __post_init__(self) -> None:
        if not (self.nucleus.is_vowel or self.nucleus.kind is PhoneClass.NASAL):
            raise PronunciationError(
                f"a syllable holds a vowel or a nasal; {self.nucleus.symbol!r} cannot be held"
            )
        unfit = [p.symbol for p in (*self.onset, *self.coda) if p.is_vowel or p.is_pause]
        if unfit:
            raise PronunciationError(
                f"syllable {self.ipa!r} has {' and '.join(map(repr, unfit))} beside its nucleus; "
                f"begin a new syllable with '.'"
            )
        if self.stress not in (0, 1, 2):
            raise PronunciationError(
                f"stress of {self.ipa!r} is {self.stress}; it is 0 (none), 1 (primary) or 2"
            )

    @property
    def phonemes(self) -> tuple[Phoneme, ...]:
        return (*self.onset, self.nucleus, *self.coda)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(phoneme.symbol for phoneme in self.phonemes)

    @property
    def ipa(self) -> str:
        return "".join(self.symbols)


@dataclass(frozen=True)
class Pronunciation:
    """A word as it stands in the text, and its syllables."""

    word: str
    syllables: tuple[Syllable, ...]

    def __post_init__(self) -> None:
        if not self.syllables:
            raise PronunciationError(f"the word {self.word!r} has no syllable to sing")

    @property
    def phonemes(self) -> tuple[Phoneme, ...]:
        return tuple(p for syllable in self.syllables for p in syllable.phonemes)

    @property
    def ipa(self) -> str:
        """The syllables in IPA, separated by dots: `ə.meɪ̯.zɪŋ`."""
        return ".".join(syllable.ipa for syllable in self.syllables)


def syllable_of(symbols: Sequence[str], stress: int = 0) -> Syllable:
    """One syllable from IPA symbols; its only vowel, else its last nasal, is the nucleus."""
    phonemes = tuple(INVENTORY[symbol] for symbol in symbols)
    nuclei = _nuclei(phonemes)
    if not nuclei:
        raise PronunciationError(
            f"{' '.join(symbols)!r} has no vowel to sing on; give it one, as in 'ʃ ə'"
        )
    head = nuclei[0]
    return Syllable(phonemes[:head], phonemes[head], phonemes[head + 1 :], stress)


def syllabify(
    symbols: Sequence[str], stresses: Sequence[int], is_onset: OnsetTest
) -> tuple[Syllable, ...]:
    """Divide the IPA symbols of a word; `stresses` has one number per symbol.

    `is_onset` says whether a word of the language may begin with these consonants.
    """
    phonemes = tuple(INVENTORY[symbol] for symbol in symbols)
    nuclei = _nuclei(phonemes)
    if not nuclei:
        raise PronunciationError(f"{' '.join(symbols)!r} has no vowel to sing on")
    starts = [0]
    for previous, following in pairwise(nuclei):
        starts.append(_onset_start(symbols, previous + 1, following, is_onset))
    ends = [*starts[1:], len(phonemes)]
    return tuple(
        Syllable(phonemes[start:head], phonemes[head], phonemes[head + 1 : end], stresses[head])
        for start, head, end in zip(starts, nuclei, ends, strict=True)
    )


def _nuclei(phonemes: Sequence[Phoneme]) -> list[int]:
    vowels = [index for index, phoneme in enumerate(phonemes) if phoneme.is_vowel]
    if vowels:
        return vowels
    nasals = [i for i, phoneme in enumerate(phonemes) if phoneme.kind is PhoneClass.NASAL]
    return nasals[-1:]


def _onset_start(symbols: Sequence[str], first: int, nucleus: int, is_onset: OnsetTest) -> int:
    for start in range(first, nucleus):
        cluster = tuple(symbols[start:nucleus])
        if not any(symbol in OFF_GLIDES for symbol in cluster) and is_onset(cluster):
            return start
    return nucleus
