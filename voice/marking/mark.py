"""Putting the mark into sound: keyed noise under the spectrum, where it is not heard.

In windows of 32 ms the noise is given the spectrum of the sound itself, some 24 dB below, and
never more than the quieter of the windows around allow; so it hides behind what sounds, follows
silence, and does not run ahead of an attack. Lengths do not change, and silence stays silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.marking.code import encoded
from voice.marking.payload import Payload
from voice.marking.sequence import waveform

LEVEL_DB = -29.0
WINDOW_S = 0.032
OVERLAP = 4
SEGMENT_HOPS = 256
CEILING = 0.98
"""No sample is raised above this by the mark."""

Floats32 = npt.NDArray[np.float32]
Complexes = npt.NDArray[np.complex64]


def marked(audio: Audio, payload: Payload, ceiling: float = CEILING) -> Audio:
    """The sound with a mark in it."""
    blocks = list(marked_blocks([audio.samples], audio.rate_hz, payload, ceiling))
    return Audio(np.concatenate(blocks, axis=1), audio.rate_hz) if blocks else audio


def marked_blocks(
    blocks: Iterable[Floats32], rate_hz: int, payload: Payload, ceiling: float = CEILING
) -> Iterator[Floats32]:
    """The same for sound that comes in pieces `(channels, samples)`: as many samples come out."""
    shaper = _Shaper(rate_hz, payload)
    context, step = shaper.context, shaper.segment
    held: Floats32 | None = None
    at = 0
    for block in blocks:
        before = np.zeros((block.shape[0], context), np.float32) if held is None else held
        held = np.concatenate([before, block], axis=1)
        while held.shape[1] >= step + 2 * context:
            yield _added(held, shaper, at, ceiling)
            held, at = held[:, step:], at + step
    while held is not None and held.shape[1] > context:
        left = held.shape[1] - context
        held = np.pad(held, ((0, 0), (0, max(0, step + 2 * context - held.shape[1]))))
        yield _added(held, shaper, at, ceiling)[:, :left]
        held, at = held[:, step : left + context], at + step


def _added(held: Floats32, shaper: _Shaper, at: int, ceiling: float) -> Floats32:
    """One segment of sound with its mark; `held` has context before and after it."""
    host = held[:, shaper.context : shaper.context + shaper.segment]
    mark = shaper.shaped(held[:, : shaper.segment + 2 * shaper.context], at)
    most = np.maximum(np.abs(host), np.float32(ceiling))
    return np.where(host == 0.0, host, np.clip(host + mark, -most, most)).astype(np.float32)


class _Shaper:
    """Gives the keyed noise the spectrum of a sound, segment by segment."""

    def __init__(self, rate_hz: int, payload: Payload) -> None:
        self.hop = max(1, round(WINDOW_S * rate_hz / OVERLAP))
        self.window_samples = self.hop * OVERLAP
        self.segment = SEGMENT_HOPS * self.hop
        self.context = self.window_samples + 2 * self.hop
        self._window = np.hanning(self.window_samples + 1)[:-1].astype(np.float32)
        self._noise = waveform(encoded(payload.to_int()), rate_hz).astype(np.float32)
        power = float(np.square(self._window).sum() * np.square(self._noise).mean())
        self._gain = 10.0 ** (LEVEL_DB / 20.0) / np.sqrt(power)

    def shaped(self, host: Floats32, at: int) -> Floats32:
        """The mark of the segment at `at`, for the sound around it `(channels, samples)`."""
        first = at - self.context
        places = (first + np.arange(host.shape[1])) % self._noise.size
        noise = self._spectra(self._noise[places][None])
        spectra = self._spectra(host)
        level = np.abs(spectra)
        quiet = level.copy()
        quiet[:, 1:] = np.minimum(quiet[:, 1:], level[:, :-1])
        quiet[:, :-1] = np.minimum(quiet[:, :-1], level[:, 1:])
        made = self._sound(noise * quiet * np.float32(self._gain), host.shape[1])
        return made[:, self.context : self.context + self.segment]

    def _spectra(self, sound: Floats32) -> Complexes:
        """Spectra `(channels, frames, bins)` of windows that begin at every hop."""
        windows = np.lib.stride_tricks.sliding_window_view(sound, self.window_samples, axis=1)
        return np.fft.rfft(windows[:, :: self.hop] * self._window).astype(np.complex64)

    def _sound(self, spectra: Complexes, samples: int) -> Floats32:
        pieces = np.fft.irfft(spectra, self.window_samples) * self._window
        made = np.zeros((spectra.shape[0], samples), np.float64)
        for index in range(spectra.shape[1]):
            first = index * self.hop
            made[:, first : first + self.window_samples] += pieces[:, index]
        whole = np.square(self._window).sum() / self.hop
        return np.asarray(made / whole, dtype=np.float32)
