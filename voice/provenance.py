"""What a sound file says of its making, in tags that players show."""

from __future__ import annotations

from vocoder.audio import Tags
from voice.take import Mix, VocalTake


def tags_of(take: VocalTake, mix: Mix | None = None) -> Tags:
    """Voice, credit, seed and where beat 0 of the score lies, for the file's comment."""
    beat_zero_s = take.frames.lead_in_s if mix is None else mix.start_s
    comment = (
        f"synthetic singing by Melisma; voice {take.voice}; language {take.frames.language}; "
        f"seed {take.frames.seed}; lead-in {take.frames.lead_in_s:.3f} s; "
        f"beat 0 at {beat_zero_s:.3f} s"
    )
    return Tags(artist=take.credit, comment=comment)
