"""The tuning of an enrolled voice, as `voice.conversion.enrolling` asks for it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import replace

from voice.bank import Voice
from voice.card import Training
from voice.conversion.enrolling import Description, Person, Tuning
from voice.conversion.listening import heard_mels
from voice.conversion.sessions import CONTENT_KEY
from voice.conversion.survey import Survey
from voice.conversion.training.adapt import AdaptOptions, adapt
from voice.conversion.training.likeness import Aim
from voice.errors import VoiceError

LEAST_S = 30.0

Progress = Callable[[float], None]


def towards_embedding(options: AdaptOptions, progress: Progress = lambda share: None) -> Tuning:
    """Zero-shot: what others say in the voice is to have the person's embedding."""
    return Tuning(_tune("melisma enroll", options, progress), on_recordings=False)


def on_recordings(options: AdaptOptions, progress: Progress = lambda share: None) -> Tuning:
    """Few-shot: the same, and the person's own recordings are rebuilt.

    Raises (when it tunes):
        VoiceError: less than half a minute of recordings.
    """
    tune = _tune("melisma enroll --adapt", options, progress)

    def with_enough(
        base: Voice, described: Description, person: Person, heard: Sequence[Survey]
    ) -> Person:
        seconds = sum(one.recording.duration_s for one in heard)
        if seconds < LEAST_S:
            raise VoiceError(
                f"--adapt: {seconds:.0f} s of recordings; give {LEAST_S:g} at least, better a "
                "minute or more, or leave --adapt out"
            )
        return tune(base, described, person, heard)

    return Tuning(with_enough, on_recordings=True)


def _tune(
    command: str, options: AdaptOptions, progress: Progress
) -> Callable[[Voice, Description, Person, Sequence[Survey]], Person]:
    def tune(
        base: Voice, described: Description, person: Person, heard: Sequence[Survey]
    ) -> Person:
        adapted = adapt(
            person.acoustic,
            base.models[CONTENT_KEY],
            person.speaker,
            Aim(described.at_one_level, described.midi),
            heard_mels(heard),
            options,
            progress,
        )
        machine = f"{options.threads} threads, {platform.machine()}"
        spent = Training(command, options.steps, round(adapted.elapsed_s / 3600.0, 3), machine)
        return replace(
            person, speaker=adapted.speaker, acoustic=adapted.acoustic, training=(spent,)
        )

    return tune
