"""Every mistake as a sentence on the page, never as a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gradio as gr

from voice.cli.app import MENDABLE
from voice.demo.jobs import StoppedError

Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def told(callback: Callable[Asked, Given]) -> Callable[Asked, Given]:
    """The callback with what a user can mend shown as a message."""

    @functools.wraps(callback)
    def telling(*args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        try:
            return callback(*args, **kwargs)
        except MENDABLE as error:
            raise as_message(error) from error

    return telling


def as_message(error: Exception) -> gr.Error:
    """What went wrong as the page says it."""
    if isinstance(error, StoppedError):
        return gr.Error(str(error), title="Stopped", duration=4, print_exception=False)
    return gr.Error(str(error), title="That did not work", duration=None, print_exception=False)
