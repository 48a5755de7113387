"""A log that was touched: one byte, one row, two rows swapped, the end cut off."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.consent_trials.scene import Scene
from consent.errors import ConsentError
from consent.registry import Registry

TABLES = {
    "event": "seq",
    "opening": "seq",
    "node": "id",
    "checkpoint": "size",
    "map_node": "id",
    "grant_record": "id",
    "material": "rowid",
    "evidence": "id",
}
KINDS = ("byte", "row removed", "rows swapped", "row doubled", "truncated")


@dataclass(frozen=True)
class MutationResult:
    """How many mutations of each kind were tried, and those that an audit did not notice."""

    tried: Counter[str]
    unnoticed: list[str]


def mutate_many(scene: Scene, work: Path, count: int, seed: int = 0) -> MutationResult:
    """Mutate copies of a log and audit each, a checkpoint kept elsewhere at hand."""
    generator = random.Random(seed)
    with scene.registry() as registry:
        kept = registry.checkpoint().envelope
        registry.back_up(work / "clean.db")
    home = work / "mutated"
    shutil.copytree(scene.home, home)
    mutated = replace(scene, home=home)
    tried: Counter[str] = Counter()
    unnoticed: list[str] = []
    for _ in range(count):
        for old in (home / "consent").glob("registry.db*"):
            old.unlink()
        shutil.copy(work / "clean.db", mutated.database)
        shutil.copy(scene.home / "consent" / "keys" / "head.json", home / "consent" / "keys")
        kind = generator.choice(KINDS)
        what = _mutate(mutated, kind, generator)
        tried[kind] += 1
        if _sound(mutated, kept):
            unnoticed.append(what)
    return MutationResult(tried, unnoticed)


def _sound(scene: Scene, kept: bytes) -> bool:
    try:
        with Registry.open(scene.location) as registry:
            registry.audit(kept)
    except ConsentError:
        return False
    return True


def _mutate(scene: Scene, kind: str, generator: random.Random) -> str:
    with closing(sqlite3.connect(scene.database)) as raw:
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        if kind == "truncated":
            what = _truncate(raw, scene, generator)
        else:
            table = generator.choice(list(TABLES))
            what = {
                "byte": _change_byte,
                "row removed": _remove,
                "rows swapped": _swap,
                "row doubled": _double,
            }[kind](raw, table, generator)
        raw.commit()
    return f"{kind}: {what}"


def _rows(raw: sqlite3.Connection, table: str) -> list[Any]:
    return [row[0] for row in raw.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]


def _columns(raw: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]


def _change_byte(raw: sqlite3.Connection, table: str, generator: random.Random) -> str:
    rowid = generator.choice(_rows(raw, table))
    values = raw.execute(f"SELECT * FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
    filled = [i for i, value in enumerate(values) if value is not None]
    index = generator.choice(filled)
    column = _columns(raw, table)[index]
    changed = _changed(values[index], generator)
    raw.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?", (changed, rowid))
    if raw.execute("SELECT changes()").fetchone() == (0,):
        return _remove(raw, table, generator)
    return f"{table}.{column} of {rowid}"


def _changed(value: Any, generator: random.Random) -> Any:
    if isinstance(value, int):
        return value ^ (1 << generator.randrange(16))
    data = bytearray(value.encode() if isinstance(value, str) else value)
    if not data:
        return b"\1"
    data[generator.randrange(len(data))] ^= 1 << generator.randrange(7)
    return data.decode("latin-1") if isinstance(value, str) else bytes(data)


def _remove(raw: sqlite3.Connection, table: str, generator: random.Random) -> str:
    rowid = generator.choice(_rows(raw, table))
    raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
    return f"{table} {rowid}"


def _swap(raw: sqlite3.Connection, table: str, generator: random.Random) -> str:
    """Exchange everything but the keys of two rows."""
    key = TABLES[table]
    columns = [name for name in _columns(raw, table) if name not in (key, "bucket")]
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE rowid = ?"
    for _ in range(100):
        first, second = generator.sample(_rows(raw, table), 2)
        one, two = (raw.execute(query, (rowid,)).fetchone() for rowid in (first, second))
        if one != two:
            break
    places = ", ".join(f"{name} = ?" for name in columns)
    if table == "material":
        places, one, two = "seq = ?", one[-1:], tuple(x + 1 for x in two[-1:])
    raw.execute(f"UPDATE {table} SET {places} WHERE rowid = ?", (*two, first))
    raw.execute(f"UPDATE {table} SET {places} WHERE rowid = ?", (*one, second))
    return f"{table} {first} and {second}"


def _double(raw: sqlite3.Connection, table: str, generator: random.Random) -> str:
    """A copy of a row under another key."""
    rowid = generator.choice(_rows(raw, table))
    values = list(raw.execute(f"SELECT * FROM {table} WHERE rowid = ?", (rowid,)).fetchone())
    columns = _columns(raw, table)
    place = columns.index(TABLES[table]) if TABLES[table] in columns else 1
    highest = raw.execute(f"SELECT MAX({columns[place]}) FROM {table}").fetchone()[0]
    values[place] = highest + 1 if isinstance(highest, int) else f"{highest}x"
    marks = ", ".join("?" * len(values))
    raw.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    return f"{table} {rowid}"


def _truncate(raw: sqlite3.Connection, scene: Scene, generator: random.Random) -> str:
    """Cut the end off everything at once, the checkpoint beside the keys included."""
    sizes = [row[0] for row in raw.execute("SELECT size FROM checkpoint ORDER BY size")]
    end = generator.choice(sizes[1:-1])
    for table, key in (("event", "seq"), ("opening", "seq")):
        raw.execute(f"DELETE FROM {table} WHERE {key} >= ?", (end,))
    raw.execute("DELETE FROM checkpoint WHERE size > ?", (end,))
    raw.execute("DELETE FROM material WHERE seq >= ?", (end,))
    raw.execute("DELETE FROM grant_record WHERE state_seq >= ?", (end,))
    for number, _ in raw.execute("SELECT id, hash FROM node").fetchall():
        level, index = number >> 48, number & ((1 << 48) - 1)
        if (index + 1) << level > end:
            raw.execute("DELETE FROM node WHERE id = ?", (number,))
    (envelope,) = raw.execute("SELECT envelope FROM checkpoint WHERE size = ?", (end,)).fetchone()
    (scene.home / "consent" / "keys" / "head.json").write_bytes(envelope)
    return f"after {end} of {sizes[-1]}"
