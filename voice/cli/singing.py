"""An order to sing, carried out: read, sing, mix, write; every refusal comes before a file does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from lyrics.lexicon import Lexicon
from vocoder.audio import Audio, read_audio
from voice.cli.company import Company, check_company, ensemble_of, write_stems
from voice.cli.orders import parse_start, parse_transposition, parse_verse
from voice.cli.outputs import Files, check_outputs, write_outputs
from voice.cli.progress import Progress
from voice.ensemble.mixing import mix_together
from voice.ensemble.together import Together, sing_together
from voice.errors import OutputError
from voice.expression import FrameScore
from voice.frame_files import is_frame_file, read_frames
from voice.mixing.mix import mix_over
from voice.mixing.placement import Start
from voice.mixing.timing import BeatWishes, Beginning, beginning_of, beginning_over
from voice.performance.fermatas import FERMATA
from voice.performance.wishes import Expression, Wishes
from voice.score.model import Score
from voice.score.reading import read_song
from voice.studio import SingOptions, Studio
from voice.take import Mix, VocalTake

SCORE_ONLY = ("lyrics", "language", "part", "tempo_qpm", "lead_in_s", "lexicon")


@dataclass(frozen=True)
class Order:
    """Everything that `melisma sing` was told."""

    score: str
    files: Files
    voice: str | None = None
    lyrics: Path | None = None
    language: str | None = None
    verse: str = "1"
    part: str | None = None
    transpose: str = "octave"
    tempo_qpm: float | None = None
    over: Path | None = None
    start: str = "1"
    first_beat_s: float | None = None
    seed: int | None = None
    lead_in_s: float | None = None
    vocoder: Path | None = None
    lexicon: Path | None = None
    wishes: Wishes = field(default_factory=Wishes)
    company: Company = field(default_factory=Company)
    threads: int = 2


@dataclass(frozen=True)
class Made:
    """A finished order: the take, the mix if there is one, and where they were written."""

    take: VocalTake
    mix: Mix | None
    files: Files
    stems: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Sung:
    """What was sung, by whom if several sang, and where it begins in an instrumental."""

    take: VocalTake
    together: Together | None
    begins: Beginning | None


def carry_out(order: Order, progress: Progress) -> Made:
    """Sing what was ordered and write it.

    Raises:
        MelismaError, LyricsError, SoundError, ConsentError: with the place and the remedy.
    """
    check_outputs(order.files, order.over)
    check_company(order.company)
    start = parse_start(order.start)
    instrumental = None if order.over is None else read_audio(order.over)
    studio = Studio.open(threads=order.threads)
    if is_frame_file(Path(order.score)):
        sung = _from_frames(order, studio, start, instrumental, progress)
    else:
        sung = _from_score(order, studio, start, instrumental, progress)
    if instrumental is not None and instrumental.missing:
        warnings = (*sung.take.warnings, f"{order.over}: {instrumental.missing}")
        sung = replace(sung, take=replace(sung.take, warnings=warnings))
    mix = None
    if instrumental is not None and sung.begins is not None:
        mix = _mixed(sung, sung.begins, instrumental, progress)
    written = write_outputs(order.files, sung.take, mix)
    stems: tuple[Path, ...] = ()
    if order.company.stems is not None and sung.together is not None:
        stems = write_stems(order.company.stems, sung.together, order.files.bits)
    return Made(written, mix, order.files, stems)


def _from_score(
    order: Order, studio: Studio, start: Start, instrumental: Audio | None, progress: Progress
) -> _Sung:
    options = SingOptions(
        language=order.language,
        verse=parse_verse(order.verse),
        transpose=parse_transposition(order.transpose),
        tempo_qpm=order.tempo_qpm,
        lead_in_s=_or(order.lead_in_s, 0.0),
        seed=order.seed or 0,
        expression=_expression(order),
        lexicon=None if order.lexicon is None else Lexicon.from_file(order.lexicon),
        vocoder=order.vocoder,
    )
    score: Score = read_song(order.score, order.part, order.lyrics, order.language)
    begins = None
    if instrumental is not None:
        progress("hearing bars", 0.0)
        begins = beginning_over(instrumental, score, start, order.tempo_qpm, order.first_beat_s)
    if order.company.is_alone:
        take = studio.sing(score, order.voice, options, progress)
        return _Sung(_warned(take, begins), None, begins)
    company = ensemble_of(order.company, score, order.language)
    together = sing_together(studio, score, order.voice, options, company, progress)
    return _Sung(_warned(together.as_take, begins), together, begins)


def _warned(take: VocalTake, begins: Beginning | None) -> VocalTake:
    more = () if begins is None else begins.warnings
    return replace(take, warnings=(*take.warnings, *more))


def _expression(order: Order) -> Expression:
    """As wished; fermatas are held unless an instrumental keeps the time."""
    wishes = order.wishes
    if wishes.fermata is None and order.over is None:
        wishes = replace(wishes, fermata=FERMATA)
    return wishes.expression()


def _from_frames(
    order: Order, studio: Studio, start: Start, instrumental: Audio | None, progress: Progress
) -> _Sung:
    _refuse_score_options(order)
    frames: FrameScore = read_frames(Path(order.score))
    if order.seed is not None:
        frames = replace(frames, seed=order.seed)
    begins = None
    if instrumental is not None:
        progress("hearing bars", 0.0)
        known = BeatWishes(first_beat_s=order.first_beat_s)
        begins = beginning_of(instrumental, start, known, frames.pickup_s)
    take = studio.render(frames, order.voice, order.vocoder, progress)
    return _Sung(take, None, begins)


def _refuse_score_options(order: Order) -> None:
    given = [name for name in SCORE_ONLY if getattr(order, name) is not None]
    given += [name for name, usual in (("verse", "1"), ("transpose", "octave"))
              if getattr(order, name) != usual]  # fmt: skip
    given += ["other singers"] * (order.company != Company())
    given += ["the expression"] * (order.wishes != Wishes())
    if given:
        names = ", ".join(name.removesuffix("_qpm").removesuffix("_s") for name in given)
        raise OutputError(
            f"{order.score}: a FrameScore holds {names} already; edit the file, or sing the score"
        )


def _mixed(sung: _Sung, begins: Beginning, instrumental: Audio, progress: Progress) -> Mix:
    progress("mixing", 0.9)
    if sung.together is None:
        return mix_over(sung.take, instrumental, begins.start_s, None, begins.tempo_bpm)
    return mix_together(sung.together, instrumental, begins.start_s, None, begins.tempo_bpm)


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given
