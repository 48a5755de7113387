"""Sounds under one another on one scale of time: the wave and the spectrogram of each."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from vocoder.audio import Audio
from voice.demo.take_picture import LEFT, NARROWEST, spectrogram, wave_path

WAVE_HEIGHT, SOUND_HEIGHT, GAP = 56, 92, 10
ROW = WAVE_HEIGHT + SOUND_HEIGHT + 2 * GAP


def compared_picture(sounds: Mapping[str, Audio]) -> str:
    """One SVG element; each sound is drawn as loud as it can be, by the name given."""
    seconds = max(sound.duration_s for sound in sounds.values())
    rows = []
    for number, (name, sound) in enumerate(sounds.items()):
        top = ROW * number + GAP
        wide = (NARROWEST - LEFT) * sound.duration_s / max(seconds, 0.1)
        path = wave_path(
            sound.mono().samples[0], LEFT, wide, top + WAVE_HEIGHT / 2, WAVE_HEIGHT / 2
        )
        place = (LEFT, top + WAVE_HEIGHT + GAP / 2, wide, SOUND_HEIGHT)
        rows.append(
            f'<path class="wave" d="{path}"/>{spectrogram(sound, place)}'
            f'<text class="soft" x="2" y="{top + 16}" font-size="13">{escape(name)}</text>'
        )
    told = f"Waveforms and spectrograms: {', '.join(sounds)}, {seconds:.1f} s"
    return (
        f'<div class="take" tabindex="0" role="region" aria-label="{escape(told)}"><svg role="img" '
        f'aria-label="{escape(told)}" viewBox="0 0 {NARROWEST} {ROW * len(sounds)}">'
        + "".join(rows)
        + "</svg></div>"
    )
