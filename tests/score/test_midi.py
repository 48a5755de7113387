"""MIDI: lyric events in their several habits, tempo, parts, damage."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from small_scores import pitches, spelled

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError
from voice.score.midi import read_midi
from voice.score.model import Score

P = Path("test.mid")
BEAT = 480


def file(*tracks: list[mido.Message], kind: int = 1) -> bytes:
    made = mido.MidiFile(type=kind, ticks_per_beat=BEAT, charset="utf-8")
    made.tracks += [mido.MidiTrack(track) for track in tracks]
    buffer = io.BytesIO()
    made.save(file=buffer)
    return buffer.getvalue()


def notes(*keys: int, texts: tuple[str, ...] = (), kind: str = "lyrics") -> list[mido.Message]:
    """Quarter notes, a text before each of the first ones."""
    track: list[mido.Message] = [mido.MetaMessage("track_name", name="Voice")]
    for index, key in enumerate(keys):
        if index < len(texts):
            track.append(mido.MetaMessage(kind, text=texts[index]))
        track.append(mido.Message("note_on", note=key, velocity=100))
        track.append(mido.Message("note_off", note=key, time=BEAT))
    return track


def read(*tracks: list[mido.Message], part: str | None = None) -> Score:
    return read_midi(file(*tracks), P, part)


@pytest.mark.parametrize(
    "texts",
    [
        ("A-", "ma-", "zing", "grace"),
        ("A", "ma", "zing ", "grace "),
        (" A", "ma", "zing", " grace"),
        ("\\A", "ma", "zing", "/grace"),
    ],
)
def test_habits_of_dividing_words(texts: tuple[str, ...]) -> None:
    assert spelled(read(notes(60, 62, 64, 65, texts=texts))) == "A-ma-zing grace"


def test_whole_words_and_holds() -> None:
    score = read(notes(60, 62, 64, texts=("love", "-", "me")))
    assert spelled(score) == "love ~me"
    assert score.notes[0].dynamic == pytest.approx(100 / 127)


def test_karaoke_text_in_a_track_of_its_own() -> None:
    words = [mido.MetaMessage("text", text=t, time=w) for t, w in
             (("@T", 0), ("\\Glo", 0), ("ri", BEAT), ("a ", BEAT))]  # fmt: skip
    assert spelled(read(words, notes(60, 62, 64))) == "Glo-ri-a"


def test_the_part_with_the_words_among_several() -> None:
    bass, tune = notes(40, 41), notes(60, 62, texts=("la", "lu"))
    bass[0] = mido.MetaMessage("track_name", name="Bass")
    assert pitches(read(bass, tune)) == [60, 62]
    assert pitches(read(bass, tune, part="bass")) == [40, 41]
    with pytest.raises(ScoreError, match="no part 'Alto'; there are 1 Bass, 2 Voice"):
        read(bass, tune, part="Alto")


def test_drums_are_no_part() -> None:
    drums = [mido.Message("note_on", note=36, channel=9),
             mido.Message("note_off", note=36, channel=9, time=BEAT)]  # fmt: skip
    with pytest.raises(ScoreFormatError, match="no notes"):
        read(drums)


def test_tempo_and_metre() -> None:
    conductor = [
        mido.MetaMessage("time_signature", numerator=3, denominator=4),
        mido.MetaMessage("set_tempo", tempo=1_000_000),
        mido.MetaMessage("set_tempo", tempo=500_000, time=3 * BEAT),
    ]
    score = read(conductor, notes(60, 62, 64, 65, texts=("a",)))
    assert [p.quarters_per_minute for p in score.tempo.points] == [60, 120]
    assert [str(n.place) for n in score.notes[2:]] == ["bar 1, beat 3", "bar 2, beat 1"]
    assert score.length_s == pytest.approx(3 + 1.5)


def test_overlaps_and_chords() -> None:
    track = [
        mido.Message("note_on", note=60),
        mido.Message("note_on", note=64),
        mido.Message("note_on", note=67, time=BEAT),
        mido.Message("note_off", note=60, time=10),
        mido.Message("note_off", note=64),
        mido.Message("note_off", note=67, time=BEAT),
    ]
    score = read(track)
    assert pitches(score) == [64, 67]
    assert score.notes[0].duration_beats == 1
    assert "notes overlap" in score.warnings[-1]


def test_japanese_and_latin_text() -> None:
    data = file(notes(60, 62, texts=("XX", "é")))
    sakura = "さ".encode("shift_jis")
    score = read_midi(data.replace(b"\x05\x02XX", b"\x05\x02" + sakura), P)
    assert spelled(score) == "さ é"


def test_exact_ticks() -> None:
    score = read(notes(60, 62, texts=("a",)))
    assert score.notes[1].start_beats == Fraction(1)


@pytest.mark.parametrize("cut", [10, 20, 30, 60])
def test_truncated_files(cut: int) -> None:
    data = file(notes(60, 62, 64, texts=("a", "b")))
    with pytest.raises(ScoreFormatError) as caught:
        read_midi(data[:cut], P)
    assert "\n" not in str(caught.value)
    assert "export" in str(caught.value)


def test_other_files_and_film_frames() -> None:
    with pytest.raises(ScoreFormatError, match="does not begin as MIDI does"):
        read_midi(b"RIFF....", P)
    data = bytearray(file(notes(60)))
    data[12:14] = b"\xe7\x28"
    with pytest.raises(ScoreFormatError, match="film frames"):
        read_midi(bytes(data), P)


def test_absurd_tempo_and_length() -> None:
    fast = [mido.MetaMessage("set_tempo", tempo=10)]
    with pytest.raises(ScoreLimitError, match=r"a tempo of 6e\+06"):
        read(fast, notes(60))
    long = [*notes(60), mido.Message("note_on", note=62, time=BEAT * 40_000),
            mido.Message("note_off", note=62, time=BEAT)]  # fmt: skip
    with pytest.raises(ScoreLimitError, match="10,000 bars are more than 5,000"):
        read(long)
