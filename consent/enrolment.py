"""Asking a person: a challenge, a live recording, and the judgement of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from consent.blocking import Blocked, check_not_blocked
from consent.canonical import JsonObject, format_time, parse_time, sha256_hex
from consent.checks import (
    DIGITS,
    Ears,
    Finding,
    identity_digest,
    judge_digits,
    judge_recording,
    judge_speaker,
)
from consent.dossier import (
    check_unseen,
    read_digits,
    read_person,
    remember_seen,
    statement_of,
    store_digits,
    store_note,
)
from consent.errors import RefusedError
from consent.folder import digest_files
from consent.ledger import Ledger, Writing
from consent.log import Entry
from consent.people import ROLES_ASKED, Age, Person, Role
from consent.permit import Permit
from consent.permits import RECORDINGS, issue_for_challenge, material_digest
from consent.records import GrantRecord, load_record, moved, state_entry
from consent.schema import material as material_table
from consent.states import State
from consent.upsert import upsert

CHALLENGE_TERM = timedelta(minutes=10)
TRIES_BEFORE_HUMAN = 3
_HUMAN_AT_ONCE = frozenset({"voice-unsure"})
_HUMAN_AFTER_TRIES = frozenset({"digits"})
"""What a named human may overrule: an unsure voice, digits after three tries, nothing else."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a person reads aloud, once, within ten minutes."""

    grant_id: str
    role: Role
    text: str
    digits: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """A live recording of the statement, and the recordings of the voice to enrol, by name."""

    recording: bytes
    material: dict[str, bytes]

    @property
    def hashes(self) -> dict[str, str]:
        return {name: sha256_hex(data) for name, data in self.material.items()}

    @property
    def digest(self) -> str:
        """The digest that a permit to identify is bound to."""
        return identity_digest(self.recording, list(self.material.values()))


@dataclass(frozen=True, slots=True)
class _OpenChallenge:
    digits: str
    role: Role
    person: Person
    permit: Permit

    @property
    def compares_voices(self) -> bool:
        return self.role is Role.SELF


def set_challenge(ledger: Ledger, grant_id: str, role: Role, at: datetime) -> Challenge:
    """Draw six fresh digits for one speaker; an earlier challenge is void from now on."""
    with ledger.writing(at) as writing:
        record = load_record(writing.view, grant_id)
        row = moved(record.row, State.CHALLENGED, writing.next_seq)
        person = read_person(writing.view, record)
        if role not in ROLES_ASKED[person.age]:
            raise RefusedError(
                "role",
                grant_id,
                f"{role.value} does not speak for a person who is {person.age.value}",
                f"choose among {', '.join(ROLES_ASKED[person.age])}",
            )
        digits = "".join(str(secrets.randbelow(10)) for _ in range(DIGITS))
        challenge_id, expires_at = secrets.token_hex(8), at + CHALLENGE_TERM
        store_digits(writing.view, record, challenge_id, digits)
        entry = state_entry(
            row,
            challenge=challenge_id,
            expires_at=format_time(expires_at),
            role=role.value,
            failures=record.entry.get("failures", {}),
            tries=record.entry.get("tries", {}),
        )
        writing.record([entry], [row])
        text = statement_of(writing.view, record).read_by(
            person.speaker(role), person.name, record.terms
        )
    return Challenge(grant_id, role, text, digits, expires_at)


def submit(
    ledger: Ledger, grant_id: str, submission: Submission, ears: Ears, at: datetime
) -> tuple[Finding, ...]:
    """Judge a recording against the open challenge, which is spent by it, pass or fail.

    Raises:
        EvidenceError: this very recording was handed in before; the challenge stays open.
        RefusedError: no challenge is open, or it is too old.
    """
    opened = _open_identification(ledger, grant_id, submission, at)
    measures = ears.recording.measure(submission.recording)
    seen = [sha256_hex(submission.recording), measures.content]
    with ledger.reading() as view:
        check_unseen(view, seen, grant_id)
    findings = judge_recording(measures)
    findings.append(judge_digits(opened.digits, ears.digits.hear(submission.recording)))
    if opened.compares_voices:
        findings.append(
            judge_speaker(
                ears.speaker.similarities(
                    submission.recording, list(submission.material.values()), opened.permit, at
                )
            )
        )
    models = [ears.recording.model, ears.digits.model, ears.speaker.model]
    with ledger.writing(at) as writing:
        record = _challenged(writing, grant_id, at)
        check_unseen(writing.view, seen, grant_id)
        note = {
            "at": format_time(at),
            "findings": [asdict(finding) for finding in findings],
            "material": submission.hashes,
            "models": models,
            "recording": seen[0],
            "role": opened.role.value,
        }
        details = {
            "evidence": [store_note(writing.view, record, note)],
            "seen": remember_seen(writing.view, seen),
        }
        _record_evidence(writing, record, findings, submission, details)
    return tuple(findings)


def confirm(ledger: Ledger, grant_id: str, countersigned_by: str | None, at: datetime) -> None:
    """Take the evidence as sufficient: every rule passed, or a named human heard the digits.

    Raises:
        RefusedError: rule `evidence` or `countersign`, saying who and what is missing.
    """
    with ledger.writing(at) as writing:
        record = load_record(writing.view, grant_id)
        row = moved(record.row, State.VERIFIED, writing.next_seq)
        person = read_person(writing.view, record)
        for role in ROLES_ASKED[person.age]:
            _check_role(record, role, countersigned_by is not None)
        if person.age is Age.DECEASED and countersigned_by is None:
            raise RefusedError(
                "countersign",
                grant_id,
                "no machine can compare a deceased person's voice with their estate's",
                "a named human checks the estate's papers and signs with --countersign NAME",
            )
        kept: list[str] = []
        if countersigned_by is not None:
            note = {"at": format_time(at), "countersigned_by": countersigned_by}
            kept.append(store_note(writing.view, record, note))
        writing.record([state_entry(row, evidence=kept)], [row])


def _open_identification(
    ledger: Ledger, grant_id: str, submission: Submission, at: datetime
) -> _OpenChallenge:
    """Check everything that costs little, and get leave to compare voices."""
    with ledger.writing(at) as writing:
        record = _challenged(writing, grant_id, at)
        check_unseen(writing.view, [sha256_hex(submission.recording)], grant_id)
        for digest in submission.hashes.values():
            check_not_blocked(writing.view, Blocked.RECORDING, digest, grant_id)
        digits = read_digits(writing.view, record, str(record.entry["challenge"]))
        until = parse_time(record.entry["expires_at"], "the challenge")
        permit = issue_for_challenge(writing, record.row, submission.digest, at, until)
        return _OpenChallenge(
            digits, Role(record.entry["role"]), read_person(writing.view, record), permit
        )


def _challenged(writing: Writing, grant_id: str, at: datetime) -> GrantRecord:
    record = load_record(writing.view, grant_id)
    moved(record.row, State.RECORDED, writing.next_seq)
    if at >= parse_time(record.entry["expires_at"], "the challenge"):
        raise RefusedError(
            "challenge-expired",
            grant_id,
            f"its challenge was good until {record.entry['expires_at']}, "
            f"now it is {format_time(at)}",
            "set a new one with `melisma consent challenge` and record again",
        )
    return record


def _record_evidence(
    writing: Writing,
    record: GrantRecord,
    findings: Sequence[Finding],
    submission: Submission,
    details: JsonObject,
) -> None:
    role = Role(record.entry["role"])
    row = moved(record.row, State.RECORDED, writing.next_seq)
    failed = sorted(finding.rule for finding in findings if not finding.passed)
    tries = dict(record.entry["tries"])
    tries[role.value] = tries.get(role.value, 0) + 1
    failures = {**record.entry["failures"], role.value: failed}
    entries = [state_entry(row, failures=failures, tries=tries, **details)]
    if submission.material and role is not Role.GUARDIAN and "voice" not in failed:
        hashes = submission.hashes
        digests = [*hashes.values(), digest_files(hashes)]
        keyed = sorted({material_digest(writing.view, digest) for digest in digests})
        entries.append(Entry(row.id, RECORDINGS, {"digests": keyed}))
        rows = [
            {"grant_id": row.id, "keyed_digest": k, "kind": RECORDINGS, "seq": row.state_seq + 1}
            for k in keyed
        ]
        upsert(writing.view.connection, material_table, rows)
    writing.record(entries, [row])


def _check_role(record: GrantRecord, role: Role, by_hand: bool) -> None:
    failures = record.entry["failures"].get(role.value)
    tries = record.entry["tries"].get(role.value, 0)
    if failures is None:
        raise RefusedError(
            "evidence",
            record.grant_id,
            f"the {role.value} has not read the statement",
            f"set a challenge with `melisma consent challenge --role {role.value}`",
        )
    overruled = _HUMAN_AT_ONCE if by_hand else frozenset()
    if by_hand and tries >= TRIES_BEFORE_HUMAN:
        overruled |= _HUMAN_AFTER_TRIES
    missing = sorted(set(failures) - overruled)
    if missing:
        raise RefusedError(
            "evidence",
            record.grant_id,
            f"the recording of the {role.value} failed on {', '.join(missing)} "
            f"(try {tries} of {TRIES_BEFORE_HUMAN})",
            "record again after a new challenge; a named human may vouch for an unsure voice, and "
            "after three tries for the digits, with --countersign NAME",
        )
