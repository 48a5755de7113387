"""Sounds a voice never learned, replaced by their nearest, with a warning that names both."""

from __future__ import annotations

from dataclasses import replace

from lyrics.phonemes import INVENTORY, Phoneme
from voice.card import VoiceCard
from voice.score.fitting import FittedScore, SungNote


def sung_with(fitted: FittedScore, card: VoiceCard) -> tuple[FittedScore, tuple[str, ...]]:
    """The same score in the sounds the voice's model was trained on, and what was replaced."""
    known = set(card.trained_phones)
    asked = {phoneme for sung in fitted.notes for phoneme in sung.phonemes}
    swaps = {
        phoneme: _nearest(phoneme, known)
        for phoneme in sorted(asked, key=lambda phoneme: phoneme.symbol)
        if phoneme.symbol not in known
    }
    if not swaps:
        return fitted, ()
    notes = tuple(_swapped(sung, swaps) for sung in fitted.notes)
    warnings = tuple(
        f"{card.name} was never trained on /{phoneme.symbol}/; sung as /{other.symbol}/"
        for phoneme, other in swaps.items()
    )
    return replace(fitted, notes=notes), warnings


def _nearest(phoneme: Phoneme, known: set[str]) -> Phoneme:
    """The nearest known sound; a vowel stays a vowel, so that its note can be sung."""
    candidates = [s for s in sorted(known) if INVENTORY[s].is_vowel == phoneme.is_vowel]
    return INVENTORY.nearest(phoneme, candidates)


def _swapped(sung: SungNote, swaps: dict[Phoneme, Phoneme]) -> SungNote:
    return replace(
        sung,
        onset=tuple(swaps.get(phoneme, phoneme) for phoneme in sung.onset),
        nucleus=swaps.get(sung.nucleus, sung.nucleus),
        coda=tuple(swaps.get(phoneme, phoneme) for phoneme in sung.coda),
    )
