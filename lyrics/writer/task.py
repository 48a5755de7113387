"""One line to be found: what it must be, what it should be, and what it must not repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lyrics.writer.plan import LinePlan
from lyrics.writer.rhyme import RhymeKind, RhymeSound


@dataclass(frozen=True)
class EndRule:
    """How a line may end.

    Attributes:
        rhymes: ends of earlier lines that this one rhymes with, every one of them.
        followers: syllables of later lines that will have to rhyme with this one.
        apart: sounds (perfect keys) of lines that this one does not rhyme with.
        taken: words that lines ended with already.
    """

    kind: RhymeKind = RhymeKind.PERFECT
    rhymes: tuple[RhymeSound, ...] = ()
    followers: tuple[int, ...] = ()
    apart: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LineTask:
    """A line to be written after `context`.

    Attributes:
        context: the song so far as the model reads it, ending with a line break.
        required: words that the line must hold.
        wanted: words of the theme that this section has not yet.
        wants_theme: whether the line must hold one of them.
        banned: words that must not occur.
        used: how often each word that carries meaning occurs in the song.
        followed_by: the words that came after each word already; "" is the line's beginning.
        taken: lines that the song has, in lower case without marks.
        seed: the same seed gives the same line.
    """

    plan: LinePlan
    context: str
    theme: str = ""
    genre: str = ""
    end: EndRule = EndRule()
    required: tuple[str, ...] = ()
    wanted: frozenset[str] = frozenset()
    wants_theme: bool = False
    banned: frozenset[str] = frozenset()
    allow_explicit: bool = False
    archaic: bool = False
    used: Mapping[str, int] = field(default_factory=dict)
    followed_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    seed: int = 0


@dataclass(frozen=True)
class FoundLine:
    """A line that keeps the task's rules.

    Attributes:
        words: as within a line, in order, without marks.
        mark: the punctuation that the model sets after it, empty for none.
        log_probability: of the line and its end, by the model.
        score: the same with what the task prefers.
    """

    words: tuple[str, ...]
    mark: str
    log_probability: float
    score: float

    @property
    def key(self) -> str:
        return " ".join(self.words).lower()
