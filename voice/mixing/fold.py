"""More channels than two, brought to stereo as ITU-R BS.775 lays it down."""

from __future__ import annotations

import numpy as np

from vocoder.audio import Audio

HALF = 0.7071
LEFT, RIGHT, MIDDLE, NOWHERE = (1.0, 0.0), (0.0, 1.0), (HALF, HALF), (0.0, 0.0)
BACK_LEFT, BACK_RIGHT, BACK = (HALF, 0.0), (0.0, HALF), (0.5, 0.5)
LAYOUTS: dict[int, tuple[tuple[float, float], ...]] = {
    3: (LEFT, RIGHT, MIDDLE),
    4: (LEFT, RIGHT, BACK_LEFT, BACK_RIGHT),
    5: (LEFT, RIGHT, MIDDLE, BACK_LEFT, BACK_RIGHT),
    6: (LEFT, RIGHT, MIDDLE, NOWHERE, BACK_LEFT, BACK_RIGHT),
    7: (LEFT, RIGHT, MIDDLE, NOWHERE, BACK, BACK_LEFT, BACK_RIGHT),
    8: (LEFT, RIGHT, MIDDLE, NOWHERE, BACK_LEFT, BACK_RIGHT, BACK_LEFT, BACK_RIGHT),
}
"""How much of each channel goes left and right, by the number of channels, as WAVE orders them."""


def folded(audio: Audio) -> Audio:
    """The same sound in at most two channels; mono and stereo as they are."""
    layout = LAYOUTS.get(audio.channels)
    if layout is None:
        return audio
    gains = np.array(layout, dtype=np.float32).T
    loudest = float(gains.sum(axis=1).max())
    return Audio(np.asarray(gains / loudest @ audio.samples, dtype=np.float32), audio.rate_hz)
