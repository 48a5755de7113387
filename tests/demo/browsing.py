"""What tests do with the page again and again."""

from __future__ import annotations

from typing import Any

PATIENCE_MS = 300_000
"""Longer than any of it takes, also where the machine is busy."""


def go_to(view: Any, tab: str) -> None:
    """Clicks on a tab."""
    view.get_by_role("tab", name=tab, exact=True).click()
