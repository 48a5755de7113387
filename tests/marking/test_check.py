"""Records and findings: what was made is told again, and what was changed is not believed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from voiced_sounds import sung

from vocoder.audio import Audio, Tags, read_audio, write_audio
from voice.bank import VoiceBank
from voice.cli.app import run
from voice.errors import RecordError
from voice.marking.check import Findings, Verdict, check_file
from voice.marking.installation import Installation
from voice.marking.making import Making, sound_digest
from voice.marking.mark import marked
from voice.marking.payload import Kind
from voice.marking.record import facts_of, put_record, read_record, record_path
from voice.marking.writing import write_made, write_made_blocks
from voice.take import VoiceUse

SOUND = sung(14.0)
MAKING = Making(
    Kind.SING,
    (VoiceUse("wren", "melisma-wren", "ab" * 32),),
    Tags(artist="Wren, nobody", comment="synthetic singing by Melisma"),
    sound_digest(SOUND),
    ("en",),
    7,
)


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path, here: Installation) -> Path:
    path = tmp_path / "song.wav"
    write_made(path, SOUND, "24", MAKING, installation=here)
    return path


def found(path: Path, here: Installation) -> Findings:
    return check_file(path, here, VoiceBank.open(here.home))


def test_what_was_made_is_told_again(file: Path, here: Installation) -> None:
    findings = found(file, here)
    assert findings.verdict is Verdict.UNCHANGED
    assert findings.is_own
    assert findings.record is not None
    assert findings.record.making == MAKING
    assert findings.payload == MAKING.payload
    assert read_audio(file).length_samples == SOUND.length_samples
    assert (findings.edits, findings.remarks) == ((), ())


def test_the_same_making_gives_the_same_bytes(
    file: Path, tmp_path: Path, here: Installation
) -> None:
    again = tmp_path / "again.wav"
    write_made(again, SOUND, "24", MAKING, installation=here)
    assert again.read_bytes() == file.read_bytes()
    assert record_path(again).read_bytes() == record_path(file).read_bytes()
    other = replace(MAKING, seed=8)
    assert other.record != MAKING.record


def test_what_was_changed_since_is_said(file: Path, tmp_path: Path, here: Installation) -> None:
    copy = tmp_path / "copy.mp3"
    sound = read_audio(file)
    write_audio(copy, Audio(sound.samples[:, 2 * 44_100 :] * np.float32(0.5), 44_100))
    findings = found(copy, here)
    assert findings.verdict is Verdict.CHANGED
    assert findings.record is not None
    assert findings.record.name == MAKING.record
    assert any("MP3" in edit for edit in findings.edits)
    assert "lasts 12.0 s, lasted 14.0 s" in findings.edits


def test_a_mark_says_its_voice_without_a_record(file: Path, tmp_path: Path) -> None:
    elsewhere = Installation(tmp_path / "elsewhere")
    record_path(file).unlink()
    findings = found(file, elsewhere)
    assert findings.verdict is Verdict.MARKED
    assert findings.voices == ("wren",)
    assert findings.payload == MAKING.payload


def test_a_record_of_somebody_else_is_their_word(file: Path, tmp_path: Path) -> None:
    findings = found(file, Installation(tmp_path / "elsewhere"))
    assert findings.verdict is Verdict.UNCHANGED
    assert not findings.is_own


def test_a_record_put_beside_other_bytes_proves_nothing(
    file: Path, tmp_path: Path, here: Installation
) -> None:
    other = tmp_path / "other.wav"
    write_audio(other, sung(12.0, seed=5))
    shutil.copy(record_path(file), record_path(other))
    assert found(other, here).verdict is Verdict.UNPROVED
    record_path(other).unlink()
    assert found(other, here).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("change", ["wren", '"payload"', "signatures"])
def test_a_record_that_was_changed_is_refused(file: Path, here: Installation, change: str) -> None:
    beside = record_path(file)
    envelope = bytearray(beside.read_bytes())
    spot = envelope.find(change.encode()) if change != "wren" else len(envelope) // 3
    envelope[spot + 1] ^= 1
    with pytest.raises(RecordError, match="not the record that was signed"):
        read_record(bytes(envelope), "it")
    beside.write_bytes(bytes(envelope))
    shutil.rmtree(here.home / "made")
    findings = found(file, here)
    assert findings.verdict is Verdict.MARKED
    assert "not the record that was signed" in findings.remarks[0]


def test_sound_in_pieces_is_marked_and_recorded_too(tmp_path: Path, here: Installation) -> None:
    path = tmp_path / "pieces.flac"
    blocks = (SOUND.samples[:, i : i + 30_000] for i in range(0, SOUND.length_samples, 30_000))
    assert (
        write_made_blocks(path, blocks, 44_100, 1, "24", MAKING, installation=here) == 14 * 44_100
    )
    assert found(path, here).verdict is Verdict.UNCHANGED


def test_true_peaks_of_a_mix_are_kept(tmp_path: Path, here: Installation) -> None:
    from voice.mixing.loudness import true_peak_dbtp

    loud = Audio(np.clip(SOUND.samples[:, :88_200] * 9, -0.8, 0.8), 44_100)
    path = tmp_path / "mix.wav"
    write_made(path, loud, "24", MAKING, keeps_true_peak=True, installation=here)
    assert true_peak_dbtp(read_audio(path)) <= true_peak_dbtp(loud) + 0.06


def test_a_home_that_cannot_be_written_to_is_said_before_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    path = tmp_path / "song.wav"
    with pytest.raises(RecordError, match="MELISMA_HOME"):
        write_made(path, SOUND, "24", MAKING, installation=Installation(tmp_path / "home"))
    assert not path.exists()


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(b"no sound")
    with pytest.raises(RecordError, match="not readable"):
        facts_of(path)
    assert run(["check", str(path)]) == 2
    assert run(["check", str(tmp_path / "nothing.wav")]) == 2


def test_the_command_says_it_in_words_and_in_json(
    file: Path,
    here: Installation,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MELISMA_HOME", str(here.home))
    assert run(["check", str(file)]) == 0
    told = capsys.readouterr().out
    assert "Melisma made it, and not a byte was changed" in told
    assert "voice wren, grant melisma-wren" in told
    assert run(["check", str(file), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["verdict"], value["voices"]) == ("unchanged", ["wren"])
    assert value["record"]["signed_here"] is True
    assert value["mark"]["record"] == MAKING.record


def test_a_mark_that_sounds_in_another_sound_is_said(tmp_path: Path, here: Installation) -> None:
    vocal = marked(SOUND, MAKING.payload)
    path = tmp_path / "mix.wav"
    mix = replace(MAKING, kind=Kind.MIX, made_from=sound_digest(vocal))
    faint = Audio(SOUND.samples[:, :200_000] * np.float32(0.01), 44_100)
    write_made(path, faint, "24", mix, installation=here)
    both = read_audio(path).samples + vocal.samples[:, :200_000]
    write_audio(path, Audio(both, 44_100))
    put_record(path, mix, here)
    findings = found(path, here)
    assert findings.verdict is Verdict.UNCHANGED
    assert f"the mark of record {MAKING.record} sounds in it" in findings.remarks[0]


def test_a_file_cut_short_is_remarked(file: Path, here: Installation) -> None:
    file.write_bytes(file.read_bytes()[: round(0.9 * file.stat().st_size)])
    findings = found(file, here)
    assert findings.verdict is Verdict.CHANGED
    assert findings.remarks == ("holds 12.6 of the 14.0 s that it promises; the file is cut short",)
