"""An order to enrol, carried out; torch is asked for only to tune."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from voice.bank import VoiceBank
from voice.cli.consent import open_registry
from voice.cli.describing import now
from voice.cli.progress import Progress
from voice.conversion.enrolling import Enrolled, Enrolment, Tuning, enroll
from voice.conversion.recording import cut_short
from voice.errors import OutputError

UNTUNED = (
    "torch is not installed, so the voice was heard but not tuned; with pip install "
    "'melisma[train]' it becomes more like the person"
)


@dataclass(frozen=True)
class Order:
    """Everything that `melisma enroll` was told."""

    recordings: tuple[Path, ...]
    grant: str
    name: str
    base: str
    adapt: bool
    quick: bool
    steps: int
    seed: int
    threads: int


def carry_out(order: Order, progress: Progress) -> Enrolled:
    """Enrol; nothing is written unless all of it went well."""
    wanted = Enrolment(order.recordings, order.grant, order.name, order.base)
    if order.adapt and order.quick:
        raise OutputError("--adapt and --quick: one asks for more, the other for less; give one")
    trainable = find_spec("torch") is not None
    if order.adapt and not trainable:
        raise OutputError(
            "--adapt needs torch, which is not installed; pip install 'melisma[train]', or leave "
            "--adapt out"
        )
    tuning = _tuning(order, progress) if trainable and not order.quick else None
    progress("listening", 0.0)
    with open_registry() as registry:
        made = enroll(VoiceBank.open(), registry, wanted, now, tuning)
    missed = () if trainable or order.quick else (UNTUNED,)
    return replace(made, warnings=(*cut_short(order.recordings), *made.warnings, *missed))


def _tuning(order: Order, progress: Progress) -> Tuning:
    from voice.conversion.training.adapt import AdaptOptions
    from voice.conversion.training.adapting import on_recordings, towards_embedding

    options = AdaptOptions(steps=order.steps, seed=order.seed, threads=order.threads)
    tune = on_recordings if order.adapt else towards_embedding
    return tune(options, lambda share: progress("tuning", share))
