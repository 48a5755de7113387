"""One mix, made as a user makes it and measured from its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.intonation import WrittenNote, vowel_onsets_s
from benchmarks.listening import Listener, Understood, compared
from benchmarks.mix_songs import Source
from benchmarks.praat import praat_track
from lyrics.phonemes import INVENTORY
from vocoder.audio import Audio, read_audio
from vocoder.frames import GRID
from voice.expression import FrameScore
from voice.mixing.order import MixMade, MixOrder, carry_out
from voice.mixing.outputs import MixFiles
from voice.mixing.placement import AtSecond
from voice.mixing.wishes import MixWishes

Floats = npt.NDArray[np.float64]

OVERSAMPLING = 4
QUIET_LU = 20.0
BLOCK_S = 0.4


@dataclass(frozen=True)
class MixedSong:
    """What was measured of one mix.

    Attributes:
        onsets_s: sung vowels after their beats, on the track's true grid of beats.
        bar_late_s: how far the vocal lies from the bar it was to begin on; None where unknown.
        loudness_error_lu, lead_error_lu: what was made minus what was asked for.
        dry, wet: words understood of the vocal alone and in the mix.
    """

    source: Source
    onsets_s: Floats
    bar_late_s: float | None
    loudness_error_lu: float
    true_peak_dbtp: float
    clipped: int
    lead_error_lu: float
    dry: Understood | None
    wet: Understood | None

    @property
    def told(self) -> str:
        late = f"{1000 * float(np.median(self.onsets_s)):+.0f} ms" if self.onsets_s.size else "-"
        words = "" if self.wet is None or self.dry is None else (
            f", words wrong {100 * self.dry.rate:.0f} % dry, {100 * self.wet.rate:.0f} % mixed"
        )  # fmt: skip
        return (
            f"{self.source.name}: onsets {late}, bar {self.bar_late_s or 0.0:+.2f} s, "
            f"loudness {self.loudness_error_lu:+.2f} LU, peak {self.true_peak_dbtp:.2f} dBTP, "
            f"lead {self.lead_error_lu:+.2f} LU{words}"
        )


def measured_song(source: Source, preset: str, out: Path, listener: Listener | None) -> MixedSong:
    """Mix one source with `melisma mix`'s own order, and measure what it wrote."""
    made = _mixed(source, preset, out)
    song = read_audio(out / f"{source.name}-mix.wav")
    stems = {path.stem: read_audio(path) for path in sorted((out / source.name).glob("*.wav"))}
    begin_s = made.report.decisions.vocals[0].begin_s + made.mixed.before_s
    backing = stems.pop("instrumental")
    voices = np.sum([stem.samples for stem in stems.values()], axis=0)
    sung = _sung(source, stems["lead"], begin_s)
    lead = _lufs(voices[:, sung], song.rate_hz) - _lufs(backing.samples[:, sung], song.rate_hz)
    decisions = made.report.decisions
    dry = wet = None
    if listener is not None and source.sung is not None:
        heard = (listener.transcribe(read_audio(source.vocal)), listener.transcribe(song))
        dry, wet = (compared(source.name, source.sung.words, each) for each in heard)
    return MixedSong(
        source,
        _onsets(source, stems["lead"], begin_s),
        _bar_late_s(source, begin_s),
        _lufs(song.samples, song.rate_hz) - (decisions.master.loudness_lufs or 0.0),
        _true_peak_dbtp(song),
        int((np.abs(song.samples) >= 1.0).sum()),
        lead - (decisions.lead_lu or 0.0),
        dry,
        wet,
    )


def muted_difference(track: Path, out: Path) -> int:
    """How many samples of an instrumental a mix with a muted vocal changes."""
    order = MixOrder(
        (track, track),
        MixFiles(out / "muted.wav"),
        AtSecond(0.0),
        MixWishes("pop", loudness_lufs=None, muted=True),
    )
    carry_out(order)
    given, made = read_audio(track), read_audio(out / "muted.wav")
    if given.samples.shape != made.samples.shape:
        return max(given.samples.size, made.samples.size)
    return int((given.samples != made.samples).sum())


def _mixed(source: Source, preset: str, out: Path) -> MixMade:
    order = MixOrder(
        (source.vocal, source.track),
        MixFiles(out / f"{source.name}-mix.wav", stems=out / source.name),
        source.start,
        MixWishes(preset),
        source.beat,
    )
    return carry_out(order)


def _sung(source: Source, lead: Audio, begin_s: float) -> npt.NDArray[np.intp]:
    """Samples of the mix on which the vocal is sung."""
    length = lead.length_samples
    mask = np.zeros(length, dtype=np.bool_)
    if source.sung is not None:
        frames: FrameScore = source.sung.frames
        for phone in frames.phones:
            if not INVENTORY[phone.symbol].is_pause:
                first = begin_s + GRID.frames_to_seconds(phone.first_frame)
                last = begin_s + GRID.frames_to_seconds(phone.end_frame)
                mask[round(first * lead.rate_hz) : round(last * lead.rate_hz)] = True
        return np.flatnonzero(mask)
    block = round(BLOCK_S * lead.rate_hz)
    levels = [
        float(np.mean(lead.samples[:, at : at + block] ** 2)) for at in range(0, length, block)
    ]
    for number, level in enumerate(levels):
        if level > max(levels) * 10 ** (-QUIET_LU / 10):
            mask[number * block : (number + 1) * block] = True
    return np.flatnonzero(mask)


def _onsets(source: Source, lead: Audio, begin_s: float) -> Floats:
    """Vowel onsets in the mix's own vocal against the grid of the track, known from its score."""
    sung = source.sung
    if sung is None:
        return np.zeros(0)
    late_s = _bar_late_s(source, begin_s) or 0.0
    late_s -= sung.beat_s * round(late_s / sung.beat_s)
    first = max(0, round(begin_s * lead.rate_hz))
    vocal = Audio(np.ascontiguousarray(lead.samples[:, first:]), lead.rate_hz)
    notes = [WrittenNote(n.start_s, n.end_s, n.midi) for n in sung.frames.notes]
    heard = vowel_onsets_s(praat_track(vocal.mono().resampled(44_100)), sung.frames, notes)
    return np.asarray(heard + late_s)


def _bar_late_s(source: Source, begin_s: float) -> float | None:
    sung = source.sung
    if sung is None:
        return None
    return begin_s - (sung.bar_one_s - sung.pickup_s - sung.frames.lead_in_s)


def _lufs(samples: npt.NDArray[np.float32], rate_hz: int) -> float:
    import pyloudnorm

    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(samples.T.astype(np.float64)))


def _true_peak_dbtp(audio: Audio) -> float:
    import soxr

    fine = soxr.resample(
        audio.samples.T.astype(np.float64), audio.rate_hz, OVERSAMPLING * audio.rate_hz, "VHQ"
    )
    return 20.0 * float(np.log10(np.abs(fine).max()))
