"""When a voice sounds, told from its sound alone.

Dips follow every note (`sung_spans`); how far the voice stands in front is measured on the longer
blocks in which ears and meters judge loudness (`loud_blocks`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.mixing.envelopes import level_db

Floats32 = npt.NDArray[np.float32]
Spans = tuple[tuple[float, float], ...]

STEP_S = 0.02
SILENT_DB = -90.0
LOUD_PERCENTILE = 95.0
BELOW_LOUD_DB = 26.0
LONGEST_GAP_S = 0.25
SHORTEST_S = 0.08

BLOCK_S = 0.4
"""The momentary block of ITU-R BS.1770."""
BLOCK_BELOW_DB = 20.0


def sung_spans(samples: Floats32, rate_hz: int) -> Spans:
    """In seconds from the first sample; pauses, breaths and room noise are left out."""
    levels = level_db(samples, rate_hz, STEP_S)
    sounding = levels[levels > SILENT_DB]
    if not sounding.size:
        return ()
    sung = levels > np.percentile(sounding, LOUD_PERCENTILE) - BELOW_LOUD_DB
    edges = np.flatnonzero(np.diff(np.concatenate(([0], sung.astype(np.int8), [0]))))
    joined: list[tuple[int, int]] = []
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if joined and (first - joined[-1][1]) * STEP_S < LONGEST_GAP_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    return tuple(
        (first * STEP_S, end * STEP_S)
        for first, end in joined
        if (end - first) * STEP_S >= SHORTEST_S
    )


def loud_blocks(samples: Floats32, rate_hz: int) -> Spans:
    """The blocks of 0.4 s within 20 dB of the loudest one, in seconds from the first sample."""
    levels = level_db(samples, rate_hz, BLOCK_S)
    if not (levels > SILENT_DB).any():
        return ()
    loud = np.flatnonzero(levels > max(float(levels.max()) - BLOCK_BELOW_DB, SILENT_DB))
    step_s = round(BLOCK_S * rate_hz) / rate_hz
    return tuple((block * step_s, (block + 1) * step_s) for block in loud.tolist())


def shifted(spans: Spans, by_s: float) -> Spans:
    return tuple((begin + by_s, end + by_s) for begin, end in spans)
