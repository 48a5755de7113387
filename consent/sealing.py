"""Voice folders made from a person: one sealed file that opens only while the grant is in force.

The container is AES-256-GCM under a key derived from the person's key and the grant's id, with
the grant's id as associated data. File names are inside, so nothing about the voice shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from consent.canonical import check_keys, from_canonical_json, to_canonical_json
from consent.dossier import subject_of
from consent.envelope import open_envelope, seal_envelope
from consent.errors import ConsentFormatError, RefusedError
from consent.files import write_atomically
from consent.folder import GRANT_FILE, SEALED_FILE, FolderBytes, read_folder
from consent.ledger import Ledger
from consent.log import Entry
from consent.permits import VOICE, material_digest
from consent.records import find_row, load_record
from consent.schema import material
from consent.states import check_usable
from consent.upsert import upsert

REFERENCE_PAYLOAD_TYPE = "application/vnd.melisma.grant-reference.v1+json"
_LENGTH_BYTES = 8


def seal_voice(
    ledger: Ledger, grant_id: str, files: Mapping[str, bytes], out: Path, at: datetime
) -> str:
    """Write a sealed voice folder and register its digest under the grant.

    Args:
        files: The voice, by relative path, as `read_folder` gives it.
        out: The folder to make; it must not be there yet.

    Returns:
        The digest of the sealed folder, for permits to sing and to publish.
    """
    if out.exists():
        raise ConsentFormatError(f"{out}: is there already; choose another folder")
    with ledger.writing(at) as writing:
        record = load_record(writing.view, grant_id)
        check_usable(grant_id, record.row.state)
        keys = ledger.keys
        sealed = keys.seal(subject_of(record), _purpose(grant_id), pack(files))
        out.mkdir(parents=True, mode=0o700)
        write_atomically(out / SEALED_FILE, sealed, 0o600)
        write_atomically(out / GRANT_FILE, _reference(ledger, grant_id), 0o600)
        digest = read_folder(out).digest
        keyed = material_digest(writing.view, digest)
        row = {"grant_id": grant_id, "keyed_digest": keyed, "kind": VOICE, "seq": writing.next_seq}
        upsert(writing.view.connection, material, [row])
        writing.record([Entry(grant_id, VOICE, {"digests": [keyed]})])
    return digest


def referenced_grant(voice: FolderBytes, public_key: bytes) -> str:
    """The grant that a sealed folder names, if this registry signed the reference."""
    what = f"{voice.name}/{GRANT_FILE}"
    payload = open_envelope(voice.grant or b"", REFERENCE_PAYLOAD_TYPE, public_key, what).payload
    value = from_canonical_json(payload, what)
    check_keys(value, frozenset({"grant_id"}), what)
    return str(value["grant_id"])


def open_folder(ledger: Ledger, voice: FolderBytes) -> Mapping[str, bytes]:
    """The plain files of a voice; the caller has verified a permit under its grant.

    Raises:
        RefusedError: the grant is not in force, its key is gone, or the bytes were changed.
    """
    grant_id = referenced_grant(voice, ledger.keys.public_key)
    with ledger.reading() as view:
        row = find_row(view, grant_id)
        check_usable(grant_id, row.state)
        if row.subject_id is None:
            return voice.files
        sealed = voice.files.get(SEALED_FILE)
        if sealed is None or len(voice.files) != 1:
            raise ConsentFormatError(
                f"{voice.name}: must hold {SEALED_FILE} and {GRANT_FILE} and nothing else"
            )
        plain = ledger.keys.unseal(row.subject_id, _purpose(grant_id), sealed)
    return unpack(plain, voice.name)


def write_reference(ledger: Ledger, grant_id: str, folder: Path) -> None:
    """Name the grant of a folder that stays unsealed, which only published licences allow."""
    with ledger.reading() as view:
        row = find_row(view, grant_id)
        check_usable(grant_id, row.state)
    if row.subject_id is not None:
        raise RefusedError(
            "sealed",
            grant_id,
            "a person's voice is kept sealed",
            "seal the folder with `melisma consent seal`",
        )
    write_atomically(folder / GRANT_FILE, _reference(ledger, grant_id))


def pack(files: Mapping[str, bytes]) -> bytes:
    """Length-prefixed canonical index, then the bytes of all files in its order."""
    names = sorted(files)
    index = to_canonical_json({"files": [[name, len(files[name])] for name in names]})
    head = len(index).to_bytes(_LENGTH_BYTES, "big")
    return b"".join([head, index, *(files[name] for name in names)])


def unpack(data: bytes, what: str) -> dict[str, bytes]:
    """The inverse of `pack`; the bytes were authenticated before."""
    start = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
    try:
        index = json.loads(data[_LENGTH_BYTES:start])["files"]
        sizes = {str(name): int(size) for name, size in index}
    except (ValueError, KeyError, TypeError) as fault:
        raise ConsentFormatError(f"{what}: the sealed container has no index") from fault
    files: dict[str, bytes] = {}
    for name, size in sizes.items():
        files[name] = data[start : start + size]
        start += size
    if start != len(data):
        raise ConsentFormatError(f"{what}: the sealed container is {len(data)} bytes, not {start}")
    return files


def _reference(ledger: Ledger, grant_id: str) -> bytes:
    payload = to_canonical_json({"grant_id": grant_id})
    return seal_envelope(REFERENCE_PAYLOAD_TYPE, payload, ledger.keys.signing_key)


def _purpose(grant_id: str) -> str:
    return f"melisma voice {grant_id}"
