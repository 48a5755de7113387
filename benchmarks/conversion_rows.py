"""What conversions are worth, as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.conversion_sources import SourceKind
from benchmarks.converted import Converted
from benchmarks.listening import Understood, pooled_rate
from benchmarks.melody_kept import MelodyKept
from benchmarks.rows import measured
from benchmarks.table import Row, Target, at_least, at_most
from benchmarks.who import Gallery, Heard

COSINE_ROOM = 0.10

CORRELATION = (
    "f0 of source and conversion, Pearson correlation over moments voiced in both (Praat, every "
    "5 ms), mean over songs and held-back singing into every voice"
)
WITHIN = (
    "moments voiced in source and conversion whose pitch lies within 50 cents of the source, "
    "moved as asked (songs, singing and speech into every voice)"
)
VOICING = "moments within 40 dB of the loudest that are voiced on one side alone"
NEAREST = (
    "conversions into {who}{how} whose nearest centroid, of recordings within 3 semitones, "
    "is {who}'s among {count} singers and speakers (GE2E)"
)
COSINE = (
    "GE2E cosine of conversions into {who}{how} to {who}'s centroid at that pitch, mean; the goal "
    "is the median cosine of {who}'s own clips to one another less 0.10"
)
ADDED = (
    "words wrong in {corpus} (held back, Whisper base) converted into {voice}, less those wrong in "
    "the recordings"
)
AGREEMENT = (
    "words of songs heard alike in the source and in its conversion (Whisper base, in pieces, "
    "without draws, 100 less word errors against the source's transcript), all voices"
)


@dataclass(frozen=True, eq=False)
class Judged:
    """A conversion and what was heard of it; `understood` where it has words."""

    converted: Converted
    melody: MelodyKept
    understood: Understood | None = None


def melody_rows(judged: Sequence[Judged]) -> list[Row]:
    """The melody kept: songs and singing for the correlation, everything for the rest."""
    melodic = [each.melody for each in judged if each.converted.source.melodic]
    every = [each.melody for each in judged]
    return [
        measured(
            "f0.correlation",
            CORRELATION,
            melodic,
            lambda rows: float(np.mean([row.correlation for row in rows])),
            "",
            (len(melodic), "conversions"),
            at_least(0.97),
        ),
        measured("f0.within_50", WITHIN, every, _within, "%", _moments(every), at_least(97.0)),
        measured("f0.voicing", VOICING, every, _voicing, "%", _moments(every), at_most(6.0)),
    ]


def _within(rows: Sequence[MelodyKept]) -> float:
    weights = [row.moments for row in rows]
    return float(100.0 * np.average([row.within_50 for row in rows], weights=weights))


def _voicing(rows: Sequence[MelodyKept]) -> float:
    weights = [row.moments for row in rows]
    return float(100.0 * np.average([row.voicing_error for row in rows], weights=weights))


def _moments(rows: Sequence[MelodyKept]) -> tuple[int, str]:
    return sum(row.moments for row in rows), "moments"


def word_rows(
    judged: Sequence[Judged], recorded: Mapping[str, Understood], voices: Sequence[str]
) -> list[Row]:
    """Errors added to speech, for each corpus and voice, and agreement on songs.

    Args:
        recorded: what was understood of the sources themselves, by name.
    """
    rows = []
    corpora = dict.fromkeys(
        each.converted.source.corpus
        for each in judged
        if each.converted.source.kind is SourceKind.SPEECH
    )
    for corpus in corpora:
        for voice in voices:
            pairs = [
                (each.understood, recorded[each.converted.source.name])
                for each in judged
                if each.understood is not None
                and each.converted.voice == voice
                and each.converted.source.corpus == corpus
            ]
            rows.append(
                measured(
                    f"words.{corpus}.{voice}",
                    ADDED.format(corpus=corpus, voice=voice),
                    pairs,
                    _added,
                    "points",
                    (sum(one.words for one, _ in pairs), "words"),
                    at_most(8.0),
                )
            )
    songs = [
        each.understood
        for each in judged
        if each.understood is not None and each.converted.source.kind is SourceKind.SONG
    ]
    if songs:
        rows.append(
            measured(
                "words.songs",
                AGREEMENT,
                songs,
                lambda units: 100.0 * (1.0 - pooled_rate(units)),
                "%",
                (sum(one.words for one in songs), "words"),
                at_least(80.0),
            )
        )
    return rows


def _added(pairs: Sequence[tuple[Understood, Understood]]) -> float:
    made = pooled_rate([one for one, _ in pairs])
    return 100.0 * (made - pooled_rate([other for _, other in pairs]))


def likeness_rows(
    key: str,
    who: tuple[str, str],
    gallery: Gallery,
    heard: Sequence[Heard],
    own: float,
    goal: float = 95.0,
) -> list[Row]:
    """How often the target is nearest, and how near.

    Args:
        who: the target, and of which conversions this is said.
        own: the median cosine between the target's own clips.
    """
    count = len({member.singer for member in gallery.members})
    counted = (len(heard), "conversions")
    nearest = [100.0 * (gallery.nearest(each) == each.singer) for each in heard]
    near = [gallery.likeness(each) for each in heard]
    target: Target = at_least(round(own - COSINE_ROOM, 3))
    return [
        measured(
            f"{key}.nearest",
            NEAREST.format(who=who[0], how=who[1], count=count),
            nearest,
            _mean,
            "%",
            counted,
            at_least(goal),
        ),
        measured(
            f"{key}.cosine", COSINE.format(who=who[0], how=who[1]), near, _mean, "", counted, target
        ),
    ]


def own_cosine(gallery: Gallery, singer: str) -> float:
    """The median cosine between two clips of one singer."""
    rows = np.stack([each.embedding for each in gallery.members if each.singer == singer])
    cosines = rows @ rows.T
    return float(np.median(cosines[np.triu_indices(len(rows), 1)]))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
