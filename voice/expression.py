"""The FrameScore: what is sung, frame by frame, open to every edit before it sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve

Floats = npt.NDArray[np.float64]

PITCH_DECIMALS = 3
CURVE_DECIMALS = 4
LONGEST_LEAD_IN_S = 60.0
BOUNDS: dict[str, tuple[float, float]] = {
    "written_midi": (0.0, 127.0),
    "energy": (-20.0, 20.0),
    "breathiness": (0.0, 1.0),
    "tension": (0.0, 1.0),
    "gender": (-12.0, 12.0),
}
STRESSES = (0, 1, 2)


@dataclass(frozen=True)
class FramedPhone:
    """One phone over whole frames; `note` indexes the FrameScore's notes, None in a rest."""

    symbol: str
    first_frame: int
    frames: int
    stress: int = 0
    note: int | None = None

    def __post_init__(self) -> None:
        if self.symbol not in INVENTORY:
            raise ValueError(f"{self.symbol!r} is no phoneme of the inventory")
        if int(self.frames) != self.frames or self.frames < 1:
            raise ValueError(f"phone {self.symbol!r} at frame {self.first_frame} lasts no frame")
        if self.stress not in STRESSES:
            raise ValueError(
                f"phone {self.symbol!r} at frame {self.first_frame} has stress {self.stress!r}; "
                f"it is 0 (none), 1 (primary) or 2"
            )

    @property
    def end_frame(self) -> int:
        return self.first_frame + self.frames


@dataclass(frozen=True)
class FramedNote:
    """One note as written: for drawing, for editors, and for judging what was sung."""

    start_s: float
    end_s: float
    midi: float
    text: str


@dataclass(frozen=True)
class FrameScore:
    """Everything the acoustic model is told, on the frame grid.

    Attributes:
        length_samples: of the vocal; the last frame may reach beyond it.
        lead_in_s: silence that was put before beat 0 of the score.
        phones: tile the frames without gap.
        written_midi: the pitch the notes ask for, `(frames,)`, held through rests.
        pitch: the pitch that is sung.
        energy: level in units of 12 dB around the model's middle.
        breathiness: 0 to 1, the whispered style.
        tension: 0 to 1, the strong style.
        gender: semitones by which formants are moved; the pitch stays.
        pickup_s: how long after beat 0 the first full bar begins.
    """

    voice: str
    language: str
    seed: int
    length_samples: int
    lead_in_s: float
    phones: tuple[FramedPhone, ...]
    notes: tuple[FramedNote, ...]
    written_midi: Floats
    pitch: PitchCurve
    energy: Floats
    breathiness: Floats
    tension: Floats
    gender: Floats
    pickup_s: float = 0.0

    def __post_init__(self) -> None:
        frames = len(self.pitch)
        if self.seed < 0:
            raise ValueError(f"a seed is 0 or more, not {self.seed}")
        if not 0.0 <= self.lead_in_s < np.inf:
            raise ValueError(f"a lead-in lasts 0 s or more, not {self.lead_in_s}")
        if not 0.0 <= self.pickup_s < np.inf:
            raise ValueError(f"a pickup lasts 0 s or more, not {self.pickup_s}")
        if GRID.samples_to_frames(self.length_samples) != frames:
            raise ValueError(f"{self.length_samples} samples do not fill {frames} frames")
        for name in BOUNDS:
            curve = getattr(self, name)
            if curve.shape != (frames,) or not bool(np.isfinite(curve).all()):
                raise ValueError(f"{name} must hold {frames} finite numbers, not {curve.shape}")
            lowest, highest = BOUNDS[name]
            if frames and not lowest <= float(curve.min()) <= float(curve.max()) <= highest:
                raise ValueError(
                    f"{name} lies in {lowest:g}-{highest:g}, found {curve.min():g} to "
                    f"{curve.max():g}"
                )
        at = 0
        for phone in self.phones:
            if phone.first_frame != at:
                raise ValueError(f"phones leave a gap or overlap at frame {at}")
            at = phone.end_frame
        if at != frames:
            raise ValueError(f"phones end at frame {at}, pitch at {frames}")

    @property
    def frames(self) -> int:
        return len(self.pitch)


def settled(curve: Floats, decimals: int = CURVE_DECIMALS) -> Floats:
    """The curve as a file keeps it, so that what was saved sings back the same."""
    return np.asarray(np.round(curve, decimals))
