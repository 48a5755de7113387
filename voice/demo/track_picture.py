"""A track as a drawing: its wave, bars, chords and sections, and where the voice comes in."""

from __future__ import annotations

from html import escape

from vocoder.audio import Audio
from voice.analysis.model import NO_CHORD, TrackAnalysis
from voice.demo.take_picture import wave_path

WIDTH, LEFT, HEIGHT = 1200, 4, 176
SECTIONS_TOP, WAVE_TOP, WAVE_HEIGHT, CHORDS_TOP, BARS_TOP = 4, 34, 84, 138, 170
LEAST_CHORD = 26.0
BARS_A_NAME = 4
TINTS = 4


def track_picture(track: TrackAnalysis, audio: Audio, enters_s: float) -> str:
    """The drawing as one SVG element that says in words what it shows."""
    scale = (WIDTH - 2 * LEFT) / max(track.length_s, 0.1)
    sections = ", ".join(section.label for section in track.sections)
    told = (
        f"A track of {track.length_s:.0f} s in {track.key}, {len(track.downbeats_s)} bars, "
        f"sections {sections}; the voice enters at {enters_s:.1f} s"
    )
    parts = [
        _sections(track, scale),
        f'<path class="wave" d="{_wave(audio)}"/>',
        _chords(track, scale),
        _bars(track, scale),
        f'<line class="enters" x1="{LEFT + enters_s * scale:.1f}" '
        f'x2="{LEFT + enters_s * scale:.1f}" y1="{SECTIONS_TOP}" y2="{CHORDS_TOP}"/>',
    ]
    return (
        f'<div class="take track" tabindex="0" role="region" aria-label="{escape(told)}">'
        f'<svg role="img" aria-label="{escape(told)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        + "".join(parts)
        + "</svg></div>"
    )


def facts_html(track: TrackAnalysis, missing: str = "") -> str:
    """Tempo, metre, key and loudness, each with how sure the ears are; what the file lacks."""
    sure = track.confidence
    rows = (
        ("Tempo", f"{track.tempo_bpm:.1f} beats a minute", sure.get("tempo")),
        ("Metre", f"{track.meter[0]}/{track.meter[1]}", sure.get("meter")),
        ("Key", str(track.key), sure.get("key")),
        ("Loudness", f"{track.loudness_lufs:.1f} LUFS", None),
        ("Bars", str(len(track.downbeats_s)), sure.get("beats")),
    )
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)}</dd>{_sureness(share)}</div>"
        for name, value, share in rows
    )
    lacks = f'<p class="quiet">Mind: the file {escape(missing)}.</p>' if missing else ""
    return f'<dl class="facts">{cells}</dl>{lacks}'


def _sureness(share: float | None) -> str:
    return "" if share is None else f'<dd class="sure">{share:.0%} sure</dd>'


def _wave(audio: Audio) -> str:
    middle = WAVE_TOP + WAVE_HEIGHT / 2
    return wave_path(audio.mono().samples[0], LEFT, WIDTH - 2 * LEFT, middle, WAVE_HEIGHT / 2)


def _sections(track: TrackAnalysis, scale: float) -> str:
    labels = sorted({section.label for section in track.sections})
    rows = []
    for section in track.sections:
        x, wide = LEFT + section.start_s * scale, (section.end_s - section.start_s) * scale
        tint = labels.index(section.label) % TINTS
        rows.append(
            f'<rect class="section tint{tint}" x="{x:.1f}" y="{SECTIONS_TOP}" rx="4" '
            f'width="{max(wide - 2, 1):.1f}" height="22"/>'
            f'<text x="{x + 6:.1f}" y="{SECTIONS_TOP + 16}" font-size="14">'
            f"{escape(section.label)}</text>"
        )
    return "".join(rows)


def _chords(track: TrackAnalysis, scale: float) -> str:
    """Names where there is room for them."""
    rows, free = [], 0.0
    for chord in track.chords:
        x = LEFT + chord.start_s * scale
        if chord.name != NO_CHORD and x >= free:
            rows.append(
                f'<text x="{x:.1f}" y="{CHORDS_TOP}" font-size="14">{escape(chord.name)}</text>'
            )
            free = x + LEAST_CHORD
    return "".join(rows)


def _bars(track: TrackAnalysis, scale: float) -> str:
    rows = []
    for index, second in enumerate(track.downbeats_s):
        x = LEFT + second * scale
        rows.append(
            f'<line class="rule" x1="{x:.1f}" x2="{x:.1f}" y1="{WAVE_TOP}" y2="{CHORDS_TOP + 8}"/>'
        )
        if index % BARS_A_NAME == 0:
            rows.append(
                f'<text class="soft" x="{x:.1f}" y="{BARS_TOP}" font-size="13">{index + 1}</text>'
            )
    return "".join(rows)
