"""What can go wrong between words and a melody for them."""

from __future__ import annotations

from voice.errors import MelismaError


class ComposingError(MelismaError):
    """A melody that cannot be written as it was asked for."""


class PlanError(ComposingError):
    """A key, a chord, a metre, a tempo or a range that is none, or that do not go together."""


class WordsError(ComposingError):
    """Words that cannot be set to music, or that need more bars than there are."""


class TableError(ComposingError):
    """A table of what was learned that is missing, damaged or of another version."""
