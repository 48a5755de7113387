"""A speaking machine for tests: espeak-ng's library, through ctypes, as WAV bytes."""

from __future__ import annotations

import ctypes
import io

import numpy as np
import soundfile

_SYNCHRONOUS, _UTF8, _RATE = 2, 1, 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """Speaks in one voice after another."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        path = espeakng_loader.get_data_path().encode()
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, path, 0)
        self._chunks: list[np.ndarray] = []
        self._keep = _CALLBACK(self._receive)
        self._library.espeak_SetSynthCallback(self._keep)

    def say(self, text: str, voice: str = "en-us", words_a_minute: int = 140) -> np.ndarray:
        """Samples of one utterance, between -1 and 1."""
        self._chunks = []
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(_RATE, words_a_minute, 0)
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return np.concatenate([np.zeros(1), *self._chunks]) / 32768.0

    def wav(self, *parts: np.ndarray, pause_s: float = 0.6) -> bytes:
        """Utterances with pauses between them, as a WAV file."""
        silence = np.zeros(int(pause_s * self.rate_hz))
        pieces = [piece for part in parts for piece in (part, silence)]
        stream = io.BytesIO()
        soundfile.write(stream, np.concatenate(pieces), self.rate_hz, format="WAV")
        return stream.getvalue()

    def _receive(self, samples: ctypes.Array[ctypes.c_short], count: int, _events: int) -> int:
        if count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float64))
        return 0
