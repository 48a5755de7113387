"""An order to mix files, carried out: every refusal comes before a file does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voice.errors import MixError
from voice.mixing.decisions import Decisions, Role
from voice.mixing.inputs import SoundFile, read_sound
from voice.mixing.mix import Mixed, mixed
from voice.mixing.outputs import MixFiles, check_outputs, write_mix
from voice.mixing.placement import AtBar, AtSecond, Start
from voice.mixing.report import MixReport, Outcome, Placement, located, read_report
from voice.mixing.spread import roles_of
from voice.mixing.timing import BeatWishes, Timing, timing_of
from voice.mixing.wishes import MixWishes, first_decisions

Progress = Callable[[str, float], None]
SOFTER_LU = 0.3
FIRST_BAR = AtBar(1)
LONGER_S = 0.5


@dataclass(frozen=True)
class MixOrder:
    """What is mixed, where it goes, and how.

    Attributes:
        sounds: one vocal or several, and last the instrumental; may be empty in a replay.
        start: where beat 0 of the vocals falls, or the bar their first full bar falls on.
        replay: a report whose decisions are taken instead of wishes.
    """

    sounds: tuple[Path, ...]
    files: MixFiles
    start: Start = FIRST_BAR
    wishes: MixWishes = field(default_factory=MixWishes)
    beat: BeatWishes = field(default_factory=BeatWishes)
    replay: Path | None = None

    def __post_init__(self) -> None:
        if len(self.sounds) == 1 or (not self.sounds and self.replay is None):
            raise MixError(
                "a mix needs a vocal and an instrumental: melisma mix VOCAL TRACK -o OUT"
            )


@dataclass(frozen=True)
class MixMade:
    """A finished order: the mix, its report, and every file that was written."""

    mixed: Mixed
    report: MixReport
    written: tuple[Path, ...]


@dataclass(frozen=True)
class _Plan:
    """What was decided before anything is measured."""

    decisions: Decisions
    preset: str
    placement: Placement | None
    warnings: tuple[str, ...] = ()


def carry_out(order: MixOrder, progress: Progress = lambda stage, share: None) -> MixMade:
    """Mix what was ordered and write it.

    Raises:
        MelismaError, SoundError: with the place and the remedy; nothing is written then.
    """
    old = None if order.replay is None else read_report(order.replay)
    paths = order.sounds or _recorded(order.replay, old)
    check_outputs(order.files, paths)
    progress("reading", 0.02)
    sounds = [read_sound(path) for path in paths]
    vocals, instrumental = sounds[:-1], sounds[-1]
    if old is not None:
        _check_same(sounds, old, given=bool(order.sounds))
        plan = _Plan(old.decisions, old.preset, old.placement)
    else:
        plan = _planned(order, vocals, instrumental, progress)
    made = mixed(
        instrumental.audio,
        [vocal.audio for vocal in vocals],
        plan.decisions,
        keep_stems=order.files.stems is not None,
        progress=progress,
    )
    report = MixReport(
        instrumental=instrumental.source(order.files.report_path),
        vocals=tuple(vocal.source(order.files.report_path) for vocal in vocals),
        preset=plan.preset,
        decisions=made.decisions,
        placement=plan.placement,
        measured=_outcome(made),
        warnings=(*plan.warnings, *_warnings(made, vocals, instrumental)),
    )
    progress("writing", 0.98)
    return MixMade(made, report, write_mix(order.files, made, report, vocals))


def _recorded(replay: Path | None, old: MixReport | None) -> tuple[Path, ...]:
    """The files that a report names, vocals first."""
    if replay is None or old is None:
        return ()
    return tuple(located(source, replay) for source in (*old.vocals, old.instrumental))


def _check_same(sounds: list[SoundFile], old: MixReport, given: bool) -> None:
    """Refuse files that changed behind a report's back; files given by name are the user's wish."""
    recorded = (*old.vocals, old.instrumental)
    if len(sounds) != len(recorded):
        raise MixError(
            f"the report is of {len(recorded) - 1} vocals and an instrumental, not of "
            f"{len(sounds)} files; give as many, or none to take those it names"
        )
    for sound, source in zip(sounds, recorded, strict=True):
        if not given and source.sha256 is not None and sound.sha256 != source.sha256:
            raise MixError(
                f"{sound.path}: has changed since the report was written; to mix it all the same, "
                "name the files on the command line, or set its sha256 to null in the report"
            )


def _planned(
    order: MixOrder, vocals: list[SoundFile], instrumental: SoundFile, progress: Progress
) -> _Plan:
    """Where the vocals begin, who sings what, and what is still to be measured."""
    wishes = order.wishes
    start = AtSecond(0.0) if wishes.muted else order.start
    needed = isinstance(start, AtBar)
    timing = Timing()
    if needed or wishes.wants_tempo:
        progress("finding the beat", 0.05)
        timing = timing_of(instrumental.audio, order.beat, bars_needed=needed)
    begins_s, placement = _placed(start, vocals, instrumental, timing)
    roles: list[Role] = ["lead"] * len(vocals)
    if not wishes.muted:
        progress("listening to the vocals", 0.15)
        roles = roles_of([vocal.audio for vocal in vocals], begins_s, wishes.chosen.choir)
    decisions = first_decisions(wishes, roles, begins_s, timing.tempo_bpm)
    warnings = timing.warnings if wishes.wants_tempo and decisions.echo is None else ()
    return _Plan(decisions, wishes.preset, placement, warnings)


def _placed(
    start: Start, vocals: list[SoundFile], instrumental: SoundFile, timing: Timing
) -> tuple[list[float], Placement]:
    """The second on which each vocal's first sample falls."""
    if isinstance(start, AtSecond):
        at_s, asked, bar_s = start.seconds, f"{start.seconds:g} s", None
        begins_s = [at_s - vocal.beat_zero_s for vocal in vocals]
    else:
        at_s = bar_s = timing.second_of(start.bar)
        asked = f"bar {start.bar}"
        begins_s = [at_s - vocal.first_bar_s for vocal in vocals]
    length_s = instrumental.audio.duration_s
    if at_s >= length_s:
        raise MixError(
            f"--start {asked}: {instrumental.path} ends at {length_s:.1f} s; start before that"
        )
    placement = Placement(asked, timing.tempo_bpm, bar_s, timing.origin)
    return [round(begin_s, 6) for begin_s in begins_s], placement


def _outcome(made: Mixed) -> Outcome:
    rounded: dict[str, Any] = {
        name: value if value is None else round(value, 4)
        for name, value in asdict(made.measured).items()
    }
    return Outcome(**rounded, silence_before_s=round(made.before_s, 6))


def _warnings(made: Mixed, vocals: list[SoundFile], instrumental: SoundFile) -> list[str]:
    warnings = [
        f"{sound.path.name}: {sound.audio.missing}"
        for sound in (*vocals, instrumental)
        if sound.audio.missing
    ]
    ends_s = [
        track.begin_s + vocal.audio.duration_s
        for track, vocal in zip(made.decisions.vocals, vocals, strict=True)
    ]
    longer_s = max(ends_s) - instrumental.audio.duration_s
    if longer_s > LONGER_S and not made.decisions.muted:
        warnings.append(f"the vocals go on for {longer_s:.1f} s after the instrumental has ended")
    if made.before_s > 0.0:
        warnings.append(
            f"{made.before_s:.2f} s of silence stand before the instrumental, since a vocal "
            "begins before it"
        )
    if instrumental.audio.channels > 2:
        warnings.append(f"{instrumental.audio.channels} channels were folded to stereo")
    wanted = made.decisions.master.loudness_lufs
    if wanted is not None and made.measured.loudness_lufs < wanted - SOFTER_LU:
        warnings.append(
            f"the mix is {made.measured.loudness_lufs:.1f} LUFS: {wanted:g} would need too much "
            "limiting; ask for less with --loudness"
        )
    return warnings
