"""Held-back strings of the sung corpora as scores: the same syllables, times, pitch and style.

A voicebank's string is a row of syllables at one tempo and pitch. Its oto entries say where the
vowels of most of them fall; from these the string's beat is found, and with it all of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from benchmarks.copies import loaded
from benchmarks.praat import praat_track
from lyrics.errors import PronunciationError
from lyrics.kana import MORAE, kana_to_phonemes, normalize_kana
from lyrics.pinyin import is_pinyin, pinyin_to_phonemes
from lyrics.romaji import romaji_to_kana
from vocoder.audio import Audio
from vocoder.pitch import hz_to_midi
from voice.corpora.recordings import OtoEntry, Recording
from voice.performance.intonation import Intonation
from voice.performance.wishes import Expression
from voice.score.model import Bar, Lyric, Note, Place, Score, TempoMap
from voice.studio import SingOptions
from voice.take import VocalTake

VOICE_OF = {
    "kumi-ja": "kumi",
    "kumi-zh": "kumi",
    "scottpoid-ja": "scott",
    "dorodoro-ja": "dorodoro",
}
STYLES = {
    "core": Expression(),
    "strong": Expression(tension=1.0),
    "whisper": Expression(breathiness=1.0),
}
QPM = 60.0
TICKS_A_SECOND = TICKS_A_BEAT = 1_000
_TAKE_MARK = re.compile(r"[+\d・]+$")
_OTHER_SOUNDS = frozenset("'’!")
"""Vocal fry and stops, which no score asks for."""
_BEAT_STEPS = np.arange(0.25, 1.2, 0.005)
_OFF_BEAT_S, _OFF_BEAT_SHARE = 0.2, 0.34
_QUIET_DB = 30.0
_LEVEL_STEP_S = 0.01
_LONGEST_LAST_S = 1.0


@dataclass(frozen=True)
class SungString:
    """One string as it was recorded.

    Attributes:
        syllables: kana or pinyin, as a score would have them.
        starts_s: where their vowels begin, one more than there are syllables: the end.
        midi: the pitch it was sung at.
    """

    recording: Recording
    syllables: tuple[str, ...]
    starts_s: tuple[float, ...]
    midi: float

    @property
    def phones(self) -> tuple[str, ...]:
        """What is to be heard."""
        return tuple(itertools.chain.from_iterable(map(sounds, self.syllables)))

    @property
    def score(self) -> Score:
        """A note for each syllable, to the millisecond."""
        ticks = [round(start * TICKS_A_SECOND) for start in self.starts_s]
        key = round(self.midi)
        notes = tuple(
            Note(
                Fraction(start, TICKS_A_BEAT),
                Fraction(end - start, TICKS_A_BEAT),
                key,
                (Lyric(text),),
                Place(1, 1.0 + start / TICKS_A_BEAT),
                cents=100.0 * (self.midi - key),
            )
            for text, (start, end) in zip(self.syllables, itertools.pairwise(ticks), strict=True)
        )
        length = Fraction(round(self.recording.duration_s * TICKS_A_SECOND), TICKS_A_BEAT)
        bars = (Bar(Fraction(0), max(length, notes[-1].end_beats), 1),)
        return Score(self.recording.name, notes, bars, TempoMap.constant(QPM))

    @property
    def options(self) -> SingOptions:
        """At the recorded pitch, straight and in the style of the recording.

        No breath is drawn before the first syllable: the recordings begin in silence.
        """
        straight = replace(Intonation(), vibrato_depth_cents=0.0)
        style = STYLES[self.recording.style]
        expression = replace(style, intonation=straight, breaths=False)
        return SingOptions(
            language=self.recording.language, transpose="none", expression=expression
        )


@dataclass(frozen=True, eq=False)
class Rendered:
    """A string as it was recorded and as a voice sings it, both mono at 44.1 kHz."""

    string: SungString
    recorded: Audio
    made: Audio
    take: VocalTake


def sounds(syllable: str) -> tuple[str, ...]:
    """The phones of one kana mora or pinyin syllable."""
    if is_pinyin(syllable):
        return pinyin_to_phonemes(syllable)
    (mora,) = kana_to_phonemes(syllable)
    return mora


def sung_string(recording: Recording, audio: Audio) -> SungString | None:
    """The string of a recording; None for breaths, transitions and what no score asks for."""
    events = _events(recording)
    spelled = _syllables(recording)
    listed = tuple(text for _, text in events)
    for syllables in (spelled, listed if spelled is None or spelled else ()):
        starts = _starts_s(syllables, events) if syllables and len(events) > 1 else None
        if starts is not None:
            break
    track = praat_track(audio)
    if not syllables or starts is None or not track.voiced.any():
        return None
    midi = float(np.median(hz_to_midi(track.hz[track.voiced])))
    end_s = min(_end_s(audio), starts[-1] + _LONGEST_LAST_S)
    return SungString(recording, syllables, (*starts, max(end_s, starts[-1] + 0.1)), midi)


def rendered(
    recordings: Sequence[Recording], sing: Callable[[SungString], VocalTake]
) -> list[Rendered]:
    """Every recording that is a string, and the same sung by a voice."""
    found = []
    for recording in recordings:
        audio = loaded(recording)
        string = sung_string(recording, audio)
        if string is not None:
            take = sing(string)
            found.append(Rendered(string, audio, take.audio, take))
    return found


def _syllables(recording: Recording) -> tuple[str, ...] | None:
    """The syllables that the file's name spells, None where it does not."""
    key = recording.text_key.strip("_")
    if recording.language == "zh":
        parts = tuple(key.split("_"))
        return parts if all(map(is_pinyin, parts)) else ()
    try:
        plain = normalize_kana(romaji_to_kana(key.replace("_", "")) if key.isascii() else key)
        kana_to_phonemes(plain)
    except PronunciationError:
        return None
    found: list[str] = []
    while plain:
        length = next((n for n in (3, 2, 1) if plain[:n] in MORAE), 0)
        if not length:
            return None
        found.append(plain[:length])
        plain = plain[length:]
    return tuple(found)


def _events(recording: Recording) -> list[tuple[float, str]]:
    """When which syllable's vowel begins, each moment once."""
    found: dict[int, tuple[float, str]] = {}
    for entry in recording.oto:
        text = _sung(entry)
        if text is not None:
            found.setdefault(round(entry.vowel_s * 20), (entry.vowel_s, text))
    return sorted(found.values())


def _sung(entry: OtoEntry) -> str | None:
    if _OTHER_SOUNDS & set(entry.alias):
        return None
    text = _TAKE_MARK.sub("", entry.alias.rpartition(" ")[2].strip("_"))
    if is_pinyin(text) and text.isascii():
        return text
    plain = normalize_kana(text)
    return plain if plain in MORAE else None


def _starts_s(
    syllables: Sequence[str], events: Sequence[tuple[float, str]]
) -> tuple[float, ...] | None:
    """Vowel onsets of all syllables from those known; None if no steady beat explains them.

    Known ones stand as they are, the others on the beat between.
    """
    times = np.array([time for time, _ in events])
    best: tuple[float, dict[int, float]] | None = None
    for beat_s in _BEAT_STEPS:
        places = np.round((times - times[0]) / beat_s).astype(int)
        if places[-1] >= len(syllables) or len(set(places)) < len(places):
            continue
        if any(syllables[at] != text for at, (_, text) in zip(places, events, strict=True)):
            continue
        off_s = float(np.max(np.abs(times - times[0] - places * beat_s)))
        if off_s <= min(_OFF_BEAT_S, _OFF_BEAT_SHARE * beat_s) and (
            best is None or off_s < best[0]
        ):
            best = off_s, dict(zip(places.tolist(), times.tolist(), strict=True))
    if best is None:
        return None
    known = best[1]
    beat_s = (times[-1] - times[0]) / max(max(known), 1)
    last = max(known)
    inner = np.interp(np.arange(len(syllables)), sorted(known), [known[at] for at in sorted(known)])
    return tuple(
        float(inner[at] if at <= last else known[last] + (at - last) * beat_s)
        for at in range(len(syllables))
    )


def _end_s(audio: Audio) -> float:
    """Where the sound last lies within 30 dB of the loudest."""
    step = round(_LEVEL_STEP_S * audio.rate_hz)
    samples = audio.samples[0][: audio.length_samples // step * step].reshape(-1, step)
    level = np.sqrt(np.mean(samples.astype(np.float64) ** 2, axis=1))
    loud = np.flatnonzero(level > level.max() * 10.0 ** (-_QUIET_DB / 20.0))
    return float((loud[-1] + 1) * _LEVEL_STEP_S)
