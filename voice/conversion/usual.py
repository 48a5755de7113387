"""How a voice sounds on average at each of its pitches: it sings a drill of vowels.

What comes out of a conversion leans towards the recording's colour. The voice's own is known
without any recording of it, since its acoustic model can be asked to sing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime

from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.acoustic.comb import HIGHEST_MIDI, LOWEST_MIDI, comb_of
from voice.acoustic.inputs import phone_inputs, position_inputs
from voice.card import VoiceCard
from voice.conversion.features import fine_envelope_of
from voice.expression import FramedPhone

VOWELS = ("a", "e", "i", "o", "u", "ɑ", "ɛ", "ɪ", "ʌ", "ə")
BEFORE = "n"
MOST_VOWELS = 5
CONSONANT_FRAMES, VOWEL_FRAMES, EDGE_FRAMES = 6, 16, 3
STEP_SEMITONES = 3
ENERGY = 0.9
"""About -24 dB: as loud as most of a song is."""

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class UsualEnvelope:
    """The mean envelope `(pitches, mels)` of a voice's vowels at some pitches `(pitches,)`."""

    midi: Floats
    envelope: Floats32

    def over(self, pitch: PitchCurve) -> Floats32:
        """The mean for a melody, `(mels,)`; beyond the pitches that are known, the nearest."""
        midi = hz_to_midi(pitch.hz[pitch.voiced])
        shares = np.zeros(len(self.midi))
        at = np.interp(midi, self.midi, np.arange(len(self.midi)))
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, len(self.midi) - 1)
        np.add.at(shares, below, 1.0 - (at - below))
        np.add.at(shares, above, at - below)
        return np.asarray(shares @ self.envelope / max(len(midi), 1), dtype=np.float32)


def usual_envelope(
    acoustic: onnxruntime.InferenceSession, card: VoiceCard, speaker: Floats32
) -> UsualEnvelope:
    """Let an opened acoustic model sing a drill over the range of its voice."""
    low = int(np.clip(card.range.low_midi, LOWEST_MIDI, HIGHEST_MIDI))
    high = int(np.clip(card.range.high_midi, LOWEST_MIDI, HIGHEST_MIDI))
    pitches = np.arange(low, high + 1, STEP_SEMITONES)
    phones = drill(card, len(pitches))
    frames = sum(phone.frames for phone in phones)
    pitch = PitchCurve(
        np.repeat(midi_to_hz(pitches.astype(np.float64)), frames // len(pitches)),
        np.ones(frames, dtype=np.bool_),
    )
    sung = _sung(acoustic, card, phones, pitch, speaker)
    vowel = np.concatenate([_middle(phone) for phone in phones])
    envelope = fine_envelope_of(sung, pitch)
    rows = [
        envelope[:, part & vowel].mean(axis=1)
        for part in (hz_to_midi(pitch.hz).round() == midi for midi in pitches)
    ]
    return UsualEnvelope(pitches.astype(np.float64), np.stack(rows).astype(np.float32))


def drill(card: VoiceCard, times: int) -> tuple[FramedPhone, ...]:
    """The voice's vowels, each after an n, so many times over."""
    known = [vowel for vowel in VOWELS if vowel in card.phones] or list(VOWELS)
    lengths = ((BEFORE, CONSONANT_FRAMES), ("", VOWEL_FRAMES))
    phones: list[FramedPhone] = []
    at = 0
    for vowel in known[:MOST_VOWELS] * times:
        for symbol, frames in lengths:
            phones.append(FramedPhone(symbol or vowel, at, frames))
            at += frames
    return tuple(phones)


def _middle(phone: FramedPhone) -> npt.NDArray[np.bool_]:
    inside = np.zeros(phone.frames, dtype=np.bool_)
    if phone.symbol != BEFORE:
        inside[EDGE_FRAMES : phone.frames - EDGE_FRAMES] = True
    return inside


def _sung(
    acoustic: onnxruntime.InferenceSession,
    card: VoiceCard,
    phones: tuple[FramedPhone, ...],
    pitch: PitchCurve,
    speaker: Floats32,
) -> Floats32:
    """The most likely mel, `(mels, frames)`."""
    plain = np.zeros((1, len(pitch)), dtype=np.float32)
    latent = next(one.shape[1] for one in acoustic.get_inputs() if one.name == "noise")
    feeds = {
        **phone_inputs(phones, card.languages[0]).named(),
        **position_inputs(phones).named(),
        "midi": hz_to_midi(pitch.hz)[None].astype(np.float32),
        "voiced": plain + np.float32(1.0),
        "energy": plain + np.float32(ENERGY),
        "breathiness": plain,
        "tension": plain,
        "comb": comb_of(pitch)[None],
        "noise": np.zeros((1, int(latent), len(pitch)), dtype=np.float32),
        "speaker": speaker.reshape(1, -1).astype(np.float32),
    }
    mel = acoustic.run(["mel"], feeds)[0]
    return np.asarray(mel[0], dtype=np.float32).reshape(MEL_BANDS, len(pitch))
