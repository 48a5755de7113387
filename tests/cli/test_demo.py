"""The web page's one callback, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from lyrics.errors import LyricsError
from voice.demo import EXAMPLE, sing
from voice.errors import MelismaError
from voice.studio import Studio


@pytest.fixture
def studio(home: Path) -> Studio:
    return Studio.open(home, threads=1)


def test_a_line_is_sung_drawn_and_described(studio: Studio) -> None:
    (rate_hz, samples), figure, told = sing(studio, EXAMPLE, None, "tiny", "1", "octave")
    assert (rate_hz, samples.dtype, samples.ndim) == (44_100, "int16", 1)
    assert abs(samples).max() > 100
    assert len(figure.axes) == 2
    assert "sung by tiny, as written" in told


@pytest.mark.parametrize("line", ["/etc/passwd", "a.mid", "", "words alone"])
def test_a_line_is_never_a_file(studio: Studio, line: str) -> None:
    with pytest.raises((MelismaError, LyricsError)):
        sing(studio, line, None, "tiny", "1", "octave")
