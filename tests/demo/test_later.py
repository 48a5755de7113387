"""Modules that load when they are asked for something: not before, once, and whole."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import pytest

from voice.demo.later import Later

NAME = "package_for_later"
SLOW = """
import threading, {name}
found = []

def asks():
    try:
        found.append({name}.value)
    except AttributeError as error:
        found.append(error)

other = threading.Thread(target=asks)
other.start()
other.join(0.5)
value = "whole"
"""


class LaterFinder(MetaPathFinder):
    """Finds one package and lets it load later."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target) if name == NAME else None
        if found is not None and found.loader is not None:
            found.loader = Later(found.loader)
        return found


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the package's sources, where Python looks for them; forgotten afterwards."""
    folder = tmp_path / NAME
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [LaterFinder(), *sys.meta_path])
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def test_it_runs_when_it_is_asked_and_only_once(package: Path) -> None:
    (package / "__init__.py").write_text("import sys\nsys.runs_of_later += 1\nvalue = 7\n")
    sys.runs_of_later = 0  # type: ignore[attr-defined]
    module = importlib.import_module(NAME)
    assert importlib.import_module(NAME) is module
    assert sys.runs_of_later == 0  # type: ignore[attr-defined]
    assert (module.value, module.value) == (7, 7)
    assert sys.runs_of_later == 1  # type: ignore[attr-defined]
    assert type(module) is ModuleType
    del sys.runs_of_later  # type: ignore[attr-defined]


def test_a_submodule_loads_it_first(package: Path) -> None:
    (package / "__init__.py").write_text("from package_for_later.inner import half\nwhole = half")
    (package / "inner.py").write_text("half = 21\n")
    module = importlib.import_module(NAME)
    assert f"{NAME}.inner" not in sys.modules
    assert importlib.import_module(f"{NAME}.inner").half == 21
    assert module.__dict__["whole"] == 21


def test_what_it_has_not_is_missed_as_usual(package: Path) -> None:
    (package / "__init__.py").write_text("def __getattr__(name):\n    return {'late': 3}[name]\n")
    module = importlib.import_module(NAME)
    assert module.late == 3
    with pytest.raises(KeyError, match="other"):
        _ = module.other


def test_another_thread_waits_until_it_is_whole(package: Path) -> None:
    (package / "__init__.py").write_text(SLOW.format(name=NAME))
    module = importlib.import_module(NAME)
    assert module.value == "whole"
    module.other.join()
    assert module.found == ["whole"]


def test_what_fails_fails_for_who_asked(package: Path) -> None:
    (package / "__init__.py").write_text("raise ValueError('not today')\n")
    module = importlib.import_module(NAME)
    with pytest.raises(ValueError, match="not today"):
        _ = module.value
    with pytest.raises(AttributeError, match="value"):
        _ = module.value
