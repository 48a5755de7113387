"""The search for a line: many beginnings at once, none of which can fail to end as it must.

Beginnings that fill the same number of syllables compete with one another; at each step only such
words are offered after which the line can still be filled to the very syllable, hold its required
words and end on its rhyme. Scores are the model's log-probabilities and the task's wishes, with
seeded Gumbel noise, which makes the choice a draw without replacement (Kool et al., 2019).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lyrics.writer.gguf import Float32
from lyrics.writer.lattice import OPEN, Flags, Fork, Lattice, Numbers
from lyrics.writer.task import FoundLine, LineTask
from lyrics.writer.tokens import TokenCodec
from lyrics.writer.transformer import Memory, Read, Transformer
from lyrics.writer.wishes import FORBIDDEN, Taste, Wishes, repeated_after
from lyrics.writer.wordbook import MOST_SYLLABLES, WordBook

_MARKS = {"\n": "", ",": ",", ".": "", "!": "!", "?": "?", ";": ",", ":": ",", "...": ""}
_SAME_WORD_COST = 4.0
_LATE_STEPS = 2
"""Steps after the last syllable for words of several tokens; those still open
then are let go if there are lines without them."""


@dataclass(frozen=True)
class SearchOptions:
    """How wide the search is and how much chance decides.

    Attributes:
        beams: beginnings kept for each number of syllables.
        open_words: words of several tokens followed at a time.
        noise: scale of the Gumbel noise; 0 always takes the likeliest.
    """

    beams: int = 12
    open_words: int = 5
    noise: float = 0.6


@dataclass(frozen=True)
class _Beginning:
    """A line as far as it goes.

    Attributes:
        memory: the model's memory of the line without the last token.
        fork: what may come next.
        missing: numbers of required words that are still to come.
    """

    position: int
    words: tuple[int, ...]
    token: int
    memory: Memory
    fork: Fork
    missing: frozenset[int]
    themed: bool
    log_probability: float
    score: float


@dataclass
class _Choices:
    """What grew out of one step: rows and columns of the score matrix that were taken."""

    closed: list[tuple[int, int]] = field(default_factory=list)
    opened: list[tuple[int, int]] = field(default_factory=list)


class LineSearch:
    """Finds lines for one task; made anew for each."""

    def __init__(
        self,
        model: Transformer,
        codec: TokenCodec,
        lattice: Lattice,
        task: LineTask,
        options: SearchOptions,
        taste: Taste,
    ) -> None:
        self.model, self.lattice, self.task, self.options = model, lattice, task, options
        self.book: WordBook = lattice.book
        self.wishes = Wishes.of(task, self.book, taste)
        self.taste = taste
        self.random = np.random.default_rng(task.seed)
        self.repeated = repeated_after(task, self.book)
        self.wanted = frozenset(
            self.book.index[word] for word in task.wanted if word in self.book.index
        )
        self.marks = {codec.encode(text)[0]: mark for text, mark in _MARKS.items()}
        self.shortest_end = self.wishes.fewest_at_end()
        self.end_bits = np.where(self.wishes.can_end, 1 << self.book.counts, 0)
        self.fork_bits: dict[int, tuple[Numbers, Numbers]] = {}

    def lines(self, context: Read) -> tuple[FoundLine, ...]:
        """The best lines found, best first; none if the rules leave no word to end with."""
        required = frozenset(self.wishes.required)
        if not self._can_be_filled(self.wishes.syllables, required):
            return ()
        empty = self.model.empty()
        start = _Beginning(0, (), -1, empty, self.lattice.first, required, False, 0.0, 0.0)
        waiting = self._grown([start], context.following[-1:], [empty])
        finished = [each for each in waiting if self._is_full(each)]
        waiting = [each for each in waiting if not self._is_full(each)]
        position = 1
        last = self.wishes.syllables + _LATE_STEPS
        while waiting and (position < last or not finished):
            now = self._survivors(waiting, position)
            waiting = [each for each in waiting if each.position > position and each not in now]
            if now:
                following, memories = self.model.step(
                    context.memory, [each.memory for each in now], [each.token for each in now]
                )
                grown = self._grown(now, following, memories)
                finished += [each for each in grown if self._is_full(each)]
                waiting += [each for each in grown if not self._is_full(each)]
            position += 1
        return self._ended(finished, context)

    def _is_full(self, beginning: _Beginning) -> bool:
        return beginning.position == self.wishes.syllables and beginning.fork is self.lattice.inner

    def _survivors(self, waiting: Sequence[_Beginning], position: int) -> list[_Beginning]:
        """The best of each number of syllables up to `position`, and the best open words."""
        kept: list[_Beginning] = []
        ranked = sorted(waiting, key=lambda each: -each.score)
        for place in range(position + 1):
            closed = [e for e in ranked if e.position == place and e.fork is self.lattice.inner]
            kept += closed[: self.options.beams]
        opened = [e for e in ranked if e.position <= position and e.fork is not self.lattice.inner]
        return kept + opened[: self.options.open_words]

    def _grown(
        self, parents: Sequence[_Beginning], following: Float32, memories: Sequence[Memory]
    ) -> list[_Beginning]:
        """All beginnings worth keeping that are one token longer."""
        by_fork: dict[int, list[int]] = {}
        for row, parent in enumerate(parents):
            by_fork.setdefault(id(parent.fork), []).append(row)
        grown: list[_Beginning] = []
        for rows in by_fork.values():
            fork = parents[rows[0]].fork
            gains = following[rows][:, fork.tokens]
            totals = np.stack([self._worth(parents[row], fork) for row in rows]) + gains
            totals += np.array([parents[row].score for row in rows], np.float32)[:, None]
            taken = self._taken([parents[row] for row in rows], fork, totals)
            for place, column, score in taken:
                row = rows[place]
                grown.append(
                    self._extended(
                        parents[row], fork, column, float(gains[place, column]), score,
                        memories[row],
                    )
                )  # fmt: skip
        return grown

    def _worth(self, parent: _Beginning, fork: Fork) -> Float32:
        """What each choice gains by the task's wishes; FORBIDDEN where it leads nowhere."""
        placed = self.wishes.at(parent.position)
        worth = np.where(fork.closed, placed[fork.words], np.float32(0))
        allowed = self._allowed(parent, fork)
        adjust = np.zeros(len(self.book.words), np.float32)
        last = self.book.words[parent.words[-1]].key if parent.words else ""
        cost = self.taste.repeated_pair if last else self.taste.repeated_start
        adjust[list(self.repeated.get(last, ()))] -= cost
        for number in parent.words:
            if self.book.words[number].carries_meaning:
                adjust[number] -= _SAME_WORD_COST
        if parent.words:
            adjust[parent.words[-1]] = FORBIDDEN
        if not parent.themed:
            adjust[list(self.wanted)] += self.taste.theme
        worth = worth + np.where(fork.closed, adjust[fork.words], np.float32(0))
        return np.where(allowed, worth, np.float32(FORBIDDEN)).astype(np.float32)

    def _allowed(self, parent: _Beginning, fork: Fork) -> Flags:
        """Choices after which the line can still end as it must."""
        left = self.wishes.syllables - parent.position
        counts, ends = self._bits(fork)
        fitting = sum(
            1 << used
            for used in range(1, min(left, MOST_SYLLABLES + 1))
            if self._can_be_filled(left - used, parent.missing)
        )
        allowed: Flags = (counts & fitting) != 0
        if not parent.missing:
            allowed |= ((ends >> left) & 1).astype(bool)
        for number in parent.missing:
            after = left - int(self.book.counts[number])
            rest = parent.missing - {number}
            fits = (
                self._can_be_filled(after, rest)
                if after > 0
                else (after == 0 and not rest and bool(self.wishes.can_end[number]))
            )
            if fits:
                allowed |= _leading_to(fork, number)
        return allowed

    def _can_be_filled(self, left: int, missing: frozenset[int]) -> bool:
        """Whether so many syllables can hold the missing words and end rightly.

        Words of one syllable always fill what is left before the end.
        """
        spare = left - sum(int(self.book.counts[number]) for number in missing)
        one_ends = any(self.wishes.can_end[number] for number in missing)
        if one_ends:
            return spare >= 0
        return self.shortest_end > 0 and spare >= self.shortest_end

    def _bits(self, fork: Fork) -> tuple[Numbers, Numbers]:
        """Bit sets of the syllables that each choice may bring, within the line and at its end."""
        if id(fork) not in self.fork_bits:
            allowed = self.wishes.value > FORBIDDEN / 2
            counts = np.where(allowed, 1 << self.book.counts, 0)
            self.fork_bits[id(fork)] = fork.bits(counts), fork.bits(self.end_bits)
        return self.fork_bits[id(fork)]

    def _taken(
        self, parents: Sequence[_Beginning], fork: Fork, totals: Float32
    ) -> list[tuple[int, int, float]]:
        """The best choices for each position that they lead to, after noise."""
        positions = np.array([parent.position for parent in parents])
        counts = np.where(fork.closed, self.book.counts[fork.words], 0)
        reached = positions[:, None] + counts[None, :]
        reached[:, ~fork.closed] = -1
        taken: list[tuple[int, int, float]] = []
        possible = totals > FORBIDDEN / 2
        for target in np.unique(reached[possible]):
            flat = np.flatnonzero(possible & (reached == target))
            limit = self.options.open_words if target == OPEN else self.options.beams
            best = flat[_largest(totals.reshape(-1)[flat], 6 * limit)]
            noise = self.options.noise * self.random.gumbel(size=len(best))
            noisy = totals.reshape(-1)[best] + noise.astype(np.float32)
            for place in _largest(noisy, limit):
                row, column = divmod(int(best[place]), totals.shape[1])
                taken.append((row, column, float(noisy[place])))
        return taken

    def _extended(
        self,
        parent: _Beginning,
        fork: Fork,
        column: int,
        gain: float,
        score: float,
        memory: Memory,
    ) -> _Beginning:
        token, word = int(fork.tokens[column]), int(fork.words[column])
        if word == OPEN:
            child = fork.children[column]
            assert child is not None
            return _Beginning(
                parent.position, parent.words, token, memory, child, parent.missing,
                parent.themed, parent.log_probability + gain, score,
            )  # fmt: skip
        return _Beginning(
            position=parent.position + int(self.book.counts[word]),
            words=(*parent.words, word),
            token=token,
            memory=memory,
            fork=self.lattice.inner,
            missing=parent.missing - {word},
            themed=parent.themed or word in self.wanted,
            log_probability=parent.log_probability + gain,
            score=score,
        )

    def _ended(self, finished: Sequence[_Beginning], context: Read) -> tuple[FoundLine, ...]:
        """Complete lines, judged by how readily the model ends them there."""
        fresh = [each for each in finished if self._text(each) not in self.task.taken]
        if self.task.wants_theme:
            fresh = [each for each in fresh if each.themed]
        best = sorted(fresh, key=lambda each: -each.score)[: 2 * self.options.beams]
        if not best:
            return ()
        following, _ = self.model.step(
            context.memory, [each.memory for each in best], [each.token for each in best]
        )
        tokens = list(self.marks)
        lines = []
        for each, row in zip(best, following[:, tokens], strict=True):
            end = float(np.logaddexp.reduce(row))
            lines.append(
                FoundLine(
                    words=tuple(self.book.words[number].text for number in each.words),
                    mark=self.marks[tokens[int(row.argmax())]],
                    log_probability=each.log_probability + end,
                    score=each.score + end,
                )
            )
        distinct: Mapping[str, FoundLine] = {
            line.key: line for line in sorted(lines, key=lambda line: line.score)
        }
        return tuple(sorted(distinct.values(), key=lambda line: -line.score))

    def _text(self, beginning: _Beginning) -> str:
        return " ".join(self.book.words[number].key for number in beginning.words)


def _leading_to(fork: Fork, word: int) -> Flags:
    return np.array([word in words for words in fork.below])


def _largest(values: Float32, count: int) -> Numbers:
    """Places of the largest values, largest first; of equal ones the earlier."""
    if len(values) > count:
        places = np.argpartition(-values, count)[:count]
        places.sort()
    else:
        places = np.arange(len(values))
    return places[np.argsort(-values[places], kind="stable")]
