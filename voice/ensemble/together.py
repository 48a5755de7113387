"""Several takes of one song and their sum: each singer in their place, as loud as their role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.card import VoiceCard
from voice.ensemble.members import Ensemble, Member, members
from voice.mixing.decisions import Role
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs
from voice.mixing.spread import LEVELS_LU, panned, pans_of
from voice.performance.fermatas import held
from voice.range_fit import moved, shift_for
from voice.score.model import Score
from voice.studio import Progress, SingOptions, Studio, silent_progress
from voice.take import VocalTake

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """One singer's take, dry and mono, and where they stand: -1 left to 1 right."""

    name: str
    role: Role
    pan: float
    gain_db: float
    take: VocalTake


@dataclass(frozen=True)
class Together:
    """An ensemble's takes, of one length and with one beat 0."""

    parts: tuple[Part, ...]

    @property
    def lead(self) -> VocalTake:
        return self.parts[0].take

    @property
    def audio(self) -> Audio:
        """All of them in stereo."""
        length = max(part.take.audio.length_samples for part in self.parts)
        total = np.zeros((2, length), dtype=np.float32)
        for part in self.parts:
            samples = part.take.audio.mono().samples * np.float32(gain_of(part.gain_db))
            wide: Floats32 = panned(samples, 2, part.pan)
            total[:, : wide.shape[1]] += wide
        return Audio(total, self.lead.audio.rate_hz)

    @property
    def as_take(self) -> VocalTake:
        """The sum as one take: the lead's FrameScore, everybody's credit and warnings."""
        takes = [part.take for part in self.parts]
        return replace(
            self.lead,
            audio=self.audio,
            voice=", ".join(dict.fromkeys(take.voice for take in takes)),
            credit="; ".join(dict.fromkeys(take.credit for take in takes)),
            uses=tuple(dict.fromkeys(use for take in takes for use in take.uses)),
            warnings=tuple(dict.fromkeys(line for take in takes for line in take.warnings)),
        )


def sing_together(
    studio: Studio,
    score: Score,
    voice: str | None,
    options: SingOptions,
    wanted: Ensemble,
    progress: Progress = silent_progress,
) -> Together:
    """Sing a score with everybody who is asked for.

    The lead's clock and transposition hold for all; whoever is at home in another octave sings
    there.

    Raises:
        MelismaError: as `Studio.sing`, for any of the members.
    """
    expression = options.expression
    score = held(score, expression.fermata)
    clocked = replace(
        wanted, harmonies=tuple(replace(each, tempo=score.tempo) for each in wanted.harmonies)
    )
    singers = members(score, clocked, replace(expression, fermata=1.0), options.seed)
    leading = voice or studio.default_voice(studio.language_of(score, options))
    shift = shift_for(score, options.transpose, studio.voices.card(leading).range)
    takes = []
    for number, member in enumerate(singers):
        card = studio.voices.card(member.voice or leading)
        wish = replace(
            options,
            expression=member.expression,
            seed=member.seed,
            transpose=shift + _octaves(score, shift, card, member),
        )

        def told(stage: str, share: float, number: int = number) -> None:
            progress(stage, (number + share) / len(singers))

        takes.append(studio.sing(member.score, card.name, wish, told))
    return Together(_placed(singers, takes))


def _octaves(lead: Score, shift: int, card: VoiceCard, member: Member) -> int:
    """Whole octaves that bring a choir's singer home; all others sing where the lead does."""
    if member.role != "choir":
        return 0
    return shift_for(moved(lead, shift), "octave", card.range)


def _placed(singers: Sequence[Member], takes: Sequence[VocalTake]) -> tuple[Part, ...]:
    """Pans and gains by role, each take brought to the level of its role beside the first."""
    roles: list[Role] = [member.role for member in singers]
    levels = [integrated_lufs(take.audio) for take in takes]
    reference = levels[0] - LEVELS_LU[roles[0]]
    crowd_db = 10.0 * float(np.log10(roles.count("choir"))) if "choir" in roles else 0.0
    return tuple(
        Part(
            member.name,
            member.role,
            pan,
            0.0
            if level <= SILENCE_LUFS
            else round(reference + LEVELS_LU[member.role] - level - crowd_db, 2),
            take,
        )
        for member, pan, level, take in zip(singers, pans_of(roles), levels, takes, strict=True)
    )
