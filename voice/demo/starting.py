"""A quick start: gradio without the stubs it writes, and the voice opened while somebody reads."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

STUB_WRITER, WRITES = "gradio.component_meta", "create_or_modify_pyi"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports inside collect no garbage, and gradio writes no type stubs beside its sources.

    It would at every start, for each of its 80 components: a second of parsing in which nothing
    changes. Everything imported then counts as kept, so that later collections pass over it.
    """
    finder = _WithoutStubs()
    sys.meta_path.insert(0, finder)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if collecting:
            gc.freeze()
            gc.enable()


class _WithoutStubs(MetaPathFinder):
    """Finds the one module that writes stubs, and lets it load as it is but for that."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target) if name == STUB_WRITER else None
        if found is not None and found.loader is not None:
            found.loader = _Quiet(found.loader)
        return found


class _Quiet(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        setattr(module, WRITES, lambda *_: None)


class Once:
    """Work that is done in the background the first time somebody asks for it, and never again."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._begun = threading.Lock()

    def begin(self) -> None:
        """Returns at once."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._work, name="melisma-warm", daemon=True).start()
