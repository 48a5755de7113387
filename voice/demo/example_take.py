"""The first phrase of the example, sung: something to convert and to check on the first click."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path

from voice.cli.app import MENDABLE
from voice.demo.desk import example_desk
from voice.demo.sing_tab import saved
from voice.demo.take_picture import take_picture
from voice.score.editing import excerpt, phrases
from voice.studio import Progress, SingOptions, Studio, silent_progress
from voice.take import VocalTake

TO_WRITE = ("soundfile", "voice.cli.outputs", "voice.marking.record")
"""What a take imports once it is sung, to be kept as files."""


def example_take(studio: Studio, voice: str, tell: Progress = silent_progress) -> VocalTake:
    """A few seconds by a voice.

    Raises:
        MelismaError, ConsentError: as `Studio.sing`.
    """
    melody = example_desk().melody
    return studio.sing(excerpt(melody, phrases(melody)[0]), voice, SingOptions(), tell)


def example_file(studio: Studio, voice: str, folder: Path, tell: Progress) -> Path:
    """The same as a file, marked and signed as all that is sung."""
    return Path(saved(example_take(studio, voice, tell), folder)[0])


def warmed(studio: Studio) -> None:
    """Opens the voice that is chosen at first, and all that a take needs; a refusal can wait."""
    with suppress(*MENDABLE):
        take_picture(example_take(studio, studio.default_voice("en")))
    for name in TO_WRITE:
        import_module(name)
