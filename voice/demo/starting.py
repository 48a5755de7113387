"""A quick start: gradio without what it does not need, a voice opened while somebody reads."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from operator import attrgetter
from types import ModuleType

from voice.demo.later import Later

FOR_READERS = {
    "gradio.component_meta": "create_or_modify_pyi",
    "gradio.events": "EventListener.set_doc",
}
"""What gradio does for those who program with it, at every start and in which of its modules."""

NOT_ASKED = ("pandas",)
"""What gradio imports and this page never asks for anything: tables are no component of it."""


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports inside collect no garbage, and gradio neither writes type stubs nor doc strings.

    It would at every start: stubs beside its sources for each of its 80 components, a second of
    parsing in which nothing changes, and a text for each of their 217 events, a template each.
    What is `NOT_ASKED` for anything loads once it is. Everything imported then counts as kept, so
    that later collections pass over it.
    """
    finder = _Quick()
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


class _Quick(MetaPathFinder):
    """Finds the modules that write for readers, and those that can load later."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in FOR_READERS and name not in NOT_ASKED:
            return None
        found = PathFinder.find_spec(name, path, target)
        if found is not None and found.loader is not None:
            found.loader = (_Quiet if name in FOR_READERS else Later)(found.loader)
        return found


class _Quiet(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Loads the module as it is, but for what it does for readers."""
        self._loader.exec_module(module)
        *owners, name = FOR_READERS[module.__name__].split(".")
        owner = attrgetter(*owners)(module) if owners else module
        setattr(owner, name, lambda *_, **__: None)


class Once:
    """Work that is done in the background the first time somebody asks for it, and never again."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._begun = threading.Lock()

    def begin(self) -> None:
        """Returns at once."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._work, name="melisma-warm", daemon=True).start()
