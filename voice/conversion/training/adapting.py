"""The tuning of an enrolled voice, as `voice.conversion.enrolling` asks for it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import replace

from voice.bank import Voice
from voice.card import Training
from voice.conversion.enrolling import Adapt, Person
from voice.conversion.listening import heard_mels
from voice.conversion.sessions import CONTENT_KEY
from voice.conversion.survey import Survey
from voice.conversion.training.adapt import AdaptOptions, adapt
from voice.errors import VoiceError

LEAST_S = 30.0


def tuning(options: AdaptOptions, progress: Callable[[float], None] = lambda share: None) -> Adapt:
    """What `enroll` calls to tune a voice.

    Raises (when called):
        VoiceError: less than half a minute of recordings.
    """

    def tune(base: Voice, heard: Sequence[Survey], person: Person) -> Person:
        seconds = sum(one.recording.duration_s for one in heard)
        if seconds < LEAST_S:
            raise VoiceError(
                f"--adapt: {seconds:.0f} s of recordings; give {LEAST_S:g} at least, better a "
                "minute or more, or leave --adapt out"
            )
        adapted = adapt(
            person.acoustic,
            base.models[CONTENT_KEY],
            heard_mels(heard),
            person.speaker,
            options,
            progress,
        )
        machine = f"{options.threads} threads, {platform.machine()}"
        spent = Training(
            "melisma enroll --adapt", options.steps, round(adapted.elapsed_s / 3600.0, 3), machine
        )
        return replace(
            person, speaker=adapted.speaker, acoustic=adapted.acoustic, training=(spent,)
        )

    return tune
