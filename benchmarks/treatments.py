"""What happens to sound on its way: codecs, rates, filters, gains, crops, other sound over it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vocoder.audio import Audio

MP3_LOUDEST_KBPS, MP3_SOFTEST_KBPS = 320, 32
OPUS_RATE_HZ = 48_000
BLOCK = 65_536


@dataclass(frozen=True)
class Coded:
    """Sound after a codec, and how many bits a second it took."""

    audio: Audio
    kbps: float


def coded(audio: Audio, container: str, subtype: str, level: float | None = None) -> Coded:
    """Through one of libsndfile's codecs; `level` 0 to 1 is how hard it compresses."""
    import soundfile

    stream = io.BytesIO()
    options = {} if level is None else {"compression_level": level, "bitrate_mode": "CONSTANT"}
    with soundfile.SoundFile(
        stream, "w", audio.rate_hz, audio.channels, subtype, format=container, **options
    ) as file:
        for first in range(0, audio.length_samples, BLOCK):
            file.write(audio.samples[:, first : first + BLOCK].T)
    size = stream.tell()
    stream.seek(0)
    samples, rate_hz = soundfile.read(stream, dtype="float32", always_2d=True)
    made = Audio(np.ascontiguousarray(samples.T), int(rate_hz))
    return Coded(made, size * 8e-3 / audio.duration_s)


def mp3(audio: Audio, kbps: int) -> Audio:
    """At a constant rate; libsndfile counts it from 320 down to 32."""
    level = (MP3_LOUDEST_KBPS - kbps) / (MP3_LOUDEST_KBPS - MP3_SOFTEST_KBPS)
    return coded(audio, "MP3", "MPEG_LAYER_III", level).audio


def opus(audio: Audio) -> Audio:
    """At the rate that libsndfile chooses."""
    return coded(audio.resampled(OPUS_RATE_HZ), "OGG", "OPUS").audio


def tilted(audio: Audio, low_db: float, high_db: float) -> Audio:
    """Bass below 200 Hz and treble above 4 kHz turned by so many decibels."""
    from pedalboard import HighShelfFilter, LowShelfFilter
    from pedalboard._pedalboard import Pedalboard

    board = Pedalboard([LowShelfFilter(200.0, low_db), HighShelfFilter(4_000.0, high_db)])
    return Audio(np.asarray(board(audio.samples, audio.rate_hz), np.float32), audio.rate_hz)


def reverberated(audio: Audio) -> Audio:
    """In a room, a third of it wet."""
    from pedalboard import Reverb
    from pedalboard._pedalboard import Pedalboard

    board = Pedalboard([Reverb(room_size=0.5, wet_level=0.33, dry_level=0.67)])
    return Audio(np.asarray(board(audio.samples, audio.rate_hz), np.float32), audio.rate_hz)


def shifted(audio: Audio, semitones: float) -> Audio:
    """Moved in pitch, as long as before."""
    from pedalboard import PitchShift
    from pedalboard._pedalboard import Pedalboard

    board = Pedalboard([PitchShift(semitones)])
    return Audio(np.asarray(board(audio.samples, audio.rate_hz), np.float32), audio.rate_hz)


def harmonised(audio: Audio) -> Audio:
    """With two voices more, made of itself: a third and a fifth above, each 6 dB softer."""
    voices = [amplified(shifted(audio, semitones), -6.0) for semitones in (4.0, 7.0)]
    whole = audio.samples + sum(voice.samples for voice in voices)
    return Audio((whole / max(1.0, float(np.abs(whole).max()))).astype(np.float32), audio.rate_hz)


def amplified(audio: Audio, gain_db: float) -> Audio:
    gain = np.float32(10.0 ** (gain_db / 20.0))
    return Audio(audio.samples * gain, audio.rate_hz)


def cropped(audio: Audio, start_s: float, length_s: float) -> Audio:
    first = round(start_s * audio.rate_hz)
    return Audio(audio.samples[:, first : first + round(length_s * audio.rate_hz)], audio.rate_hz)


TREATMENTS: Mapping[str, tuple[str, Callable[[Audio], Audio]]] = {
    "none": ("nothing but the crop", lambda audio: audio),
    "mp3_128": ("MP3 at 128 kbit/s", lambda audio: mp3(audio, 128)),
    "mp3_64": ("MP3 at 64 kbit/s", lambda audio: mp3(audio, 64)),
    "opus": ("Opus", opus),
    "vorbis": ("Ogg Vorbis", lambda audio: coded(audio, "OGG", "VORBIS").audio),
    "22k": ("resampled to 22.05 kHz", lambda audio: audio.resampled(22_050)),
    "dull": ("bass +6 dB, treble -9 dB", lambda audio: tilted(audio, 6.0, -9.0)),
    "bright": ("bass -9 dB, treble +6 dB", lambda audio: tilted(audio, -9.0, 6.0)),
    "soft": ("20 dB softer", lambda audio: amplified(audio, -20.0)),
    "reverb": ("a third of reverberation", reverberated),
    "harmonies": ("two harmonies of itself laid over it, each 6 dB softer", harmonised),
    "pitch": ("moved by a semitone in pitch", lambda audio: shifted(audio, 1.0)),
}
"""What is done to marked sound before it is cropped, by name."""
