"""What can go wrong while lyrics are written."""

from __future__ import annotations

from lyrics.errors import LyricsError


class WriterError(LyricsError):
    """Lyrics that cannot be written as asked; the message says why and what is nearest."""


class RequestError(WriterError):
    """A wish that no lyrics can fulfil, or that contradicts itself."""


class ModelError(WriterError):
    """A language model that is missing, damaged or does not answer."""


class LyricsFileError(WriterError):
    """A file that does not hold lyrics as this package writes them."""
