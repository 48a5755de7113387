"""`melisma demo`: the web page, on this machine alone."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from voice.errors import OutputError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def demo(
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port; the first free one if not given.")
    ] = None,
) -> None:
    """Open the web page in which one sings by clicking."""
    if find_spec("gradio") is None:
        raise OutputError("the page needs gradio, which is not installed; pip install '.[demo]'")
    from voice.demo import main

    main(port)
