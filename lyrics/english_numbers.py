"""Numbers in lyrics, spelled out: `3 ships`, `in 1865`."""

from __future__ import annotations

import re

from lyrics.errors import PronunciationError

# fmt: off
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)
_TENS = (
    "", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)
# fmt: on
_GROUPS = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))
_TOO_LARGE = 10**12
_YEARS = range(1100, 2000)


def spell_out(number: str) -> list[str]:
    """The words of a number in digits; 1100 to 1999 are read as years.

    Raises PronunciationError for what is not a plain number.
    """
    digits = number.replace(",", "")
    if not re.fullmatch("[0-9]+", digits) or int(digits) >= _TOO_LARGE:
        raise PronunciationError(
            f"{number!r} is not a number that can be read out; write it in words"
        )
    value = int(digits)
    if value in _YEARS and value % 100:
        return [*_below_hundred(value // 100), *_year_end(value % 100)]
    return _cardinal(value)


def _year_end(value: int) -> list[str]:
    return ["oh", _ONES[value]] if value < 10 else _below_hundred(value)


def _cardinal(value: int) -> list[str]:
    for size, name in _GROUPS:
        if value >= size:
            rest = _cardinal(value % size) if value % size else []
            return [*_cardinal(value // size), name, *rest]
    if value >= 100:
        rest = _below_hundred(value % 100) if value % 100 else []
        return [_ONES[value // 100], "hundred", *rest]
    return _below_hundred(value)


def _below_hundred(value: int) -> list[str]:
    if value < len(_ONES):
        return [_ONES[value]]
    ones = [_ONES[value % 10]] if value % 10 else []
    return [_TENS[value // 10], *ones]
