"""What tests do with the page again and again."""

from __future__ import annotations

from typing import Any


def go_to(view: Any, tab: str) -> None:
    """Clicks on a tab; on a narrow page it may stand behind the button for more."""
    found = view.get_by_role("tab", name=tab, exact=True)
    if not found.is_visible():
        view.locator(".overflow-menu > button").first.click()
    view.get_by_text(tab, exact=True).locator("visible=true").first.click()
