"""`melisma train`: from recordings and leave to use them to models and voices."""

from __future__ import annotations

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from voice.errors import OutputError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Train models and voices.",
)

Corpora = Annotated[
    list[Path], typer.Argument(help="UTAU voicebanks, or folders of sound with words.")
]
Run = Annotated[
    Path, typer.Option("--run", help="Folder of the run; one that holds checkpoints goes on.")
]
Minutes = Annotated[float | None, typer.Option(min=0.1, help="Train so long.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Train so many steps.")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="Threads of the processor.")]
StartFrom = Annotated[
    Path | None, typer.Option(help="A checkpoint whose weights are the first ones.")
]
Language = Annotated[str | None, typer.Option(help="Language of corpora that do not state theirs.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed, another run.")]
Accelerator = Annotated[str, typer.Option(help="auto, cpu or gpu.")]
Devices = Annotated[str, typer.Option(help="How many devices, or auto.")]
SingSpeech = Annotated[
    bool, typer.Option(help="Let spoken corpora be sung as well (WORLD), see docs/TRAINING.md.")
]
BetweenNotes = Annotated[
    bool,
    typer.Option(help="Let sung corpora be heard between their notes too (WORLD)."),
]
InventSpeakers = Annotated[
    bool,
    typer.Option(help="Let spoken corpora be heard by people of other sizes too."),
]
Share = Annotated[
    list[str] | None,
    typer.Option(help="CORPUS=WEIGHT: how often it (or CORPUS-sung, -between …) is drawn."),
]
LearningRate = Annotated[float, typer.Option(min=1e-6, max=1e-2, help="Of the first steps.")]
Adversarial = Annotated[
    int | None, typer.Option(min=0, help="Step at which the discriminators join.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


class VocoderModel(StrEnum):
    ISTFT = "istft"
    V1 = "v1"
    V2 = "v2"
    V3 = "v3"


class ResamplerChoice(StrEnum):
    SOXR = "soxr"
    TORCHAUDIO = "torchaudio"


@app.command("vocoder")
def train_a_vocoder(
    corpora: Corpora,
    run: Run,
    model: Annotated[VocoderModel, typer.Option(help="Which network.")] = VocoderModel.ISTFT,
    resampler: Annotated[
        ResamplerChoice,
        typer.Option(help="What moves pitch; torchaudio does on the GPU (extra train-cuda)."),
    ] = ResamplerChoice.SOXR,
    minutes: Minutes = None,
    steps: Steps = None,
    adversarial_from: Adversarial = None,
    start_from: StartFrom = None,
    language: Language = None,
    threads: Threads = 2,
    seed: Seed = 0,
    accelerator: Accelerator = "auto",
    devices: Devices = "auto",
    quiet: Quiet = False,
) -> None:
    """Train a vocoder and write RUN/vocoder.onnx."""
    _needs_training_packages(minutes, steps)
    from voice.cli import training

    limits = training.Limits(minutes, steps, threads, seed, accelerator, devices)
    order = training.Order(tuple(corpora), run, limits, start_from, language, quiet)
    typer.echo(training.vocoder(order, model.value, adversarial_from, resampler.value))


@app.command("acoustic")
def train_an_acoustic_model(
    corpora: Corpora,
    run: Run,
    minutes: Minutes = None,
    steps: Steps = None,
    sing_speech: SingSpeech = True,
    between_notes: BetweenNotes = True,
    invent_speakers: InventSpeakers = False,
    share: Share = None,
    adversarial_from: Adversarial = None,
    learning_rate: LearningRate = 1e-3,
    start_from: StartFrom = None,
    language: Language = None,
    threads: Threads = 2,
    seed: Seed = 0,
    accelerator: Accelerator = "auto",
    devices: Devices = "auto",
    quiet: Quiet = False,
) -> None:
    """Train an acoustic model on one or many singers."""
    _needs_training_packages(minutes, steps)
    from voice.cli import training

    limits = training.Limits(minutes, steps, threads, seed, accelerator, devices)
    order = training.Order(tuple(corpora), run, limits, start_from, language, quiet)
    material = training.Material(sing_speech, between_notes, invent_speakers, _shares(share))
    typer.echo(training.acoustic(order, material, adversarial_from, learning_rate))


@app.command("content")
def train_a_content_encoder(
    corpora: Corpora,
    run: Run,
    start_from: Annotated[
        Path, typer.Option(help="A checkpoint of the acoustic model that is to convert.")
    ],
    content_from: Annotated[
        Path | None, typer.Option(help="A checkpoint of an earlier content run, or a content.onnx.")
    ] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    sing_speech: SingSpeech = True,
    between_notes: BetweenNotes = True,
    invent_speakers: InventSpeakers = False,
    share: Share = None,
    language: Language = None,
    threads: Threads = 2,
    seed: Seed = 0,
    accelerator: Accelerator = "auto",
    devices: Devices = "auto",
    quiet: Quiet = False,
) -> None:
    """Train what hears recordings for an acoustic model, and write RUN/content.onnx."""
    _needs_training_packages(minutes, steps)
    from voice.cli import training

    limits = training.Limits(minutes, steps, threads, seed, accelerator, devices)
    order = training.Order(tuple(corpora), run, limits, start_from, language, quiet)
    material = training.Material(sing_speech, between_notes, invent_speakers, _shares(share))
    typer.echo(training.content(order, material, content_from))


@app.command("base")
def begin_with_voices(
    run: Run,
    voices: Annotated[
        list[str] | None,
        typer.Argument(help="Voices that share one model; without any, those that ship."),
    ] = None,
) -> None:
    """Make a run folder of released voices, to train on from with --start-from."""
    _needs_training_packages(minutes=None, steps=0)
    from voice.cli import training

    typer.echo(training.base(run, tuple(voices or ())))


@app.command("average")
def average_two_runs(
    first: Annotated[Path, typer.Argument(help="Folder of an acoustic run.")],
    second: Annotated[Path, typer.Argument(help="Folder of a run that started from the first.")],
    run: Annotated[Path, typer.Option(help="Folder of the new run, empty or not there yet.")],
) -> None:
    """Average the models of two acoustic runs of one line into a run folder of its own."""
    _needs_training_packages(minutes=None, steps=0)
    from voice.acoustic.training.averaging import average_runs

    typer.echo(f"averaged into {average_runs(first, second, run)}")


@app.command("voice")
def train_a_voice(
    spec: Annotated[Path, typer.Argument(help="What the voice is: see docs/TRAINING.md.")],
    corpora: Corpora,
    run: Run,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the new voice folder.")],
    vocoder: Annotated[
        Path | None, typer.Option(help="The .onnx vocoder that the voice brings; else ours.")
    ] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    sing_speech: SingSpeech = True,
    between_notes: BetweenNotes = True,
    invent_speakers: InventSpeakers = False,
    share: Share = None,
    adversarial_from: Adversarial = None,
    start_from: StartFrom = None,
    language: Language = None,
    threads: Threads = 2,
    seed: Seed = 0,
    accelerator: Accelerator = "auto",
    devices: Devices = "auto",
    quiet: Quiet = False,
) -> None:
    """Train a model and write a voice folder, ready for its grant."""
    _needs_training_packages(minutes, steps)
    from voice.cli import training

    limits = training.Limits(minutes, steps, threads, seed, accelerator, devices)
    order = training.Order(tuple(corpora), run, limits, start_from, language, quiet)
    material = training.Material(sing_speech, between_notes, invent_speakers, _shares(share))
    typer.echo(training.voice(order, spec, vocoder, output, material, adversarial_from))


def _needs_training_packages(minutes: float | None, steps: int | None) -> None:
    for name in ("torch", "pytorch_lightning", "safetensors", "onnxscript"):
        if find_spec(name) is None:
            raise OutputError(
                f"training needs {name}, which is not installed; "
                "pip install 'melisma[train]' (README, Training, says which torch)"
            )
    if minutes is None and steps is None:
        raise OutputError("a training run needs an end; give --minutes, --steps or both")


def _shares(given: list[str] | None) -> dict[str, float]:
    """`CORPUS=WEIGHT` by corpus."""
    shares: dict[str, float] = {}
    for entry in given or []:
        name, _, weight = entry.partition("=")
        try:
            shares[name] = float(weight)
        except ValueError:
            shares[name] = -1.0
        if shares[name] < 0:
            raise OutputError(f"--share {entry}: give CORPUS=WEIGHT, as in --share kumi-ja=1.5")
    return shares
