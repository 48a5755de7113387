"""In which order bars are played: repeats, endings, da capo, segno and coda."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from voice.errors import ScoreLimitError
from voice.score.model import MOST_BARS


@dataclass(frozen=True)
class BarSigns:
    """What stands on and above one bar that says where to go next.

    Attributes:
        repeat_times: how often the section that ends here is played; 0 where none ends.
        endings: the passes that play this bar, empty for all.
        jump: "start", "segno" or nothing, after this bar.
    """

    repeat_begins: bool = False
    repeat_times: int = 0
    endings: frozenset[int] = frozenset()
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    jump: str = ""


@dataclass
class _Walk:
    """A reader's finger on the score."""

    order: list[int] = field(default_factory=list)
    section: int = 0
    turn: int = 1
    jumped: bool = False


def playing_order(signs: Sequence[BarSigns]) -> tuple[int, ...]:
    """Indices of the bars as they are played; after a jump repeats are not taken again."""
    walk = _Walk()
    index = 0
    while 0 <= index < len(signs):
        if len(walk.order) > MOST_BARS:
            raise ScoreLimitError(
                f"its repeats make more than {MOST_BARS:,} bars; write fewer of them"
            )
        index = _step(signs, walk, index)
    return tuple(walk.order)


def _step(signs: Sequence[BarSigns], walk: _Walk, index: int) -> int:
    """Play or skip one bar; the index of the next, -1 at the end."""
    here = signs[index]
    if here.repeat_begins and index != walk.section:
        walk.section, walk.turn = index, 1
    last = _passes_of(signs, walk.section)
    turn = last if walk.jumped else walk.turn
    if here.endings and turn not in here.endings:
        return index + 1
    walk.order.append(index)
    if here.repeat_times and not walk.jumped and walk.turn < max(here.repeat_times, last):
        walk.turn += 1
        return walk.section
    if here.repeat_times:
        walk.section, walk.turn = index + 1, 1
    if walk.jumped and here.fine:
        return -1
    if walk.jumped and here.to_coda:
        return _find(signs, "coda", index + 1)
    if here.jump and not walk.jumped:
        walk.jumped = True
        walk.section = 0 if here.jump == "start" else _find(signs, "segno", 0)
        return max(walk.section, 0)
    return index + 1


def _passes_of(signs: Sequence[BarSigns], section: int) -> int:
    """How often a section with numbered endings is played: its highest number."""
    highest = 1
    for index in range(section, len(signs)):
        if index > section and signs[index].repeat_begins:
            break
        highest = max([highest, *signs[index].endings])
        past = not signs[index].endings and highest > 1
        if past and any(sign.endings for sign in signs[section:index]):
            break
    return highest


def _find(signs: Sequence[BarSigns], name: str, start: int) -> int:
    return next((i for i in range(start, len(signs)) if getattr(signs[i], name)), -1)


def verses_as_passes(signs: Sequence[BarSigns], lines: int) -> tuple[BarSigns, ...]:
    """A lone repeat under more lines of words than it states passes is played once per line."""
    ends = [index for index, sign in enumerate(signs) if sign.repeat_times]
    if len(ends) != 1 or any(sign.endings for sign in signs) or lines <= 2:
        return tuple(signs)
    changed = list(signs)
    times = max(changed[ends[0]].repeat_times, lines)
    changed[ends[0]] = replace(changed[ends[0]], repeat_times=times)
    return tuple(changed)


def read_signs(root: Element) -> tuple[BarSigns, ...]:
    """The signs of every bar of a MusicXML score, whichever part they stand on."""
    parts = [list(part.iter("measure")) for part in root.iter("part")]
    if not parts:
        return ()
    open_endings: frozenset[int] = frozenset()
    signs = []
    for index in range(max(len(part) for part in parts)):
        measures = [part[index] for part in parts if index < len(part)]
        starts = [n for m in measures for n in _endings(m, ("start",))]
        if starts:
            open_endings = frozenset(starts)
        signs.append(_signs_of(measures, open_endings))
        closes = any(_endings(m, ("stop", "discontinue")) for m in measures)
        if closes and not _repeat_follows(parts, index):
            open_endings = frozenset()
    return tuple(signs)


def _repeat_follows(parts: Sequence[Sequence[Element]], index: int) -> bool:
    """Whether an ending whose bracket stops short runs on to a repeat sign further right."""
    for later in range(index, max(len(part) for part in parts)):
        measures = [part[later] for part in parts if later < len(part)]
        signs = {r.get("direction") for m in measures for r in m.iter("repeat")}
        if "backward" in signs:
            return later > index
        if later > index and ("forward" in signs or any(_endings(m, ("start",)) for m in measures)):
            return False
    return False


def _endings(measure: Element, kinds: Sequence[str]) -> list[int]:
    return [
        int(number)
        for ending in measure.iter("ending")
        if ending.get("type") in kinds
        for number in re.findall(r"\d+", ending.get("number") or "1") or ["1"]
    ]


def _signs_of(measures: Sequence[Element], endings: frozenset[int]) -> BarSigns:
    repeats = [repeat for measure in measures for repeat in measure.iter("repeat")]
    ends = [r for r in repeats if r.get("direction") == "backward"]
    times = [int(r.get("times") or 2) for r in ends if (r.get("times") or "2").isdigit()]
    sounds = {key for m in measures for sound in m.iter("sound") for key in sound.attrib}
    words = [
        " ".join(w.text or "" for w in direction.iter("words")).strip().lower()
        for measure in measures
        for direction in measure.iter("direction")
    ]
    tags = {e.tag for m in measures for d in m.iter("direction-type") for e in d}
    to_coda = "tocoda" in sounds or any(w.startswith("to coda") for w in words)
    jump = ""
    if "dacapo" in sounds or any(re.match(r"d\. ?c\.?\b|da capo", w) for w in words):
        jump = "start"
    elif "dalsegno" in sounds or any(re.match(r"d\. ?s\.?\b|dal segno", w) for w in words):
        jump = "segno"
    return BarSigns(
        repeat_begins=any(r.get("direction") == "forward" for r in repeats),
        repeat_times=max(times, default=0),
        endings=endings,
        segno="segno" in sounds or "segno" in tags,
        coda="coda" in sounds or ("coda" in tags and not to_coda),
        to_coda=to_coda,
        fine="fine" in sounds or any(re.fullmatch(r"fine\.?", w) for w in words),
        jump=jump,
    )
