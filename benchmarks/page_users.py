"""Users who all ask for the same eight bars at once: who is served, and with what memory."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import soundfile
from gradio_client import Client
from gradio_client.client import Job
from gradio_client.exceptions import AppError

from benchmarks.page_server import PATIENCE_S, Server
from voice.demo.desk import EXAMPLE_LINE

VOICE = "wren"
SHORTEST_S = 15.0
"""The eight bars last some 20 s; less would be no whole take."""


@dataclass(frozen=True)
class Waves:
    """Two waves of users.

    Attributes:
        served: how many of both got their whole take.
        first_mib: the most memory held during the first wave; the second must not add to it.
    """

    served: int
    first_mib: float
    second_mib: float


def waves(server: Server, users: int) -> Waves:
    """So many users at once, and then as many others."""
    server.forget_most()
    first = _wave(server.address, users)
    first_mib = server.most_memory_mib
    server.forget_most()
    second = _wave(server.address, users)
    return Waves(first + second, first_mib, server.most_memory_mib)


def _wave(address: str, count: int) -> int:
    """How many of so many users, each with a session of their own, got a whole take."""
    with tempfile.TemporaryDirectory() as folder:
        users = [
            Client(
                address,
                verbose=False,
                download_files=Path(folder) / str(number),
                httpx_kwargs={"timeout": PATIENCE_S},
            )
            for number in range(count)
        ]
        jobs = [
            user.submit(EXAMPLE_LINE, None, VOICE, "1", "octave", None, number, api_name="/sing")
            for number, user in enumerate(users)
        ]
        return sum(_is_whole(job) for job in jobs)


def _is_whole(job: Job) -> bool:
    try:
        sound, _ = job.result(PATIENCE_S)
    except AppError:
        return False
    return bool(soundfile.info(sound).duration >= SHORTEST_S)
