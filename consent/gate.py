"""The gate: every embedding, training, singing, conversion and export passes through here.

    permit = authorize_voice(read_folder(path), Operation.SING, now)    # once, where work starts
    verify(permit, Operation.SING, folder.digest, now)                  # again, at every sink

`verify` is a function and not a method of the permit, because a forged object would bring its
own methods along.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from consent.bundled import find_corpus_grant, read_bundled, verify_bundled
from consent.envelope import peek_type
from consent.errors import ConsentFormatError, RefusedError
from consent.folder import FolderBytes, read_folder
from consent.grant import GRANT_PAYLOAD_TYPE, Operation
from consent.permit import Permit


def authorize_voice(voice: FolderBytes, operation: Operation, at: datetime) -> Permit:
    """Leave to sing with, convert to or publish a voice folder, whoever granted it.

    Raises:
        RefusedError: the rule, the grant and the remedy are in the message.
    """
    if voice.grant is None:
        raise RefusedError(
            "grant-missing",
            "-",
            f"the voice folder {voice.name} holds no grant.json",
            "add the grant that came with the voice; a voice without one cannot be used",
        )
    return _authorize_bundled_voice(voice, voice.grant, operation, at)


def authorize_bundled(folder: Path, operation: Operation, at: datetime) -> Permit:
    """Leave for a voice that ships with Melisma, from its folder on disk."""
    return authorize_voice(read_folder(folder), operation, at)


def authorize_corpus(digest: str, operation: Operation, at: datetime) -> Permit:
    """Leave to train on or embed the recordings with this digest.

    Public corpora bring grants signed by the project.
    """
    token = find_corpus_grant(digest)
    if token is None:
        raise RefusedError(
            "corpus-unknown",
            "-",
            f"no grant covers the recordings with digest {digest[:16]}…",
            "register the speaker's consent or the corpus's published licence with "
            "`melisma consent`, or restore the corpus unchanged",
        )
    return verify_bundled(digest, token, operation, at)


def verify(permit: Permit, operation: Operation, digest: str, at: datetime) -> None:
    """Check a permit once more, from its signed bytes alone, where the work is done.

    Args:
        permit: What `authorize_…` returned; nothing but its token is believed.
        operation: The one operation about to be done.
        digest: The digest of the bytes about to be used, computed by the caller from them.
        at: Now, with a zone.

    Raises:
        RefusedError: the permit does not cover this; ConsentError: it is no permit at all.
    """
    token = _token_of(permit)
    kind = peek_type(token, "the permit")
    if kind == GRANT_PAYLOAD_TYPE:
        verify_bundled(digest, token, operation, at)
        return
    raise ConsentFormatError(f"the permit holds {kind}, which no gate knows; ask for a new permit")


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


def _authorize_bundled_voice(
    voice: FolderBytes, token: bytes, operation: Operation, at: datetime
) -> Permit:
    grant = read_bundled(token, f"{voice.name}/grant.json")
    if grant.subject != voice.name:
        raise RefusedError(
            "voice-name",
            grant.grant_id,
            f"the folder is called {voice.name}, the grant is for {grant.subject}",
            f"name the folder {grant.subject} again; the owner's terms are tied to the name",
        )
    return verify_bundled(voice.digest, token, operation, at)
