"""Draws what every wish does, for EXPRESSION.md: `make_expression_pictures.py [NAME …]`.

Everything shown is read from FrameScores and takes of the bundled voices; nothing is sketched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.pitch import hz_to_midi
from voice.acoustic.formants import band_centres_hz
from voice.acoustic.loudness import SCALE_DB
from voice.analysis.model import Key
from voice.drawing import INK, NOTE, SUNG
from voice.ensemble.harmony import SecondVoice, harmonised
from voice.ensemble.members import Ensemble, members
from voice.expression import FrameScore
from voice.performance.wishes import Wishes, parse_bends
from voice.score.inline import read_inline
from voice.score.model import Articulation, Score
from voice.score.reading import read_score
from voice.studio import SingOptions, Studio
from voice.take import VocalTake

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "expression"
HYMN = ROOT / "examples" / "for_the_beauty_of_the_earth.abc"
LINE = "tempo=84 G4:1 Sing A4 me B4:2 home R:1 B4:1 sing A4 me G4:2 home R:1"
PALETTE = 256
HELD = "tempo=80 A4:4 ah R:1"
COLOURS = (SUNG, "#2b6ea8", "#3d8a4e", "#9a6fb0", "#c98a1b", "#555555", "#1b9e9e", "#a05252")
Axes = Any


@lru_cache(maxsize=1)
def studio() -> Studio:
    return Studio.open(threads=1)


def options(wishes: Wishes, seed: int = 0) -> SingOptions:
    return SingOptions(language="en", expression=wishes.expression(), seed=seed)


def frames_of(line: str | Score, wishes: Wishes, seed: int = 0, voice: str = "wren") -> FrameScore:
    score = read_inline(line) if isinstance(line, str) else line
    return studio().prepare(score, voice, options(wishes, seed)).frames


def take_of(line: str, wishes: Wishes, voice: str = "wren") -> VocalTake:
    return studio().sing(read_inline(line), voice, options(wishes))


def axes(height: float = 2.3, rows: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(7.4, height), layout="constrained")
    made = figure.subplots(rows, 1, squeeze=False)[:, 0].tolist()
    for each in made:
        each.spines[["top", "right"]].set_visible(False)
    return figure, made


def draw_notes(axis: Axes, frames: FrameScore) -> None:
    for note in frames.notes:
        length_s = note.end_s - note.start_s
        axis.barh(note.midi, length_s, left=note.start_s, height=0.5, color=NOTE, alpha=0.5)
    axis.set_ylabel("MIDI note")
    axis.set_xlabel("seconds")


def draw_pitch(axis: Axes, frames: FrameScore, colour: str, label: str) -> None:
    midi = np.where(frames.pitch.voiced, hz_to_midi(frames.pitch.hz), np.nan)
    axis.plot(GRID.centres_s(frames.frames), midi, color=colour, linewidth=1.3, label=label)


def draw_energy(axis: Axes, frames: FrameScore, colour: str, label: str) -> None:
    heard = [phone for phone in frames.phones if phone.note is not None]
    level = np.full(frames.frames, np.nan)
    for phone in heard:
        span = slice(phone.first_frame, phone.end_frame)
        level[span] = frames.energy[span] * SCALE_DB
    axis.plot(GRID.centres_s(frames.frames), level, color=colour, linewidth=1.2, label=label)
    axis.set_ylabel("level (dB)")
    axis.set_xlabel("seconds")


def pitches(cases: Mapping[str, Wishes], line: str) -> Figure:
    figure, (axis,) = axes()
    for index, (label, wishes) in enumerate(cases.items()):
        frames = frames_of(line, wishes)
        if index == 0:
            draw_notes(axis, frames)
        draw_pitch(axis, frames, COLOURS[index], label)
    axis.legend(frameon=False, fontsize=8, ncols=3, loc="upper right")
    return figure


def levels(cases: Mapping[str, Wishes], line: str | Score) -> Figure:
    figure, (axis,) = axes()
    for index, (label, wishes) in enumerate(cases.items()):
        draw_energy(axis, frames_of(line, wishes), COLOURS[index], label)
    axis.legend(frameon=False, fontsize=8, ncols=3, loc="lower right")
    return figure


def spectra(cases: Mapping[str, Wishes], voice: str) -> Figure:
    """The mean spectrum of a held vowel."""
    figure, (axis,) = axes()
    for index, (label, wishes) in enumerate(cases.items()):
        mel = log_mel(take_of(HELD, wishes, voice).audio.samples[0])
        middle = mel[:, 60:200].mean(axis=1) * 20.0 / np.log(10.0)
        axis.plot(band_centres_hz() / 1_000.0, middle, color=COLOURS[index], label=label)
    axis.set_xscale("log")
    axis.set_xticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axis.set_xlabel("kHz")
    axis.set_ylabel("dB")
    axis.legend(frameon=False, fontsize=8)
    return figure


STILL = Wishes(variation=0.0, vibrato=0.0, scoop=0.0)


def dynamics() -> Figure:
    return levels({f"{db:+g} dB": Wishes(dynamics=db, variation=0.0) for db in (6, 0, -12)}, LINE)


def phrasing() -> Figure:
    return levels({f"{db:g} dB": Wishes(phrasing=db, variation=0.0) for db in (0, 1.5, 8)}, LINE)


def colour() -> Figure:
    return spectra(
        {"as usual": STILL, "breathiness 1": replace(STILL, breathiness=1.0),
         "tension 1": replace(STILL, tension=1.0)}, "kumi",
    )  # fmt: skip


def gender() -> Figure:
    return spectra(
        {f"{by:+g} semitones": replace(STILL, gender=by) for by in (0.0, -4.0, 4.0)}, "wren"
    )


def vibrato() -> Figure:
    return pitches(
        {"as usual": Wishes(variation=0.0), "80 cents, 6.5 Hz, from 0.1 s": Wishes(
            variation=0.0, vibrato=80.0, vibrato_rate=6.5, vibrato_onset=0.1),
         "0": STILL}, HELD,
    )  # fmt: skip


def portamento() -> Figure:
    cases = {f"{s:g} s": replace(STILL, portamento=s) for s in (0.06, 0.0, 0.3)}
    return pitches(cases, LINE)


def scoop_and_bend() -> Figure:
    return pitches(
        {"--scoop 150": replace(STILL, scoop=150.0),
         "--bend 3:0,0,-200": replace(STILL, bends=parse_bends(["3:0,0,-200"]))}, LINE,
    )  # fmt: skip


def marks() -> Figure:
    signs = ((), (Articulation.ACCENT,), (Articulation.STACCATO,), (Articulation.TENUTO,),
             (Articulation.BREATH,), (), (Articulation.FERMATA,))  # fmt: skip
    score = read_inline("tempo=72 " + " ".join(["A4:1 la"] * 7) + " R:1")
    score = replace(
        score,
        notes=tuple(
            replace(note, articulations=frozenset(sign))
            for note, sign in zip(score.notes, signs, strict=True)
        ),
    )
    figure, (axis,) = axes(2.6)
    frames = frames_of(score, Wishes(variation=0.0, phrasing=0.0, fermata=1.5))
    draw_energy(axis, frames, SUNG, "")
    top = float(np.nanmax([line.get_ydata() for line in axis.lines]))
    for note, sign in zip(frames.notes, signs, strict=True):
        axis.axvline(note.start_s, color=NOTE, linewidth=0.8)
        text = sign[0].value if sign else "plain"
        axis.text(note.start_s + 0.03, top + 1.5, text, fontsize=8, color=INK)
    return figure


def variation() -> Figure:
    line = "tempo=100 " + "A4:1 love A4:1 me R:1 " * 4
    figure, (pitch, level) = axes(3.4, 2)
    frames = frames_of(line, Wishes())
    draw_pitch(pitch, frames, SUNG, "")
    pitch.set_ylabel("MIDI note")
    draw_energy(level, frames, SUNG, "")
    return figure


def breaths() -> Figure:
    take = take_of(
        "tempo=100 A4:1 How C5 sweet A4:2 the R:2 A4:1 sound C5 so A4:2 fair R", Wishes(), "kumi"
    )
    figure, (axis,) = axes(2.6)
    mel = log_mel(take.audio.samples[0])
    axis.imshow(mel, aspect="auto", origin="lower", vmin=-9, vmax=1, cmap="magma",
                extent=(0.0, GRID.frames_to_seconds(mel.shape[1]), 0, mel.shape[0]))  # fmt: skip
    for phone in take.frames.phones:
        if phone.symbol == "<br>":
            axis.text(GRID.frames_to_seconds(phone.first_frame), 112, "breath", color="w")
    axis.set_xlabel("seconds")
    axis.set_ylabel("mel band")
    return figure


def harmony() -> Figure:
    melody = read_score(HYMN)
    figure, (axis,) = axes(2.8)
    voices = {
        "melody": melody,
        "thirds": harmonised(melody, SecondVoice("thirds", "below", Key(7, "major"))),
        "sixths": harmonised(melody, SecondVoice("sixths", "below", Key(7, "major"))),
    }
    for index, (label, score) in enumerate(voices.items()):
        for note in score.notes[:27]:
            axis.barh(note.midi, float(note.duration_beats) * 0.92, left=float(note.start_beats),
                      height=0.7, color=COLOURS[index], label=label)  # fmt: skip
            label = "_"
    axis.legend(frameon=False, fontsize=8, ncols=3)
    axis.set_xlabel("quarter notes")
    axis.set_ylabel("MIDI note")
    return figure


def choir() -> Figure:
    score = read_inline("tempo=84 G4:1 Sing A4 me B4:2 home R:1")
    figure, (axis,) = axes(2.6)
    for index, singer in enumerate(members(score, Ensemble(choir=8), Wishes().expression(), 0)):
        wished = SingOptions(language="en", expression=singer.expression, seed=singer.seed)
        frames = studio().prepare(score, "wren", wished).frames
        if index == 0:
            draw_notes(axis, frames)
        draw_pitch(axis, frames, COLOURS[index], singer.name)
    return figure


PICTURES: dict[str, Callable[[], Figure]] = {
    "dynamics": dynamics, "phrasing": phrasing, "colour": colour, "gender": gender,
    "vibrato": vibrato, "portamento": portamento, "scoop_and_bend": scoop_and_bend,
    "marks": marks, "variation": variation, "breaths": breaths, "harmony": harmony,
    "choir": choir,
}  # fmt: skip


def main(names: list[str]) -> None:
    """Draw the pictures named, or all."""
    for name in names or PICTURES:
        path = OUT / f"{name}.png"
        drawn = BytesIO()
        PICTURES[name]().savefig(drawn, dpi=72)
        Image.open(drawn).convert("RGB").quantize(PALETTE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
