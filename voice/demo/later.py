"""Modules that load when somebody first asks them for something, from whichever thread.

`importlib.util.LazyLoader` does so too, but before Python 3.11.9 and 3.12.3 a second thread that
asks meanwhile finds a module with nothing in it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


@dataclass
class _Waiting:
    """How a module will be loaded.

    Attributes:
        begun: that a thread is at it, which may ask for what is not there yet.
    """

    loader: Loader
    path: list[str] | None
    lock: threading.RLock = field(default_factory=threading.RLock)
    begun: bool = False


class Later(Loader):
    """Loads as the loader that it is given, but only when the module is asked for something."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Without its path the module has no submodules: importing one asks for it first."""
        spec = module.__spec__
        if spec is None:
            raise ImportError(f"{module.__name__} does not say where it comes from")
        spec.loader = module.__loader__ = self._loader
        spec.loader_state = _Waiting(self._loader, module.__dict__.pop("__path__", None))
        module.__class__ = _NotYet


class _NotYet(ModuleType):
    """A module whose code has not run."""

    def __getattr__(self, name: str) -> Any:
        state = self.__spec__ and self.__spec__.loader_state
        if isinstance(state, _Waiting):
            with state.lock:
                if not state.begun:
                    state.begun = True
                    if state.path is not None:
                        self.__path__ = state.path
                    state.loader.exec_module(self)
                    self.__class__ = ModuleType  # type: ignore[assignment]
        return ModuleType.__getattribute__(self, name)
