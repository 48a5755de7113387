"""Where required words go, and whether they can all be had."""

from __future__ import annotations

from collections.abc import Sequence

from lyrics.writer.errors import RequestError
from lyrics.writer.plan import LinePlan, SongRequest
from lyrics.writer.wordbook import SingableWord, WordBook

LineAddress = tuple[int, int]
"""A section's number and a line's number in it, both from 0."""


def placed_words(request: SongRequest, book: WordBook) -> dict[LineAddress, tuple[str, ...]]:
    """The words to be included, by the line that takes them: spread over the song, long ones first.

    Raises:
        RequestError: a word cannot be sung as one thing, may not occur, or there is no room.
    """
    words = [_checked(text, request, book) for text in dict.fromkeys(request.include)]
    lines = _lines(request)
    room = {address: _room(plan) for address, plan in lines}
    placed: dict[LineAddress, tuple[str, ...]] = {}
    left_over = []
    for word in sorted(words, key=lambda each: -len(each.syllables)):
        fitting = [a for a, _ in lines if room[a] >= len(word.syllables)]
        if not fitting:
            left_over.append(word)
            continue
        address = min(fitting, key=lambda a: (len(placed.get(a, ())), -room[a], a))
        placed[address] = (*placed.get(address, ()), word.key)
        room[address] -= len(word.syllables)
    if left_over:
        raise RequestError(_no_room(words, left_over, [plan for _, plan in lines]))
    return placed


def _checked(text: str, request: SongRequest, book: WordBook) -> SingableWord:
    added = book.with_words([text])
    word = added.words[added.index[text.lower()]]
    if word.explicit and not request.allow_explicit:
        raise RequestError(f"{text!r} is explicit; add --allow-explicit or leave it out")
    return word


def _lines(request: SongRequest) -> list[tuple[LineAddress, LinePlan]]:
    """All lines that are written once: a chorus that returns is none of them."""
    found: list[tuple[LineAddress, LinePlan]] = []
    written: set[str] = set()
    for number, section in enumerate(request.sections):
        if section.repeats and section.kind in written:
            continue
        written.add(section.kind)
        found += [((number, line), plan) for line, plan in enumerate(section.lines)]
    return found


def _room(plan: LinePlan) -> int:
    """Syllables for required words; one is kept free for the line's end to rhyme."""
    return max(plan.syllables - 1, 0)


def _no_room(
    words: Sequence[SingableWord], left_over: Sequence[SingableWord], plans: Sequence[LinePlan]
) -> str:
    syllables = sum(len(word.syllables) for word in words)
    listed = ", ".join(str(plan.syllables) for plan in plans[:6]) + (" …" if len(plans) > 6 else "")
    fitting = [word.text for word in words if word not in left_over]
    longest = max(len(word.syllables) for word in left_over)
    if not fitting:
        return (
            f"{left_over[0].text!r} has {longest} syllables and fits into no line of {listed} "
            f"beside a rhyme; the nearest possible is a line of {longest + 1} syllables"
        )
    room = max(sum(_room(plan) for plan in plans), 1)
    more = max(-(-syllables * len(plans) // room), len(plans) + 1)
    return (
        f"{len(words)} words to be included ({syllables} syllables) do not fit into {len(plans)} "
        f"lines of {listed} syllables; the nearest possible: ask for about {more} such lines, or "
        f"include only {len(fitting)} of them: {', '.join(fitting[:12])}"
        + (" …" if len(fitting) > 12 else "")
    )
