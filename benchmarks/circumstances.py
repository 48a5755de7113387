"""Where and with what was measured: a number without them cannot be repeated."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "onnxruntime", "faster-whisper", "praat-parselmouth", "pyworld")


def circumstances(at: datetime) -> dict[str, str]:
    """The day, the machine, the state of the source and the packages that measure."""
    packages = {name: metadata.version(name) for name in PACKAGES}
    return {
        "measured": at.date().isoformat(),
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        **packages,
    }


def _commit() -> str:
    """The commit of the source, `unknown` outside a checkout."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
