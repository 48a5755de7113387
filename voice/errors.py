"""What can go wrong in the singer; every message says what, where and the remedy."""

from __future__ import annotations


class MelismaError(Exception):
    """Any mistake of input that a user can mend; the command line prints it as one line."""


class ScoreError(MelismaError):
    """A score that cannot be read, or that cannot be sung as it stands."""


class ScoreFormatError(ScoreError):
    """A file that is not what its name promises, or that is damaged or hostile."""


class ScoreLimitError(ScoreError):
    """A score longer, faster or bigger than anything a voice sings."""


class ScoreWordsError(ScoreError):
    """Words that are missing, or that do not fit their notes."""


class CorpusError(MelismaError):
    """Recordings that cannot be trained on as they are."""


class FrameScoreError(MelismaError):
    """A FrameScore file that is missing, damaged or of another version."""


class VoiceError(MelismaError):
    """A voice that is unknown, incomplete, or may not be used."""


class MixError(MelismaError):
    """Sounds that cannot be mixed as they are, or a report of a mix that cannot be replayed."""


class SeparationError(MelismaError):
    """A song that cannot be taken apart here, and what is needed for it."""


class SongError(MelismaError):
    """A song's project that is none, or that cannot be gone on with."""


class OutputError(MelismaError):
    """A place that cannot be written to, or an order that cannot be carried out as given."""


class RecordError(MelismaError):
    """A record of what was made that cannot be written, or is not the one that was signed."""


class AnalysisError(MelismaError):
    """A track in which something cannot be found, or an analysis that cannot be read."""


class ConversionError(MelismaError):
    """A recording that cannot be converted, or not into this voice."""
