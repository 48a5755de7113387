"""How far every wish may go: one table for the command line, the web page and the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest value of a wish, its unit, and what it does to the sound."""

    low: float
    high: float
    unit: str
    meaning: str

    def check(self, name: str, value: float) -> None:
        """Refuse what lies outside, in one sentence.

        Raises:
            ValueError: the name, what was given and what may be.
        """
        if not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            raise ValueError(
                f"{name.replace('_', ' ')} lies in {self.low:g}-{self.high:g}{unit}, not {value:g}"
            )


BOUNDS: Mapping[str, Bounds] = {
    "dynamics": Bounds(-24.0, 12.0, "dB", "louder or softer, and the colour that goes with it"),
    "phrasing": Bounds(0.0, 12.0, "dB", "how far every phrase swells towards its middle"),
    "breathiness": Bounds(0.0, 1.0, "", "the whispered style"),
    "tension": Bounds(0.0, 1.0, "", "the strong style"),
    "gender": Bounds(-12.0, 12.0, "semitones", "formants lower (a bigger body) or higher"),
    "vibrato": Bounds(0.0, 200.0, "cents", "depth of the vibrato to either side"),
    "vibrato_rate": Bounds(3.0, 9.0, "Hz", "waves of the vibrato a second"),
    "vibrato_onset": Bounds(0.0, 3.0, "s", "how long a note stands still before its vibrato"),
    "portamento": Bounds(0.0, 0.4, "s", "length of the glide between two notes"),
    "scoop": Bounds(0.0, 300.0, "cents", "how far below its note a phrase begins"),
    "variation": Bounds(0.0, 3.0, "", "how much repeated words differ; 0 sings them alike"),
    "fermata": Bounds(1.0, 4.0, "", "how many times longer a note under a fermata lasts"),
}
