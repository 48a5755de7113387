"""A take as a drawing in the page's own colours: wave, melody and pitch, spectrogram and phonemes.

Everything is SVG that follows light and dark; the spectrogram is a mask through which ink shows.
"""

from __future__ import annotations

import base64
import io
import itertools
from html import escape

import numpy as np
import numpy.typing as npt
from PIL import Image

from vocoder.audio import Audio
from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from vocoder.pitch import hz_to_midi
from voice.drawing import LOUD, QUIET
from voice.take import VocalTake

PIXELS_A_SECOND = 92.0
NARROWEST, WIDEST = 760, 12_000
LEFT = 44
WAVE_TOP, WAVE_HEIGHT = 8, 64
MELODY_TOP, MELODY_HEIGHT = 84, 170
SOUND_TOP, SOUND_HEIGHT = 266, 128
PHONES_TOP = SOUND_TOP + SOUND_HEIGHT + 16
HEIGHT = PHONES_TOP + 26
MOST_COLUMNS = 12_000
LEAST_LABEL = 9.0
CURVE_STEP = 2

Floats = npt.NDArray[np.float64]


class _Paper:
    """Where seconds and MIDI notes lie on the drawing."""

    def __init__(self, take: VocalTake) -> None:
        self.seconds = max(take.audio.duration_s, 0.1)
        self.scale = float(
            np.clip(PIXELS_A_SECOND * self.seconds, NARROWEST, WIDEST) / self.seconds
        )
        midi = [note.midi for note in take.frames.notes] or [60.0]
        self.low, self.high = min(midi) - 3.0, max(midi) + 3.5

    @property
    def width(self) -> float:
        return LEFT + self.seconds * self.scale + 8

    def x(self, second: float) -> float:
        return LEFT + second * self.scale

    def y(self, midi: float) -> float:
        return MELODY_TOP + MELODY_HEIGHT * (self.high - midi) / (self.high - self.low)


def take_picture(take: VocalTake) -> str:
    """The drawing as one SVG element that says in words what it shows."""
    paper = _Paper(take)
    parts = [
        _wave(take, paper),
        _melody(take, paper),
        _sound(take, paper),
        _phones(take, paper),
        _seconds(paper),
    ]
    told = f"Waveform, melody, pitch and sounds of a take by {take.voice}, {paper.seconds:.1f} s"
    return (
        f'<div class="take" tabindex="0" role="region" aria-label="{escape(told)}">'
        f'<svg role="img" aria-label="{escape(told)}" width="{paper.width:.0f}" height="{HEIGHT}" '
        f'viewBox="0 0 {paper.width:.0f} {HEIGHT}" style="width:{paper.width:.0f}px">'
        + "".join(parts)
        + "</svg></div>"
    )


def wave_path(
    samples: npt.NDArray[np.float32], x: float, width: float, middle: float, half: float
) -> str:
    """Lowest and highest sample of each pixel as one closed shape."""
    columns = max(int(width), 2)
    edges = np.linspace(0, len(samples), columns + 1).astype(int)
    peak = max(float(np.abs(samples).max(initial=0.0)), 1e-6)
    spans = [samples[a:b] if b > a else samples[:1] for a, b in itertools.pairwise(edges)]
    top = [middle - half * float(span.max(initial=0.0)) / peak for span in spans]
    low = [middle - half * float(span.min(initial=0.0)) / peak for span in spans]
    going = [f"{x + i:.0f} {value:.1f}" for i, value in enumerate(top)]
    back = [f"{x + i:.0f} {value + 0.6:.1f}" for i, value in reversed(list(enumerate(low)))]
    return "M" + "L".join([*going, *back]) + "Z"


def _wave(take: VocalTake, paper: _Paper) -> str:
    samples = take.audio.mono().samples[0]
    middle = WAVE_TOP + WAVE_HEIGHT / 2
    path = wave_path(samples, LEFT, paper.seconds * paper.scale, middle, WAVE_HEIGHT / 2)
    return f'<path class="wave" d="{path}"/>'


def _melody(take: VocalTake, paper: _Paper) -> str:
    rows = []
    row = paper.y(0.0) - paper.y(1.0)
    for note in take.frames.notes:
        x, wide = paper.x(note.start_s), (note.end_s - note.start_s) * paper.scale
        y = paper.y(note.midi)
        rows.append(
            f'<rect class="note" x="{x:.1f}" y="{y - row / 2:.1f}" width="{max(wide - 1, 1):.1f}" '
            f'height="{row:.1f}" rx="3"/>'
            f'<text x="{x + 3:.1f}" y="{y - row / 2 - 4:.1f}" font-size="15">'
            f"{escape(note.text)}</text>"
        )
    return "".join(rows) + f'<path class="sung" d="{_curve(take, paper)}"/>'


def _curve(take: VocalTake, paper: _Paper) -> str:
    pitch = take.frames.pitch
    seconds = GRID.centres_s(len(pitch))[::CURVE_STEP]
    midi, voiced = hz_to_midi(pitch.hz)[::CURVE_STEP], pitch.voiced[::CURVE_STEP]
    path, drawing = [], False
    for second, note, heard in zip(seconds, midi, voiced, strict=True):
        if heard:
            path.append(
                f"{'L' if drawing else 'M'}{paper.x(float(second)):.1f} {paper.y(float(note)):.1f}"
            )
        drawing = bool(heard)
    return "".join(path) or "M0 0"


def spectrogram(audio: Audio, place: tuple[float, float, float, float]) -> str:
    """A sound's mel spectrogram at x and y, so wide and so high, for a page's own SVG."""
    x, y, wide, high = place
    name = f"mel{id(audio):x}"
    told = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return (
        f'<mask id="{name}" maskUnits="userSpaceOnUse" {told}><image {told} '
        f'preserveAspectRatio="none" href="data:image/png;base64,{_mel_png(audio)}"/></mask>'
        f'<rect {told} fill="var(--ink)" mask="url(#{name})"/>'
    )


def _sound(take: VocalTake, paper: _Paper) -> str:
    return spectrogram(take.audio, (LEFT, SOUND_TOP, paper.seconds * paper.scale, SOUND_HEIGHT))


def _mel_png(audio: Audio) -> str:
    """The mel spectrogram as a grey picture, loud is white, high is up."""
    samples = audio.mono().resampled(SAMPLE_RATE_HZ).samples[0]
    whole = GRID.frames_to_samples(GRID.samples_to_frames(len(samples)))
    mel = log_mel(np.pad(samples, (0, whole - len(samples))))
    share = np.clip((mel - QUIET) / (LOUD - QUIET), 0.0, 1.0) ** 1.4
    picture = Image.fromarray(np.round(share[::-1] * 255.0).astype(np.uint8), "L")
    if picture.width > MOST_COLUMNS:
        picture = picture.resize((MOST_COLUMNS, picture.height))
    target = io.BytesIO()
    picture.save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


def _phones(take: VocalTake, paper: _Paper) -> str:
    rows = []
    for phone in take.frames.phones:
        x = paper.x(GRID.frames_to_seconds(phone.first_frame))
        wide = GRID.frames_to_seconds(phone.frames) * paper.scale
        rows.append(
            f'<line class="phone-edge" x1="{x:.1f}" x2="{x:.1f}" y1="{SOUND_TOP}" '
            f'y2="{PHONES_TOP + 4}" opacity=".35"/>'
        )
        if wide >= LEAST_LABEL and phone.note is not None:
            rows.append(
                f'<text x="{x + wide / 2:.1f}" y="{PHONES_TOP}" font-size="14" '
                f'text-anchor="middle">{escape(phone.symbol)}</text>'
            )
    return "".join(rows)


def _seconds(paper: _Paper) -> str:
    rows = [
        f'<text class="soft" x="{paper.x(second):.1f}" y="{HEIGHT - 4}" font-size="13">'
        f"{second} s</text>"
        for second in range(0, int(paper.seconds) + 1, 2)
    ]
    names = ((WAVE_TOP + 12, "wave"), (MELODY_TOP + 12, "pitch"), (SOUND_TOP + 12, "sound"))
    rows += [f'<text class="soft" x="2" y="{y}" font-size="13">{name}</text>' for y, name in names]
    return "".join(rows)
