"""Gives phrases of narrow-band corpora the highest bands they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from voice.acoustic.training.phrases import PhraseArrays, narrow_band_mask
from voice.corpora.band_extension import learn_extension

EVERY = 8

Pools = Mapping[str, Sequence[PhraseArrays]]


def filled_bands(pools: Pools) -> Pools:
    """The same phrases; beside full-band voices, narrow ones get their upper bands."""
    full = [phrase for pool in pools.values() for phrase in pool if phrase.full_band]
    if not full or all(phrase.full_band for pool in pools.values() for phrase in pool):
        return pools
    first_upper = int(narrow_band_mask().sum())
    extension = learn_extension((p.mel.astype(np.float32) for p in full[::EVERY]), first_upper)

    def whole(phrase: PhraseArrays) -> PhraseArrays:
        if phrase.full_band:
            return phrase
        mel = extension.fill(phrase.mel.astype(np.float32)).astype(np.float16)
        return replace(phrase, mel=mel, full_band=True)

    return {name: [whole(phrase) for phrase in pool] for name, pool in pools.items()}
