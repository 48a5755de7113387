"""What the network leans away from the pitch stays within what is heard as in tune."""

from __future__ import annotations

import numpy as np

from voice.performance.intonation import FARTHEST_LEAN_CENTS, bounded


def test_small_leans_stay_and_plunges_are_held_back() -> None:
    lean = np.array([-2.0, -0.7, -0.02, 0.0, 0.03, 0.5])
    kept = bounded(lean)
    assert (np.abs(kept) <= FARTHEST_LEAN_CENTS / 100.0).all()
    np.testing.assert_allclose(kept[2:5], lean[2:5], atol=5e-4)
    assert (np.diff(kept) >= 0.0).all()
