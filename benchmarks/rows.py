"""From judged takes, copies and transcripts to rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from benchmarks.copies import Copied
from benchmarks.intervals import bootstrap
from benchmarks.intonation import Frames
from benchmarks.listening import Understood, pooled_rate
from benchmarks.table import Row, Target, at_least, at_most
from benchmarks.takes import SungHymn

MS = 1_000.0
SPTK_SCALE = 2.0

IN_TUNE = (
    "notes of 150 ms or more whose median pitch (Praat autocorrelation, 65–1,100 Hz, middle 60 %; "
    "unvoiced is a miss) lies within {cents} cents of the score"
)
NEAR_CURVE = "frames voiced as heard and as intended that lie within 50 cents of the intended curve"
VOICING = "frames, silence included, whose voicing differs from the FrameScore's mask (Praat)"
ONSET = (
    "vowel onset minus note onset, median absolute: first voiced Praat frame of notes that begin "
    "with voiceless consonants"
)
LENGTH = "length of the vocal against the score, the largest difference"
QUALITY = "predicted quality of the takes, mean (DNSMOS overall, first 20 s)"
DISTORTION = (
    "vocoder copy-synthesis of held-back singing, MCD (WORLD envelope at 24 kHz, coefficients 1–24 "
    "of the coded envelope over 2√2, frames within 40 dB of the peak, no warping)"
)
WORDS = "words wrong in {count} hymns, first verse, {how} (Whisper base, pooled)"
HOW = {
    "slow": "at {share:.0%} of the written tempo",
    "shuffled": "at {share:.0%} of the written tempo, words shuffled across hymns",
    "written": "at the written tempo",
}

Unit = TypeVar("Unit")
Statistic = Callable[[Sequence[Unit]], float]


def measured(
    key: str,
    definition: str,
    units: Sequence[Unit],
    statistic: Statistic[Unit],
    unit: str,
    counted: tuple[int, str],
    target: Target | None = None,
) -> Row:
    """A row whose interval is bootstrapped over `units`, hymns or recordings."""
    return Row(
        key=key,
        definition=definition,
        value=statistic(units),
        unit=unit,
        n=counted[0],
        counted=counted[1],
        target=target,
        interval=bootstrap(units, statistic),
    )


def take_rows(voice: str, takes: Sequence[SungHymn]) -> list[Row]:
    """Pitch, voicing, timing, length and predicted quality over all takes of a voice."""
    notes = (sum(len(take.cents) for take in takes), "notes")
    onsets = (sum(len(take.onsets_s) for take in takes), "notes")
    near = (sum(take.near_curve.total for take in takes), "frames")
    all_frames = (sum(take.voicing_errors.total for take in takes), "frames")
    hymns = (len(takes), "takes")
    in_tune = [
        measured(
            f"notes.{voice}.{cents}",
            IN_TUNE.format(cents=cents),
            takes,
            _notes_within(cents),
            "%",
            notes,
            at_least(goal),
        )
        for cents, goal in ((10, 97.0), (5, 99.0))
    ]
    return [
        *in_tune,
        measured(
            f"curve.{voice}",
            NEAR_CURVE,
            takes,
            _pooled_share(lambda take: take.near_curve),
            "%",
            near,
            at_least(97.0),
        ),
        measured(
            f"voicing.{voice}",
            VOICING,
            takes,
            _pooled_share(lambda take: take.voicing_errors),
            "%",
            all_frames,
            at_most(5.0),
        ),
        measured(f"onset.{voice}", ONSET, takes, _median_onset_ms, "ms", onsets, at_most(25.0)),
        Row(f"length.{voice}", LENGTH, _longest_error(takes), "frames", *hymns, at_most(1.0)),
        measured(f"dnsmos.{voice}", QUALITY, takes, _mean_quality, "of 5", hymns),
    ]


def word_row(
    key: str, definition: str, rows: Sequence[Understood], target: Target | None = None
) -> Row:
    """Words wrong, pooled over hymns or sentences."""
    words = sum(row.words for row in rows)
    return measured(
        f"words.{key}", definition, rows, _percent(pooled_rate), "%", (words, "words"), target
    )


def sung_word_rows(
    voice: str,
    sets: Mapping[str, Sequence[SungHymn]],
    tempo_share: float,
    targets: Mapping[str, Target],
) -> list[Row]:
    """Words wrong in each set, held against the set's target where it has one."""
    rows = []
    for name, takes in sets.items():
        how = HOW[name].format(share=tempo_share)
        understood = [take.understood for take in takes]
        definition = WORDS.format(count=len(takes), how=f"sung {how}")
        rows.append(word_row(f"{voice}.{name}", definition, understood, targets.get(name)))
    return rows


def copy_rows(vocoder: str, copies: Sequence[Copied]) -> list[Row]:
    """What a vocoder keeps of singing it never heard."""
    counted = (len(copies), "recordings")
    after = "the same copies, "

    def mean(part: Callable[[Copied], float]) -> Statistic[Copied]:
        return lambda chosen: float(np.mean([part(copy) for copy in chosen]))

    return [
        measured(
            f"copy.{vocoder}.mcd",
            DISTORTION,
            copies,
            mean(lambda copy: copy.measures.mel_cepstral_distortion_db),
            "dB",
            counted,
            at_most(1.0),
        ),
        measured(
            f"copy.{vocoder}.mcd_sptk",
            f"{after}MCD on the scale of SPTK's mel-cepstra (the coded envelope over √2)",
            copies,
            mean(lambda copy: SPTK_SCALE * copy.measures.mel_cepstral_distortion_db),
            "dB",
            counted,
        ),
        measured(
            f"copy.{vocoder}.voicing",
            f"{after}frames voiced on one side alone (WORLD harvest on both)",
            copies,
            mean(lambda copy: 100.0 * copy.measures.voicing_error),
            "%",
            counted,
            at_most(5.0),
        ),
        measured(
            f"copy.{vocoder}.curve",
            f"{after}frames voiced on both sides that lie within 50 cents (Praat on both)",
            copies,
            mean(lambda copy: 100.0 * copy.measures.within_50_cents),
            "%",
            counted,
            at_least(99.0),
        ),
        measured(
            f"copy.{vocoder}.curve.harvest",
            f"{after}the same by WORLD harvest, which doubts itself in consonants",
            copies,
            mean(lambda copy: 100.0 * copy.measures.within_50_cents_world),
            "%",
            counted,
        ),
        measured(
            f"copy.{vocoder}.judges",
            "the recordings that were copied: frames where harvest and Praat are within 50 cents",
            copies,
            mean(lambda copy: 100.0 * copy.measures.judges_agree),
            "%",
            counted,
        ),
        measured(
            f"copy.{vocoder}.dnsmos",
            f"{after}DNSMOS overall minus that of the recordings",
            copies,
            mean(lambda copy: copy.copied_quality - copy.recorded_quality),
            "of 5",
            counted,
            at_least(-0.1),
        ),
        measured(
            f"copy.{vocoder}.recordings",
            "the recordings that were copied, DNSMOS overall",
            copies,
            mean(lambda copy: copy.recorded_quality),
            "of 5",
            counted,
        ),
    ]


def _notes_within(cents: float) -> Statistic[SungHymn]:
    def share(takes: Sequence[SungHymn]) -> float:
        deviations = np.concatenate([take.cents for take in takes])
        return float(100.0 * np.mean(np.abs(deviations) <= cents))

    return share


def _pooled_share(part: Callable[[SungHymn], Frames]) -> Statistic[SungHymn]:
    def share(takes: Sequence[SungHymn]) -> float:
        frames = [part(take) for take in takes]
        return 100.0 * sum(each.good for each in frames) / sum(each.total for each in frames)

    return share


def _percent(statistic: Statistic[Understood]) -> Statistic[Understood]:
    return lambda rows: 100.0 * statistic(rows)


def _median_onset_ms(takes: Sequence[SungHymn]) -> float:
    onsets_s = np.concatenate([take.onsets_s for take in takes])
    return float(MS * np.median(np.abs(onsets_s))) if len(onsets_s) else float("nan")


def _longest_error(takes: Sequence[SungHymn]) -> float:
    return max(take.length_error_frames for take in takes)


def _mean_quality(takes: Sequence[SungHymn]) -> float:
    return float(np.mean([take.quality for take in takes]))
