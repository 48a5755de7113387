"""From timed phonemes to a FrameScore: what a singer adds to the notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, midi_to_hz
from voice.acoustic.singer import AcousticSinger
from voice.expression import (
    PITCH_DECIMALS,
    FramedNote,
    FramedPhone,
    FrameScore,
    settled,
)
from voice.performance.intonation import (
    bent,
    bounded,
    centred,
    glided,
    scooped,
    steadied,
    vibrato,
    written_pitch,
)
from voice.performance.levels import by_note, marked_db, phrased_db, sung_energy
from voice.performance.phrasing import phrases
from voice.performance.variation import drift, levels_db
from voice.performance.wishes import Expression
from voice.score.alignment import Phrase, TimedPhoneme
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import PitchPoint, TempoMap

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ALWAYS_VOICED = frozenset((PhoneClass.VOWEL, PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL))

DYING_FRAMES = 5
"""In recordings vocal folds go on for 50 to 60 ms after a vowel's end, while the tone dies away."""


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
    voiced = voiced_frames(phones, curves.voicing)
    lean = curves.deviation.astype(np.float64)
    midi = _sung_midi(fitted.notes, notes, lean, voiced, expression, seed)
    midi = _drawn_over(midi, fitted, lead_in_s)
    hz = np.clip(midi_to_hz(midi), FLOOR_HZ, CEILING_HZ)
    shaped_db = _shaped_db(fitted.notes, notes, frames, expression, seed)
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
        energy=settled(sung_energy(curves.energy.astype(np.float64), phones, shaped_db)),
        breathiness=breathiness,
        tension=tension,
        gender=np.full(frames, expression.gender_semitones),
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


def _sung_midi(
    sung: Sequence[SungNote],
    notes: Sequence[FramedNote],
    lean: Floats,
    voiced: Mask,
    expression: Expression,
    seed: int,
) -> Floats:
    """The pitch as sung: glides and scoops around notes whose centres are in tune, then bends."""
    style, frames = expression.intonation, len(lean)
    wandering = style.lean * bounded(lean) + drift(notes, frames, expression.variation, seed)
    wandering = steadied(wandering, notes)
    wandering += vibrato(notes, frames, style, np.random.default_rng(seed))
    slurred = frozenset(i for i, each in enumerate(sung) if each.note.slur or each.continues)
    return (
        glided(notes, frames, style.portamento_s, slurred)
        + centred(wandering, notes, voiced)
        + scooped(phrases(sung, notes), notes, frames, style.scoop_cents)
        + bent(style.bends, notes, frames)
        + style.tuning_cents / 100.0
    )


def _shaped_db(
    sung: Sequence[SungNote],
    notes: Sequence[FramedNote],
    frames: int,
    expression: Expression,
    seed: int,
) -> Floats:
    """What marks, phrases, chance and the caller add to the loudness, in decibels, `(frames,)`."""
    swell_db = expression.dynamics.phrase_db
    return (
        marked_db(sung, notes, frames)
        + phrased_db(phrases(sung, notes), notes, frames, swell_db)
        + by_note(levels_db(len(notes), expression.variation, seed), notes, frames)
        + expression.dynamics_db
    )


def voiced_frames(phones: Sequence[FramedPhone], predicted: npt.NDArray[np.float32]) -> Mask:
    """Vowels and sonorants are voiced, voiceless sounds never, the rest as the network says.

    A rest begins voiced where the tone before it dies away; a glide may still be breath of the
    stop or hiss before it, as in `kja`.
    """
    rows: list[Mask] = []
    sonorous = False
    for phone in phones:
        sound = INVENTORY[phone.symbol]
        dying = sonorous and phone.note is None
        breathed = sound.kind is PhoneClass.GLIDE and not sonorous
        sonorous = sound.kind in ALWAYS_VOICED
        if dying:
            rows.append(np.arange(phone.frames) < min(DYING_FRAMES, phone.frames // 2))
        elif sonorous and not breathed:
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
