"""What the mix benchmark measures, on mixes and meters whose answers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.listening import Understood
from benchmarks.mix import parse
from benchmarks.mix_measures import MixedSong, measured_song, muted_difference
from benchmarks.mix_rows import rows_of
from benchmarks.mix_songs import Source, real_songs
from benchmarks.table import Row
from tests.mixing.takes import noise, take
from vocoder.audio import Audio, read_audio, write_audio
from voice.mixing.placement import AtSecond

RATE_HZ = 44_100


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A buzz of two and a half seconds over noise."""
    write_audio(tmp_path / "vocal.wav", take().audio, "32f")
    write_audio(tmp_path / "track.wav", noise(4.0, RATE_HZ, 2, 0.05))
    return Source("song", tmp_path / "vocal.wav", tmp_path / "track.wav", AtSecond(0.5))


def song(
    source: Source, lead_lu: float = 0.0, peak: float = -1.0, words: tuple[int, int] = (0, 0)
) -> MixedSong:
    dry, wet = (Understood("song", "", "", 20, errors) for errors in words)
    return MixedSong(source, np.zeros(0), None, 0.0, peak, 0, lead_lu, dry, wet)


def row(rows: list[Row], key: str) -> Row:
    return next(row for row in rows if row.key == key)


def test_a_mix_is_measured_from_its_files(source: Source, tmp_path: Path) -> None:
    made = measured_song(source, "pop", tmp_path, None)
    assert (tmp_path / "song-mix.wav").is_file()
    assert (tmp_path / "song" / "lead.wav").is_file()
    assert made.loudness_error_lu == pytest.approx(0.0, abs=0.2)
    assert made.true_peak_dbtp <= -1.0
    assert made.clipped == 0
    assert abs(made.lead_error_lu) < 0.5
    assert made.dry is None
    assert made.onsets_s.size == 0


def test_a_muted_mix_changes_nothing_and_is_compared_sample_by_sample(source: Source) -> None:
    assert muted_difference(source.track, source.track.parent) == 0


def test_the_worst_mix_counts_whichever_side_it_errs_on(source: Source) -> None:
    songs = [song(source, 0.2, -1.4), song(source, -0.7, -0.9)]
    rows = rows_of(songs, [0, 3], None, False)
    assert row(rows, "mix.lead").value == pytest.approx(0.7)
    assert row(rows, "mix.lead").met is False
    assert row(rows, "mix.true_peak").value == pytest.approx(-0.9)
    assert row(rows, "mix.true_peak").met is False
    assert row(rows, "mix.muted").value == 3.0
    assert not any(each.key == "mix.onsets" for each in rows)


def test_words_are_pooled_and_their_loss_has_an_interval_over_mixes(source: Source) -> None:
    songs = [song(source, words=(2, 2)), song(source, words=(2, 10)), song(source, words=(4, 6))]
    words = row(rows_of(songs, [0], None, False), "mix.words")
    assert words.value == pytest.approx(100 * 10 / 60)
    assert words.n == 60
    assert words.met is False
    assert words.interval is not None
    assert words.interval.low < words.value < words.interval.high


def test_of_a_real_song_the_part_is_taken_in_which_most_is_sung(tmp_path: Path) -> None:
    sung = np.zeros((2, 8 * 48_000), np.float32)
    sung[:, 4 * 48_000 : 6 * 48_000] = noise(2.0, 48_000, 2, 0.1).samples
    given = tmp_path / "lithium-lead-vocal.opus"
    write_audio(given, Audio(sung, 48_000))
    write_audio(tmp_path / "lithium-instrumental.opus", noise(8.0))
    (found,) = real_songs(tmp_path, 2.0, tmp_path)
    assert found.name == "lithium"
    kept = read_audio(found.vocal)
    assert kept.duration_s == pytest.approx(2.0)
    assert read_audio(found.track).duration_s == pytest.approx(2.0)
    assert np.mean(kept.samples**2) > 3.0 * np.mean(read_audio(given).samples ** 2)


def test_nothing_is_timed_or_listened_to_when_told_so() -> None:
    wanted = parse(["--no-words", "--no-speed", "--hymns", "2"])
    assert (wanted.no_words, wanted.no_speed, wanted.hymns) == (True, True, 2)
