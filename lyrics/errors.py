"""Everything that can go wrong between written words and phonemes."""

from __future__ import annotations


class LyricsError(ValueError):
    """The words cannot be sung as they stand; the message says which, where and what to do."""


class PronunciationError(LyricsError):
    """A word, a character or an IPA symbol that has no known sound."""


class UnknownLanguageError(LyricsError):
    """A language code that nobody pronounces here."""


class LexiconError(LyricsError):
    """A user dictionary that cannot be read; the message gives its line."""


class HintError(LyricsError):
    """An inline pronunciation such as `read[r ɛ d]` that is not well formed."""
