"""A song while it is written: what stands already, and what that means for the next line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lyrics.writer.plan import UNRHYMED, SectionPlan
from lyrics.writer.rhyme import RhymeKind, RhymeSound, rhyme_sound
from lyrics.writer.song import SongLine, SongSection, plain, titled
from lyrics.writer.task import EndRule
from lyrics.writer.wordbook import load_word_lists


@dataclass(frozen=True)
class Draft:
    """Sections in order; the last one may be unfinished."""

    sections: tuple[SongSection, ...] = ()

    def opened(self, plan: SectionPlan, kinds: Sequence[str]) -> Draft:
        """With a new empty section; `kinds` are those of the whole song."""
        number = titled(kinds)[len(self.sections)]
        return Draft((*self.sections, SongSection(plan.kind, number, plan.rhyme, ())))

    def with_line(self, line: SongLine) -> Draft:
        *before, last = self.sections
        grown = SongSection(last.kind, last.number, last.rhyme, (*last.lines, line))
        return Draft((*before, grown))

    def repeated(self, kind: str) -> SongSection | None:
        """An earlier section of this kind."""
        return next((section for section in self.sections if section.kind == kind), None)

    @property
    def lines(self) -> tuple[SongLine, ...]:
        """Lines of all sections, a returning chorus once."""
        distinct = {id(line): line for section in self.sections for line in section.lines}
        return tuple(distinct.values())

    @property
    def context(self) -> str:
        """The song so far as a model reads it: headings and lines."""
        parts = []
        shown: set[int] = set()
        for section in self.sections:
            fresh = [line for line in section.lines if id(line) not in shown]
            shown.update(map(id, fresh))
            if fresh or not section.lines:
                parts.append(f"[{section.title}]\n" + "".join(f"{line.text}\n" for line in fresh))
        return "\n".join(parts)


def used_words(lines: Iterable[SongLine]) -> dict[str, int]:
    """How often each word that carries meaning occurs."""
    weak = load_word_lists().weak
    words = (plain(word.word) for line in lines for word in line.words)
    return dict(Counter(word for word in words if word not in weak))


def pairs(lines: Iterable[SongLine]) -> dict[str, frozenset[str]]:
    """The words that follow each word; "" begins a line."""
    following: dict[str, set[str]] = {}
    for line in lines:
        words = [plain(word.word) for word in line.words]
        for before, after in zip(["", *words], words, strict=False):
            following.setdefault(before, set()).add(after)
    return {before: frozenset(after) for before, after in following.items()}


def end_rule(
    section: SectionPlan, index: int, others: Sequence[SongLine | None], kind: RhymeKind,
    ends: Iterable[str],
) -> EndRule:  # fmt: skip
    """How line `index` of a section may end.

    Args:
        others: lines of this section that stand already, None where there is none yet.
        ends: words that lines of the song end with.
    """
    letter = section.rhyme[index]
    group = [
        place
        for place, other in enumerate(section.rhyme)
        if other == letter and place != index and letter != UNRHYMED
    ]
    standing = {place: others[place] if place < len(others) else None for place in group}
    rhymes = tuple(_sound(line) for line in standing.values() if line is not None)
    strangers = {
        _sound(line).perfect
        for place, line in enumerate(others)
        if line is not None and place not in group and place != index
    }
    return EndRule(
        kind=kind,
        rhymes=rhymes,
        apart=frozenset(strangers - {sound.perfect for sound in rhymes}),
        followers=tuple(
            section.lines[place].syllables for place, line in standing.items() if line is None
        ),
        taken=frozenset(ends),
    )


def end_word(line: SongLine) -> str:
    return plain(line.words[-1].word)


def _sound(line: SongLine) -> RhymeSound:
    return rhyme_sound(line.words[-1].syllables)
