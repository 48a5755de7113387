"""Resampling on a graphics card: the one module that imports torchaudio (`[train-cuda]`)."""

from __future__ import annotations

import importlib
from fractions import Fraction
from types import ModuleType

import numpy as np
import torch

from vocoder.errors import ResamplerError

# The window of librosa's and resampy's `kaiser_best`: 64 zero crossings, stop band below -120 dB.
ZERO_CROSSINGS = 64
PASS_BAND = 0.9475937167399596
KAISER_BETA = 14.769656459379492


class CudaResampler:
    """Resamples with a Kaiser-windowed sinc on `device`, a graphics card or the processor.

    Raises:
        ResamplerError: torchaudio is missing, or was built for another torch.
    """

    def __init__(self, device: torch.device) -> None:
        self._functional = _torchaudio_functional()
        self._device = device

    def __call__(self, wave: np.ndarray, speed: Fraction) -> np.ndarray:
        """Read `wave`, float32 `(samples,)`, `speed` times as fast."""
        on_device = torch.from_numpy(wave).to(self._device)
        # TensorFloat-32, on by default in convolutions, would leave noise at -60 dB.
        with torch.no_grad(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            made: torch.Tensor = self._functional.resample(
                on_device,
                orig_freq=speed.numerator,
                new_freq=speed.denominator,
                lowpass_filter_width=ZERO_CROSSINGS,
                rolloff=PASS_BAND,
                resampling_method="sinc_interp_kaiser",
                beta=KAISER_BETA,
            )
        read: np.ndarray = made.cpu().numpy()
        return read


def _torchaudio_functional() -> ModuleType:
    try:
        return importlib.import_module("torchaudio.functional")
    except (ImportError, OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ResamplerError(
            f"the resampler torchaudio cannot be used beside torch {torch.__version__}: {reason}; "
            "on a CUDA machine pip install 'melisma[train-cuda]', or choose the resampler soxr"
        ) from error
