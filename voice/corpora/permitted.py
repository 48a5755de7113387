"""Corpora with leave to train on them, made ready as stores; no leave, no store."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consent.folder import digest_folder
from consent.gate import authorize_corpus, renew, verify
from consent.grant import Operation
from consent.permit import Permit
from vocoder.store import SoundStore
from voice.corpora.open import read_corpus
from voice.corpora.prepare import prepare
from voice.errors import CorpusError

MADE_FROM = "made_from.json"

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class PermittedCorpus:
    """A folder of recordings, the digest of its bytes, and leave to train on exactly those."""

    folder: Path
    digest: str
    permit: Permit

    @property
    def name(self) -> str:
        return self.folder.resolve().name


def permitted(folders: Sequence[Path], at: datetime) -> tuple[PermittedCorpus, ...]:
    """Ask leave for every folder.

    Raises:
        RefusedError: for the first without it; the message says how it is given.
        CorpusError: two folders of one name, whose stores would be one.
    """
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) < len(names):
        raise CorpusError(f"two corpora have the same name among {', '.join(names)}; rename one")
    found = []
    for folder in folders:
        digest = digest_folder(folder)
        found.append(PermittedCorpus(folder, digest, authorize_corpus(digest, Operation.TRAIN, at)))
    return tuple(found)


def renewal(
    corpora: Sequence[PermittedCorpus], clock: Callable[[], datetime]
) -> Callable[[], None]:
    """What training calls at every checkpoint: raises once a grant has ended."""

    def again() -> None:
        for corpus in corpora:
            fresh = renew(corpus.permit, clock())
            verify(fresh, Operation.TRAIN, corpus.digest, clock())

    return again


def prepared(
    corpus: PermittedCorpus, features: Path, language: str | None, progress: Progress
) -> SoundStore:
    """The corpus as a store in `features`, measured anew only where its bytes have changed."""
    folder = features / corpus.name
    record = folder / MADE_FROM
    made_from = {"digest": corpus.digest, "language": language}
    if record.is_file() and json.loads(record.read_text(encoding="utf-8")) == made_from:
        return SoundStore(folder)
    record.unlink(missing_ok=True)
    store = prepare(
        read_corpus(corpus.folder, language),
        folder,
        lambda done, count: progress(corpus.name, done / max(count, 1)),
    )
    record.write_text(json.dumps(made_from), encoding="utf-8")
    return store
