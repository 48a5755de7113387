"""The yardsticks of conversion: what they say of sounds whose melody and likeness are known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks.conversion import enough
from benchmarks.conversion_rows import (
    Judged,
    likeness_rows,
    melody_rows,
    own_cosine,
    word_rows,
)
from benchmarks.conversion_sources import Source, SourceKind, liveliest, quiet_cuts_s
from benchmarks.converted import Converted
from benchmarks.listening import compared
from benchmarks.melody_kept import MelodyKept, melody_kept
from benchmarks.who import Gallery, Heard
from tests.conversion.sounds import vowel
from vocoder.audio import Audio
from voice.corpora.recordings import Kind, Recording


def melody(semitones: float = 0.0) -> Audio:
    notes = [vowel(0.4, hz * 2 ** (semitones / 12)) for hz in (196.0, 247.0, 294.0, 220.0)]
    return Audio(np.concatenate(notes)[None], 44_100)


def test_a_melody_kept_is_kept_and_one_that_is_not_is_not() -> None:
    same = melody_kept(melody(), melody(7.0), 7.0)
    assert same.correlation > 0.99
    assert same.within_50 > 0.97
    assert same.voicing_error < 0.03
    off = melody_kept(melody(), melody(7.0), 6.0)
    assert off.within_50 < 0.05
    assert off.correlation > 0.99
    hiss = Audio(np.random.default_rng(0).normal(0, 0.1, (1, 70_560)).astype(np.float32), 44_100)
    assert melody_kept(melody(), hiss, 0.0).voicing_error > 0.8


def test_the_liveliest_stretch_is_where_it_sounds() -> None:
    samples = np.zeros((1, 20 * 8_000), dtype=np.float32)
    samples[0, 9 * 8_000 : 14 * 8_000] = 0.1
    found = liveliest(Audio(samples, 8_000), 5.0)
    assert found.duration_s == 5.0
    assert np.all(found.samples == np.float32(0.1))
    assert liveliest(Audio(samples, 8_000), 60.0).duration_s == 20.0


def recording(name: str, seconds: float) -> Recording:
    return Recording(name, Path(name), "c", "ada", "en", Kind.SPEECH, name, seconds)


def test_enough_recordings_are_enough() -> None:
    rows = [recording(str(index), 4.0) for index in range(9)]
    assert len(enough(rows, 10.0)) == 3
    assert len(enough(rows, 60.0)) == 9


def judged(kind: SourceKind, within: float, reference: str = "", heard: str = "") -> Judged:
    audio = Audio(np.zeros((1, 10), dtype=np.float32), 44_100)
    source = Source("a", kind, "corpus", "ada", audio, reference)
    kept = MelodyKept(0.99, within, 0.02, 100)
    understood = compared("a", reference, heard) if reference else None
    return Judged(Converted(source, "wren", audio, 0.0), kept, understood)


def test_rows_say_what_is_met() -> None:
    rows = {
        row.key: row for row in melody_rows([judged(SourceKind.SINGING, w) for w in (0.9, 1.0)])
    }
    assert rows["f0.within_50"].value == pytest.approx(95.0)
    assert rows["f0.within_50"].met is False
    assert rows["f0.correlation"].met is True
    assert rows["f0.voicing"].n == 200
    said = [
        judged(SourceKind.SPEECH, 1.0, "one two three four", "one two free four"),
        judged(SourceKind.SONG, 1.0, "la la la la", "la la la"),
    ]
    recorded = {"a": compared("a", "one two three four", "one two three four")}
    words = {row.key: row for row in word_rows(said, recorded, ["wren"])}
    assert words["words.corpus.wren"].value == pytest.approx(25.0)
    assert words["words.songs"].value == pytest.approx(75.0)


def test_likeness_counts_the_nearest_and_compares_with_the_targets_own() -> None:
    def heard(singer: str, *values: float) -> Heard:
        vector = np.array(values, dtype=np.float32)
        return Heard(singer, "en", "core", 60.0, vector / np.linalg.norm(vector))

    gallery = Gallery(
        (heard("ada", 1, 0), heard("ada", 1, 0.2), heard("bob", 0, 1), heard("bob", 0.1, 1))
    )
    assert own_cosine(gallery, "ada") == pytest.approx(1 / np.sqrt(1.04), abs=1e-5)
    made = [heard("ada", 1, 0.1), heard("ada", 0.2, 1)]
    nearest, cosine = likeness_rows("who.x", ("ada", ""), gallery, made, 0.9)
    assert nearest.value == 50.0
    assert nearest.met is False
    assert cosine.target is not None
    assert cosine.target.bound == pytest.approx(0.8)
    assert datetime.now(UTC).tzinfo is not None


def test_songs_are_cut_where_they_are_quiet() -> None:
    rate_hz = 8_000
    moments_s = np.arange(40 * rate_hz) / rate_hz
    gaps = [abs(moments_s - at) < 0.2 for at in (9.0, 19.0, 30.0)]
    sound = np.where(np.any(gaps, axis=0), 0.0, np.sin(2_000.0 * moments_s))
    cuts_s = quiet_cuts_s(Audio(sound[None].astype(np.float32), rate_hz))
    assert cuts_s[0] == 0.0
    assert cuts_s[-1] == 40.0
    assert np.allclose(cuts_s[1:-1], (9.0, 19.0, 30.0), atol=0.2)
