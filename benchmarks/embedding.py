"""GE2E embeddings for the benchmarks, each made under a permit for its very bytes.

Corpora bring grants of their own. Takes are registered for the length of one measurement in a
registry of their own, as sound that the voice's terms let anybody make. All are brought to one
level: the encoder hears loudness, and a loud file would be nearest to whoever was recorded loudly.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from benchmarks.consent_trials.scene import at_home, licence
from consent.canonical import sha256_hex
from consent.folder import digest_files, read_folder
from consent.gate import authorize_corpus
from consent.grant import Operation
from consent.location import at_folder
from consent.registry import Registry
from vocoder.audio import Audio
from voice.corpora.recordings import Recording
from voice.sound_bytes import SPEECH_RATE_HZ
from voice.speaker import SpeakerEncoder

Floats = npt.NDArray[np.float32]


def embedded_recordings(
    folder: Path, recordings: Sequence[Recording], even_level: bool = True
) -> Floats:
    """Embeddings `(recordings, 256)` of recordings of the corpus in `folder`.

    Args:
        even_level: False for embeddings that voices are enrolled from, as the product does it.

    Raises:
        RefusedError: the folder is not the corpus that a grant is for.
    """
    now = datetime.now(UTC)
    found = read_folder(folder)
    permit = authorize_corpus(found.digest, Operation.EMBED, now)
    names = [recording.path.relative_to(folder).as_posix() for recording in recordings]
    encoder = SpeakerEncoder(even_level=even_level)
    return encoder.embed_folder(found.files, names, permit, now)


def embedded_takes(takes: Sequence[Audio]) -> Floats:
    """Embeddings `(takes, 256)` of sound that voices made."""
    files = {f"{index:05}.wav": _wav(take) for index, take in enumerate(takes)}
    digest = digest_files({name: sha256_hex(data) for name, data in files.items()})
    now = datetime.now(UTC)
    grant, _ = licence(0, now)
    grant = replace(grant, digest=digest, operations=frozenset({Operation.EMBED}))
    with tempfile.TemporaryDirectory() as home, at_home(Path(home)):
        with Registry.create(at_folder(Path(home) / "consent")) as registry:
            registry.register_licences([grant], now)
        permit = authorize_corpus(digest, Operation.EMBED, datetime.now(UTC))
        encoder = SpeakerEncoder(even_level=True)
        return encoder.embed_folder(files, sorted(files), permit, datetime.now(UTC))


def _wav(take: Audio) -> bytes:
    stream = io.BytesIO()
    samples = take.mono().resampled(SPEECH_RATE_HZ).samples[0]
    soundfile.write(stream, samples, SPEECH_RATE_HZ, format="WAV", subtype="PCM_16")
    return stream.getvalue()
