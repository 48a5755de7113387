"""What a vocal goes through before it joins the others: filters, de-esser, compressor, presence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.mixing.decisions import Chain, Compressor, DeEsser, Presence
from voice.mixing.envelopes import blended, level_db, smoothed
from voice.mixing.loudness import gain_of

Floats32 = npt.NDArray[np.float32]

WORKING_LUFS = -20.0
"""How loud a vocal is made for its chain."""

STEP_S = 0.002
DE_ESSER_SMOOTH_STEPS = 5
DE_ESSER_RATIO = 0.75
HIGHEST_SHARE_OF_RATE = 0.45


def processed(samples: Floats32, rate_hz: int, chain: Chain) -> Floats32:
    """The vocal after its chain, as long as before."""
    made = samples
    if chain.high_pass_hz is not None:
        made = _high_passed(made, rate_hz, chain.high_pass_hz)
    if chain.de_esser is not None:
        made = _de_essed(made, rate_hz, chain.de_esser)
    if chain.compressor is not None:
        made = _compressed(made, rate_hz, chain.compressor)
    if chain.presence is not None:
        made = _lifted(made, rate_hz, chain.presence)
    return made


def _high_passed(samples: Floats32, rate_hz: int, cutoff_hz: float) -> Floats32:
    """Twice first order: 12 dB an octave."""
    from pedalboard import Chain as Plugins
    from pedalboard import HighpassFilter

    filters = Plugins([HighpassFilter(cutoff_hz), HighpassFilter(cutoff_hz)])
    return np.asarray(filters(samples, rate_hz), dtype=np.float32)


def _de_essed(samples: Floats32, rate_hz: int, wanted: DeEsser) -> Floats32:
    """A shelf above `above_hz` that goes down while sibilants are too loud.

    Nothing is done where the rate leaves no room for such a band.
    """
    import scipy.signal
    from pedalboard import HighShelfFilter

    if wanted.above_hz >= HIGHEST_SHARE_OF_RATE * rate_hz or wanted.most_db == 0.0:
        return samples
    high = scipy.signal.butter(4, wanted.above_hz, "highpass", fs=rate_hz, output="sos")
    hiss = np.asarray(scipy.signal.sosfilt(high, samples, axis=1), dtype=np.float32)
    over_db = level_db(hiss, rate_hz, STEP_S) - wanted.threshold_db
    down_db = np.clip(DE_ESSER_RATIO * over_db, 0.0, wanted.most_db)
    share = (1.0 - 10.0 ** (-down_db / 20.0)) / (1.0 - gain_of(-wanted.most_db))
    shelf = HighShelfFilter(wanted.above_hz, -wanted.most_db, 0.7)
    lowered = np.asarray(shelf(samples, rate_hz), dtype=np.float32)
    rounded = smoothed(share, DE_ESSER_SMOOTH_STEPS)
    return blended(samples, lowered, rounded, rate_hz, STEP_S)


def _compressed(samples: Floats32, rate_hz: int, wanted: Compressor) -> Floats32:
    from pedalboard import Compressor as Plugin

    plugin = Plugin(wanted.threshold_db, wanted.ratio, wanted.attack_ms, wanted.release_ms)
    return np.asarray(plugin(samples, rate_hz), dtype=np.float32)


def _lifted(samples: Floats32, rate_hz: int, wanted: Presence) -> Floats32:
    from pedalboard import PeakFilter

    if wanted.at_hz >= HIGHEST_SHARE_OF_RATE * rate_hz:
        return samples
    peak = PeakFilter(wanted.at_hz, wanted.gain_db, wanted.width_q)
    return np.asarray(peak(samples, rate_hz), dtype=np.float32)
