"""What a caller wants of a conversion."""

from __future__ import annotations

from dataclasses import dataclass

from voice.card import USUAL_LIKENESS

ENROLLED_LIKENESS = 0.9
"""Of a person's voice, whose colour the networks have from recordings of that person."""


@dataclass(frozen=True)
class ConversionOptions:
    """How a recording is to be sung by the voice.

    Attributes:
        transpose: semitones.
        formants: semitones by which the voice's throat is to be shorter.
        follow_dynamics: the loudness of the recording moment by moment, rather than as the voice
            would carry it.
        likeness: 1 for the voice as its networks sing it; towards 0 more and more of the
            recording's own detail, which is better understood and less like the voice. What is
            usual for a voice, its card says.
        seed: of the noise in breath and hiss.
    """

    transpose: float = 0.0
    formants: float = 0.0
    follow_dynamics: bool = False
    likeness: float = USUAL_LIKENESS
    seed: int = 0

    def __post_init__(self) -> None:
        if not -36.0 <= self.transpose <= 36.0:
            raise ValueError(f"a transposition lies within 36 semitones, not {self.transpose}")
        if not -8.0 <= self.formants <= 8.0:
            raise ValueError(f"formants move by at most 8 semitones, not {self.formants}")
        if not 0.0 <= self.likeness <= 1.0:
            raise ValueError(f"likeness lies in 0-1, not {self.likeness}")


def usual_in_words() -> str:
    """What is usual, for whoever chooses."""
    return (
        f"as the voice's card says, {USUAL_LIKENESS:g} where it says nothing, "
        f"{ENROLLED_LIKENESS:g} into an enrolled voice"
    )
