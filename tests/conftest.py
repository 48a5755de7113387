"""What every test has: a data folder of its own, so that none is written to or read from."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and records of what tests make go into a temporary folder; tests may set another."""
    home: Path = tmp_path_factory.getbasetemp() / "nobodys-home"
    monkeypatch.setenv("MELISMA_HOME", str(home))
