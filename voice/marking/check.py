"""Checking a file: whether Melisma made it, with whose voice, by which leave, and what followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vocoder.audio import read_audio, read_tags
from voice.bank import VoiceBank
from voice.errors import RecordError
from voice.marking.detect import Sighting, flattened, read_mark
from voice.marking.edits import edits_since
from voice.marking.installation import Installation
from voice.marking.payload import Payload, voice_tag
from voice.marking.record import Record, facts_of, read_record, record_path
from voice.marking.spans import Span, find_spans

_TAGGED = re.compile(r"\brecord ([0-9a-f]{8})\b")


class Verdict(StrEnum):
    """What can be said of a file."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MARKED = "marked"
    UNPROVED = "unproved"
    UNKNOWN = "unknown"


MEANINGS = {
    Verdict.UNCHANGED: "Melisma made it, and not a byte was changed since its record was signed",
    Verdict.CHANGED: "Melisma made it, and it was changed since",
    Verdict.MARKED: "it carries Melisma's mark, but the record it points to is not here",
    Verdict.UNPROVED: "a record or tag says that Melisma made it, but these bytes do not prove it",
    Verdict.UNKNOWN: "nothing in it says that Melisma made it",
}


@dataclass(frozen=True)
class Findings:
    """What is known of a file.

    Attributes:
        record: what was signed when it was made; None where it is lost.
        is_own: whether this installation signed the record.
        payload, strength: what its mark says, and how many standard deviations it stands above
            the noise; None where none is heard.
        voices: who is heard, by the record, or by the mark alone where its voice is known here.
        edits: what seems to have been done to it since, in words.
        remarks: what else is to be minded.
    """

    path: Path
    verdict: Verdict
    record: Record | None
    is_own: bool
    payload: Payload | None
    strength: float | None
    spans: tuple[Span, ...]
    voices: tuple[str, ...]
    edits: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """The verdict as a sentence."""
        return MEANINGS[self.verdict]


def check_file(
    path: Path, installation: Installation | None = None, bank: VoiceBank | None = None
) -> Findings:
    """Look for record, tags and mark of a sound file.

    Raises:
        AudioFormatError: no such file, or not audio.
    """
    asked = installation or Installation.of_user()
    audio = read_audio(path)
    flat = flattened(audio)
    facts = facts_of(path)
    spans = find_spans(flat)
    seen = _strongest(read_mark(flat), spans)
    remarks = [audio.missing] if audio.missing else []
    records = list(_records(path, seen, asked, remarks))
    exact = next((record for record in records if record.audio.sha256 == facts.sha256), None)
    pointed = next((r for r in records if seen and r.making.payload == seen.payload), None)
    record = exact or pointed
    if exact is not None and seen is None:
        remarks.append("its mark is not heard: too short or too soft for it, or never there")
    elif exact is not None and seen is not None and seen.payload != exact.making.payload:
        remarks.append(f"the mark of record {seen.payload.record} sounds in it, too")
    public_key = asked.public_key()
    is_own = record is not None and public_key is not None and record.signer == public_key
    return Findings(
        path,
        _verdict(exact, pointed, seen, claimed=bool(records) or _tag_of(path) is not None),
        record,
        is_own,
        seen.payload if seen else None,
        seen.strength if seen else None,
        spans,
        _voices(record, seen, bank or VoiceBank.open(asked.home)),
        edits_since(record.audio, facts, spans) if record and exact is None else (),
        tuple(remarks),
    )


def _verdict(
    exact: Record | None, pointed: Record | None, seen: Sighting | None, claimed: bool
) -> Verdict:
    if exact is not None:
        return Verdict.UNCHANGED
    if pointed is not None:
        return Verdict.CHANGED
    if seen is not None:
        return Verdict.MARKED
    return Verdict.UNPROVED if claimed else Verdict.UNKNOWN


def _strongest(whole: Sighting | None, spans: Sequence[Span]) -> Sighting | None:
    """The mark of the whole, or that of its longest stretch."""
    if whole is not None or not spans:
        return whole
    longest = max(spans, key=lambda span: span.end_s - span.start_s)
    return Sighting(longest.payload, longest.phase_s, longest.strength)


def _records(
    path: Path, seen: Sighting | None, installation: Installation, remarks: list[str]
) -> Iterator[Record]:
    """Records that may be this file's: beside it, and those that mark and tag point to."""
    beside = record_path(path)
    found: list[tuple[str, bytes]] = []
    if beside.is_file():
        try:
            found.append((str(beside), beside.read_bytes()))
        except OSError as error:
            remarks.append(f"{beside}: cannot be read ({error.strerror})")
    names = [seen.payload.record if seen else None, _tag_of(path)]
    for name in dict.fromkeys(names):
        kept = None if name is None else installation.kept(name)
        if kept is not None:
            found.append((f"record {name}", kept))
    for what, envelope in found:
        try:
            yield read_record(envelope, what)
        except RecordError as error:
            remarks.append(str(error))


def _tag_of(path: Path) -> str | None:
    """The record that the file's comment names."""
    named = _TAGGED.findall(read_tags(path).comment)
    return str(named[-1]) if named else None


def _voices(record: Record | None, seen: Sighting | None, bank: VoiceBank) -> tuple[str, ...]:
    if record is not None:
        return tuple(use.voice for use in record.making.voices)
    if seen is None:
        return ()
    return tuple(name for name in bank.names() if voice_tag(name) == seen.payload.voice_tag)
