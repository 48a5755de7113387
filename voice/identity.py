"""The ears of consent: is it speech, which digits were said, is it the voice to be enrolled?

These implement the protocols of `consent.checks`; the judging is done there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from consent.checks import MAX_HYPOTHESES, Ears, RecordingMeasures
from consent.permit import Permit
from voice.sound_bytes import SPEECH_RATE_HZ, Samples, decode_recording, to_speech_rate
from voice.speaker import SpeakerEncoder, sounding_frames

_FRAME_S = 0.03
_CLIP = 0.999
_VOICED_SHARE_OF_SPEECH = 0.35
_MIN_MODULATION_DB = 3.0
_PITCH_HZ = (65.0, 600.0)
_PAUSE_FRAMES = 6
_DIGITS_TAKE_S = (1.5, 10.0)
_MAX_STARTS = 3
_KEPT_AFTER = 10
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBER = {**{word: str(digit) for digit, word in enumerate(_WORDS)}, "oh": "0"}
_GRAMMAR = (
    "#JSGF V1.0; grammar challenge; public <challenge> = <d> <d> <d> <d> <d> <d>; "
    f"<d> = {' | '.join(_NUMBER)};"
)


class SpeechMeter:
    """Measures recordings with Praat: how long, how loud, how clean."""

    @property
    def model(self) -> str:
        import parselmouth

        return f"praat {parselmouth.PRAAT_VERSION}"

    def measure(self, recording: bytes) -> RecordingMeasures:
        """See `consent.checks.RecordingCheck`."""
        raw, rate_hz = decode_recording(recording, "the recording")
        samples = to_speech_rate(raw, rate_hz)
        sounding = sounding_frames(samples)
        voiced, harmonicity_db = _voicing(samples, sounding.size)
        return RecordingMeasures(
            speech_s=_speech_seconds(samples, sounding, voiced),
            level_dbfs=_level_dbfs(samples, sounding),
            clipped_share=float(np.mean(np.abs(raw) >= _CLIP)),
            harmonicity_db=harmonicity_db,
            content=hashlib.sha256(np.round(samples * 32767.0).astype("<i2").tobytes()).hexdigest(),
        )


class SpokenDigits:
    """Hears six English digits at the end of a recording, by a grammar of nothing else."""

    @cached_property
    def model(self) -> str:
        state = hashlib.sha256(_GRAMMAR.encode())
        for path in sorted(Path(self._acoustic_model).iterdir()):
            state.update(path.name.encode() + path.read_bytes())
        return state.hexdigest()

    def hear(self, recording: bytes) -> Sequence[str]:
        """See `consent.checks.DigitCheck`: one hypothesis for each pause the digits may follow."""
        samples = _until_silence(to_speech_rate(*decode_recording(recording, "the recording")))
        heard = [self._decode(samples[start:]) for start in digit_starts(samples)]
        return [digits for digits in dict.fromkeys(heard) if digits][:MAX_HYPOTHESES]

    def _decode(self, samples: Samples) -> str:
        pcm = np.clip(np.round(samples * 32767.0), -32768, 32767).astype("<i2").tobytes()
        decoder = self._decoder
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        words = [] if hypothesis is None else hypothesis.hypstr.split()
        return "".join(_NUMBER[word] for word in words if word in _NUMBER)

    @property
    def _acoustic_model(self) -> str:
        import pocketsphinx

        return str(pocketsphinx.get_model_path("en-us/en-us"))

    @cached_property
    def _decoder(self) -> Any:
        import pocketsphinx

        decoder = pocketsphinx.Decoder(
            hmm=self._acoustic_model,
            dict=str(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")),
            lm=None,
            samprate=SPEECH_RATE_HZ,
            loglevel="FATAL",
        )
        decoder.add_jsgf_string("challenge", _GRAMMAR)
        decoder.activate_search("challenge")
        return decoder


class SpeakerComparison:
    """Compares a statement's voice with recordings; embeddings die with the call."""

    def __init__(self, encoder: SpeakerEncoder | None = None) -> None:
        self._encoder = encoder or SpeakerEncoder()

    @property
    def model(self) -> str:
        return self._encoder.model

    def similarities(
        self, statement: bytes, material: Sequence[bytes], permit: Permit, at: datetime
    ) -> Sequence[float]:
        """See `consent.checks.SpeakerCheck`."""
        embeddings = self._encoder.embed_to_identify(statement, material, permit, at)
        return [float(value) for value in embeddings[1:] @ embeddings[0]]


def open_ears() -> Ears:
    """All that enrolment measures with."""
    return Ears(SpeechMeter(), SpokenDigits(), SpeakerComparison())


def digit_starts(samples: Samples) -> list[int]:
    """Where six digits may begin: after the longest pauses of the last seconds, at most three."""
    sounding = sounding_frames(samples)
    frame = round(_FRAME_S * SPEECH_RATE_HZ)
    shortest, longest = (round(seconds * SPEECH_RATE_HZ) for seconds in _DIGITS_TAKE_S)
    quiet_for = _PAUSE_FRAMES
    pauses: list[tuple[int, int]] = []
    for index, loud in enumerate(sounding):
        start = max(0, index - 3) * frame
        if loud and quiet_for >= _PAUSE_FRAMES and shortest <= samples.size - start <= longest:
            pauses.append((quiet_for, start))
        quiet_for = 0 if loud else quiet_for + 1
    longest_pauses = sorted(pauses, reverse=True)[:_MAX_STARTS]
    return sorted(start for _, start in longest_pauses) or [max(0, samples.size - longest)]


def _until_silence(samples: Samples) -> Samples:
    """Without what follows the last sound: whoever stops a recorder late has read no worse."""
    sounding = np.flatnonzero(sounding_frames(samples))
    if sounding.size == 0:
        return samples
    return samples[: (int(sounding[-1]) + _KEPT_AFTER) * round(_FRAME_S * SPEECH_RATE_HZ)]


def _voicing(samples: Samples, frames: int) -> tuple[npt.NDArray[np.bool_], float]:
    """Voiced frames `(frames,)` of 30 ms, and the mean harmonics-to-noise ratio of them in dB."""
    import parselmouth

    sound = parselmouth.Sound(samples.astype(np.float64), SPEECH_RATE_HZ)
    if sound.duration < 3.0 / _PITCH_HZ[0]:
        return np.zeros(frames, dtype=bool), -200.0
    pitch = sound.to_pitch_ac(
        time_step=_FRAME_S, pitch_floor=_PITCH_HZ[0], pitch_ceiling=_PITCH_HZ[1]
    )
    moments = (np.arange(frames) + 0.5) * _FRAME_S
    voiced = np.interp(moments, pitch.xs(), pitch.selected_array["frequency"] > 0.0) > 0.5
    harmonicity = sound.to_harmonicity_cc(time_step=_FRAME_S, minimum_pitch=_PITCH_HZ[0])
    values = harmonicity.values[0]
    values = values[values > -199.0]
    return voiced, float(values.mean()) if values.size else -200.0


def _speech_seconds(
    samples: Samples, sounding: npt.NDArray[np.bool_], voiced: npt.NDArray[np.bool_]
) -> float:
    """Sounding time that moves as syllables do; hum, tones and noise count for little."""
    if sounding.size == 0:
        return 0.0
    frame = round(_FRAME_S * SPEECH_RATE_HZ)
    power = np.square(samples[: sounding.size * frame].astype(np.float64)).reshape(-1, frame)
    level_db = 10.0 * np.log10(power.mean(axis=1) + 1e-12)
    width = min(33, level_db.size)
    window = np.ones(width) / width
    mean = np.convolve(level_db, window, mode="same")
    spread = np.sqrt(np.maximum(0.0, np.convolve(level_db**2, window, mode="same") - mean**2))
    moving = sounding & (spread >= _MIN_MODULATION_DB)
    voiced_s = float(np.sum(moving & voiced)) * _FRAME_S
    return min(float(np.sum(moving)) * _FRAME_S, voiced_s / _VOICED_SHARE_OF_SPEECH)


def _level_dbfs(samples: Samples, sounding: npt.NDArray[np.bool_]) -> float:
    if not sounding.any():
        return -200.0
    frame = round(_FRAME_S * SPEECH_RATE_HZ)
    loud = samples[: sounding.size * frame].reshape(-1, frame)[sounding]
    return float(10.0 * np.log10(np.mean(np.square(loud, dtype=np.float64)) + 1e-20))
