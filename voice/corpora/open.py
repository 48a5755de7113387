"""Reads whatever kind of corpus a folder holds."""

from __future__ import annotations

from pathlib import Path

from voice.corpora.folder import has_texts, read_texts
from voice.corpora.manifest import MANIFEST_FILE, read_manifest
from voice.corpora.recordings import Recording
from voice.corpora.utau import is_voicebank, read_voicebank
from voice.errors import CorpusError


def read_corpus(folder: Path, language: str | None = None) -> tuple[Recording, ...]:
    """All recordings of a corpus: by its manifest, as an UTAU voicebank, or as sound with words.

    Args:
        language: ISO code for corpora that do not state theirs; guessed from their writing.

    Raises:
        CorpusError: none of these, or damaged; the message says where and what to do.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder; check the path")
    if (folder / MANIFEST_FILE).is_file():
        return read_manifest(folder)
    if is_voicebank(folder):
        return read_voicebank(folder, language)
    if has_texts(folder):
        return read_texts(folder, language)
    raise CorpusError(
        f"{folder}: nothing to train on; give an UTAU voicebank (wav and oto.ini), wav files with "
        "their words in txt files of the same names, or a metadata.csv"
    )
