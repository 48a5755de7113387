"""The registry: everything that can be asked of it, in one place.

Time is passed in everywhere, read once by whoever starts the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import bindparam, select

from consent import blocking, drafting, embeddings, enrolment, lifecycle, permits, sealing
from consent.audit import AuditReport, InclusionEvidence, audit, prove
from consent.backup import back_up
from consent.checks import Ears, Finding
from consent.dossier import read_person
from consent.errors import RefusedError
from consent.folder import FolderBytes
from consent.grant import ConsentGrant, Operation
from consent.ledger import Ledger
from consent.location import RegistryLocation
from consent.log import Checkpoint
from consent.people import Person, Request, Role
from consent.permit import Permit
from consent.receipt import Controller, Receipt, make_receipt
from consent.records import find_row, load_record, open_terms
from consent.schema import grant as grant_table
from consent.schema import material
from consent.statemap import GrantRow
from consent.states import State

_HOLDERS = select(material.c.grant_id).where(material.c.keyed_digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """One line of a list: no personal data."""

    grant_id: str
    state: State
    subject: str
    terms: ConsentGrant | None


class Registry:
    """An open registry. Use it in a `with` block, or close it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @classmethod
    def create(cls, location: RegistryLocation) -> Self:
        """Make a registry, or bring an older one up to date."""
        return cls(Ledger.create(location))

    @classmethod
    def open(cls, location: RegistryLocation) -> Self:
        """Open a registry; a missing, damaged, older or newer one is an error."""
        registry = cls(Ledger.open(location))
        lifecycle.finish_erasures(registry.ledger)
        return registry

    def close(self) -> None:
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Asking a person

    def draft(self, person: Person, request: Request, language: str, at: datetime) -> str:
        return drafting.draft(self.ledger, person, request, language, at)

    def register_licences(self, grants: Sequence[ConsentGrant], at: datetime) -> None:
        drafting.register_licences(self.ledger, grants, at)

    def challenge(self, grant_id: str, role: Role, at: datetime) -> enrolment.Challenge:
        return enrolment.set_challenge(self.ledger, grant_id, role, at)

    def submit(
        self, grant_id: str, submission: enrolment.Submission, ears: Ears, at: datetime
    ) -> tuple[Finding, ...]:
        return enrolment.submit(self.ledger, grant_id, submission, ears, at)

    def confirm(self, grant_id: str, countersigned_by: str | None, at: datetime) -> None:
        enrolment.confirm(self.ledger, grant_id, countersigned_by, at)

    # Its later life

    def activate(self, grant_id: str, at: datetime) -> GrantRow:
        return lifecycle.activate(self.ledger, grant_id, at)

    def suspend(self, grant_id: str, at: datetime) -> GrantRow:
        return lifecycle.suspend(self.ledger, grant_id, at)

    def resume(self, grant_id: str, at: datetime) -> GrantRow:
        return lifecycle.resume(self.ledger, grant_id, at)

    def revoke(self, grant_id: str, at: datetime) -> GrantRow:
        return lifecycle.revoke(self.ledger, grant_id, at)

    def erase(self, grant_id: str, at: datetime) -> list[str]:
        return lifecycle.erase(self.ledger, grant_id, at)

    # The gate

    def authorize(
        self, grant_id: str, operation: Operation, subject_digest: str, at: datetime
    ) -> Permit:
        return permits.authorize(self.ledger, grant_id, operation, subject_digest, at)

    def verify(self, permit: Permit, operation: Operation, digest: str, at: datetime) -> str:
        """Check a permit; the grant that it is really under."""
        return permits.verify(self.ledger, permit.token, operation, digest, at)

    def holders_of(self, digest: str) -> list[str]:
        """Grants that these bytes are registered under."""
        with self.ledger.reading() as view:
            keyed = permits.material_digest(view, digest)
            rows = view.connection.execute(_HOLDERS, {"digest": keyed})
            return sorted(rows.scalars())

    # Voices

    def seal_voice(self, grant_id: str, files: Mapping[str, bytes], out: Path, at: datetime) -> str:
        return sealing.seal_voice(self.ledger, grant_id, files, out, at)

    def grant_of_folder(self, voice: FolderBytes) -> str:
        """The grant that a folder's grant.json names, if this registry signed it."""
        return sealing.referenced_grant(voice, self.ledger.keys.public_key)

    def check_voice(self, grant_id: str, operation: Operation, digest: str) -> None:
        """Refuse a folder that is not registered under the grant."""
        permits.check_material(self.ledger, grant_id, operation, digest, permits.VOICE)

    def refer(self, grant_id: str, folder: Path) -> None:
        """Write the grant.json of an unsealed folder under a published licence."""
        sealing.write_reference(self.ledger, grant_id, folder)

    def open_folder(self, voice: FolderBytes) -> Mapping[str, bytes]:
        """The plain files of a folder; the caller has verified a permit for it."""
        return sealing.open_folder(self.ledger, voice)

    def keep_embedding(
        self, grant_id: str, embedding: bytes, permit: Permit, digest: str, at: datetime
    ) -> None:
        embeddings.keep(self.ledger, grant_id, embedding, permit, digest, at)

    def read_embedding(self, grant_id: str) -> bytes:
        return embeddings.read(self.ledger, grant_id)

    # Looking

    def show(self, grant_id: str) -> GrantSummary:
        with self.ledger.reading() as view:
            return self._summary(find_row(view, grant_id))

    def list_grants(self) -> list[GrantSummary]:
        with self.ledger.reading() as view:
            ids = sorted(view.connection.execute(select(grant_table.c.id)).scalars())
            return [self._summary(find_row(view, grant_id)) for grant_id in ids]

    def person(self, grant_id: str) -> Person:
        with self.ledger.reading() as view:
            return read_person(view, load_record(view, grant_id))

    def receipt(self, grant_id: str, controller: Controller, at: datetime) -> Receipt:
        return make_receipt(self.ledger, grant_id, controller, at)

    # The log

    def audit(self, kept: bytes | None = None) -> AuditReport:
        """Recompute everything; compare with a checkpoint kept elsewhere if one is given."""
        return audit(self.ledger, kept)

    def prove(self, seq: int) -> InclusionEvidence:
        return prove(self.ledger, seq)

    def back_up(self, out: Path) -> int:
        """Copy an embedded database, without keys; the number of log entries in the copy."""
        return back_up(self.ledger, out)

    def checkpoint(self) -> Checkpoint:
        with self.ledger.reading() as view:
            return view.newest

    def block(self, kind: blocking.Blocked, value: str, at: datetime) -> str:
        return blocking.block(self.ledger, kind, value, at)

    def unblock(self, kind: blocking.Blocked, value: str, at: datetime) -> None:
        blocking.unblock(self.ledger, kind, value, at)

    def _summary(self, row: GrantRow) -> GrantSummary:
        try:
            terms = open_terms(self.ledger.keys, row)
        except RefusedError:
            terms = None
        return GrantSummary(row.id, row.state, row.subject_id or "published licence", terms)
