"""The strip under a button that says what is being done, how long it will take, and stops it."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import gradio as gr

from voice.cli.app import MENDABLE
from voice.demo.errors import as_message
from voice.demo.jobs import Jobs, Status, Work
from voice.demo.theme import script

Result = TypeVar("Result")
Shown = tuple[Any, ...]

STAGES = {
    "opening": "Opening the voice",
    "words": "Fitting the words to the notes",
    "singing": "Singing",
    "sounding": "Making the sound",
    "mixing": "Mixing",
}
"""What the stages of the studio are called on the page."""

LONG_S = 90.0
IDLE = "{}"

_TEMPLATE = """
<div class="job idle"><span class="job-told" role="status"></span>
<span class="job-left"></span><button type="button" class="job-stop" hidden>Stop</button>
<div class="job-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" hidden>
<span></span></div></div>
"""


def strip(jobs: Jobs) -> gr.HTML:
    """The component; its Stop ends what this page is doing."""
    shown = gr.HTML(
        IDLE, html_template=_TEMPLATE, js_on_load=script("strip"), apply_default_css=False
    )

    def on_stop(request: gr.Request) -> str:
        return done("Stopping …") if jobs.stop(session_of(request)) else IDLE

    shown.select(
        on_stop, None, shown, queue=False, show_progress="hidden", api_visibility="private"
    )
    return shown


def session_of(request: gr.Request) -> str:
    """Whose page asks."""
    return str(request.session_hash)


def staged(
    jobs: Jobs,
    request: gr.Request,
    work: Work[Result],
    meanwhile: Callable[[], Shown],
) -> Generator[Shown, None, Result]:
    """Does the work and yields the strip with what else is shown meanwhile.

    Raises:
        gr.Error: the sentence of whatever a user can mend.
    """
    running = jobs.run(session_of(request), work)
    try:
        while True:
            yield (status(next(running)), *meanwhile())
    except StopIteration as finished:
        result: Result = finished.value
        return result
    except MENDABLE as error:
        yield (IDLE, *meanwhile())
        raise as_message(error) from error
    finally:
        running.close()


def nothing_new(outputs: int) -> Callable[[], Shown]:
    """For `staged`: so many outputs stay as they are."""
    return lambda: (gr.skip(),) * outputs


def status(here: Status) -> str:
    """The strip of a running job."""
    stage = STAGES.get(here.stage, f"{here.stage[:1].upper()}{here.stage[1:]}")
    return json.dumps({"told": stage, "share": round(here.share, 3), "left": _left(here)})


def done(told: str) -> str:
    """The strip when a job has ended."""
    return json.dumps({"told": told})


def _left(here: Status) -> str:
    left_s = here.left_s
    if left_s is None:
        return f"{here.elapsed_s:.0f} s so far"
    if left_s > LONG_S:
        return f"about {left_s / 60:.0f} min left"
    return f"about {max(left_s, 1):.0f} s left"
