"""Which words are understood: Whisper base listens, and its errors are counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vocoder.audio import Audio

RATE_HZ = 16_000
SEED = 0
SUREST = 0.0
DRAWN_AT = (SUREST, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Temperatures that are tried in turn where the listener is unsure."""
TOKENS_A_SECOND, FEW_TOKENS = 6, 10
"""Nobody sings more; a listener that does not draw may repeat itself for ever."""


@dataclass(frozen=True)
class Understood:
    """What was to be heard and what was, in bare words; `errors` are insertions, too."""

    name: str
    reference: str
    heard: str
    words: int
    errors: int

    @property
    def rate(self) -> float:
        return self.errors / self.words


class Listener:
    """Whisper base, int8, English, beam 5, without previous text and without voice detection.

    Where it is unsure it draws at random (its temperature rises by steps); the draws are seeded.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(model), device="cpu", compute_type="int8", cpu_threads=threads
        )

    def transcribe(self, audio: Audio, language: str = "en", draws: bool = True) -> str:
        """What is heard in a sound.

        Args:
            draws: False where words return again and again, as in a song: the listener takes that
                for stammering of its own, and would draw until it hears something else.
        """
        import ctranslate2

        ctranslate2.set_random_seed(SEED)
        samples = audio.mono().resampled(RATE_HZ).samples[0]
        segments, _ = self._model.transcribe(
            samples,
            language=language,
            beam_size=5,
            condition_on_previous_text=False,
            vad_filter=False,
            temperature=DRAWN_AT if draws else SUREST,
            max_new_tokens=None
            if draws
            else round(TOKENS_A_SECOND * audio.duration_s) + FEW_TOKENS,
        )
        return " ".join(segment.text.strip() for segment in segments)


def bare(text: str) -> str:
    """Lower-case words of a-z and inner apostrophes, one space apart."""
    words = re.sub(r"[^a-z' ]", " ", text.lower().replace("’", "'")).split()
    return " ".join(word for word in (each.strip("'") for each in words) if word)


def compared(name: str, reference: str, heard: str) -> Understood:
    """Count the word errors of a transcript: substitutions, deletions and insertions."""
    import jiwer

    wanted, got = bare(reference), bare(heard)
    found = jiwer.process_words(wanted, got)
    errors = found.substitutions + found.deletions + found.insertions
    return Understood(name, wanted, got, len(wanted.split()), errors)


def pooled_rate(rows: Sequence[Understood]) -> float:
    """Errors of all rows over words of all rows."""
    return sum(row.errors for row in rows) / sum(row.words for row in rows)
