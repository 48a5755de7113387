"""espeak-ng speaking, through its library: the synthetic speech that singing is held against."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.errors import BenchmarkError
from vocoder.audio import Audio

SYNCHRONOUS = 2
POSITION_CHARACTER = 1
CHARS_UTF8 = 1
INT16_FULL_SCALE = 32_768.0

_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakSpeaker:
    """One voice of espeak-ng; its library and data come with `espeakng-loader`."""

    def __init__(self, voice: str = "en-us") -> None:
        import espeakng_loader

        library = Path(espeakng_loader.get_library_path())
        self._library = ctypes.CDLL(str(library))
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate_hz = int(self._library.espeak_Initialize(SYNCHRONOUS, 0, data, 0))
        if self.rate_hz <= 0:
            raise BenchmarkError(f"{library}: espeak-ng does not start; reinstall espeakng-loader")
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise BenchmarkError(f"espeak-ng has no voice {voice!r}")
        self._parts: list[npt.NDArray[np.int16]] = []
        self._callback = _SynthCallback(self._keep)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str) -> Audio:
        """The text at espeak's own tempo, mono."""
        self._parts = []
        spoken = text.encode("utf-8") + b"\0"
        failed = self._library.espeak_Synth(
            spoken, len(spoken), 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None
        )
        if failed or self._library.espeak_Synchronize():
            raise BenchmarkError(f"espeak-ng did not speak {text[:40]!r}")
        joined = np.concatenate([np.zeros(0, dtype=np.int16), *self._parts])
        return Audio((joined / INT16_FULL_SCALE).astype(np.float32)[None], self.rate_hz)

    def _keep(self, wave: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if wave and count > 0:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)).astype(np.int16))
        return 0
