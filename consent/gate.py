"""The gate: every embedding, training, singing, conversion and export passes through here.

    voice = open_voice(folder, Operation.SING, now)                # files, permit, digest
    verify(voice.permit, Operation.SING, voice.digest, now)        # again, at every sink

`verify` is a function and not a method of the permit, because a forged object would bring its
own methods along. Bundled grants prove themselves; everything else asks the user's registry, and
a registry that is missing, locked or newer is an error and never a yes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from consent.bundled import find_corpus_grant, read_bundled, verify_bundled
from consent.canonical import sha256_hex
from consent.envelope import peek_type
from consent.errors import ConsentFormatError, RefusedError
from consent.folder import FolderBytes, digest_files, read_folder
from consent.grant import GRANT_PAYLOAD_TYPE, ConsentGrant, Operation
from consent.location import locate
from consent.permit import Permit

if TYPE_CHECKING:
    from consent.registry import Registry

CLOCK_SLACK = timedelta(minutes=2)
_PERMIT_TYPE = "application/vnd.melisma.permit.v1+json"


@dataclass(frozen=True, slots=True)
class OpenVoice:
    """A voice folder that may be used now.

    `files` are the plain files, from memory: the very bytes that were digested. `digest` is what
    the sinks verify the permit for. `licence` is the published grant of a bundled voice, whose
    credits are shown with it; None for a person's voice.
    """

    files: Mapping[str, bytes]
    permit: Permit
    digest: str
    licence: ConsentGrant | None


def open_voice(
    folder: Path, operation: Operation, at: datetime, source: str | None = None
) -> OpenVoice:
    """Read a voice folder, get leave to use it, and open it if it is sealed.

    Args:
        folder: The voice folder.
        operation: sing, convert or publish.
        at: Now, with a zone.
        source: For `convert`, the SHA-256 of the source audio's bytes.

    Raises:
        RefusedError: the rule, the grant and the remedy are in the message.
    """
    voice = read_folder(folder)
    permit = authorize_voice(voice, operation, at, source)
    verify(permit, operation, voice.digest, at, source)
    if _is_bundled(voice):
        return OpenVoice(voice.files, permit, voice.digest, _licence_of(voice))
    with _registry() as registry:
        files = registry.open_folder(voice)
    return OpenVoice(files, permit, voice.digest, None)


def authorize_voice(
    voice: FolderBytes, operation: Operation, at: datetime, source: str | None = None
) -> Permit:
    """Leave to sing with, convert to or publish a voice folder, whoever granted it.

    Raises:
        RefusedError: the rule, the grant and the remedy are in the message.
    """
    _check_source(operation, source)
    _check_digest(voice)
    if _is_bundled(voice):
        licence = _licence_of(voice)
        if licence.subject != voice.name:
            raise RefusedError(
                "voice-name",
                licence.grant_id,
                f"the folder is called {voice.name}, the grant is for {licence.subject}",
                f"name the folder {licence.subject} again; the terms are tied to the name",
            )
        return verify_bundled(voice.digest, voice.grant or b"", operation, at)
    _check_clock(at)
    with _registry() as registry:
        grant_id = registry.grant_of_folder(voice)
        if source is not None:
            registry.check_voice(grant_id, operation, voice.digest)
        return registry.authorize(grant_id, operation, source or voice.digest, at)


def authorize_bundled(folder: Path, operation: Operation, at: datetime) -> Permit:
    """Leave for a voice that ships with Melisma, from its folder on disk."""
    return authorize_voice(read_folder(folder), operation, at)


def authorize_corpus(digest: str, operation: Operation, at: datetime) -> Permit:
    """Leave to train on or embed the recordings with this digest.

    Public corpora bring grants signed by the project; any others need one in the registry.
    """
    token = find_corpus_grant(digest)
    if token is not None:
        return verify_bundled(digest, token, operation, at)
    _check_clock(at)
    with _registry() as registry:
        refusal = _unknown_corpus(digest)
        for grant_id in registry.holders_of(digest):
            try:
                return registry.authorize(grant_id, operation, digest, at)
            except RefusedError as found:
                refusal = found
        raise refusal


def renew(permit: Permit, at: datetime) -> Permit:
    """A fresh permit for the same operation, grant and bytes; refused once the grant has ended.

    Long work calls this at every checkpoint or chunk, and stops cleanly when it raises.
    """
    if peek_type(_token_of(permit), "the permit") == GRANT_PAYLOAD_TYPE:
        return verify_bundled(permit.digest, _token_of(permit), permit.operation, at)
    _check_clock(at)
    with _registry() as registry:
        return registry.authorize(permit.grant_id, permit.operation, permit.digest, at)


def verify(
    permit: Permit, operation: Operation, digest: str, at: datetime, source: str | None = None
) -> None:
    """Check a permit once more, from its signed bytes alone, where the work is done.

    Args:
        permit: What `authorize_…` returned; nothing but its token is believed.
        operation: The one operation about to be done.
        digest: The digest of the recordings or voice folder about to be used, computed by the
            caller from the bytes.
        at: Now, with a zone.
        source: For `convert`, the SHA-256 of the source audio's bytes.

    Raises:
        RefusedError: the permit does not cover this; ConsentError: it is no permit at all.
    """
    token = _token_of(permit)
    _check_source(operation, source)
    kind = peek_type(token, "the permit")
    if kind == GRANT_PAYLOAD_TYPE:
        verify_bundled(digest, token, operation, at)
    elif kind == _PERMIT_TYPE:
        _check_clock(at)
        with _registry() as registry:
            grant_id = registry.verify(permit, operation, source or digest, at)
            if source is not None:
                registry.check_voice(grant_id, operation, digest)
    else:
        raise ConsentFormatError(f"the permit holds {kind}, which no gate knows; ask for a new one")


def digest_audio(data: bytes) -> str:
    """The digest of one recording or one source audio, for permits to embed and to convert."""
    return sha256_hex(data)


def _token_of(permit: object) -> bytes:
    token = getattr(permit, "token", None) if type(permit) is Permit else None
    if type(token) is not bytes:
        raise RefusedError(
            "genuine-permit",
            "-",
            f"a {type(permit).__name__} was shown where a permit with signed bytes is asked for",
            "get one from consent.gate.authorize_voice or authorize_corpus",
        )
    return token


def _is_bundled(voice: FolderBytes) -> bool:
    if voice.grant is None:
        raise RefusedError(
            "grant-missing",
            "-",
            f"the voice folder {voice.name} holds no grant.json",
            "add the grant that came with the voice; a voice without one cannot be used",
        )
    return peek_type(voice.grant, f"{voice.name}/grant.json") == GRANT_PAYLOAD_TYPE


def _registry() -> Registry:
    """The user's registry, opened for one question."""
    from consent.registry import Registry

    return Registry.open(locate(os.environ, Path.home()))


def _licence_of(voice: FolderBytes) -> ConsentGrant:
    return read_bundled(voice.grant or b"", f"{voice.name}/grant.json")


def _check_source(operation: Operation, source: str | None) -> None:
    if (operation is Operation.CONVERT) != (source is not None):
        raise RefusedError(
            "source",
            "-",
            f"to {operation.value}, source audio was {'not ' if source is None else ''}given",
            "convert, and nothing else, names the SHA-256 of the audio that is converted",
        )


def _check_digest(voice: FolderBytes) -> None:
    """A folder object says what its digest is; what counts is the bytes."""
    true = digest_files({name: sha256_hex(data) for name, data in voice.files.items()})
    if true != voice.digest:
        raise RefusedError(
            "folder-digest",
            "-",
            f"the bytes of {voice.name} have digest {true[:16]}…, not {voice.digest[:16]}…",
            "read the folder with consent.folder.read_folder",
        )


def _check_clock(at: datetime) -> None:
    now = datetime.now(UTC)
    if abs(at - now) > CLOCK_SLACK:
        raise RefusedError(
            "clock",
            "-",
            f"{at.isoformat()} was passed as the present, but it is {now.isoformat()}",
            "pass the time of the call",
        )


def _unknown_corpus(digest: str) -> RefusedError:
    return RefusedError(
        "corpus-unknown",
        "-",
        f"no grant covers the recordings with digest {digest[:16]}…",
        "register the speaker's consent or the corpus's published licence with "
        "`melisma consent`, or restore the corpus unchanged",
    )
