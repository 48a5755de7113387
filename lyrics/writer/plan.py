"""What is asked for: sections, lines, rhymes and what the melody wants of each syllable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from string import ascii_lowercase, ascii_uppercase

from lyrics.writer.errors import RequestError
from lyrics.writer.rhyme import RhymeKind

MOST_SYLLABLES_A_LINE = 24
MOST_LINES = 200
UNRHYMED = "X"
RHYME_LETTERS = "".join(c for c in ascii_uppercase + ascii_lowercase if c != UNRHYMED)
REPEATED = frozenset({"chorus", "refrain"})
SECTION_KINDS = ("intro", "verse", "prechorus", "chorus", "refrain", "bridge", "outro")


class Accent(IntEnum):
    """How much a note wants a stressed syllable."""

    WEAK = -1
    FREE = 0
    STRONG = 1


@dataclass(frozen=True)
class LinePlan:
    """One line to be written.

    Attributes:
        accents: of each syllable's note; empty where nothing is known of the notes.
        long: whether each syllable's note is long; empty likewise.
        tails: how many further notes each syllable is held over (a melisma's tail); no syllable
            begins there. Empty likewise.
    """

    syllables: int
    accents: tuple[Accent, ...] = ()
    long: tuple[bool, ...] = ()
    tails: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.syllables <= MOST_SYLLABLES_A_LINE:
            raise RequestError(
                f"a line of {self.syllables} syllables cannot be written; "
                f"ask for 1 to {MOST_SYLLABLES_A_LINE}"
            )
        for name in ("accents", "long", "tails"):
            items = len(getattr(self, name))
            if items not in (0, self.syllables):
                raise RequestError(f"{items} {name} for a line of {self.syllables} syllables")


@dataclass(frozen=True)
class SectionPlan:
    """Lines of a verse, chorus or bridge.

    Attributes:
        rhyme: one letter per line; lines of one letter rhyme, and X rhymes with nothing.
    """

    kind: str
    lines: tuple[LinePlan, ...]
    rhyme: str

    def __post_init__(self) -> None:
        if not self.lines:
            raise RequestError(f"section {self.kind!r} has no lines; give it at least one")
        if len(self.rhyme) != len(self.lines):
            raise RequestError(
                f"section {self.kind!r} has {len(self.lines)} lines but the rhyme scheme "
                f"{self.rhyme!r} has {len(self.rhyme)} letters"
            )

    @property
    def repeats(self) -> bool:
        """Whether every section of this kind has the same words."""
        return self.kind in REPEATED


@dataclass(frozen=True)
class SongRequest:
    """What a caller wants.

    Attributes:
        include: words that must occur.
        avoid: words that must not.
        archaic: whether thou and hath may be used.
    """

    theme: str
    genre: str
    sections: tuple[SectionPlan, ...]
    rhyme_kind: RhymeKind = RhymeKind.PERFECT
    include: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    allow_explicit: bool = False
    archaic: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.theme.strip():
            raise RequestError("a song needs a theme, such as --theme 'leaving the city at night'")
        if not self.sections:
            raise RequestError("a song needs at least one section, such as --structure verse")
        count = sum(len(section.lines) for section in self.sections)
        if count > MOST_LINES:
            raise RequestError(f"{count} lines are more than the {MOST_LINES} that can be written")
        both = sorted({w.lower() for w in self.include} & {w.lower() for w in self.avoid})
        if both:
            raise RequestError(f"{both[0]!r} is both to be included and to be avoided; drop one")


def parse_structure(text: str) -> tuple[str, ...]:
    """`verse,chorus,verse` as names of sections."""
    kinds = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    unknown = [kind for kind in kinds if kind not in SECTION_KINDS]
    if unknown or not kinds:
        raise RequestError(
            f"no section {unknown[0] if unknown else text!r}; a structure is made of "
            f"{', '.join(SECTION_KINDS)}, parted by commas"
        )
    return kinds


def parse_syllables(text: str, kind: str) -> tuple[int, ...]:
    """`8,6,8,6` for all sections, or `verse:8,6,8,6;chorus:7,7` each by its name."""
    by_kind: dict[str, str] = {}
    for part in filter(str.strip, text.split(";")):
        name, colon, numbers = part.rpartition(":")
        by_kind[name.strip().lower() if colon else ""] = numbers
    listed = by_kind.get(kind, by_kind.get(""))
    if listed is None:
        raise RequestError(f"--syllables {text}: says nothing of {kind!r}; add {kind}:8,6,8,6")
    items = [item.strip() for item in listed.split(",")]
    if not all(item.isdecimal() for item in items):
        raise RequestError(f"--syllables {text}: write a number for each line, such as 8,6,8,6")
    return tuple(map(int, items))


def spread_rhyme(scheme: str | None, lines: int) -> str:
    """A scheme for so many lines: repeated with new letters, or a usual one if none is given."""
    if scheme is None:
        return _usual(lines)
    letters = scheme.strip().upper().replace("-", UNRHYMED)
    if not letters or not letters.isascii() or not letters.isalpha():
        raise RequestError(
            f"--rhyme {scheme!r}: write a letter for each line, such as ABAB or XAXA"
        )
    if lines % len(letters):
        raise RequestError(
            f"--rhyme {scheme} is a scheme of {len(letters)} lines, but a section has {lines}; "
            f"the nearest scheme is {(letters * lines)[:lines]}"
        )
    groups = []
    for turn in range(lines // len(letters)):
        renamed = {c: c if c == UNRHYMED else chr(0x41 + turn * 26 + ord(c) - 65) for c in letters}
        groups.append("".join(renamed[c] for c in letters))
    return _relettered("".join(groups))


def sections_of(
    kinds: Sequence[str], lines: Sequence[Sequence[LinePlan]], scheme: str | None
) -> tuple[SectionPlan, ...]:
    """Sections with their lines; every section has its own rhymes."""
    return tuple(
        SectionPlan(kind, tuple(plans), spread_rhyme(scheme, len(plans)))
        for kind, plans in zip(kinds, lines, strict=True)
    )


def _usual(lines: int) -> str:
    """ABAB where four divides the lines, else pairs; lines beyond the last letter rhyme with none.

    A melody of a hundred phrases should not be refused for a scheme that nobody asked for.
    """
    shape = "AABB" if lines % 4 else "ABAB"
    rhymed = min(lines // 2, len(RHYME_LETTERS)) * 2
    rhymed -= rhymed % 4 if shape == "ABAB" else 0
    places = [2 * (at // 4) + (shape[at % 4] == "B") for at in range(rhymed)]
    return "".join(RHYME_LETTERS[place] for place in places).ljust(lines, UNRHYMED)


def _relettered(groups: str) -> str:
    """A, B, C … in order of appearance; X stays."""
    names: dict[str, str] = {UNRHYMED: UNRHYMED}
    for letter in groups:
        if letter not in names:
            if len(names) > len(RHYME_LETTERS):
                raise RequestError(
                    f"a section has at most {len(RHYME_LETTERS)} rhymes, this one more; leave "
                    "--rhyme out, or write X for lines that need not rhyme"
                )
            names[letter] = RHYME_LETTERS[len(names) - 1]
    return "".join(names[letter] for letter in groups)
