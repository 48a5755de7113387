"""A user's instrumental and what was heard in it; and a take laid over it, with all its files."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vocoder.audio import Audio, read_audio
from voice.analysis.files import to_json
from voice.analysis.model import TrackAnalysis
from voice.cli.orders import parse_start
from voice.demo.desk import Desk
from voice.demo.room import Room
from voice.demo.sing_tab import saved
from voice.errors import OutputError
from voice.mixing.inputs import LIMITS
from voice.score.editing import written
from voice.studio import Progress, SingOptions
from voice.take import VocalTake

if TYPE_CHECKING:
    from voice.mixing.order import MixMade

SUNG_SHARE = 0.55
LISTENING = ("listening", "finding", "writing")


@dataclass(frozen=True)
class Track:
    """An instrumental on the server, with its analysis.

    Attributes:
        missing: what the file lacks of what it promises, in words.
    """

    path: Path
    found: TrackAnalysis
    missing: str = ""

    @property
    def quarters_per_minute(self) -> float:
        return self.found.tempo_bpm * 4 / self.found.meter[1]

    def audio(self) -> Audio:
        return read_audio(self.path, LIMITS)


@dataclass(frozen=True)
class MixWish:
    """What stands on the page."""

    start: str
    preset: str
    lead_lu: float | None
    loudness_lufs: float
    with_track: bool


@dataclass(frozen=True)
class Project:
    """A song over a track: its take, its mix, and every file, before them a zip of all."""

    take: VocalTake
    made: MixMade
    mix: Path
    files: tuple[Path, ...]


def heard(path: str | None, tell: Progress) -> Track:
    """Listen to an instrumental.

    Raises:
        OutputError: none was given; AnalysisError, SoundError: it has no beat, or is no sound.
    """
    from voice.analysis.analyse import analyse_track

    if path is None:
        raise OutputError("there is no instrumental yet; drop one on the field above")
    file = Path(path)
    tell("reading", 0.0)
    audio = read_audio(file, LIMITS)
    stages = iter(range(1, 100))
    found = analyse_track(audio, None, lambda stage: tell(stage, min(next(stages) / 6, 0.95)))
    return Track(file, found, audio.missing)


def laid_over(
    room: Room,
    desk: Desk,
    track: Track | None,
    voice: str,
    options: SingOptions,
    wish: MixWish,
    folder: Path,
    tell: Progress,
) -> Project:
    """Sing the melody on the desk and mix it over the track, as the command line would.

    Raises:
        MelismaError: no track, no such bar, words that do not fit.
    """
    from voice.mixing.order import MixOrder, carry_out
    from voice.mixing.outputs import MixFiles
    from voice.mixing.timing import BeatWishes
    from voice.mixing.wishes import MixWishes

    if track is None:
        raise OutputError("there is no track yet; drop one and press Listen first")
    start = parse_start(wish.start.strip())
    if wish.with_track and options.tempo_qpm is None:
        options = replace(options, tempo_qpm=track.quarters_per_minute)
    take = room.studio.sing(
        desk.melody, voice, options, lambda stage, share: tell(stage, SUNG_SHARE * share)
    )
    vocal = Path(saved(take, folder)[0])
    analysis = folder / "analysis.json"
    analysis.write_text(to_json(track.found), "utf-8")
    order = MixOrder(
        (vocal, track.path),
        MixFiles(folder / "mix.wav", stems=folder / "stems"),
        start,
        MixWishes(wish.preset, wish.lead_lu, wish.loudness_lufs),
        BeatWishes(analysis=analysis),
    )
    made = carry_out(order, lambda stage, share: tell(stage, SUNG_SHARE + (1 - SUNG_SHARE) * share))
    extra = _score_files(desk, folder)
    files = (*made.written, vocal, vocal.with_suffix(".json"), analysis, *extra)
    return Project(take, made, folder / "mix.wav", (_zipped(folder, files), *files))


def _score_files(desk: Desk, folder: Path) -> tuple[Path, Path]:
    from voice.score.writing import write_score

    midi, words = folder / "melody.mid", folder / "lyrics.txt"
    write_score(desk.melody, midi)
    sung = " ".join(written(note.lyrics[0]) for note in desk.melody.notes)
    words.write_text(" ".join(sung.replace("- ", "").split()) + "\n", "utf-8")
    return midi, words


def _zipped(folder: Path, files: tuple[Path, ...]) -> Path:
    path = folder / "project.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(folder))
    return path
