"""Can renders be told from recordings: a classifier, and the spectrum of how bands move.

Both see held-back strings alone, recorded and sung by the voice with the same syllables, pitch and
times. Renders pass through the codec of the corpora first, so that it gives nothing away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.intervals import bootstrap
from benchmarks.strings import Rendered, SungString
from benchmarks.table import Row, at_most
from vocoder.audio import Audio, read_audio, write_audio
from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel

CODED_RATE_HZ = 48_000
PIECE_FRAMES = 43
MODULATION_FRAMES = 86
FASTEST_HZ = 30.0
BANDS = 16
RANGE_DB = 40.0
DB_PER_NEPER = 8.685889638
FOLDS = 10
SPLITS = 40
PENALTY = 0.01

TOLD = (
    "half-second pieces of held-back strings told right, recorded or {made} (log-mel means, "
    "deviations and steps, logistic regression, cross-validated by string, coded alike)"
)
MODULATION = (
    "distance between modulation spectra (16 bands, 1-30 Hz) of renders and of the other half "
    "of the recordings, over that between the halves of the recordings, mean of {splits} splits"
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Clip:
    """The sung part of a string: log-mel `(mels, frames)` in nepers, mean 0, and whose it is.

    `name` is the recording's, `string` what is sung in it; several recordings share one.
    """

    name: str
    string: str
    made: bool
    mel: Floats


def clips(
    strings: Sequence[Rendered], sound: Callable[[Rendered], Audio] = lambda each: each.made
) -> list[Clip]:
    """Recordings as they are, and what was made of them, through the same codec."""
    found = []
    for each in strings:
        name, text = each.string.recording.name, each.string.recording.text_key
        found.append(Clip(name, text, False, _sung_mel(each.recorded, each.string)))
        found.append(Clip(name, text, True, _sung_mel(coded(sound(each)), each.string)))
    return found


def coded(audio: Audio) -> Audio:
    """The sound after Ogg Opus, as the corpora are kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.opus"
        loud = audio.mono().resampled(CODED_RATE_HZ)
        write_audio(path, Audio(loud.samples / max(1.0, loud.peak), CODED_RATE_HZ))
        return read_audio(path).mono().resampled(SAMPLE_RATE_HZ)


def told_row(key: str, found: Sequence[Clip], made: str, goal: float | None) -> Row:
    """How often the classifier is right; half would be chance."""
    right = told_apart(found)
    pieces = int(sum(len(each) for each in right))

    def share(chosen: Sequence[Floats]) -> float:
        return float(100.0 * np.mean(np.concatenate(chosen)))

    return Row(
        f"told.{key}",
        TOLD.format(made=made),
        share(right),
        "%",
        pieces,
        "pieces",
        None if goal is None else at_most(goal),
        bootstrap(right, share),
    )


def told_apart(found: Sequence[Clip]) -> list[Floats]:
    """For each string, which of its pieces a classifier that never heard it gets right."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = [(clip, piece) for clip in found for piece in _piece_features(clip.mel)]
    features = np.array([piece for _, piece in rows])
    made = np.array([clip.made for clip, _ in rows])
    strings = np.array([clip.string for clip, _ in rows])
    right = np.zeros(len(rows))
    folds = GroupKFold(min(FOLDS, len(set(strings))))
    for learn, test in folds.split(features, made, strings):
        judge = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=300))
        judge.fit(features[learn], made[learn])
        right[test] = judge.predict(features[test]) == made[test]
    return [right[strings == string] for string in dict.fromkeys(strings)]


def modulation_row(key: str, found: Sequence[Clip], seed: int = 0) -> Row:
    """How much farther renders are from recordings than recordings are from one another."""
    spectra = {
        (clip.name, clip.made): _modulation(clip.mel)
        for clip in found
        if clip.mel.shape[1] >= MODULATION_FRAMES
    }
    names = sorted({name for name, _ in spectra})
    random = np.random.default_rng(seed)
    ratios = []
    for _ in range(SPLITS):
        order = random.permutation(names)
        first, second = order[: len(order) // 2], order[len(order) // 2 :]
        recorded, other, made = (
            10.0 * np.log10(np.mean([spectra[name, is_made] for name in half], axis=0) + 1e-6)
            for half, is_made in ((first, False), (second, False), (second, True))
        )
        ratios.append((_distance(recorded, made), _distance(recorded, other)))
    apart, usual = np.mean(ratios, axis=0)
    return Row(
        f"modulation.{key}",
        MODULATION.format(splits=SPLITS),
        float(apart / usual),
        "",
        len(names),
        "recordings",
        at_most(1.5),
    )


def _sung_mel(audio: Audio, string: SungString) -> Floats:
    first, last = (GRID.seconds_to_frames(string.starts_s[at]) for at in (0, -1))
    mel = log_mel(audio.mono().samples[0])[:, first:last].astype(np.float64)
    level = np.log(np.mean(np.exp(2.0 * mel), axis=0)) / 2.0
    loud = level > level.max() - RANGE_DB / DB_PER_NEPER
    floor = mel[:, loud].max() - 1.5 * RANGE_DB / DB_PER_NEPER
    kept = np.maximum(mel, floor)
    return np.asarray(kept - kept[:, loud].mean())


def _piece_features(mel: Floats) -> list[Floats]:
    """Means, deviations and mean steps of the bands, `(3 * mels,)` for each piece."""
    found = []
    for first in range(0, mel.shape[1] - PIECE_FRAMES + 1, PIECE_FRAMES):
        piece = mel[:, first : first + PIECE_FRAMES]
        steps = np.abs(np.diff(piece, axis=1)).mean(axis=1)
        found.append(np.concatenate([piece.mean(axis=1), piece.std(axis=1), steps]))
    return found


def _modulation(mel: Floats) -> Floats:
    """Power of how bands move, `(bands, rates)`, mean over windows of a second."""
    rates = np.fft.rfftfreq(MODULATION_FRAMES, 1.0 / GRID.frames_per_second)
    kept = (rates >= 1.0) & (rates <= FASTEST_HZ)
    window = np.hanning(MODULATION_FRAMES)
    bands = np.array([part.mean(axis=0) for part in np.array_split(mel, BANDS)])
    powers = []
    for first in range(0, bands.shape[1] - MODULATION_FRAMES + 1, MODULATION_FRAMES // 2):
        piece = bands[:, first : first + MODULATION_FRAMES]
        moving = (piece - piece.mean(axis=1, keepdims=True)) * window
        powers.append(np.abs(np.fft.rfft(moving, axis=1)[:, kept]) ** 2)
    return np.asarray(np.mean(powers, axis=0))


def _distance(one: Floats, other: Floats) -> float:
    return float(np.sqrt(np.mean((one - other) ** 2)))
