"""Training orders of the command line, carried out; imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import torch
import typer

from vocoder.export import export_vocoder
from vocoder.store import SoundStore
from vocoder.training.build import build_network
from vocoder.training.checkpoints import latest_checkpoint, load_average
from vocoder.training.options import ModelName, ResamplerName, VocoderTrainingOptions
from vocoder.training.resampling import make_resampler
from vocoder.training.run import train_vocoder
from voice.acoustic.training.align_store import timed
from voice.acoustic.training.base import write_base
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.run import train_acoustic
from voice.bank import BUNDLED, SHARED_FOLDER, VoiceBank
from voice.cli.progress import Progress, progress_bar
from voice.conversion.export import export_content
from voice.conversion.training.embeddings import embed_speakers
from voice.conversion.training.options import ContentTrainingOptions
from voice.conversion.training.run import load_listener, train_content
from voice.corpora.permitted import MADE_FROM, permitted, prepared, renewal
from voice.corpora.prepare_invented import INVENTED_SUFFIX, prepare_invented
from voice.corpora.prepare_shifted import prepare_shifted
from voice.corpora.prepare_sung import prepare_sung
from voice.corpora.recordings import Kind
from voice.errors import OutputError
from voice.release import VOCODER_FILE, make_voice

BUNDLED_VOCODER = BUNDLED / SHARED_FOLDER / VOCODER_FILE
FEATURES = "features"
SUNG_SUFFIX = "-sung"
BETWEEN_SUFFIX = "-between"
BETWEEN_SHARE = 0.3
INVENTED_SHARE = 0.6
VOICE_RATE = 1e-3


@dataclass(frozen=True)
class Limits:
    """How long a run lasts and what it runs on."""

    minutes: float | None
    steps: int | None
    threads: int
    seed: int
    accelerator: str
    devices: str


@dataclass(frozen=True)
class Order:
    """What every training command is told."""

    corpora: tuple[Path, ...]
    run: Path
    limits: Limits
    start_from: Path | None
    language: str | None
    quiet: bool


@dataclass(frozen=True)
class Material:
    """What an acoustic model is taught beside the recordings as they are.

    Attributes:
        sing_speech: spoken corpora are sung as well.
        between_notes: sung corpora are heard on the notes between those recorded as well.
        invent_speakers: spoken corpora are heard by people of another size as well.
        shares: how often a corpus is drawn, 1 where nothing is said.
    """

    sing_speech: bool
    between_notes: bool
    invent_speakers: bool
    shares: Mapping[str, float]


AS_RECORDED = Material(sing_speech=False, between_notes=False, invent_speakers=False, shares={})


def vocoder(
    order: Order,
    model: ModelName,
    adversarial_from: int | None,
    resampler: ResamplerName,
) -> str:
    """Train a vocoder, export it, and say where it lies."""
    make_resampler(resampler, torch.device("cpu"))  # fails now rather than after measuring corpora
    limits = order.limits
    options = VocoderTrainingOptions(
        model=model,
        resampler=resampler,
        steps=limits.steps,
        minutes=limits.minutes,
        adversarial_from_step=adversarial_from,
        threads=limits.threads,
        seed=limits.seed,
        accelerator=limits.accelerator,
        devices=_devices(limits.devices),
        strategy=_strategy(limits),
        start_from=order.start_from,
    )
    stores, renew = _stores(order, AS_RECORDED)
    result = train_vocoder(stores, options, order.run, _telling(renew, order))
    network = build_network(model)
    load_average(result.checkpoint, network)
    export_vocoder(network.eval(), order.run / VOCODER_FILE)
    return f"{order.run / VOCODER_FILE}: {result.steps} steps in {result.elapsed_s / 60:.1f} min"


def acoustic(
    order: Order, material: Material, adversarial_from: int | None, learning_rate: float
) -> str:
    """Train an acoustic model and say where its checkpoint lies."""
    limits = order.limits
    options = AcousticTrainingOptions(
        steps=limits.steps,
        minutes=limits.minutes,
        adversarial_from_step=adversarial_from,
        threads=limits.threads,
        seed=limits.seed,
        accelerator=limits.accelerator,
        devices=_devices(limits.devices),
        strategy=_strategy(limits),
        start_from=order.start_from,
        shares=material.shares,
        learning_rate=learning_rate,
    )
    stores, renew = _stores(order, material)
    result = train_acoustic(stores, options, order.run, _telling(renew, order))
    return f"{result.checkpoint}: {result.steps} steps in {result.elapsed_s / 60:.1f} min"


def base(run: Path, names: Sequence[str]) -> str:
    """Make a run folder of released voices and say where its checkpoint lies."""
    bank = VoiceBank.open()
    chosen = tuple(names) or tuple(name for name in bank.names() if bank.is_bundled(name))
    return f"{write_base(bank, chosen, run, _now())}: {', '.join(chosen)}; give it as --start-from"


def voice(
    order: Order,
    spec: Path,
    vocoder_file: Path | None,
    output: Path,
    material: Material,
    adversarial_from: int | None,
) -> str:
    """Train, and write a voice folder."""
    trained = acoustic(order, material, adversarial_from, VOICE_RATE)
    folder = make_voice(order.run, vocoder_file or BUNDLED_VOCODER, spec, output)
    return (
        f"{trained}\n{folder}: a voice without leave to sing yet; give it a grant with "
        f"`melisma consent`, then `melisma voices add {folder}`"
    )


def content(order: Order, material: Material, content_from: Path | None) -> str:
    """Train the content encoder of an acoustic model, export it, and say where it lies."""
    if order.start_from is None:
        raise OutputError(
            "--start-from is needed: the checkpoint of the acoustic model that is to sing what "
            "the content encoder hears"
        )
    limits = order.limits
    options = ContentTrainingOptions(
        base=order.start_from,
        content_from=content_from,
        steps=limits.steps,
        minutes=limits.minutes,
        threads=limits.threads,
        seed=limits.seed,
        accelerator=limits.accelerator,
        devices=_devices(limits.devices),
        shares=material.shares,
    )
    stores, renew = _stores(order, material)
    embeddings = embed_speakers(permitted(order.corpora, _now()), order.language, _now())
    result = train_content(stores, embeddings, options, order.run, _telling(renew, order))
    listener = load_listener(result.checkpoint)
    path = export_content(listener.encoder, listener.projection, order.run)
    return f"{path}: {result.steps} steps in {result.elapsed_s / 60:.1f} min"


def _stores(order: Order, material: Material) -> tuple[list[SoundStore], Callable[[], None]]:
    """Every corpus with leave, measured; with what was asked for made of it."""
    corpora = permitted(order.corpora, _now())
    features = order.run / FEATURES
    stores = []
    with progress_bar(order.quiet) as progress:
        for corpus in corpora:
            store = prepared(corpus, features, order.language, progress)
            stores.append(store)
            kinds = {recording.kind for recording in store.recordings}
            if material is not AS_RECORDED:
                timed(store, order.start_from, partial(_told, progress, store.folder.name))
            spoken = [store] if Kind.SPEECH in kinds else []
            if material.sing_speech and spoken:
                made = partial(prepare_sung, seed=order.limits.seed)
                spoken.append(_derived(store, SUNG_SUFFIX, made, progress))
            stores += spoken[1:]
            if material.invent_speakers:
                made = partial(prepare_invented, seed=order.limits.seed, share=INVENTED_SHARE)
                stores += [_derived(one, INVENTED_SUFFIX, made, progress) for one in spoken]
            if material.between_notes and Kind.SUNG in kinds:
                made = partial(prepare_shifted, seed=order.limits.seed, share=BETWEEN_SHARE)
                stores.append(_derived(store, BETWEEN_SUFFIX, made, progress))
    return stores, renewal(corpora, _now)


def _derived(
    store: SoundStore,
    suffix: str,
    make: Callable[..., SoundStore],
    progress: Progress,
) -> SoundStore:
    """A store made of another one, made anew only where that one was."""
    folder = store.folder.with_name(store.folder.name + suffix)
    made_from = (store.folder / MADE_FROM).read_text(encoding="utf-8")
    record = folder / MADE_FROM
    if record.is_file() and record.read_text(encoding="utf-8") == made_from:
        return SoundStore(folder)
    derived = make(
        store,
        folder,
        progress=partial(_told, progress, folder.name),
    )
    record.write_text(made_from, encoding="utf-8")
    return derived


def _told(progress: Progress, what: str, done: int, count: int) -> None:
    progress(what, done / max(count, 1))


def _telling(renew: Callable[[], None], order: Order) -> Callable[[], None]:
    """Asks for leave again and says how far the run is, at every checkpoint."""

    def at_checkpoint() -> None:
        renew()
        last = latest_checkpoint(order.run)
        if last is not None and not order.quiet:
            typer.echo(f"permission holds; last checkpoint {last.name}", err=True)

    return at_checkpoint


def _devices(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _strategy(limits: Limits) -> str:
    """On several devices parts of a network sit out some steps, which DDP must be told."""
    gpus = 0 if limits.accelerator == "cpu" else torch.cuda.device_count()
    count = int(limits.devices) if limits.devices.isdecimal() else gpus
    return "ddp_find_unused_parameters_true" if count > 1 else "auto"


def _now() -> datetime:
    return datetime.now(UTC)
