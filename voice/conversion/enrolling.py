"""A person's voice from seconds of recordings, under their grant: embedded, projected, sealed."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from consent.gate import digest_audio
from consent.grant import ConsentGrant, Operation
from consent.registry import Registry
from vocoder.pitch import hz_to_midi
from voice.bank import CARD_FILE, SPEAKER_FILE, Voice, VoiceBank
from voice.card import ENROLLED, Corpus, ModelFile, Training, VoiceRange
from voice.conversion.colouring import colour_of, coloured
from voice.conversion.options import ENROLLED_LIKENESS
from voice.conversion.projection import project
from voice.conversion.recording import open_recording
from voice.conversion.sessions import CONTENT_KEY, open_networks
from voice.conversion.survey import Survey, survey
from voice.errors import VoiceError
from voice.speaker import SpeakerEncoder

LEAST_S, GOOD_S = 3.0, 10.0
RANGE_PERCENTILES = (3, 50, 97)
ROOM_BELOW, ROOM_ABOVE = 5, 12
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Person:
    """How a voice differs from its base: the vector, its own acoustic model, what was spent."""

    speaker: Floats32
    acoustic: bytes
    training: tuple[Training, ...] = ()


@dataclass(frozen=True)
class Description:
    """A person in numbers.

    Their embedding `(256,)` as published, and with all recordings brought to one level; the middle
    of their pitch in MIDI.
    """

    embedding: Floats32
    at_one_level: Floats32
    midi: float


@dataclass(frozen=True)
class Tuning:
    """Tunes a person's voice, beginning with what the embedding gave.

    `tune` is given the recordings only where it works `on_recordings`, under leave to train on
    them.
    """

    tune: Callable[[Voice, Description, Person, Sequence[Survey]], Person]
    on_recordings: bool


@dataclass(frozen=True)
class Enrolled:
    """A sealed voice: where it lies, and the seconds of sound that it was made from."""

    folder: Path
    name: str
    seconds: float
    adapted: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Enrolment:
    """What is to be enrolled: recordings that the grant names, the voice's name, and on what.

    `base` is the voice whose networks the new one sings with.
    """

    recordings: tuple[Path, ...]
    grant_id: str
    name: str
    base: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise VoiceError(
                f"--name {self.name}: a voice is named in a-z, 0-9 and -, up to 40 of them"
            )
        if not self.recordings:
            raise VoiceError("no recordings; give those that the grant names")


def enroll(
    bank: VoiceBank,
    registry: Registry,
    wanted: Enrolment,
    clock: Callable[[], datetime],
    tuning: Tuning | None = None,
) -> Enrolled:
    """Make a sealed voice in the user's bank.

    Raises:
        RefusedError: the grant does not name these recordings, or not `embed` (or `train`, to
            adapt); ConversionError: nobody speaks in one; VoiceError: the name is taken.
    """
    out = bank.own / wanted.name
    if wanted.name in bank.names() or out.exists():
        raise VoiceError(f"there is a voice {wanted.name!r} already; choose another name")
    data = {path: _bytes_of(path) for path in wanted.recordings}
    plain = _embedding(SpeakerEncoder(), registry, wanted.grant_id, data, clock)
    even = _embedding(SpeakerEncoder(even_level=True), registry, wanted.grant_id, data, clock)
    heard = [survey(open_recording(path)) for path in wanted.recordings]
    seconds = sum(one.recording.duration_s for one in heard)
    if seconds < LEAST_S:
        raise VoiceError(
            f"{seconds:.1f} s of recordings, give {LEAST_S:g} at least, better {GOOD_S:g}"
        )
    base = bank.open_voice(wanted.base, clock())
    described = Description(plain, even, middle_of(heard))
    person = first_hearing(bank, base, described.embedding, heard, clock)
    if tuning is not None:
        if tuning.on_recordings:
            for recording in data.values():
                _leave(registry, wanted.grant_id, Operation.TRAIN, recording, clock)
        person = tuning.tune(base, described, person, heard if tuning.on_recordings else ())
    terms = registry.show(wanted.grant_id).terms
    files = _files(wanted, base, terms, heard, person)
    out.parent.mkdir(parents=True, exist_ok=True)
    registry.seal_voice(wanted.grant_id, files, out, clock())
    on_recordings = tuning is not None and tuning.on_recordings
    return Enrolled(out, wanted.name, seconds, on_recordings, _warnings(heard, seconds))


def _embedding(
    encoder: SpeakerEncoder,
    registry: Registry,
    grant_id: str,
    data: Mapping[Path, bytes],
    clock: Callable[[], datetime],
) -> Floats32:
    """The mean embedding of the recordings, each under its own permit, of length 1."""
    rows = []
    for recording in data.values():
        permit = registry.authorize(grant_id, Operation.EMBED, digest_audio(recording), clock())
        rows.append(encoder.embed_recording(recording, permit, clock()))
    mean = np.mean(rows, axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def first_hearing(
    bank: VoiceBank,
    base: Voice,
    embedding: Floats32,
    heard: Sequence[Survey],
    clock: Callable[[], datetime],
) -> Person:
    """What the embedding says of a voice, and its colour as the recordings have it."""
    if CONTENT_KEY not in base.models:
        raise VoiceError(f"voice {base.card.name}: brings no content model; choose another --base")
    speaker = project(base.models[CONTENT_KEY], embedding)
    opened = [
        bank.open_voice(base.card.name, clock(), Operation.CONVERT, one.recording.sha256)
        for one in heard
    ]
    networks = open_networks(opened[0], heard[0].recording.sha256, clock(), threads=1)
    colour = colour_of(heard, replace(networks, speaker=speaker))
    return Person(speaker, coloured(base.models["acoustic"], colour))


def _leave(
    registry: Registry,
    grant_id: str,
    operation: Operation,
    recording: bytes,
    clock: Callable[[], datetime],
) -> None:
    """Ask for a permit and verify it for the very bytes that are about to be used."""
    digest = digest_audio(recording)
    permit = registry.authorize(grant_id, operation, digest, clock())
    registry.verify(permit, operation, digest, clock())


def _files(
    wanted: Enrolment,
    base: Voice,
    terms: ConsentGrant | None,
    heard: Sequence[Survey],
    person: Person,
) -> Mapping[str, bytes]:
    """The voice's files; it carries its networks along, so that a later release cannot break it."""
    vector = io.BytesIO()
    np.save(vector, person.speaker.astype(np.float32), allow_pickle=False)
    models = {**base.models, "acoustic": person.acoustic}
    card = replace(
        base.card,
        name=wanted.name,
        title=wanted.name,
        summary="A person's voice, enrolled with their consent.",
        kind=ENROLLED,
        likeness=ENROLLED_LIKENESS,
        languages=base.card.languages if terms is None else tuple(terms.languages),
        range=range_of(heard),
        licence=f"what grant {wanted.grant_id} allows, and nothing else",
        credit=f"{wanted.name}, by consent",
        link=f"melisma consent show {wanted.grant_id}",
        models={
            key: ModelFile(f"{key}.onnx", hashlib.sha256(data).hexdigest())
            for key, data in models.items()
        },
        corpora=(
            Corpus(
                "enrolled recordings",
                f"grant {wanted.grant_id}",
                round(sum(one.recording.duration_s for one in heard) / 60.0, 2),
                "consent of the person, in the registry",
            ),
        ),
        training=(*base.card.training, *person.training),
        scores={},
    )
    return {
        CARD_FILE: card.to_json().encode(),
        SPEAKER_FILE: vector.getvalue(),
        **{f"{key}.onnx": data for key, data in models.items()},
    }


def middle_of(heard: Sequence[Survey]) -> float:
    """The middle of somebody's pitch, in MIDI."""
    midi = [hz_to_midi(one.pitch.hz[one.pitch.voiced]) for one in heard]
    return float(np.median(np.concatenate(midi)))


def range_of(heard: Sequence[Survey]) -> VoiceRange:
    """Around what was sung or said, with more room above it than below."""
    midi = np.concatenate([hz_to_midi(one.pitch.hz[one.pitch.voiced]) for one in heard])
    low, middle, high = (round(float(value)) for value in np.percentile(midi, RANGE_PERCENTILES))
    return VoiceRange(
        max(1, min(middle - ROOM_BELOW, low)), min(126, max(middle + ROOM_ABOVE, high))
    )


def _warnings(heard: Sequence[Survey], seconds: float) -> tuple[str, ...]:
    found = [f"{one.recording.path}: {text}" for one in heard for text in one.warnings]
    if seconds < GOOD_S:
        found.append(f"only {seconds:.1f} s of recordings; {GOOD_S:g} s or more sound more alike")
    return tuple(found)


def _bytes_of(path: Path) -> bytes:
    open_recording(path)
    return path.read_bytes()
