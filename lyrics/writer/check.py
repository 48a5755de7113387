"""The judge of lines: the same for the search, for other people's models and for the tests."""

from __future__ import annotations

from lyrics.errors import LyricsError
from lyrics.writer.rhyme import rhyme_sound
from lyrics.writer.song import SongLine, plain, read_line
from lyrics.writer.task import LineTask
from lyrics.writer.wordbook import WordBook, load_word_lists, singable


def problems_of(text: str, task: LineTask, book: WordBook) -> tuple[str, ...]:
    """Every rule of the task that a line breaks, in words that a writer can act on."""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    if not words:
        return ("it has no words",)
    unsingable = [problem for word in words for problem in _word_problems(plain(word), task, book)]
    if unsingable:
        return tuple(dict.fromkeys(unsingable))
    line = read_line(text, task.plan)
    found = [*_count_problems(line, task), *_rhyme_problems(line, task)]
    if line.key in task.taken:
        found.append("the song has this line already")
    missing = [word for word in task.required if word.lower() not in line.key.split()]
    found += [f"it lacks the word {word!r}" for word in missing]
    return tuple(found)


def _word_problems(word: str, task: LineTask, book: WordBook) -> list[str]:
    if word not in book.index:
        try:
            singable(word)
        except LyricsError as error:
            return [str(error)]
    lists = load_word_lists()
    if word in task.banned:
        return [f"{word!r} is to be avoided"]
    if lists.is_explicit(word) and not task.allow_explicit:
        return [f"{word!r} is explicit"]
    if word in lists.archaic and not task.archaic:
        return [f"{word!r} is archaic"]
    return []


def _count_problems(line: SongLine, task: LineTask) -> list[str]:
    count, asked = len(line.syllables), task.plan.syllables
    return [] if count == asked else [f"it has {count} syllables instead of {asked}"]


def _rhyme_problems(line: SongLine, task: LineTask) -> list[str]:
    last = line.words[-1]
    sound = rhyme_sound(last.syllables)
    if plain(last.word) in task.end.taken:
        return [f"another line ends with {plain(last.word)!r} already"]
    if sound.perfect in task.end.apart:
        return [f"{plain(last.word)!r} rhymes with a line that it should not rhyme with"]
    if not all(sound.rhymes_with(other, task.end.kind) for other in task.end.rhymes):
        return [f"{plain(last.word)!r} does not rhyme as asked"]
    return []
