"""What the person takes home: a consent receipt after ISO/IEC TS 27560, and the same to read."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import datetime

from consent.canonical import JsonObject, format_time, to_canonical_json
from consent.dossier import read_person, statement_of
from consent.envelope import seal_envelope
from consent.errors import ConsentFormatError
from consent.grant import ConsentGrant, Operation
from consent.ledger import Ledger, View
from consent.people import Person
from consent.records import GrantRecord, load_record
from consent.statements import Statement

RECEIPT_PAYLOAD_TYPE = "application/vnd.melisma.receipt.v1+json"
SCHEMA_VERSION = "ISO/IEC TS 27560:2023"

_PROCESSING = {
    Operation.TRAIN: "training a singing voice on the recordings",
    Operation.EMBED: "measuring what makes the voice recognisable",
    Operation.SING: "synthesising singing in the voice",
    Operation.CONVERT: "converting other people's singing into the voice",
    Operation.PUBLISH: "passing the voice on to others",
}


@dataclass(frozen=True, slots=True)
class Controller:
    """Who asks, and answers for what is done: shown on the receipt."""

    name: str
    contact: str
    jurisdiction: str

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.contact.strip():
            raise ConsentFormatError("a receipt names who asks and how to reach them")


@dataclass(frozen=True, slots=True)
class Receipt:
    """`record` is the structured receipt, `signed` its DSSE envelope, `page` readable HTML."""

    record: JsonObject
    signed: bytes
    page: str


def make_receipt(ledger: Ledger, grant_id: str, controller: Controller, at: datetime) -> Receipt:
    """Write the receipt of a grant as it stands now."""
    with ledger.reading() as view:
        record = load_record(view, grant_id)
        person = read_person(view, record)
        text = statement_of(view, record)
        value = _to_record(view, record, person, text, controller, at)
    signed = seal_envelope(RECEIPT_PAYLOAD_TYPE, to_canonical_json(value), ledger.keys.signing_key)
    return Receipt(value, signed, _to_page(value, record.terms))


def _to_record(
    view: View,
    record: GrantRecord,
    person: Person,
    text: Statement,
    controller: Controller,
    at: datetime,
) -> JsonObject:
    terms = record.terms
    ends = "" if terms.expires_at is None else format_time(terms.expires_at)
    return {
        "receipt_metadata": {
            "schema_version": SCHEMA_VERSION,
            "record_id": terms.grant_id,
            "receipt_created": format_time(at),
            "pii_principal_id": terms.subject,
            "log_entry": record.row.state_seq,
            "log_root": view.newest.root.hex(),
            "log_size": view.newest.size,
        },
        "pii_processing": {
            "privacy_notice": text.read_by(person.name, person.name, terms),
            "statement_id": text.statement_id,
            "language": text.language,
            "purposes": [
                {
                    "purpose": terms.project,
                    "purpose_type": "commercial" if terms.commercial else "non-commercial",
                    "lawful_basis": "consent",
                    "processing_operations": [
                        _PROCESSING[operation]
                        for operation in Operation
                        if operation in terms.operations
                    ],
                    "pii_information": [
                        {"pii_type": "voice recordings", "sensitive": True},
                        {"pii_type": "name and contact", "sensitive": False},
                    ],
                    "languages": list(terms.languages),
                    "jurisdiction": terms.territory,
                    "retention_period": ends,
                    "passed_on": terms.pass_on,
                    "withdrawal_method": f"write to {controller.contact}, or "
                    f"`melisma consent revoke {terms.grant_id}`",
                    "notice_days": terms.notice_days,
                }
            ],
        },
        "party_identification": [
            {
                "party_role": "PII controller",
                "party_name": controller.name,
                "party_contact": controller.contact,
                "party_address": controller.jurisdiction,
            },
            {
                "party_role": "PII principal",
                "party_name": person.name,
                "party_contact": person.contact,
            },
        ],
        "event": [
            {
                "event_time": record.entry["at"],
                "event_type": "explicit consent",
                "event_state": record.row.state.value,
                "valid_until": ends,
            }
        ],
    }


def _to_page(value: JsonObject, terms: ConsentGrant) -> str:
    purpose = value["pii_processing"]["purposes"][0]
    controller, principal = value["party_identification"]
    rows = [
        ("Who gave it", principal["party_name"]),
        ("Who asked", f"{controller['party_name']}, {controller['party_contact']}"),
        ("For", purpose["purpose"]),
        ("What may be done", "; ".join(purpose["processing_operations"])),
        ("For money", "yes" if terms.commercial else "no"),
        ("Where", terms.territory),
        ("Languages", ", ".join(terms.languages)),
        ("Until", purpose["retention_period"]),
        ("Passed on to others", "yes" if terms.pass_on else "no"),
        ("State now", value["event"][0]["event_state"]),
        ("What was read aloud", value["pii_processing"]["privacy_notice"]),
        ("How to withdraw", purpose["withdrawal_method"]),
        (
            "After withdrawing",
            f"published work has {terms.notice_days} days to disappear; "
            "nothing new is made from the next moment on",
        ),
        ("Receipt number", terms.grant_id),
    ]
    lines = "\n".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(text))}</td></tr>"
        for name, text in rows
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">\n'
        "<title>Consent receipt</title>\n"
        "<style>body{font:16px/1.5 sans-serif;max-width:42em;margin:2em auto}"
        "th{text-align:left;vertical-align:top;padding-right:1em;white-space:nowrap}</style>\n"
        f"<h1>Consent receipt</h1>\n<table>\n{lines}\n</table>\n"
        f"<details><summary>The same for programs ({SCHEMA_VERSION})</summary>"
        f"<pre>{html.escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre></details>\n"
        "</html>\n"
    )
