"""What a user wants of a song; every wish is kept in the project and can be changed there."""

from __future__ import annotations

from dataclasses import dataclass

from voice.errors import SongError

STYLES = ("ballad", "pop", "folk", "rap")
PRESET_OF_STYLE = {"ballad": "ballad", "pop": "pop", "folk": "ballad", "rap": "rap"}


@dataclass(frozen=True)
class SongWishes:
    """Wishes by the step that they are for; None leaves the choice to the step.

    Attributes:
        theme, genre, structure, syllables, rhyme: of the words.
        style, start_bar: of the melody, and the bar of the track on which its first line falls.
        voice: who sings.
        preset, vocal_level_lu, loudness_lufs: of the mix.
        bpm, key, meter, first_beat_s: of the track, where the user knows better.
        seed: another seed, other words, another melody, another take.
    """

    theme: str = ""
    genre: str = "pop"
    structure: str | None = None
    syllables: str | None = None
    rhyme: str | None = None
    style: str = "pop"
    start_bar: int | None = None
    voice: str | None = None
    preset: str | None = None
    vocal_level_lu: float | None = None
    loudness_lufs: float = -14.0
    bpm: float | None = None
    key: str | None = None
    meter: str | None = None
    first_beat_s: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise SongError(f"no style {self.style!r}; choose {', '.join(STYLES)}")
        if self.start_bar is not None and self.start_bar < 1:
            raise SongError(f"--start {self.start_bar}: bars are counted from 1")
        if self.seed < 0:
            raise SongError(f"a seed is 0 or more, not {self.seed}")

    @property
    def mix_preset(self) -> str:
        return self.preset or PRESET_OF_STYLE[self.style]
