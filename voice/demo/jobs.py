"""Long work for many users: stages with time left, and a stop that stops.

A studio's work tells its progress through a callback. Here that callback also asks whether
somebody pressed Stop, and ends the work by an exception if so: nothing goes on unseen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from voice.demo.memory import memory_given_back
from voice.errors import MelismaError
from voice.studio import Progress

Result = TypeVar("Result")
Work = Callable[[Progress], Result]

LOOK_S = 0.2
EARLIEST_GUESS_S = 1.5
LEAST_SHARE = 0.08


class StoppedError(MelismaError):
    """A user pressed Stop, or closed the page."""


@dataclass(frozen=True)
class Status:
    """How far a job is.

    Attributes:
        left_s: seconds to go at the pace so far; `None` while that would be a guess.
    """

    stage: str
    share: float
    elapsed_s: float

    @property
    def left_s(self) -> float | None:
        if self.elapsed_s < EARLIEST_GUESS_S or self.share < LEAST_SHARE:
            return None
        return self.elapsed_s * (1.0 - self.share) / self.share


class Teller:
    """The progress callback of one job: keeps the newest stage, and refuses to go on if stopped."""

    def __init__(self) -> None:
        self.newest = ("opening", 0.0)
        self._stop = threading.Event()

    def stop(self) -> None:
        self._stop.set()

    def __call__(self, stage: str, share: float) -> None:
        if self._stop.is_set():
            raise StoppedError("nothing was kept of it; press the button again to begin anew")
        self.newest = (stage, share)


class Jobs:
    """The running job of each open page, by its session."""

    def __init__(self) -> None:
        self._running: dict[str, Teller] = {}
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many jobs run now."""
        return len(self._running)

    def stop(self, session: str) -> bool:
        """Stops what the session does; whether there was anything."""
        with self._lock:
            teller = self._running.get(session)
        if teller is not None:
            teller.stop()
        return teller is not None

    def run(self, session: str, work: Work[Result]) -> Generator[Status, None, Result]:
        """Does the work in a thread, says how far it is, and returns what was made.

        When the page goes away the generator is closed, and the work ends too.

        Raises:
            StoppedError: somebody stopped it; and whatever the work raises.
        """
        teller = Teller()
        with self._lock:
            self._running[session] = teller
        began_s = time.monotonic()
        with memory_given_back(), ThreadPoolExecutor(1, "melisma-job") as pool:
            future = pool.submit(work, teller)
            try:
                while wait([future], LOOK_S).not_done:
                    yield Status(*teller.newest, time.monotonic() - began_s)
                return future.result()
            finally:
                teller.stop()
                with self._lock:
                    self._running.pop(session, None)
