"""`melisma demo`: the web page, on this machine alone unless somebody says otherwise."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from voice.errors import OutputError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def demo(
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine need --auth.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port; the first free one if not given.")
    ] = None,
    auth: Annotated[
        str | None, typer.Option(metavar="USER:PASS", help="Name and password that open the page.")
    ] = None,
) -> None:
    """Open the web page in which one writes, sings and mixes by clicking."""
    if find_spec("gradio") is None:
        raise OutputError("the page needs gradio, which is not installed; pip install '.[demo]'")
    user = None if auth is None else _user(auth)
    from voice.demo.starting import quick_imports

    with quick_imports():
        from voice.demo.page import Serving, serve
    serve(Serving(host, port, user))


def _user(auth: str) -> tuple[str, str]:
    name, colon, password = auth.partition(":")
    if not (name and colon and password):
        raise OutputError("--auth: write a name and a password with a colon between, USER:PASS")
    return name, password
