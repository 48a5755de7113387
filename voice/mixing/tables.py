"""Frozen dataclasses as plain tables and back; an unknown or ill-typed key is an error by name."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def from_table(kind: type[T], table: object, where: str) -> T:
    """The dataclass that `dataclasses.asdict` made into a table.

    Raises:
        ValueError: the key, what it must be, and what was found.
    """
    if not isinstance(table, Mapping):
        raise ValueError(f"{where} is an object with keys, not {_shown(table)}")  # noqa: TRY004
    known = {entry.name: entry for entry in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(map(str, table)) - set(known))
    if unknown:
        raise ValueError(f"{where}: no key {unknown[0]!r}; known are {', '.join(known)}")
    missing = [
        name
        for name, entry in known.items()
        if name not in table and entry.default is MISSING and entry.default_factory is MISSING
    ]
    if missing:
        raise ValueError(f"{where}: {missing[0]!r} is missing")
    hints = get_type_hints(kind)
    values = {name: _value(hints[name], table[name], f"{where}.{name}") for name in table}
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _value(hint: Any, given: object, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if given is None and type(None) in arguments:
            return None
        return _value(next(a for a in arguments if a is not type(None)), given, where)
    if origin is Literal:
        if given not in arguments:
            raise ValueError(f"{where} is one of {', '.join(arguments)}, not {_shown(given)}")
        return given
    if origin is tuple:
        if not isinstance(given, list):
            raise ValueError(f"{where} is a list, not {_shown(given)}")
        return tuple(_value(arguments[0], each, f"{where}[{at}]") for at, each in enumerate(given))
    if isinstance(hint, type) and is_dataclass(hint):
        return from_table(hint, given, where)
    return _plain(hint, given, where)


def _plain(hint: type, given: object, where: str) -> Any:
    """A number, text or yes or no."""
    whole = isinstance(given, int) and not isinstance(given, bool)
    if hint is float and (whole or isinstance(given, float)):
        return float(given)  # type: ignore[arg-type]
    if (hint is int and whole) or (hint in (bool, str) and isinstance(given, hint)):
        return given
    names = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}
    raise ValueError(f"{where} is {names.get(hint, hint.__name__)}, not {_shown(given)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
