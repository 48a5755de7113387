"""Scores written and read back: nothing is lost that the format can hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_scores import line, pitches, spelled

from lyrics.pronounce import pronouncer_for
from voice.errors import ScoreError, ScoreFormatError
from voice.score.fitting import fit
from voice.score.model import PitchPoint, Score, TempoMap, TempoPoint
from voice.score.reading import read_score
from voice.score.writing import write_score

AMAZING = "tempo=80 meter=3/4 G4 A- C5:2 ma- E5:1/2 zing C5 _ E5:2 grace R:1 D5:1 how C5:3 sweet"


def amazing() -> Score:
    tempo = TempoMap((TempoPoint(Fraction(0), 80.0), TempoPoint(Fraction(7), 100.0)))
    return replace(line(AMAZING), tempo=tempo)


def phones(score: Score) -> list[str]:
    fitted = fit(score, 1, pronouncer_for("en"))
    return ["".join(p.symbol for p in note.phonemes) for note in fitted.notes]


def times(score: Score) -> list[float]:
    """Seconds of all beginnings and ends."""
    seconds_at = score.tempo.seconds_at
    return [seconds_at(beat) for n in score.notes for beat in (n.start_beats, n.end_beats)]


@pytest.mark.parametrize("suffix", ["mid", "musicxml", "ustx", "ust", "ds"])
def test_notes_times_and_sounds_come_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"song.{suffix}"
    write_score(amazing(), path)
    again = read_score(path)
    assert pitches(again) == pitches(amazing())
    assert times(again) == pytest.approx(times(amazing()), abs=0.002)
    assert phones(again) == phones(amazing())
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_musicxml_keeps_verses_bars_and_ties(tmp_path: Path) -> None:
    score = line("meter=2/4 C4:1 A- D4:3 men")
    notes = tuple(
        replace(n, lyrics=(n.lyrics[0], other.lyrics[0]))
        for n, other in zip(score.notes, line("C4 so- D4 la").notes, strict=True)
    )
    two = replace(score, notes=notes, verses=2)
    path = tmp_path / "x.musicxml"
    write_score(two, path)
    again = read_score(path)
    assert (spelled(again, 1), spelled(again, 2)) == ("A-men", "so-la")
    assert again.bars == two.bars
    assert [float(n.duration_beats) for n in again.notes] == [1, 3]


def test_drawn_pitch_goes_to_openutau_and_back(tmp_path: Path) -> None:
    drawn = tuple(PitchPoint(Fraction(i, 16), 6000.0 + 50 * (i % 2)) for i in range(16))
    score = replace(line("C4:1 la D4:1 lu"), pitch_lines=(drawn,))
    path = tmp_path / "x.ustx"
    write_score(score, path)
    again = read_score(path)
    middle = [p.cents for part in again.pitch_lines for p in part if 0.2 < float(p.beats) < 0.7]
    assert middle
    assert max(middle) - min(middle) > 20
    assert all(5_950 < cents < 6_100 for cents in middle)


def test_plain_openutau_files_bring_no_pitch_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.ustx"
    write_score(line("C4 la D4 lu"), path)
    assert read_score(path).pitch_lines == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(48, 84), st.sampled_from(["1", "1/2", "1/3", "3/2", "1/8", "5"])),
        min_size=1,
        max_size=8,
    )
)
def test_midi_and_musicxml_are_exact(notes: list[tuple[int, str]]) -> None:
    import tempfile

    names = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]
    score = line(" ".join(f"{names[m % 12]}{m // 12 - 1}:{length} la" for m, length in notes) + " ")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("mid", "musicxml"):
            path = Path(folder) / f"x.{suffix}"
            write_score(score, path)
            again = read_score(path)
            assert [(n.start_beats, n.duration_beats, n.midi) for n in again.notes] == [
                (n.start_beats, n.duration_beats, n.midi) for n in score.notes
            ]


def test_unknown_and_unwritable_targets(tmp_path: Path) -> None:
    with pytest.raises(ScoreFormatError, match=r"\.pdf cannot be written; there are ds mid"):
        write_score(line("C4 la "), tmp_path / "x.pdf")
    with pytest.raises(ScoreError, match="cannot be written"):
        write_score(line("C4 la "), tmp_path / "no" / "x.mid")


def test_a_failed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.ds"
    path.write_text("old")
    with pytest.raises(ScoreError, match="word"):
        write_score(line("C4 incomprehensibility "), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.ds"]


@pytest.mark.parametrize("suffix", ["mid", "musicxml"])
@pytest.mark.parametrize("fifths", [None, -3, 0, 7])
def test_the_key_signature_comes_back(suffix: str, fifths: int | None, tmp_path: Path) -> None:
    path = tmp_path / f"song.{suffix}"
    write_score(replace(amazing(), key_fifths=fifths), path)
    again = read_score(path)
    assert again.key_fifths == fifths
    assert pitches(again) == pitches(amazing())
