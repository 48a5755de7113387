"""Progress of long work on the terminal; silence where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress]:
    """A bar on stderr that is told a stage and the share of all work that is done."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn())
    hidden = quiet or not console.is_terminal
    with RichProgress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("opening", total=1.0)

        def tell(stage: str, share: float) -> None:
            bar.update(task, description=stage, completed=share)

        yield tell
