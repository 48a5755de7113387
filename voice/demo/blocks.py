"""The page's blocks, described for browsers once: when they are served."""

from __future__ import annotations

from typing import Any, Literal

import gradio as gr

from voice.demo import limits


class PageBlocks(gr.Blocks):
    """Blocks that hold their description back until it can be final.

    Gradio draws it up and makes a web server anew after every step that might change them: when
    they are begun, when their line is described, when they are complete, and twice when they are
    launched. Only the last one is ever asked for anything.
    """

    _description: dict[str, Any] | None = None

    def get_config_file(self) -> Any:
        """What a browser is told of all components; nothing yet before the launch sets a theme."""
        if self.theme is None:
            return {}
        if self._description is None:
            self._description = dict(super().get_config_file())
        return self._description

    def queue(
        self,
        status_update_rate: float | Literal["auto"] = "auto",
        api_open: bool | None = None,
        max_size: int | None = limits.QUEUE_LENGTH,
        *,
        default_concurrency_limit: int | Literal["not_set"] | None = limits.LIGHT_AT_ONCE,
    ) -> PageBlocks:
        """As gradio's, with the page's own limits from the beginning."""
        super().queue(
            status_update_rate,
            api_open,
            max_size,
            default_concurrency_limit=default_concurrency_limit,
        )
        return self
