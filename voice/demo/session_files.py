"""Files that a page makes for one user: in a folder of their own, gone when the page closes."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path


class SessionFiles:
    """A folder for each open page, below one that is deleted with the server."""

    def __init__(self) -> None:
        self._root = tempfile.TemporaryDirectory(prefix="melisma-page-")
        self._folders: dict[str, Path] = {}
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        return Path(self._root.name)

    def new_folder(self, session: str) -> Path:
        """An empty folder for the results of one job of the session."""
        with self._lock:
            if session not in self._folders:
                self._folders[session] = Path(tempfile.mkdtemp(dir=self.root))
            return Path(tempfile.mkdtemp(dir=self._folders[session]))

    def forget(self, session: str) -> None:
        """Deletes everything that was made for a session."""
        with self._lock:
            folder = self._folders.pop(session, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Deletes everything."""
        self._root.cleanup()
