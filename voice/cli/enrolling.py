"""An order to enrol, carried out; torch is asked for only to tune."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from voice.bank import VoiceBank
from voice.cli.consent import open_registry
from voice.cli.describing import now
from voice.cli.progress import Progress
from voice.conversion.enrolling import Adapt, Enrolled, Enrolment, enroll
from voice.conversion.recording import cut_short
from voice.errors import OutputError


@dataclass(frozen=True)
class Order:
    """Everything that `melisma enroll` was told."""

    recordings: tuple[Path, ...]
    grant: str
    name: str
    base: str
    adapt: bool
    steps: int
    seed: int
    threads: int


def carry_out(order: Order, progress: Progress) -> Enrolled:
    """Enrol; nothing is written unless all of it went well."""
    wanted = Enrolment(order.recordings, order.grant, order.name, order.base)
    tune = _tuning(order, progress) if order.adapt else None
    progress("listening", 0.0)
    with open_registry() as registry:
        made = enroll(VoiceBank.open(), registry, wanted, now, tune)
    return replace(made, warnings=(*cut_short(order.recordings), *made.warnings))


def _tuning(order: Order, progress: Progress) -> Adapt:
    if find_spec("torch") is None:
        raise OutputError(
            "--adapt needs torch, which is not installed; pip install 'melisma[train]', or leave "
            "--adapt out"
        )
    from voice.conversion.training.adapt import AdaptOptions
    from voice.conversion.training.adapting import tuning

    options = AdaptOptions(steps=order.steps, seed=order.seed, threads=order.threads)
    return tuning(options, lambda share: progress("tuning", share))
