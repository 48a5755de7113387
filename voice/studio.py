"""The studio: everything a musician asks for, behind the command line and the web page alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from lyrics.lexicon import Lexicon
from lyrics.phonemes import BREATH
from lyrics.pronounce import pronouncer_for
from vocoder.audio import Audio
from voice.acoustic.singer import AcousticSinger
from voice.bank import Voice, VoiceBank
from voice.card import VoiceCard
from voice.expression import FrameScore
from voice.mixing.placement import pickup_seconds
from voice.performance.breathing import with_breaths
from voice.performance.fermatas import held
from voice.performance.lengths import LearnedLengths
from voice.performance.perform import perform
from voice.performance.variation import VariedLengths, with_moved_heads
from voice.performance.wishes import Expression
from voice.range_fit import Transposition, moved, range_warnings, shift_for
from voice.score.alignment import align
from voice.score.fitting import FittedScore, fit
from voice.score.languages import language_of
from voice.score.model import Score
from voice.score.opening import at_tempo, choose_verse
from voice.substitution import sung_with
from voice.take import VocalTake

if TYPE_CHECKING:
    from vocoder.synthesis import Vocoder

DEFAULT_VOICES = {"en": "wren", "ja": "kumi", "zh": "kumi"}
FALLBACK_VOICE = "wren"
PICKUP_DECIMALS = 6
TAKE_GAIN_DB = 12.0
"""The networks learn voices whose loud parts lie near -22 dBFS; a take is handed over louder."""

Progress = Callable[[str, float], None]


def silent_progress(stage: str, share: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class SingOptions:
    """What a caller wants of a take.

    Attributes:
        language: ISO code; by default the score's own, or guessed from its words.
        verse: number from 1, or "all" for one after the other.
        transpose: semitones, or how to choose them.
        tempo_qpm: quarters a minute at the beginning; later tempos keep their proportion.
        lead_in_s: silence put before beat 0, room for the first note's consonants.
        vocoder: an ONNX vocoder to use instead of the voice's own.
    """

    language: str | None = None
    verse: int | Literal["all"] = 1
    transpose: Transposition = "octave"
    tempo_qpm: float | None = None
    lead_in_s: float = 0.0
    seed: int = 0
    expression: Expression = field(default_factory=Expression)
    lexicon: Lexicon | None = None
    vocoder: Path | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.lead_in_s <= 60.0:
            raise ValueError(f"a lead-in lasts 0-60 s, not {self.lead_in_s}")


@dataclass(frozen=True)
class Prepared:
    """A verse about to sound: its FrameScore, and what was done so that the voice can sing it."""

    frames: FrameScore
    transposed_semitones: int
    warnings: tuple[str, ...]


@dataclass
class Studio:
    """Opens voices once and sings with them; `clock` is asked at every permit."""

    voices: VoiceBank
    threads: int = 2
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _opened: dict[str, Voice] = field(default_factory=dict)

    @classmethod
    def open(cls, home: Path | None = None, threads: int = 2) -> Studio:
        return cls(VoiceBank.open(home), threads)

    def default_voice(self, language: str) -> str:
        return DEFAULT_VOICES.get(language.split("-")[0], FALLBACK_VOICE)

    def language_of(self, score: Score, options: SingOptions) -> str:
        """As wished, or as the score states it, or guessed from its words."""
        verse = 1 if options.verse == "all" else options.verse
        return options.language or language_of(score, verse)

    def sing(
        self,
        score: Score,
        voice: str | None = None,
        options: SingOptions | None = None,
        progress: Progress = silent_progress,
    ) -> VocalTake:
        """Sing one verse of a score, or all of them.

        Raises:
            MelismaError: words that do not fit, an unknown voice, notes nobody reaches.
            ConsentError: the voice may not be used.
        """
        wanted = options or SingOptions()
        progress("words", 0.0)
        language = self.language_of(score, wanted)
        chosen = self._voice(voice or self.default_voice(language))
        singer = self._singer(chosen)
        ready = self._prepared(score, singer, chosen.card, language, wanted)
        audio = self._sound(ready.frames, chosen, singer, wanted.vocoder, progress)
        card = chosen.card
        shift, warnings = ready.transposed_semitones, ready.warnings
        return VocalTake(
            audio, ready.frames, card.name, card.credit_line, shift, warnings, (chosen.use,)
        )

    def prepare(
        self, score: Score, voice: str | None = None, options: SingOptions | None = None
    ) -> Prepared:
        """Everything that `sing` does before anything sounds: quick, and open to edits.

        Raises:
            MelismaError, ConsentError: as `sing`.
        """
        wanted = options or SingOptions()
        language = self.language_of(score, wanted)
        chosen = self._voice(voice or self.default_voice(language))
        singer = self._singer(chosen)
        return self._prepared(score, singer, chosen.card, language, wanted)

    def render(
        self,
        frames: FrameScore,
        voice: str | None = None,
        vocoder: Path | None = None,
        progress: Progress = silent_progress,
    ) -> VocalTake:
        """Sing a FrameScore as it stands."""
        chosen = self._voice(voice or frames.voice)
        singer = self._singer(chosen)
        audio = self._sound(frames, chosen, singer, vocoder, progress)
        card = chosen.card
        return VocalTake(audio, frames, card.name, card.credit_line, 0, (), (chosen.use,))

    def _voice(self, name: str) -> Voice:
        """A voice, read once; every use asks the gate again."""
        if name not in self._opened:
            self._opened[name] = self.voices.open_voice(name, self.clock())
        return self._opened[name]

    def _singer(self, voice: Voice) -> AcousticSinger:
        from voice.sessions import open_singer

        return open_singer(voice, self.clock(), self.threads)

    def _vocoder(self, voice: Voice, other: Path | None) -> Vocoder:
        from vocoder.synthesis import Vocoder

        if other is not None:
            return Vocoder.open(other, self.threads)
        return Vocoder.load(voice.models["vocoder"], voice.card.name, self.threads)

    def _prepared(
        self,
        score: Score,
        singer: AcousticSinger,
        card: VoiceCard,
        language: str,
        wanted: SingOptions,
    ) -> Prepared:
        shift = shift_for(score, wanted.transpose, card.range)
        melody = moved(score, shift)
        if wanted.tempo_qpm is not None:
            melody = at_tempo(melody, wanted.tempo_qpm)
        melody, verse = choose_verse(melody, wanted.verse, wanted.language)
        fitted = fit(melody, verse, pronouncer_for(language, wanted.lexicon))
        sung, substituted = sung_with(fitted, card)
        warnings = (
            *fitted.warnings,
            *range_warnings(fitted.score, card.name, card.range),
            *substituted,
        )
        frames = self._frames(sung, singer, card, language, wanted)
        frames = replace(frames, pickup_s=round(pickup_seconds(melody), PICKUP_DECIMALS))
        return Prepared(frames, shift, warnings)

    def _frames(
        self,
        fitted: FittedScore,
        singer: AcousticSinger,
        card: VoiceCard,
        language: str,
        wanted: SingOptions,
    ) -> FrameScore:
        expression, seed = wanted.expression, wanted.seed
        timed = replace(fitted, score=held(fitted.score, expression.fermata))
        timed = with_breaths(timed) if expression.breaths else timed
        shaped = with_moved_heads(timed, expression.variation, seed)
        lengths = VariedLengths(
            LearnedLengths(singer, language, shaped.score.tempo), expression.variation, seed
        )
        breathes = expression.breaths and BREATH.symbol in card.trained_phones
        phrase = align(shaped, lengths, wanted.lead_in_s, breathes)
        return perform(
            shaped,
            phrase,
            singer,
            card.name,
            language,
            expression,
            seed,
            wanted.lead_in_s,
        )

    def _sound(
        self,
        frames: FrameScore,
        voice: Voice,
        singer: AcousticSinger,
        vocoder: Path | None,
        progress: Progress,
    ) -> Audio:
        sounding = self._vocoder(voice, vocoder)
        mel = singer.mel(
            frames, voice.card.temperature, lambda share: progress("singing", 0.1 + 0.4 * share)
        )
        made = sounding.synthesise(
            mel,
            frames.pitch,
            frames.seed,
            progress=lambda share: progress("sounding", 0.5 + 0.5 * share),
        )
        samples = made.samples[:, : frames.length_samples] * np.float32(
            10.0 ** (TAKE_GAIN_DB / 20.0)
        )
        return Audio(samples, made.rate_hz)
