"""An order to sing, carried out: read, sing, mix, write; every refusal comes before a file does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from lyrics.lexicon import Lexicon
from vocoder.audio import Audio, read_audio
from voice.cli.orders import parse_start, parse_transposition, parse_verse
from voice.cli.outputs import Files, check_outputs, write_outputs
from voice.cli.progress import Progress
from voice.errors import OutputError
from voice.expression import FrameScore
from voice.frame_files import is_frame_file, read_frames
from voice.mixing.mix import mix_over
from voice.mixing.placement import AtBar, AtSecond, Start, start_seconds
from voice.performance.intonation import Intonation
from voice.performance.perform import Expression
from voice.score.model import Score
from voice.score.reading import read_song
from voice.studio import SingOptions, Studio
from voice.take import Mix, VocalTake

SCORE_ONLY = ("lyrics", "language", "part", "tempo_qpm", "lead_in_s", "lexicon")


@dataclass(frozen=True)
class Style:
    """Expression as options of the command line; None leaves the voice's own way."""

    vibrato_cents: float | None = None
    portamento_s: float | None = None
    breathiness: float | None = None
    tension: float | None = None
    dynamics_db: float | None = None

    def expression(self) -> Expression:
        usual = Intonation()
        intonation = replace(
            usual,
            vibrato_depth_cents=_or(self.vibrato_cents, usual.vibrato_depth_cents),
            portamento_s=_or(self.portamento_s, usual.portamento_s),
        )
        return Expression(
            intonation,
            _or(self.breathiness, 0.0),
            _or(self.tension, 0.0),
            _or(self.dynamics_db, 0.0),
        )


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
    seed: int | None = None
    lead_in_s: float | None = None
    vocoder: Path | None = None
    lexicon: Path | None = None
    style: Style = field(default_factory=Style)
    threads: int = 2


@dataclass(frozen=True)
class Made:
    """A finished order: the take, the mix if there is one, and where they were written."""

    take: VocalTake
    mix: Mix | None
    files: Files


def carry_out(order: Order, progress: Progress) -> Made:
    """Sing what was ordered and write it.

    Raises:
        MelismaError, LyricsError, SoundError, ConsentError: with the place and the remedy.
    """
    check_outputs(order.files, order.over)
    start = parse_start(order.start)
    instrumental = None if order.over is None else read_audio(order.over)
    studio = Studio.open(threads=order.threads)
    if is_frame_file(Path(order.score)):
        take, start_s = _from_frames(order, studio, start, progress)
    else:
        take, start_s = _from_score(order, studio, start, progress)
    mix = None if instrumental is None else _mixed(take, instrumental, start_s, progress)
    written = write_outputs(order.files, take, mix)
    return Made(written, mix, order.files)


def _from_score(
    order: Order, studio: Studio, start: Start, progress: Progress
) -> tuple[VocalTake, float]:
    options = SingOptions(
        language=order.language,
        verse=parse_verse(order.verse),
        transpose=parse_transposition(order.transpose),
        tempo_qpm=order.tempo_qpm,
        lead_in_s=_or(order.lead_in_s, 0.0),
        seed=order.seed or 0,
        expression=order.style.expression(),
        lexicon=None if order.lexicon is None else Lexicon.from_file(order.lexicon),
        vocoder=order.vocoder,
    )
    score: Score = read_song(order.score, order.part, order.lyrics, order.language)
    take = studio.sing(score, order.voice, options, progress)
    return take, start_seconds(start, score, order.tempo_qpm)


def _from_frames(
    order: Order, studio: Studio, start: Start, progress: Progress
) -> tuple[VocalTake, float]:
    _refuse_score_options(order)
    if isinstance(start, AtBar) and start.bar != 1:
        raise OutputError(
            f"--start {order.start}: a FrameScore knows no bars; give seconds such as 7.5"
        )
    frames: FrameScore = read_frames(Path(order.score))
    if order.seed is not None:
        frames = replace(frames, seed=order.seed)
    take = studio.render(frames, order.voice, order.vocoder, progress)
    return take, start.seconds if isinstance(start, AtSecond) else 0.0


def _refuse_score_options(order: Order) -> None:
    given = [name for name in SCORE_ONLY if getattr(order, name) is not None]
    given += [name for name, usual in (("verse", "1"), ("transpose", "octave"))
              if getattr(order, name) != usual]  # fmt: skip
    given += ["the expression"] * (order.style != Style())
    if given:
        names = ", ".join(name.removesuffix("_qpm").removesuffix("_s") for name in given)
        raise OutputError(
            f"{order.score}: a FrameScore holds {names} already; edit the file, or sing the score"
        )


def _mixed(take: VocalTake, instrumental: Audio, start_s: float, progress: Progress) -> Mix:
    progress("mixing", 0.9)
    return mix_over(take, instrumental, start_s)


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given
