"""The page in a process of its own, as a user starts it, and what that process has used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError

PATIENCE_S = 600.0
LOOK_S = 0.02
KIB_A_MIB = 1024.0


@dataclass(frozen=True)
class Server:
    """A running `melisma demo`.

    Attributes:
        began_s: when its process was started, by `time.perf_counter`.
    """

    address: str
    pid: int
    began_s: float

    @property
    def most_memory_mib(self) -> float:
        """The most that it held in memory at once since `forget_most`, or ever."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) / KIB_A_MIB

    def forget_most(self) -> None:
        """Begins `most_memory_mib` anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", "ascii")

    @property
    def processor_s(self) -> float:
        """Seconds that it has kept processors busy."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served() -> Iterator[Server]:
    """The page with an empty folder of data, answering; it ends with the context.

    Raises:
        BenchmarkError: it does not answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from voice.cli.app import main; main()", "demo"]
    with tempfile.TemporaryDirectory() as home:
        began_s = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            stdout=subprocess.DEVNULL,
            env=os.environ | {"MELISMA_HOME": home},
        )
        try:
            server = Server(f"http://127.0.0.1:{port}/", process.pid, began_s)
            _answered(server.address)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _answered(address: str) -> None:
    end_s = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end_s:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(LOOK_S)
    raise BenchmarkError(f"{address}: no page after {PATIENCE_S:g} s")
