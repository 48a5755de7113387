"""How a recording's own sound is to be moved until it could be the voice's.

The content encoder and the decoder sing every recording frame by frame as the voice: a parallel
recording, blurred but in step. Without hearing who the source is, three things are learnt from it:
by how much all formants must rise; what each band lacks on average (spectral differentials,
Kobayashi et al. 2014, "Statistical singing voice conversion with direct waveform modification
based on the spectrum differential"); and how that depends on the sound at hand, by a ridge
regression (linear multivariate regression, Valbret et al. 1992, "Voice transformation using PSOLA
technique").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve
from voice.conversion.features import band_of_hz, envelope_of, fine_envelope_of
from voice.conversion.formants import with_formants
from voice.conversion.regression import between_points, slope_between
from voice.conversion.usual import UsualEnvelope

THROATS = tuple(float(step) for step in np.arange(-5.0, 5.5, 0.5))
"""Semitones that are tried."""
LEAST_LIKENESS = 0.3
"""Correlation, below which nothing is said about the throat: 0.4-0.95 between people and voices."""
FORMANTS_HZ = (250.0, 6_000.0)
MOST_NEPERS = 2.5
SOUNDING_NEPERS = 3.5
LEAST_FRAMES = 40
"""Of a kind, voiced or not, that a mean is taken of; some half a second."""
VOICING_FRAMES = 5
NOT_MOVING, MOVING = 0.25, 0.5
"""A band's deviation over time, of that which the voice would have there."""
COLOUR_HZ, COLOUR_BANDS = (150.0, 8_000.0), 2.0
OWN_SHARE, MOST_OWN = 0.8, 1.5
"""A drill of vowels is no song: not all of the difference is the voice's."""
STILL_NEPERS = 0.1
TRUST_BANDS = 3

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Excerpt:
    """Part of a recording at the trained level, and the same as the voice was made to sing it.

    `heard` and `sung` `(mels, frames)`; `pitch` is the recording's, `tone` what is sung.
    """

    heard: Floats32
    pitch: PitchCurve
    sung: Floats32
    tone: PitchCurve


@dataclass(frozen=True)
class Turn:
    """What is added to the envelope of one kind of frames, voiced or not, in nepers.

    `colour` `(mels,)` always, and `slope` `(40, 40)` times how far the 40 points of the envelope
    lie from `usual` `(40,)`.
    """

    colour: Floats32
    usual: Floats32
    slope: Floats32

    def of(self, points: Floats32) -> Floats32:
        """`points` `(40, frames)` to `(mels, frames)`."""
        moved = between_points() @ (self.slope @ (points - self.usual[:, None]))
        return np.asarray(self.colour[:, None] + moved, dtype=np.float32)


@dataclass(frozen=True)
class Match:
    """What makes a recording's envelope the voice's.

    `throat` is by how many semitones its formants rise, before anything is added. `trust`
    `(mels,)` is 0 in bands that the recording leaves empty, as above the ceiling of a telephone,
    else 1. `own` `(mels,)` is what the sung excerpts lack of the voice's usual envelope.
    """

    throat: float
    voiced: Turn
    unvoiced: Turn
    trust: Floats32
    own: Floats32

    def moved(self, heard: Floats32, pitch: PitchCurve) -> Floats32:
        """The envelope `(mels, frames)` of a recording where the voice's would lie."""
        share = voicing(pitch)
        points = _points(heard, pitch, self.throat)
        added = share * self.voiced.of(points) + (1.0 - share) * self.unvoiced.of(points)
        envelope = with_formants(fine_envelope_of(heard, pitch), self.throat)
        return np.asarray(envelope + added, dtype=np.float32)


def matched(excerpts: Sequence[Excerpt], usual: UsualEnvelope | None = None) -> Match:
    """Learn how a recording differs from the voice from parts of it.

    Args:
        usual: how the voice sounds on average, where that is known.

    Raises:
        ValueError: no excerpts.
    """
    if not excerpts:
        raise ValueError("nothing to learn from: no excerpts")
    heard = np.concatenate([fine_envelope_of(one.heard, one.pitch) for one in excerpts], axis=1)
    sung = np.concatenate([fine_envelope_of(one.sung, one.tone) for one in excerpts], axis=1)
    voiced = np.concatenate([one.pitch.voiced for one in excerpts])
    sounding = _sounding(np.concatenate([one.heard for one in excerpts], axis=1))
    throat = _throat(heard[:, sounding & voiced], sung[:, sounding & voiced])
    moved = with_formants(heard, throat)
    points = np.concatenate([_points(one.heard, one.pitch, throat) for one in excerpts], axis=1)
    wanted = np.concatenate([envelope_of(one.sung, one.tone) for one in excerpts], axis=1)
    pairs = _Pairs(sung - moved, points, wanted)
    everything = np.ones_like(sounding)
    return Match(
        throat,
        pairs.turn((sounding & voiced, sounding, everything)),
        pairs.turn((sounding & ~voiced, sounding, everything)),
        _trust(moved[:, sounding], sung[:, sounding]),
        _own(sung, _joined([one.tone for one in excerpts]), sounding & voiced, usual),
    )


@dataclass(frozen=True)
class _Pairs:
    """What is lacking `(mels, frames)`, and the points `(40, frames)` heard and wanted."""

    lacking: Floats32
    points: Floats32
    wanted: Floats32

    def turn(self, choices: Sequence[npt.NDArray[np.bool_]]) -> Turn:
        """Learnt from the first choice of frames that has enough of them."""
        chosen = next((one for one in choices if one.sum() >= LEAST_FRAMES), choices[-1])
        lacking, points = self.lacking[:, chosen], self.points[:, chosen]
        colour = np.clip(lacking.mean(axis=1), -MOST_NEPERS, MOST_NEPERS)
        return Turn(
            np.asarray(colour, dtype=np.float32),
            np.asarray(points.mean(axis=1), dtype=np.float32),
            slope_between(points, self.wanted[:, chosen]),
        )


def _joined(parts: Sequence[PitchCurve]) -> PitchCurve:
    return PitchCurve(
        np.concatenate([one.hz for one in parts]), np.concatenate([one.voiced for one in parts])
    )


def _own(
    sung: Floats32,
    tone: PitchCurve,
    chosen: npt.NDArray[np.bool_],
    usual: UsualEnvelope | None,
) -> Floats32:
    """The colour, without its level, that the voice has in its own singing and lacks here."""
    if usual is None or chosen.sum() < LEAST_FRAMES:
        return np.zeros(MEL_BANDS, dtype=np.float32)
    there = PitchCurve(tone.hz[chosen], tone.voiced[chosen])
    lacking = usual.over(there) - sung[:, chosen].mean(axis=1)
    low, high = (int(band) for band in band_of_hz(np.array(COLOUR_HZ)))
    colour = scipy.ndimage.gaussian_filter1d(lacking - lacking[low:high].mean(), COLOUR_BANDS)
    return np.asarray(OWN_SHARE * np.clip(colour, -MOST_OWN, MOST_OWN), dtype=np.float32)


def _points(heard: Floats32, pitch: PitchCurve, throat: float) -> Floats32:
    """The 40 points of an envelope whose formants were raised by so many semitones."""
    return envelope_of(heard, pitch, 2.0 ** (-throat / 12.0))


def voicing(pitch: PitchCurve) -> Floats:
    """0-1, without steps, `(frames,)`."""
    voiced = pitch.voiced.astype(np.float64)
    return np.asarray(scipy.ndimage.uniform_filter1d(voiced, VOICING_FRAMES, mode="nearest"))


def _throat(heard: Floats32, sung: Floats32) -> float:
    """The shift at which the two move most alike, frame by frame; the mean colour counts not."""
    if heard.shape[1] < LEAST_FRAMES:
        return 0.0
    low, high = (int(band) for band in band_of_hz(np.array(FORMANTS_HZ)))
    likeness = [_likeness(with_formants(heard, step)[low:high], sung[low:high]) for step in THROATS]
    best = int(np.argmax(likeness))
    if likeness[best] < LEAST_LIKENESS:
        return 0.0
    if best in (0, len(THROATS) - 1):
        return THROATS[best]
    before, here, after = likeness[best - 1 : best + 2]
    bend = before - 2.0 * here + after
    moved = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return THROATS[best] + moved * (THROATS[1] - THROATS[0])


def _trust(heard: Floats32, sung: Floats32) -> Floats32:
    """Whether each band moves at least a little when the voice would."""
    if heard.shape[1] < LEAST_FRAMES:
        return np.ones(MEL_BANDS, dtype=np.float32)
    moving = heard.std(axis=1) / np.maximum(sung.std(axis=1), STILL_NEPERS)
    trust = np.clip((moving - NOT_MOVING) / (MOVING - NOT_MOVING), 0.0, 1.0)
    return np.asarray(scipy.ndimage.uniform_filter1d(trust, TRUST_BANDS), dtype=np.float32)


def _likeness(one: Floats32, other: Floats32) -> float:
    """Correlation of two envelopes whose means, over time and over bands, are taken out."""
    first, second = _bare(one), _bare(other)
    size = np.sqrt(np.sum(first**2) * np.sum(second**2))
    return float(np.sum(first * second) / size) if size > STILL_NEPERS else 0.0


def _bare(envelope: Floats32) -> Floats:
    centred = envelope.astype(np.float64) - envelope.mean(axis=1, keepdims=True)
    return np.asarray(centred - centred.mean(axis=0, keepdims=True))


def _sounding(heard: Floats32) -> npt.NDArray[np.bool_]:
    level = heard.mean(axis=0)
    return np.asarray(level > np.percentile(level, 95) - SOUNDING_NEPERS)
