"""Embeddings of the speakers of permitted corpora, under leave to embed exactly these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from consent.folder import read_folder
from consent.gate import authorize_corpus
from consent.grant import Operation
from voice.corpora.open import read_corpus
from voice.corpora.permitted import PermittedCorpus
from voice.corpora.recordings import Recording
from voice.speaker import SpeakerEncoder

CLIPS = 10
SHORTEST_S = 2.0


def embed_speakers(
    corpora: Sequence[PermittedCorpus], language: str | None, at: datetime
) -> Mapping[str, npt.NDArray[np.float32]]:
    """GE2E embeddings `(clips, 256)` of every speaker, from ten recordings that may train.

    Raises:
        RefusedError: the grant of a corpus does not name `embed`.
    """
    encoder = SpeakerEncoder()
    rows: dict[str, list[npt.NDArray[np.float32]]] = {}
    for corpus in corpora:
        permit = authorize_corpus(corpus.digest, Operation.EMBED, at)
        files = read_folder(corpus.folder).files
        for speaker, chosen in _chosen(read_corpus(corpus.folder, language)).items():
            names = [one.path.relative_to(corpus.folder).as_posix() for one in chosen]
            rows.setdefault(speaker, []).append(encoder.embed_folder(files, names, permit, at))
    return {speaker: np.concatenate(parts) for speaker, parts in rows.items()}


def _chosen(recordings: Sequence[Recording]) -> Mapping[str, list[Recording]]:
    """Evenly chosen recordings of each speaker, none of them held back."""
    by_speaker: dict[str, list[Recording]] = {}
    for recording in sorted(recordings, key=lambda one: one.name):
        if not recording.held_back and recording.duration_s >= SHORTEST_S:
            by_speaker.setdefault(recording.speaker, []).append(recording)
    return {
        speaker: [mine[index * len(mine) // CLIPS] for index in range(min(CLIPS, len(mine)))]
        for speaker, mine in by_speaker.items()
    }
