"""Phones in time: what a network is told about a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lyrics.phonemes import INVENTORY, SILENCE


@dataclass(frozen=True)
class LabelledPhone:
    """One phone of a recording; `symbol` None marks a stretch that nobody labelled: no loss."""

    symbol: str | None
    start_s: float
    end_s: float
    stress: int = 0

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"{self.symbol} ends at {self.end_s} before it starts, {self.start_s}")
        if self.symbol is not None and self.symbol not in INVENTORY:
            raise ValueError(f"{self.symbol!r} is not in the inventory")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def tiled(phones: Sequence[LabelledPhone], length_s: float) -> tuple[LabelledPhone, ...]:
    """The same phones with every gap named as unlabelled, from 0 to `length_s`."""
    rows: list[LabelledPhone] = []
    at = 0.0
    for phone in phones:
        start = max(phone.start_s, at)
        if phone.end_s <= start:
            continue
        if start > at:
            rows.append(LabelledPhone(None, at, start))
        rows.append(LabelledPhone(phone.symbol, start, phone.end_s, phone.stress))
        at = phone.end_s
    if at < length_s:
        rows.append(LabelledPhone(None, at, length_s))
    return tuple(rows)


def is_silence(phone: LabelledPhone) -> bool:
    return phone.symbol == SILENCE.symbol
