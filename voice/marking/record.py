"""The signed record of a sound: what was made, and the very bytes it was written as.

A DSSE envelope over canonical JSON, as grants and permits are. The record carries the public key of
the installation that signed it, so that anybody can see whether it was changed since; who that
installation is, it cannot say.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from consent.canonical import check_keys, from_canonical_json, to_canonical_json
from consent.envelope import open_envelope, peek_payload, raw_public_key, seal_envelope
from consent.errors import ConsentError
from consent.files import write_atomically
from voice.errors import RecordError
from voice.marking.installation import Installation
from voice.marking.making import Making

PAYLOAD_TYPE = "application/vnd.melisma.made.v1+json"
SUFFIX = ".made.json"
_KEYS = frozenset({"audio", "making", "program", "signer"})


@dataclass(frozen=True)
class Written:
    """The file as it was written."""

    sha256: str
    rate_hz: int
    channels: int
    samples: int
    form: str

    @property
    def duration_s(self) -> float:
        return self.samples / self.rate_hz


@dataclass(frozen=True)
class Record:
    """A record whose signature holds under the key it names itself."""

    making: Making
    audio: Written
    program: str
    signer: bytes

    @property
    def name(self) -> str:
        return self.making.record


def record_path(path: Path) -> Path:
    """Where the record of a sound file lies."""
    return path.with_name(path.name + SUFFIX)


def put_record(path: Path, making: Making, installation: Installation) -> Record:
    """Sign what a file just written is; the record goes beside it and into the data folder.

    Raises:
        RecordError: it cannot be written.
    """
    key = installation.signing_key()
    record = Record(
        making, facts_of(path), _program(),
        raw_public_key(key.public_key()),
    )  # fmt: skip
    payload = {
        "audio": asdict(record.audio),
        "making": making.to_json(),
        "program": record.program,
        "signer": record.signer.hex(),
    }
    envelope = seal_envelope(PAYLOAD_TYPE, to_canonical_json(payload), key)
    try:
        write_atomically(record_path(path), envelope)
    except OSError as error:
        raise RecordError(f"{record_path(path)}: cannot be written ({error.strerror})") from error
    installation.keep(making.record, envelope)
    return record


def read_record(envelope: bytes, what: str) -> Record:
    """A record, verified under the key it names.

    Raises:
        RecordError: no record, or changed since it was signed.
    """
    try:
        claimed = from_canonical_json(peek_payload(envelope, what), what)
        signer = bytes.fromhex(str(claimed.get("signer")))
        payload = open_envelope(envelope, PAYLOAD_TYPE, signer, what).payload
        value = from_canonical_json(payload, what)
        check_keys(value, _KEYS, what)
        return Record(
            Making.from_json(value["making"]), Written(**value["audio"]), value["program"], signer
        )
    except (ConsentError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(
            f"{what}: not the record that was signed ({error}); look for an unbroken copy"
        ) from error


def _program() -> str:
    try:
        return f"melisma {metadata.version('melisma')}"
    except metadata.PackageNotFoundError:
        return "melisma, not installed"


def facts_of(path: Path) -> Written:
    """What a sound file is: its bytes, and what its header says."""
    import soundfile

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with soundfile.SoundFile(path) as sound:
            form = f"{sound.format} {sound.subtype}"
            return Written(digest, int(sound.samplerate), sound.channels, int(sound.frames), form)
    except (OSError, soundfile.LibsndfileError) as error:
        raise RecordError(f"{path}: not readable as audio ({error})") from error
