"""Who sings besides the lead, as the command line says it, and the stems they leave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vocoder.audio import Bits
from voice.analysis.model import Key
from voice.composing.chords import ChordInBeats, parse_chords, parse_key
from voice.ensemble.harmony import Interval, SecondVoice, Side, harmonised
from voice.ensemble.members import Ensemble
from voice.ensemble.words import with_words_of
from voice.errors import OutputError
from voice.score.model import Score
from voice.score.reading import read_song

if TYPE_CHECKING:
    from voice.ensemble.together import Together

NAMED: dict[str, tuple[Interval, Side]] = {
    "thirds": ("thirds", "below"),
    "sixths": ("sixths", "below"),
    "thirds-above": ("thirds", "above"),
    "sixths-above": ("sixths", "above"),
}


@dataclass(frozen=True)
class Company:
    """What `melisma sing` was told of other singers.

    Attributes:
        harmony: names of intervals, or scores, each with `#PART` behind it if it has several.
        stems: folder into which every take is written by itself.
    """

    harmony: tuple[str, ...] = ()
    double: int = 0
    choir: int = 0
    choir_voices: tuple[str, ...] = ()
    key: str | None = None
    chords: str | None = None
    stems: Path | None = None

    @property
    def is_alone(self) -> bool:
        return not (self.harmony or self.double or self.choir)


def check_company(company: Company) -> None:
    """Refuse what makes no sense before anything is sung.

    Raises:
        OutputError: which option, and what it needs.
    """
    if company.stems is not None and company.is_alone:
        raise OutputError("--stems: one singer leaves no stems; add --harmony, --double or --choir")
    if company.stems is not None and not company.stems.is_dir():
        raise OutputError(f"--stems {company.stems}: is no folder; make it first")
    if company.choir_voices and not company.choir:
        raise OutputError("--choir-voices: say with --choir how many sing each part")
    if (company.key or company.chords) and not set(company.harmony) & set(NAMED):
        raise OutputError(f"--key, --chords: shape --harmony {', '.join(NAMED)}; ask for one")


def ensemble_of(company: Company, score: Score, language: str | None) -> Ensemble:
    """The company with its harmonies as scores.

    Raises:
        MelismaError: an unknown key or chord, or a score that cannot be read.
    """
    key = None if company.key is None else parse_key(company.key)
    chords = _chords(company, score)
    return Ensemble(
        harmonies=tuple(_harmony(each, score, key, chords, language) for each in company.harmony),
        doubles=company.double,
        choir=company.choir,
        voices=company.choir_voices,
    )


def _chords(company: Company, score: Score) -> tuple[ChordInBeats, ...]:
    """Those given, over and over to the end of the score."""
    if company.chords is None:
        return ()
    row = parse_chords(company.chords, score.meters[0].bar_beats)
    length = row[-1].end_beats
    times = int(-(-score.length_beats // length))
    return tuple(
        ChordInBeats(span.start_beats + k * length, span.end_beats + k * length, span.chord)
        for k in range(times)
        for span in row
    )


def _harmony(
    told: str,
    score: Score,
    key: Key | None,
    chords: tuple[ChordInBeats, ...],
    language: str | None,
) -> Score:
    if told in NAMED:
        interval, side = NAMED[told]
        return harmonised(score, SecondVoice(interval, side, key, chords))
    source, _, part = told.partition("#")
    if not Path(source).is_file():
        raise OutputError(
            f"--harmony {told}: neither one of {', '.join(NAMED)} nor a score that is there"
        )
    return with_words_of(read_song(source, part or None, None, language), score)


def write_stems(folder: Path, sung: Together, bits: Bits) -> tuple[Path, ...]:
    """Every take as a wav of its own, dry and mono, all with the same beat 0."""
    from voice.marking.writing import write_made
    from voice.provenance import made

    paths = []
    for part in sung.parts:
        path = folder / f"{part.name}.wav"
        write_made(path, part.take.audio, bits, made(part.take))
        paths.append(path)
    return tuple(paths)
