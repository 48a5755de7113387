"""Scores turned into tracks: the truth that is told of them is what their notes say."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.made_tracks import MadeTrack, _write_midi, make_track
from benchmarks.written_notes import WrittenScore, read_written

HYMN = """X:1
T:Made for this test
M:3/4
L:1/4
Q:1/4=90
K:{key}
V:1
V:2
[V:1] {lead}
[V:2] {bass}
"""


def hymn(folder: Path, key: str = "F") -> WrittenScore:
    """Twenty bars of F and C, with a pickup: F | F C F | ... ."""
    path = folder / "made.abc"
    lead = "A | " + "A G A | c2 A | " * 10 + "[FA]3 |]"
    bass = "F, | " + "F, C, F, | F,2 F, | " * 10 + "F,3 |]"
    lead = lead.replace("G", "[EG]").replace(" A", " [Ac]").replace("c2", "[ca]2")
    path.write_text(HYMN.format(key=key, lead=lead, bass=bass))
    return read_written(path)


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> WrittenScore:
    return hymn(tmp_path_factory.mktemp("hymn"))


@pytest.fixture(scope="module")
def made(score: WrittenScore) -> MadeTrack:
    return make_track(score, drums=True, seed=1)


def test_metre_key_and_tempo_are_read(score: WrittenScore) -> None:
    assert (score.meter, score.fifths, score.tempos[0][1]) == ((3, 4), -1, 90.0)


def test_beats_follow_the_metre(made: MadeTrack) -> None:
    gaps = {round(b - a, 6) for a, b in zip(made.beats_s, made.beats_s[1:], strict=False)}
    assert gaps == {round(60 / 90, 6)}
    assert made.beats_s[0] == 0.5
    assert made.downbeats_s[0] == pytest.approx(0.5 + 60 / 90), "the pickup is no bar"
    assert set(made.downbeats_s) <= set(made.beats_s)


def test_the_key_is_the_one_that_the_piece_ends_in(made: MadeTrack, tmp_path: Path) -> None:
    assert str(made.key) == "F major"
    with pytest.raises(BenchmarkError, match="neither tonic"):
        make_track(hymn(tmp_path, key="G"), drums=False, seed=1)


def test_chords_are_those_of_the_notes(made: MadeTrack) -> None:
    names = [chord.name for chord in made.chords]
    assert set(names) == {"F", "C"}
    assert names.count("C") == 10
    first_c = next(chord for chord in made.chords if chord.name == "C")
    assert first_c.start_s == pytest.approx(made.beats_s[2])


def test_the_drummer_keeps_the_bars(made: MadeTrack) -> None:
    kicks = [
        stroke.start_s + 0.5 for stroke in made.strokes if stroke.channel == 9 and stroke.midi == 36
    ]
    assert len(kicks) == len(made.downbeats_s)
    for kick, bar in zip(kicks, made.downbeats_s, strict=True):
        assert kick == pytest.approx(bar, abs=0.03)


def test_the_same_seed_plays_the_same(score: WrittenScore, made: MadeTrack) -> None:
    assert make_track(score, drums=True, seed=1) == made
    assert make_track(score, drums=True, seed=2).strokes != made.strokes


def test_the_midi_file_plays_every_stroke(made: MadeTrack, tmp_path: Path) -> None:
    path = tmp_path / "made.mid"
    _write_midi(made, path)
    file = mido.MidiFile(path)
    begun = [message for message in file if message.type == "note_on" and message.velocity]
    assert len(begun) == len(made.strokes)
    assert file.length == pytest.approx(0.5 + max(s.end_s for s in made.strokes), abs=0.01)
