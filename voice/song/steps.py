"""The steps from a track to a song: what each reads, what it writes, and how it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from lyrics.writer.writer import SongWriter
from vocoder.audio import read_audio
from voice.analysis.analyse import Told, analyse_track
from voice.analysis.files import read_analysis, read_meter, write_analysis
from voice.analysis.model import Key
from voice.card import VoiceCard
from voice.errors import AnalysisError, SongError
from voice.frame_files import read_frames, write_frames
from voice.marking.writing import write_made
from voice.mixing.inputs import LIMITS
from voice.mixing.order import MixOrder, carry_out
from voice.mixing.outputs import MixFiles
from voice.mixing.placement import AtBar
from voice.mixing.timing import BeatWishes
from voice.mixing.wishes import MixWishes
from voice.provenance import made
from voice.score.reading import read_song
from voice.score.writing import write_score
from voice.song.project import Project, digest_of
from voice.song.words import melody_for, structure_for, write_words
from voice.studio import SingOptions, Studio

Progress = Callable[[str, float], None]

ANALYSIS, LYRICS, MELODY = "analysis.json", "lyrics.txt", "melody.musicxml"
FRAMES, VOCAL, SONG, REPORT, STEMS = (
    "frames.json",
    "vocal.wav",
    "song.wav",
    "song.mix.json",
    "stems",
)


@dataclass(frozen=True)
class Tools:
    """Who sings and who writes; the writer is only asked for where words are to be written."""

    studio: Studio
    writer: Callable[[], SongWriter]


@dataclass(frozen=True)
class Job:
    """A step about to be done.

    Attributes:
        yours: files of the step that the user edited, and that it goes by.
    """

    project: Project
    tools: Tools
    yours: tuple[str, ...]
    progress: Progress


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        outputs: files it writes; a user may edit them, and then they are kept.
        guided_by: those of them that it follows where the user edited them.
        weight: its share of the whole work.
        reads: everything it depends on, by name: digests of files and values of wishes.
    """

    name: str
    outputs: tuple[str, ...]
    weight: float
    reads: Callable[[Project, Tools], Mapping[str, object]]
    run: Callable[[Job], None]
    guided_by: tuple[str, ...] = ()


def _file(project: Project, name: str) -> dict[str, object]:
    return {name: digest_of(project.path(name)) or "missing"}


def _track(project: Project) -> dict[str, object]:
    return {"track": digest_of(project.track_path) or "missing"}


def _wishes(project: Project, *names: str) -> dict[str, object]:
    return {name: getattr(project.wishes, name) for name in names}


def _analyse(job: Job) -> None:
    wishes, path = job.project.wishes, job.project.track_path
    try:
        told = Told(
            wishes.bpm,
            None if wishes.key is None else Key.named(wishes.key),
            wishes.first_beat_s,
            None if wishes.meter is None else read_meter(wishes.meter),
        )
    except ValueError as error:
        raise SongError(str(error)) from error
    audio = read_audio(path, LIMITS)
    try:
        found = analyse_track(audio, told, lambda stage: job.progress(stage, 0.5))
    except AnalysisError as error:
        raise AnalysisError(f"{path}: {error}") from error
    write_analysis(job.project.path(ANALYSIS), found)


def _write_words(job: Job) -> None:
    project, wishes = job.project, job.project.wishes
    structure = structure_for(wishes, read_analysis(project.path(ANALYSIS)))
    write_words(project.path(LYRICS), wishes, structure, job.tools.writer(), job.progress)


def _compose(job: Job) -> None:
    project, range_ = job.project, _card(job.project, job.tools).range
    analysis = read_analysis(project.path(ANALYSIS))
    write_score(
        melody_for(project.wishes, analysis, project.path(LYRICS), range_), project.path(MELODY)
    )


def _perform(job: Job) -> None:
    project = job.project
    score = read_song(str(project.path(MELODY)))
    options = SingOptions(seed=project.wishes.seed)
    prepared = job.tools.studio.prepare(score, _voice(project, job.tools.studio), options)
    write_frames(project.path(FRAMES), prepared.frames)


def _sing(job: Job) -> None:
    project = job.project
    frames = read_frames(project.path(FRAMES))
    take = job.tools.studio.render(frames, _voice(project, job.tools.studio), None, job.progress)
    write_made(project.path(VOCAL), take.audio, "32f", made(take))


def _mix(job: Job) -> None:
    project, wishes = job.project, job.project.wishes
    folder = project.folder
    replay = project.path(REPORT) if REPORT in job.yours else None
    order = MixOrder(
        (project.path(VOCAL), project.track_path),
        MixFiles(project.path(SONG), stems=folder / STEMS),
        AtBar(1),
        MixWishes(wishes.mix_preset, wishes.vocal_level_lu, wishes.loudness_lufs),
        BeatWishes(analysis=project.path(ANALYSIS)),
        replay,
    )
    carry_out(order, job.progress)


def _voice(project: Project, studio: Studio) -> str:
    return project.wishes.voice or studio.default_voice("en")


def _card(project: Project, tools: Tools) -> VoiceCard:
    return tools.studio.voices.card(_voice(project, tools.studio))


def _voice_digest(project: Project, tools: Tools) -> dict[str, object]:
    """Whose voice, and which models it is made of."""
    card = _card(project, tools)
    models = {name: model.sha256 for name, model in card.models.items()}
    return {"voice": f"{card.name} {hashlib.sha256(json.dumps(models).encode()).hexdigest()}"}


def _structure(project: Project) -> dict[str, object]:
    """The form of the words; an analysis matters only as far as it changes that."""
    return {"structure": structure_for(project.wishes, read_analysis(project.path(ANALYSIS)))}


STEPS: tuple[Step, ...] = (
    Step(
        "analyze",
        (ANALYSIS,),
        0.15,
        lambda project, tools: {
            **_track(project),
            **_wishes(project, "bpm", "key", "meter", "first_beat_s"),
        },
        _analyse,
    ),
    Step(
        "lyrics",
        (LYRICS,),
        0.3,
        lambda project, tools: {
            **_structure(project),
            **_wishes(project, "theme", "genre", "syllables", "rhyme", "seed"),
        },
        _write_words,
    ),
    Step(
        "melody",
        (MELODY,),
        0.05,
        lambda project, tools: {
            **_file(project, ANALYSIS),
            **_file(project, LYRICS),
            **_wishes(project, "style", "start_bar", "seed"),
            "range": asdict(_card(project, tools).range),
        },
        _compose,
    ),
    Step(
        "perform",
        (FRAMES,),
        0.05,
        lambda project, tools: {
            **_file(project, MELODY),
            **_voice_digest(project, tools),
            **_wishes(project, "seed"),
        },
        _perform,
    ),
    Step(
        "sing",
        (VOCAL,),
        0.25,
        lambda project, tools: {**_file(project, FRAMES), **_voice_digest(project, tools)},
        _sing,
    ),
    Step(
        "mix",
        (SONG, REPORT),
        0.2,
        lambda project, tools: {
            **_track(project),
            **_file(project, VOCAL),
            **_file(project, ANALYSIS),
            **_wishes(project, "vocal_level_lu", "loudness_lufs"),
            "preset": project.wishes.mix_preset,
        },
        _mix,
        guided_by=(REPORT,),
    ),
)
"""In their order; each reads the files of those before it."""
