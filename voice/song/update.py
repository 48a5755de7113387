"""What of a song is stale, why, and doing that again: nothing more, and nothing the user made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voice.song.project import Project, Record, digest_of, entries
from voice.song.steps import STEPS, Job, Step, Tools

Progress = Callable[[str, float], None]
Condition = Literal["fresh", "missing", "stale", "yours"]


@dataclass(frozen=True)
class StepState:
    """How a step stands.

    Attributes:
        condition: fresh; missing, where a file is; stale, where something it read has changed;
            yours, where the user edited its file, which is kept.
        reasons: in words.
        yours: the files that the user edited.
    """

    step: str
    files: tuple[str, ...]
    condition: Condition
    reasons: tuple[str, ...] = ()
    yours: tuple[str, ...] = ()

    @property
    def is_due(self) -> bool:
        return self.condition in ("missing", "stale")


@dataclass(frozen=True)
class Update:
    """What an update did: the states of all steps as they were found, in order."""

    project: Project
    found: tuple[StepState, ...]

    @property
    def done(self) -> tuple[StepState, ...]:
        return tuple(state for state in self.found if state.is_due)


def state_of(project: Project, step: Step, tools: Tools) -> StepState:
    """How one step stands, the files of those before it being as they are now."""
    record = project.record(step.name)
    now = {name: digest_of(project.path(name)) for name in step.outputs}
    lost = [name for name, digest in now.items() if digest is None]
    if record is None:
        return StepState(step.name, step.outputs, "missing", ("it was not finished yet",))
    edited = [name for name, digest in now.items() if digest and digest != record.wrote.get(name)]
    yours = tuple(
        name
        for name in step.outputs
        if name in edited or (name in record.yours and name not in lost)
    )
    guides = tuple(name for name in yours if name in step.guided_by)
    if lost:
        reasons = tuple(f"there is no {name} yet" for name in lost)
        return StepState(step.name, step.outputs, "missing", reasons, guides)
    changed = _changes(project, step, tools, record)
    own = tuple(name for name in yours if name not in step.guided_by)
    if own:
        kept = tuple(f"{what}, but {own[0]} is yours and kept" for what in changed)
        said = kept or (f"{own[0]} was edited by you",)
        return StepState(step.name, step.outputs, "yours", said, yours)
    guided = [f"{name} was edited by you" for name in guides if name in edited]
    if changed or guided:
        return StepState(step.name, step.outputs, "stale", (*changed, *guided), guides)
    return StepState(step.name, step.outputs, "fresh", (), guides)


def states(project: Project, tools: Tools) -> tuple[StepState, ...]:
    """How every step stands; what follows a step that is due is due as well."""
    found: list[StepState] = []
    for step in STEPS:
        due = next((state for state in found if state.is_due), None)
        if due is not None:
            record = project.record(step.name)
            whole = all(digest_of(project.path(name)) for name in step.outputs)
            kept = record is not None and set(record.yours) - set(step.guided_by)
            if not whole or not kept:
                why = (f"{due.step} comes before it and is {due.condition}",)
                condition: Condition = "stale" if whole else "missing"
                found.append(StepState(step.name, step.outputs, condition, why))
                continue
        found.append(state_of(project, step, tools))
    return tuple(found)


def update(project: Project, tools: Tools, progress: Progress) -> Update:
    """Do every step that is due, in order; each is put on record as soon as it is done.

    Raises:
        MelismaError, LyricsError, SoundError, ConsentError: what stops a step; those before it
            are on record, and the next update goes on from there.
    """
    found: list[StepState] = []
    before = 0.0
    for step in STEPS:
        state = state_of(project, step, tools)
        found.append(state)
        if state.is_due:
            start = before
            step.run(
                Job(
                    project,
                    tools,
                    state.yours,
                    lambda stage, share, start=start, step=step: progress(  # type: ignore[misc]
                        f"{step.name}: {stage}", start + step.weight * share
                    ),
                )
            )
        project = project.with_record(_record(project, step, state, tools))
        project.save()
        before += step.weight
        progress(step.name, before)
    return Update(project, tuple(found))


def _record(project: Project, step: Step, state: StepState, tools: Tools) -> Record:
    """The step as it now stands; of a file that is the user's, what it would be made from."""
    outputs = {name: digest_of(project.path(name)) or "missing" for name in step.outputs}
    return Record(step.name, entries(step.reads(project, tools)), entries(outputs), state.yours)


def _changes(project: Project, step: Step, tools: Tools, record: Record) -> tuple[str, ...]:
    now = {entry.name: entry.value for entry in entries(step.reads(project, tools))}
    return tuple(
        f"{name} has changed"
        for name, value in record.read.items()
        if name in now and now[name] != value
    )
