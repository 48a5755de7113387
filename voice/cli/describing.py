"""Voice cards and their consent in words for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from consent.bundled import read_bundled
from consent.envelope import peek_type
from consent.folder import GRANT_FILE, read_folder
from consent.grant import GRANT_PAYLOAD_TYPE
from voice.card import VoiceCard

NOTE_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def now() -> datetime:
    """The moment at which leave is asked."""
    return datetime.now(UTC)


def note_name(midi: int) -> str:
    """60 is C4."""
    return f"{NOTE_NAMES[midi % 12]}{midi // 12 - 1}"


def in_one_line(card: VoiceCard, bundled: bool) -> str:
    span = f"{note_name(card.range.low_midi)}–{note_name(card.range.high_midi)}"
    origin = "bundled" if bundled else "own"
    return f"{card.name:<12} {','.join(card.languages):<10} {span:<10} {origin:<8} {card.summary}"


def in_full(card: VoiceCard) -> Iterator[str]:
    """Everything the card says, a line for each thing."""
    yield f"{card.title} ({card.name}): {card.summary}"
    low, high = card.range.low_midi, card.range.high_midi
    yield f"kind       {card.kind}"
    yield f"languages  {', '.join(card.languages)}"
    yield f"range      {note_name(low)}–{note_name(high)} (MIDI {low}–{high})"
    yield f"licence    {card.licence}"
    yield f"credit     {card.credit}"
    yield f"link       {card.link}"
    for corpus in card.corpora:
        yield f"data       {corpus.name}, {corpus.minutes:g} min, {corpus.source}"
        yield f"           terms: {corpus.terms}"
    for run in card.training:
        yield f"training   {run.command}: {run.steps} steps, {run.hours:g} h on {run.machine}"
    for name, value in card.scores.items():
        yield f"measured   {name}: {value:g}"


def consent_of(folder: Path) -> dict[str, object]:
    """Who allowed what, as the grant in a voice folder says it; for reading, not for leave."""
    grant = read_folder(folder).grant
    if grant is None:
        return {"kind": "none"}
    where = f"{folder}/{GRANT_FILE}"
    if peek_type(grant, where) != GRANT_PAYLOAD_TYPE:
        return {"kind": "person", "where": "the registry; see `melisma consent`"}
    licence = read_bundled(grant, where)
    return {
        "kind": "published",
        "grant": licence.grant_id,
        "operations": sorted(operation.value for operation in licence.operations),
        "commercial": licence.commercial,
        "licences": [
            {
                "title": terms.title,
                "quotes": list(terms.quotes),
                "source": terms.source,
                "seen": terms.seen.isoformat(),
                "credits": list(terms.credits),
            }
            for terms in licence.licences
        ],
    }


def consent_in_words(consent: dict[str, object]) -> Iterator[str]:
    if consent["kind"] == "none":
        yield "consent    none: this voice may not be used; add the grant that came with it"
        return
    if consent["kind"] == "person":
        yield f"consent    a person's, kept in {consent['where']}"
        return
    operations = consent["operations"]
    allowed = ", ".join(operations) if isinstance(operations, list) else ""
    yield f"consent    grant {consent['grant']}, signed by the project, allows: {allowed}"
    licences = consent["licences"]
    for terms in licences if isinstance(licences, list) else []:
        yield f"terms      {terms['title']} (read on {terms['seen']} at {terms['source']})"
        for quote in terms["quotes"]:
            yield f"           “{quote}”"
