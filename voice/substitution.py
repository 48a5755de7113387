"""A score in the sounds that a voice knows, with a warning for each that it never learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lyrics.errors import LyricsError
from lyrics.phonemes import INVENTORY, Phoneme
from lyrics.substitute import replacements
from voice.card import VoiceCard
from voice.errors import VoiceError
from voice.score.fitting import FittedScore, SungNote


def sung_with(fitted: FittedScore, card: VoiceCard) -> tuple[FittedScore, tuple[str, ...]]:
    """The same score in the sounds the voice's model was trained on, and what was replaced.

    Raises:
        VoiceError: the voice has no sound that could stand in.
    """
    asked = [phoneme.symbol for sung in fitted.notes for phoneme in sung.phonemes]
    try:
        found = replacements(asked, card.trained_phones)
    except LyricsError as error:
        raise VoiceError(f"{card.name}: {error}; choose another voice") from error
    if not found:
        return fitted, ()
    swaps = {one.missing: INVENTORY[one.nearest] for one in found}
    notes = tuple(_swapped(sung, swaps) for sung in fitted.notes)
    return replace(fitted, notes=notes), tuple(f"{card.name}: {one.warning}" for one in found)


def _swapped(sung: SungNote, swaps: Mapping[str, Phoneme]) -> SungNote:
    def known(phoneme: Phoneme) -> Phoneme:
        return swaps.get(phoneme.symbol, phoneme)

    return replace(
        sung,
        onset=tuple(map(known, sung.onset)),
        nucleus=known(sung.nucleus),
        coda=tuple(map(known, sung.coda)),
    )
