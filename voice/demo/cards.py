"""Voices as cards to choose among: picture, range, languages, licence, consent, scores."""

from __future__ import annotations

import hashlib
import json
import math
from html import escape

import gradio as gr

from consent.errors import ConsentError
from voice.bank import VoiceBank
from voice.card import VoiceCard
from voice.cli.describing import consent_of, note_name
from voice.demo.theme import script
from voice.errors import VoiceError

HUES = (168, 14, 42, 205, 330, 95, 265, 185)
KEYBOARD = (36, 88)
SHOWN_SCORES = 2


def voice_cards(bank: VoiceBank, chosen: str, label: str) -> gr.HTML:
    """The component: one radio button a voice. Its value is for `cards_value`, `chosen_voice`."""
    return gr.HTML(
        value=cards_value(bank, chosen),
        html_template=(
            f'<fieldset class="cards"><legend>{escape(label)}</legend>'
            '<div class="cards-row"></div></fieldset>'
        ),
        js_on_load=script("cards"),
        apply_default_css=False,
    )


def cards_value(bank: VoiceBank, chosen: str) -> str:
    """What the component holds: who is chosen, and the cards of all voices."""
    names = bank.names()
    kept = chosen if chosen in names else (names[0] if names else "")
    cards = [{"name": name, "html": _card(bank, name)} for name in names]
    return json.dumps({"chosen": kept, "cards": cards}, ensure_ascii=False)


def chosen_voice(value: str | None) -> str:
    """The name that is chosen on the cards.

    Raises:
        VoiceError: none is.
    """
    try:
        name = json.loads(value or "{}").get("chosen", "")
    except (ValueError, AttributeError) as error:
        raise VoiceError("no voice is chosen; click on one of the cards") from error
    if not isinstance(name, str) or not name:
        raise VoiceError("no voice is chosen; click on one of the cards")
    return name


def picture(name: str) -> str:
    """A figure of turning waves that belongs to a voice's name alone."""
    digest = hashlib.sha256(name.encode()).digest()
    hue = HUES[digest[0] % len(HUES)]
    petals = 3 + digest[1] % 5
    rings = []
    for ring in range(7):
        radius = 6.0 + 3.1 * ring
        depth = 0.10 + 0.16 * digest[2] / 255 + 0.012 * ring
        turn = ring * (digest[3] / 255 - 0.5) * 0.5
        points = []
        for step in range(72):
            angle = math.tau * step / 72
            wave = math.sin(petals * angle + turn * petals)
            fine = math.sin((petals * 2 + 1) * angle - turn)
            r = radius * (1.0 + depth * wave + 0.05 * fine)
            points.append(f"{32 + r * math.cos(angle):.1f} {32 + r * math.sin(angle):.1f}")
        rings.append(f'<path d="M{"L".join(points)}Z" opacity="{1 - ring * 0.11:.2f}"/>')
    return (
        f'<svg class="portrait" viewBox="0 0 64 64" aria-hidden="true" style="--hue:{hue}">'
        + "".join(rings)
        + "</svg>"
    )


def _card(bank: VoiceBank, name: str) -> str:
    try:
        card = bank.card(name)
        return _open_card(card, consent_of(bank.folder(name)), bank.is_bundled(name))
    except (ConsentError, VoiceError) as refusal:
        return (
            f'{picture(name)}<span class="card-text"><b>{escape(name)}</b>'
            f"<span>closed: {escape(str(refusal))}</span></span>"
        )


def _open_card(card: VoiceCard, consent: dict[str, object], bundled: bool) -> str:
    low, high = card.range.low_midi, card.range.high_midi
    span = f"{note_name(low)}–{note_name(high)}"
    languages = ", ".join(card.languages)
    return (
        f'{picture(card.name)}<span class="card-text"><b>{escape(card.title)}</b>'
        f"<span>{escape(card.summary)}</span>{_keyboard(low, high)}"
        f"<span>{escape(span)} · {escape(languages)}</span>"
        f'<span class="consent">{escape(_consent(consent, bundled))}</span>'
        f"<span>{escape(card.licence)}</span>{_scores(card)}</span>"
    )


def _keyboard(low: int, high: int) -> str:
    """The range as a stretch of the keys a singer may meet."""
    first, last = KEYBOARD
    scale = 100.0 / (last - first)
    left, wide = (low - first) * scale, (high - low) * scale
    return (
        '<svg class="range" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="all" width="100" height="6" rx="3"/>'
        f'<rect class="mine" x="{left:.1f}" width="{wide:.1f}" height="6" rx="3"/></svg>'
    )


def _consent(consent: dict[str, object], bundled: bool) -> str:
    if consent["kind"] == "person":
        return "consent: a person's grant, in force now"
    if consent["kind"] == "none":
        return "consent: none, this voice does not sing"
    origin = "signed with this release" if bundled else "signed"
    return f"consent: published terms, {origin}"


def _scores(card: VoiceCard) -> str:
    rows = list(card.scores.items())[:SHOWN_SCORES]
    if not rows:
        return ""
    told = "".join(f"<span>{escape(_measured(name, value))}</span>" for name, value in rows)
    return f'<span class="scores">{told}</span>'


def _measured(name: str, value: float) -> str:
    """A score in words: `notes_within_10_cents_percent` is a share of notes."""
    share = name.endswith("_percent")
    words = name.removesuffix("_percent").replace("_percent_", " % ").replace("_", " ")
    return f"{words}: {value:.3g}{' %' if share else ''}"
