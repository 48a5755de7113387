"""From timed phonemes to a FrameScore: what a singer adds to the notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, midi_to_hz
from voice.acoustic.config import language_id
from voice.acoustic.singer import AcousticSinger
from voice.expression import (
    PITCH_DECIMALS,
    FramedNote,
    FramedPhone,
    FrameScore,
    settled,
)
from voice.performance.intonation import Intonation, centred, glided, vibrato, written_pitch
from voice.performance.levels import sung_energy
from voice.score.alignment import Phrase, TimedPhoneme, median_s
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import PitchPoint, TempoMap

Floats = npt.NDArray[np.float64]

ARTICULATION = 1.2
"""Consonants a fifth longer than the median singer's: heard better, and still before the beat."""

LONGEST_RATIO = 1.6
SHORTEST_RATIO = 0.6

ALWAYS_VOICED = frozenset((PhoneClass.VOWEL, PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL))


@dataclass(frozen=True)
class Expression:
    """What a caller wants of a performance, over all of it."""

    intonation: Intonation = field(default_factory=Intonation)
    breathiness: float = 0.0
    tension: float = 0.0
    dynamics_db: float = 0.0

    def __post_init__(self) -> None:
        for name in ("breathiness", "tension"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} lies in 0-1, not {getattr(self, name)}")


class LearnedLengths:
    """Consonants as long as in sung English, longer or shorter as the network speaks them here."""

    def __init__(self, singer: AcousticSinger, language: str) -> None:
        self._singer = singer
        self._language = language_id(language)

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        phonemes = [p for note in notes for p in note.phonemes]
        stresses = [
            note.stress if i == len(note.onset) else 0
            for note in notes
            for i in range(len(note.phonemes))
        ]
        ids = [INVENTORY.id_of(phoneme.symbol) for phoneme in phonemes]
        spoken = self._singer.spoken_seconds(ids, stresses, self._language)
        usual = {p.symbol: _usual(p.symbol, phonemes, spoken) for p in set(phonemes)}
        rows: list[dict[int, float]] = []
        at = 0
        for note in notes:
            row = {}
            for index, phoneme in enumerate(note.phonemes):
                ratio = spoken[at + index] / usual[phoneme.symbol]
                row[index] = (
                    ARTICULATION
                    * median_s(phoneme)
                    * float(np.clip(ratio, SHORTEST_RATIO, LONGEST_RATIO))
                )
            del row[len(note.onset)]
            rows.append(row)
            at += len(note.phonemes)
        return rows


def _usual(symbol: str, phonemes: Sequence[object], spoken: Floats) -> float:
    mine = [s for p, s in zip(phonemes, spoken, strict=True) if getattr(p, "symbol", "") == symbol]
    return max(float(np.median(mine)), 1e-3)


def perform(
    fitted: FittedScore,
    phrase: Phrase,
    singer: AcousticSinger,
    voice: str,
    language: str,
    expression: Expression,
    seed: int,
    lead_in_s: float,
) -> FrameScore:
    """The FrameScore of a verse: phones on the grid, pitch, voicing, loudness and colour."""
    length_samples = GRID.seconds_to_samples(phrase.length_s)
    frames = GRID.samples_to_frames(length_samples)
    phones = framed(phrase.phonemes, frames)
    notes = tuple(_framed_note(sung, fitted.score.tempo, lead_in_s) for sung in fitted.notes)
    written = settled(written_pitch(notes, frames), PITCH_DECIMALS)
    breathiness = np.full(frames, expression.breathiness)
    tension = np.full(frames, expression.tension)
    curves = singer.curves(phones, language, written, breathiness, tension)
    voiced = _voiced(phones, curves.voicing)
    random = np.random.default_rng(seed)
    lean = expression.intonation.lean * curves.deviation.astype(np.float64)
    deviation = centred(lean + vibrato(notes, frames, expression.intonation, random), notes, voiced)
    midi = glided(notes, frames, expression.intonation.portamento_s) + deviation
    midi = _drawn_over(midi, fitted, lead_in_s)
    hz = np.clip(midi_to_hz(midi), FLOOR_HZ, CEILING_HZ)
    return FrameScore(
        voice=voice,
        language=language,
        seed=seed,
        length_samples=length_samples,
        lead_in_s=lead_in_s,
        phones=phones,
        notes=notes,
        written_midi=written,
        pitch=PitchCurve(settled(hz, PITCH_DECIMALS), voiced),
        energy=settled(
            sung_energy(
                curves.energy.astype(np.float64),
                phones,
                fitted.notes,
                notes,
                expression.dynamics_db,
            )
        ),
        breathiness=breathiness,
        tension=tension,
    )


def framed(phonemes: Sequence[TimedPhoneme], frames: int) -> tuple[FramedPhone, ...]:
    """Phones on whole frames, each boundary to the nearest; what rounds to nothing is left out."""
    edges = [min(GRID.seconds_to_frames(phone.start_s), frames) for phone in phonemes] + [frames]
    rows = []
    for phone, first, last in zip(phonemes, edges, edges[1:], strict=False):
        if last > first:
            rows.append(
                FramedPhone(phone.phoneme.symbol, first, last - first, phone.stress, phone.note)
            )
    return tuple(rows)


def _framed_note(sung: SungNote, tempo: TempoMap, lead_in_s: float) -> FramedNote:
    return FramedNote(
        start_s=lead_in_s + tempo.seconds_at(sung.note.start_beats),
        end_s=lead_in_s + tempo.seconds_at(sung.note.end_beats),
        midi=sung.note.pitch_midi,
        text=sung.text,
    )


def _voiced(
    phones: Sequence[FramedPhone], predicted: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Vowels and sonorants are voiced, voiceless sounds never, the rest as the network says."""
    rows = []
    for phone in phones:
        sound = INVENTORY[phone.symbol]
        if sound.kind in ALWAYS_VOICED:
            rows.append(np.ones(phone.frames, dtype=np.bool_))
        elif not sound.voiced:
            rows.append(np.zeros(phone.frames, dtype=np.bool_))
        else:
            rows.append(predicted[phone.first_frame : phone.end_frame] > 0.5)
    return np.concatenate(rows) if rows else np.zeros(0, dtype=np.bool_)


def _drawn_over(midi: Floats, fitted: FittedScore, lead_in_s: float) -> Floats:
    """Pitch lines that a user drew replace the voice's own where they run."""
    times_s = GRID.centres_s(len(midi))
    drawn = midi.copy()
    for line in fitted.score.pitch_lines:
        moments_s, notes = _line(line, fitted.score.tempo, lead_in_s)
        inside = (times_s >= moments_s[0]) & (times_s <= moments_s[-1])
        drawn[inside] = np.interp(times_s[inside], moments_s, notes)
    return drawn


def _line(line: Sequence[PitchPoint], tempo: TempoMap, lead_in_s: float) -> tuple[Floats, Floats]:
    moments = [lead_in_s + tempo.seconds_at(point.beats) for point in line]
    return np.array(moments), np.array([point.cents / 100.0 for point in line])
