"""DNSMOS: what listeners would say of the sound, as a network predicts it from speech."""

from __future__ import annotations

import numpy as np

from vocoder.audio import Audio

RATE_HZ = 16_000
LONGEST_S = 20


def dnsmos(audio: Audio) -> float:
    """Overall quality from 1 to 5 of the first 20 s (DNSMOS P.835, Reddy et al. 2022).

    The network was trained on speech.
    """
    from speechmos import dnsmos as model

    samples = audio.mono().resampled(RATE_HZ).samples[0, : LONGEST_S * RATE_HZ]
    bounded = samples / max(1.0, float(np.max(np.abs(samples), initial=0.0)))
    return float(model.run(bounded, RATE_HZ)["ovrl_mos"])
