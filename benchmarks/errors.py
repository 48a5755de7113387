"""What can go wrong while measuring."""

from __future__ import annotations


class BenchmarkError(Exception):
    """A set, model or recording that a measure needs and that is not as it must be."""
