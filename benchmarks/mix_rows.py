"""From measured mixes to rows of the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.intervals import bootstrap
from benchmarks.listening import Understood, pooled_rate
from benchmarks.mix_measures import MixedSong
from benchmarks.mix_speed import Speed
from benchmarks.table import Row, at_most

Pair = tuple[Understood, Understood]
"""The same words heard dry and in the mix."""

MS, PERCENT = 1_000.0, 100.0
ONSET = (
    "sung vowel onsets after mixing to the track's true grid of beats, the vocal placed on bar 1 "
    "as {how}: median absolute, first voiced Praat frame of notes that begin with voiceless "
    "consonants"
)
BAR = "vocals that begin on the very bar 1 of the score, within 70 ms, as heard in the track"
RIGHT_BAR_S = 0.07
LEAD = (
    "vocals (with room and echo) over the accompaniment on sung frames, furthest from what was "
    "asked, or decided where nothing was asked (pyloudnorm on the stems)"
)
WORDS = (
    "points more of the words wrong in the mix than in the dry vocal, hymns at full length "
    "(Whisper base, pooled)"
)
LEAST = "decoding, one measure of loudness and writing of the same track, beside it"


def rows_of(
    songs: Sequence[MixedSong], muted: Sequence[int], speed: Speed | None, hears_bars: bool
) -> list[Row]:
    """Every row; those of words and speed only where they were measured."""
    rows = [_onset_row(songs, hears_bars)] if any(song.onsets_s.size for song in songs) else []
    count = len(songs)
    rows += [
        Row(
            "mix.loudness",
            "integrated loudness, furthest from the target (pyloudnorm)",
            max(abs(song.loudness_error_lu) for song in songs), "LU", count, "mixes", at_most(0.3),
        ),
        Row(
            "mix.true_peak",
            "highest true peak (soxr, fourfold oversampled)",
            max(song.true_peak_dbtp for song in songs), "dBTP", count, "mixes", at_most(-1.0),
        ),
        Row(
            "mix.clipped", "samples at full scale",
            float(sum(song.clipped for song in songs)), "", count, "mixes", at_most(0.0),
        ),
        Row(
            "mix.lead", LEAD, max(abs(song.lead_error_lu) for song in songs), "LU", count, "mixes",
            at_most(0.5),
        ),
        Row(
            "mix.muted",
            "samples changed with the vocal muted, loudness and limiter off",
            float(sum(muted)), "", len(muted), "tracks", at_most(0.0),
        ),
    ]  # fmt: skip
    late = [song.bar_late_s for song in songs if song.bar_late_s is not None]
    if late and hears_bars:
        right = PERCENT * float(np.mean(np.abs(late) <= RIGHT_BAR_S))
        rows.append(Row("mix.bar_one", BAR, right, "%", len(late), "tracks"))
    rows += _word_rows(songs)
    return rows if speed is None else [*rows, *_speed_rows(speed)]


def _onset_row(songs: Sequence[MixedSong], hears_bars: bool) -> Row:
    sung = [song for song in songs if song.onsets_s.size]

    def median(units: Sequence[MixedSong]) -> float:
        late = np.concatenate([song.onsets_s for song in units])
        return MS * float(np.median(np.abs(late)))

    notes = sum(song.onsets_s.size for song in sung)
    definition = ONSET.format(how="heard" if hears_bars else "told")
    return Row(
        "mix.onsets", definition, median(sung), "ms", notes, "notes", at_most(25.0),
        bootstrap(sung, median),
    )  # fmt: skip


def _word_rows(songs: Sequence[MixedSong]) -> list[Row]:
    pairs = [(song.dry, song.wet) for song in songs if song.dry and song.wet]
    heard = [(dry, wet) for dry, wet in pairs if dry is not None and wet is not None]
    if not heard:
        return []

    def dry(units: Sequence[Pair]) -> float:
        return PERCENT * pooled_rate([pair[0] for pair in units])

    def wet(units: Sequence[Pair]) -> float:
        return PERCENT * pooled_rate([pair[1] for pair in units])

    def lost(units: Sequence[Pair]) -> float:
        return wet(units) - dry(units)

    words = sum(pair[0].words for pair in heard)
    return [
        Row(
            "mix.words", WORDS, lost(heard), "points", words, "words", at_most(10.0),
            bootstrap(heard, lost),
        ),
        Row(
            "mix.words.dry", "words wrong in the dry vocals", dry(heard), "%", words, "words",
            None, bootstrap(heard, dry),
        ),
        Row(
            "mix.words.mixed", "words wrong in the mixes", wet(heard), "%", words, "words",
            None, bootstrap(heard, wet),
        ),
    ]  # fmt: skip


def _speed_rows(speed: Speed) -> list[Row]:
    return [
        Row(
            "mix.three_minutes", "mixing a three-minute stereo track, wall clock",
            speed.wall_s, "s", 1, "mix", at_most(10.0),
        ),
        Row(
            "mix.three_minutes.processor", "the same, processor time",
            speed.processor_s, "s", 1, "mix",
        ),
        Row("mix.reference", LEAST, speed.reference_wall_s, "s", 1, "track"),
        Row(
            "mix.reference.processor", "the same, processor time",
            speed.reference_processor_s, "s", 1, "track",
        ),
    ]  # fmt: skip
