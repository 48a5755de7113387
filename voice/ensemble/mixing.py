"""An ensemble over an instrumental: every singer through the vocals' chain, in their place."""

from __future__ import annotations

from vocoder.audio import Audio
from voice.ensemble.together import Together
from voice.mixing.mix import mixed
from voice.mixing.wishes import MixWishes, first_decisions
from voice.take import Mix


def mix_together(
    sung: Together,
    instrumental: Audio,
    start_s: float,
    wishes: MixWishes | None = None,
    tempo_bpm: float | None = None,
) -> Mix:
    """Lay all takes over an instrumental, beat 0 of their score on `start_s`; echoes need a tempo.

    Raises:
        MixError: an instrumental without samples, a take without sound.
    """
    begin_s = start_s - sung.lead.frames.lead_in_s
    roles = [part.role for part in sung.parts]
    begins_s = [begin_s] * len(roles)
    decisions = first_decisions(wishes or MixWishes(), roles, begins_s, tempo_bpm)
    made = mixed(instrumental, [part.take.audio for part in sung.parts], decisions)
    return Mix(made.audio, made.decisions, made.measured.loudness_lufs, start_s + made.before_s)
