"""The rules of the house, held by machines: who imports whom, and what no module may hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("voice", "vocoder", "lyrics", "consent")
LONGEST_MODULE = 350
TALKING = ("consent/release.py",)
"""Release tooling talks to the terminal by itself."""


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def nodes(kind: type[ast.AST]) -> Iterator[tuple[Path, ast.AST]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield path.relative_to(ROOT), node


def test_nobody_imports_whom_they_must_not() -> None:
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    told = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


def test_nothing_catches_everything() -> None:
    broad = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert broad == []


def test_nothing_is_global() -> None:
    assert [str(path) for path, _ in nodes(ast.Global)] == []


def test_libraries_do_not_print() -> None:
    talking = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "print"
        and str(path) not in TALKING
    ]
    assert talking == []


def test_nothing_is_pickled() -> None:
    names = {"pickle", "dill", "joblib", "shelve"}
    imported = [
        f"{path}:{alias.name}"
        for path, node in nodes(ast.Import)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] in names
    ]
    imported += [
        f"{path}:{node.module}"
        for path, node in nodes(ast.ImportFrom)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in names
    ]
    assert imported == []


def test_every_function_says_its_types() -> None:
    untyped = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in nodes(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef) and node.returns is None
    ]
    assert untyped == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert "TODO" not in text
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says in its first line what it is"
