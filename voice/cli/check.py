"""`melisma check`: whether Melisma made a file, with whose voice, and what was changed since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from voice.marking.check import Findings, Verdict, check_file
from voice.marking.code import CHECK_BITS
from voice.marking.edits import clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Any sound: wav, flac, ogg, opus, mp3 …")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say whether Melisma made a sound, by which voice and grant, and what was changed since."""
    findings = check_file(file)
    if as_json:
        typer.echo(json.dumps(to_json(findings), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(lines(findings)))


def lines(findings: Findings) -> list[str]:
    """The findings in words."""
    told = [f"{findings.path}: {findings.meaning}."]
    record, payload = findings.record, findings.payload
    if record is not None:
        making = record.making
        told.append(f"  made: {making.kind.name.lower()}, record {record.name}, {record.program}")
        told += [f"  voice {use.voice}, grant {use.grant_id or '?'}" for use in making.voices]
        told += [f"  credit: {making.tags.artist}"] if making.tags.artist else []
        told += [f"  source: {making.statement}"] if making.statement else []
        told += [f"  then: {change}" for change in making.changes]
        told.append(f"  signed by {signer(findings)}")
    elif payload is not None:
        names = " or ".join(findings.voices) or "one that is not installed here"
        told.append(f"  by its mark: {payload.kind.name.lower()}, voice {names}")
        told.append(f"  record {payload.record}: ask whoever made it for the file {payload.record}")
    if findings.strength is not None:
        told.append(f"  mark: {findings.strength:.0f} σ, checksum of {CHECK_BITS} bits holds")
    told += [f"  since: {edit}" for edit in findings.edits]
    told += [f"  mind: {remark}" for remark in findings.remarks]
    if findings.verdict is Verdict.UNKNOWN:
        told.append("  that proves nothing: marks are lost under pitch shift and heavy editing")
    return told


def signer(findings: Findings) -> str:
    """Who signed the record, as far as can be known here."""
    if findings.is_own:
        return "this installation"
    key = "" if findings.record is None else findings.record.signer.hex()[:16]
    return f"another installation (key {key}…), whose word it is"


def to_json(findings: Findings) -> dict[str, Any]:
    """The findings for programs."""
    record, payload = findings.record, findings.payload
    return {
        "file": str(findings.path),
        "verdict": findings.verdict.value,
        "meaning": findings.meaning,
        "voices": list(findings.voices),
        "record": None if record is None else {
            **record.making.to_json(), "name": record.name, "program": record.program,
            "signed_here": findings.is_own, "signer": record.signer.hex(),
        },
        "mark": None if payload is None else {
            "kind": payload.kind.name.lower(), "voice_tag": payload.voice_tag,
            "record": payload.record, "strength": round(findings.strength or 0.0, 1),
        },
        "marked_from_to": [
            [clock(span.start_s), clock(span.end_s), span.payload.record]
            for span in findings.spans
        ],
        "edits": list(findings.edits),
        "remarks": list(findings.remarks),
    }  # fmt: skip
