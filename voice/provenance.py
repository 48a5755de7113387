"""What a sound says of its making: in tags that players show, in its mark and in its record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from vocoder.audio import Audio, Tags
from voice.marking.check import check_file
from voice.marking.making import Making, sound_digest
from voice.marking.payload import Kind
from voice.take import Mix, VocalTake, VoiceUse

_PLACE = re.compile(r";?\s*(?:beat 0|first bar|lead-in)(?: at)? \d+(?:\.\d+)? s")


def tags_of(take: VocalTake, mix: Mix | None = None) -> Tags:
    """Voice, credit, seed and where beat 0 of the score lies, for the file's comment."""
    beat_zero_s = take.frames.lead_in_s if mix is None else mix.start_s
    comment = (
        f"synthetic singing by Melisma; voice {take.voice}; language {take.frames.language}; "
        f"seed {take.frames.seed}; lead-in {take.frames.lead_in_s:.3f} s; "
        f"beat 0 at {beat_zero_s:.3f} s"
    )
    if take.frames.pickup_s > 0.0:
        comment += f"; first bar at {beat_zero_s + take.frames.pickup_s:.3f} s"
    return Tags(artist=take.credit, comment=comment)


def made(take: VocalTake, mix: Mix | None = None) -> Making:
    """The making of a take, or of a mix that holds it, for `voice.marking.writing`."""
    return Making(
        Kind.SING if mix is None else Kind.MIX,
        take.uses or (VoiceUse(take.voice, "", ""),),
        tags_of(take, mix),
        sound_digest(take.audio if mix is None else mix.audio),
        (take.frames.language,),
        take.frames.seed,
        changes=() if mix is None else ("mixed over an instrumental",),
    )


def mixed(vocals: Sequence[Path], tags: Tags, audio: Audio) -> Making | None:
    """The making of a mix of files; None where Melisma made none of its vocals."""
    uses: list[VoiceUse] = []
    for path in vocals:
        findings = check_file(path)
        if findings.record is not None:
            uses += findings.record.making.voices
        elif findings.payload is not None:
            uses += [VoiceUse(name, "", "") for name in findings.voices or ("unknown",)]
    if not uses:
        return None
    voices = tuple(dict.fromkeys(uses))
    changes = ("mixed from files",)
    return Making(Kind.MIX, voices, tags, sound_digest(audio), changes=changes)


def mixed_tags(vocals: Sequence[Tags], start_s: float) -> Tags:
    """What a mix of files says: what its vocals said of themselves, and where beat 0 now lies.

    Args:
        vocals: the tags of the vocals that sound in it.
    """
    sung = [_PLACE.sub("", tags.comment).strip("; ") for tags in vocals if tags.comment]
    artists = dict.fromkeys(tags.artist for tags in vocals if tags.artist)
    told = ("mixed by Melisma", *sung, f"beat 0 at {start_s:.3f} s")
    return Tags(artist=", ".join(artists), comment="; ".join(dict.fromkeys(told)))
