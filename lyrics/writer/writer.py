"""Songs line by line: each line is a task for a lyricist, and is judged before it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lyrics.writer.check import problems_of
from lyrics.writer.draft import Draft, end_rule, end_word, pairs, used_words
from lyrics.writer.errors import RequestError, WriterError
from lyrics.writer.including import placed_words
from lyrics.writer.lattice import capitalized
from lyrics.writer.plan import SectionPlan, SongRequest
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Origin, Song, SongFacts, SongLine, plain, read_line
from lyrics.writer.task import EndRule, FoundLine, LineTask
from lyrics.writer.wordbook import WordBook, load_wordbook

_SEED_STEP = 1_000_003
_THEME_EVERY = 8


class Lyricist(Protocol):
    """Whoever proposes lines."""

    @property
    def origin(self) -> Origin: ...

    def lines(self, task: LineTask) -> tuple[FoundLine, ...]:
        """Lines that should keep the task's rules, best first."""
        ...

    def theme_words(self, theme: str) -> frozenset[str]:
        """Words that count as touching a theme."""
        ...


@dataclass(frozen=True)
class SongWriter:
    """Writes whole songs and single lines; the same request and lyricist give the same words."""

    lyricist: Lyricist
    book: WordBook

    @classmethod
    def of(cls, lyricist: Lyricist) -> SongWriter:
        return cls(lyricist, load_wordbook())

    def write(self, request: SongRequest) -> Song:
        """The finished song; see `drafts`."""
        *_, song = self.drafts(request)
        return song

    def drafts(self, request: SongRequest) -> Iterator[Song]:
        """The song after each new line, so that a stop loses nothing.

        Raises:
            RequestError: no words can be as asked.
            ModelError: the model does not answer.
        """
        required = placed_words(request, self.book)
        theme = self.lyricist.theme_words(request.theme)
        facts = _facts(request, self.lyricist.origin)
        kinds = [section.kind for section in request.sections]
        draft = Draft()
        for number, plan in enumerate(request.sections):
            earlier = draft.repeated(plan.kind) if plan.repeats else None
            draft = draft.opened(plan, kinds)
            for index in range(len(plan.lines)):
                if earlier is not None:
                    draft = draft.with_line(earlier.lines[index])
                else:
                    task = _task(request, plan, index, draft, required.get((number, index), ()))
                    line = self._line(_themed(task, plan, index, draft, theme))
                    closing = index + 1 == len(plan.lines)
                    draft = draft.with_line(_closed(line) if closing else line)
                yield Song(facts, draft.sections)

    def rewritten(
        self, song: Song, number: int, count: int, seed: int, request: SongRequest
    ) -> tuple[SongLine, ...]:
        """Other wordings of line `number` (from 1) that fit among the lines that stay.

        Args:
            request: the sections' plans and the wishes that hold for the song.
        """
        place, index = _address(song, number)
        plan, section = request.sections[place], song.sections[place]
        old = section.lines[index]
        others = [line for line in Draft(song.sections).lines if line.key != old.key]
        before = Draft((*song.sections[:place], replace(section, lines=section.lines[:index])))
        standing = [None if at == index else line for at, line in enumerate(section.lines)]
        task = LineTask(
            plan=plan.lines[index],
            context=before.context,
            theme=request.theme,
            genre=request.genre,
            end=end_rule(plan, index, standing, request.rhyme_kind, map(end_word, others)),
            required=tuple(word.lower() for word in request.include),
            banned=avoided(request.avoid),
            allow_explicit=request.allow_explicit,
            archaic=request.archaic,
            used=used_words(others),
            followed_by=pairs(others),
            taken=frozenset(line.key for line in (*others, old)),
        )
        return self._several(task, count, seed)

    def _several(self, task: LineTask, count: int, seed: int) -> tuple[SongLine, ...]:
        """Lines that differ in more than one word's ending: each search begins anew."""
        found: dict[str, SongLine] = {}
        for turn in range(2 * count):
            if len(found) >= count:
                break
            line = self._line(
                replace(task, seed=seed * _SEED_STEP + turn, taken=task.taken | set(found))
            )
            found[line.key] = line
        return tuple(found.values())

    def _line(self, task: LineTask) -> SongLine:
        """The best line that the judge accepts."""
        found = self.lyricist.lines(task)
        for line in found:
            text = printed_line(line)
            if not problems_of(text, task, self.book):
                return read_line(text, task.plan)
        raise RequestError(self._refusal(task))

    def _refusal(self, task: LineTask) -> str:
        """Why there is no line, and what would be possible."""
        wanted = task.plan.syllables
        asked = f"no line of {_counted(wanted, 'syllable')}"
        if not task.end.rhymes:
            return f"{asked} could be found; ask for another number of syllables or another theme"
        partner = task.end.rhymes[0].perfect.replace(" ", "")
        sizes = {kind: self._rhyme_sizes(task.end, kind) for kind in RhymeKind}
        own, near = sizes[task.end.kind], sizes[RhymeKind.SLANT]
        if own and min(own) <= wanted:
            nearest = (
                f"{_counted(len(own), 'word')} would, but not with the other wishes; drop some of "
                "--include and --avoid, or take another --seed"
            )
        elif own:
            nearest = f"the shortest word that does has {min(own)}, so ask for {min(own)} or more"
        elif near:
            nearest = (
                f"with --slant there is {_counted(len(near), 'word')} that does, the shortest of "
                f"{_counted(min(near), 'syllable')}"
            )
        else:
            nearest = "nothing does; change the other line's last word"
        return f"{asked} ends on a word that rhymes with -{partner}; {nearest}"

    def _rhyme_sizes(self, rule: EndRule, kind: RhymeKind) -> list[int]:
        return [
            len(word.syllables)
            for word in self.book.words
            if word.ends_lines
            and word.key not in rule.taken
            and all(word.rhyme.rhymes_with(other, kind) for other in rule.rhymes)
        ]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def avoided(words: Iterable[str]) -> frozenset[str]:
    """Words that must not occur, and their forms: who avoids "leave" wants no "leaving" either."""
    found: set[str] = set()
    for word in words:
        plain_word = word.lower()
        stem = plain_word[:-1] if plain_word.endswith("e") else plain_word
        doubled = stem + stem[-1:]
        found |= {plain_word, f"{plain_word}'s"} | {plain_word + end for end in ("s", "es")}
        found |= {base + end for base in (stem, doubled) for end in ("ed", "ing")}
        if plain_word.endswith("y"):
            found |= {plain_word[:-1] + end for end in ("ies", "ied")}
    return frozenset(found)


def _closed(line: SongLine) -> SongLine:
    """The last line of a section, which no comma ends."""
    return replace(line, text=line.text.rstrip(","))


def printed_line(line: FoundLine) -> str:
    """The words as a line of text, with a capital first letter."""
    return capitalized(" ".join(line.words)) + line.mark


def _task(
    request: SongRequest, plan: SectionPlan, index: int, draft: Draft, required: Sequence[str]
) -> LineTask:
    section = draft.sections[-1]
    place = sum(len(each.lines) for each in draft.sections)
    lines = draft.lines
    return LineTask(
        plan=plan.lines[index],
        context=draft.context,
        theme=request.theme,
        genre=request.genre,
        end=end_rule(plan, index, section.lines, request.rhyme_kind, map(end_word, lines)),
        required=tuple(required),
        banned=avoided(request.avoid),
        allow_explicit=request.allow_explicit,
        archaic=request.archaic,
        used=used_words(lines),
        followed_by=pairs(lines),
        taken=frozenset(line.key for line in lines),
        seed=request.seed * _SEED_STEP + place,
    )


def _themed(
    task: LineTask, plan: SectionPlan, index: int, draft: Draft, theme: frozenset[str]
) -> LineTask:
    """With the words of the theme, until the section has one of them.

    A long section, as a whole melody is, comes back to its theme every eight lines.
    """
    lately = draft.sections[-1].lines[-(_THEME_EVERY - 1) :]
    if theme & {plain(word.word) for line in lately for word in line.words}:
        return task
    due = index == len(plan.lines) - 1 or len(lately) == _THEME_EVERY - 1
    return replace(task, wanted=theme - task.banned, wants_theme=due)


def _facts(request: SongRequest, origin: Origin) -> SongFacts:
    return SongFacts(request.theme, request.genre, origin, request.rhyme_kind, request.seed)


def _address(song: Song, number: int) -> tuple[int, int]:
    count = number
    for place, section in enumerate(song.sections):
        if 1 <= count <= len(section.lines):
            return place, count - 1
        count -= len(section.lines)
    raise WriterError(f"there is no line {number}; the song has lines 1 to {len(song.lines)}")


def with_line(song: Song, number: int, line: SongLine, origin: Origin) -> Song:
    """The song with line `number` (from 1) exchanged, in every section that repeats it.

    Args:
        origin: whose line it is; the song's facts name it beside who wrote the rest.
    """
    place, index = _address(song, number)
    old = song.sections[place].lines[index]

    def exchanged(lines: Sequence[SongLine]) -> tuple[SongLine, ...]:
        return tuple(line if each.key == old.key else each for each in lines)

    sections = (replace(each, lines=exchanged(each.lines)) for each in song.sections)
    facts = replace(song.facts, origin=song.facts.origin.joined(origin))
    return Song(facts, tuple(sections))
