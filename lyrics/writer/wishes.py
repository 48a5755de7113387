"""A task in numbers: for every word of the book what it may do and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lyrics.writer.plan import Accent
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.task import EndRule, LineTask
from lyrics.writer.wordbook import MOST_SYLLABLES, WordBook

FORBIDDEN = -1e9
_FEWEST_PARTNERS = 10
_COMMON_WORDS = 6_000

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Taste:
    """What soft wishes weigh, in nats of log-probability.

    Attributes:
        misplaced_stress: a word's main stress on a weak note, or its weak syllable on a strong one.
        misplaced_word: a word of one syllable that carries meaning on a weak note.
        hollow_beat: a word that carries grammar on a strong note.
        short_vowel: a vowel that cannot be held, on a long note.
        theme: gained by the first word of the theme in a section.
        repeated_word: lost for each time that the song has the word already.
        repeated_pair: lost for two words that the song has side by side already.
        repeated_start: lost for a line that begins as an earlier one.
    """

    misplaced_stress: float = 9.0
    misplaced_word: float = 5.0
    hollow_beat: float = 1.2
    short_vowel: float = 0.6
    theme: float = 2.5
    required: float = 1.0
    repeated_word: float = 1.2
    repeated_pair: float = 6.0
    repeated_start: float = 1.5


@dataclass(frozen=True)
class Wishes:
    """A task's columns over the word book.

    Attributes:
        value: what each word gains or loses wherever it stands; FORBIDDEN words never come.
        can_end: whether the line may end with the word.
        required: numbers of the words that must occur.
    """

    book: WordBook
    task: LineTask
    taste: Taste
    value: Floats
    can_end: Flags
    required: tuple[int, ...]
    placed: dict[int, Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, task: LineTask, book: WordBook, taste: Taste) -> Wishes:
        required = tuple(book.index[word.lower()] for word in task.required)
        value = np.zeros(len(book.words), np.float32)
        for word, times in task.used.items():
            if word in book.index:
                value[book.index[word]] -= taste.repeated_word * min(times, 3)
        allowed = _allowed(task, book)
        value[~allowed] = FORBIDDEN
        value[list(required)] = taste.required
        return cls(book, task, taste, value, possible_ends(task.end, book) & allowed, required)

    @property
    def syllables(self) -> int:
        return self.task.plan.syllables

    def fewest_at_end(self) -> int:
        """Syllables of the shortest word that may end the line; 0 if there is none."""
        counts = self.book.counts[self.can_end]
        return int(counts.min()) if len(counts) else 0

    def at(self, position: int) -> Floats:
        """What each word is worth when it begins on this syllable of the line."""
        if position not in self.placed:
            self.placed[position] = self.value - self._stress_cost(position)
            self.placed[position] -= self._vowel_cost(position)
        return self.placed[position]

    def _stress_cost(self, position: int) -> Floats:
        accents = self.task.plan.accents[position:]
        costs = [
            sum(map(self._misfit, pattern, accents)) if accents else 0.0
            for pattern in self.book.patterns
        ]
        return np.array(costs, np.float32)[self.book.pattern_of]

    def _misfit(self, stress: str, accent: Accent) -> float:
        taste = self.taste
        costs = {
            ("1", Accent.WEAK): taste.misplaced_stress,
            ("0", Accent.STRONG): taste.misplaced_stress,
            ("s", Accent.WEAK): taste.misplaced_word,
            ("w", Accent.STRONG): taste.hollow_beat,
            ("2", Accent.WEAK): taste.hollow_beat,
        }
        return costs.get((stress, accent), 0.0)

    def _vowel_cost(self, position: int) -> Floats:
        held = np.zeros(MOST_SYLLABLES, np.float32)
        here = self.task.plan.long[position : position + MOST_SYLLABLES]
        held[: len(here)] = here
        if not held.any():
            return np.zeros(len(self.book.words), np.float32)
        cost: Floats = self.taste.short_vowel * (self.book.short_vowels @ held)
        return cost


def possible_ends(rule: EndRule, book: WordBook) -> Flags:
    """Words that may end a line under this rule."""
    classes = book.rhyme_classes[rule.kind]
    if rule.rhymes:
        ends = np.zeros(len(book.words), bool)
        for number in classes.get(rule.rhymes[0].key(rule.kind), ()):
            sound = book.words[number].rhyme
            ends[number] = all(sound.rhymes_with(other, rule.kind) for other in rule.rhymes)
    else:
        ends = book.can_end & _rich_in_rhymes(rule, book) if rule.followers else book.can_end.copy()
    ends[book.numbers_of(rule.taken)] = False
    for key in rule.apart:
        ends[list(book.rhyme_classes[RhymeKind.PERFECT].get(key, ()))] = False
    return ends


def _rich_in_rhymes(rule: EndRule, book: WordBook) -> Flags:
    """Words with enough common partners that fit into the lines that will follow."""
    fitting = (np.arange(len(book.words)) < _COMMON_WORDS) & (book.counts <= min(rule.followers))
    fitting[book.numbers_of(rule.taken)] = False
    rich = np.zeros(len(book.words), bool)
    for numbers in book.rhyme_classes[rule.kind].values():
        partners = {book.words[number].rhyme.onset for number in numbers if fitting[number]}
        if len(partners) >= _FEWEST_PARTNERS + len(rule.followers):
            rich[list(numbers)] = True
    return rich


def _allowed(task: LineTask, book: WordBook) -> Flags:
    allowed = np.ones(len(book.words), bool)
    if not task.archaic:
        allowed &= ~book.archaic
    if not task.allow_explicit:
        allowed &= ~book.explicit
    allowed[book.numbers_of(task.banned)] = False
    return allowed


def repeated_after(task: LineTask, book: WordBook) -> Mapping[str, Sequence[int]]:
    """For each word, the numbers of those that followed it already."""
    return {word: book.numbers_of(following) for word, following in task.followed_by.items()}
