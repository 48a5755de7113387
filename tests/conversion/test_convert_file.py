"""A recording in the tiny voice: as long, as silent, in tune, with leave, and telling of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile

from consent.errors import ConsentError, RefusedError
from consent.grant import Operation
from tests.conversion.sounds import RATE_HZ, save, sung
from vocoder.errors import AudioFormatError
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.bank import Voice, VoiceBank
from voice.cli.check import lines
from voice.conversion.convert import Conversion, ConversionOrder, convert_file
from voice.conversion.converter import convert_pieces
from voice.conversion.decoding import decoder_of
from voice.conversion.options import ConversionOptions
from voice.conversion.recording import open_recording, read_blocks
from voice.conversion.sessions import open_networks
from voice.conversion.statement import SourceStatement
from voice.conversion.sung import Networks
from voice.conversion.survey import survey
from voice.conversion.tracking import track_pitch
from voice.conversion.transposing import shift_for
from voice.errors import ConversionError, VoiceError
from voice.marking.check import Verdict, check_file
from voice.marking.payload import Kind

VOICES = Path(__file__).parents[1] / "fixtures" / "voices"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key that signs records is made."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MELISMA_HOME", str(home))
    return home


@pytest.fixture
def bank(tmp_path: Path) -> VoiceBank:
    return VoiceBank(tmp_path / "none", VOICES)


@pytest.fixture
def order(tmp_path: Path) -> ConversionOrder:
    """1.6 s of syllables on A3, into tiny."""
    recording = save(tmp_path / "source.wav", sung())
    statement = SourceStatement(open_recording(recording).sha256, now())
    return ConversionOrder(recording, "tiny", tmp_path / "out.wav", statement, transpose=0.0)


def networks(bank: VoiceBank, recording: Path) -> Networks:
    sha256 = open_recording(recording).sha256
    voice = bank.open_voice("tiny", now(), Operation.CONVERT, sha256)
    return open_networks(voice, sha256, now(), 1)


def convert(bank: VoiceBank, order: ConversionOrder) -> tuple[Conversion, np.ndarray]:
    made = convert_file(bank, order, now, threads=1)
    samples, rate_hz = soundfile.read(order.output)
    assert (len(samples), rate_hz) == (made.samples, made.rate_hz)
    return made, samples


def pitch_of(samples: np.ndarray) -> float:
    curve = track_pitch([samples.astype(np.float32)], -(-len(samples) // 512))
    return float(np.median(curve.hz[curve.voiced]))


@pytest.mark.parametrize(
    ("rate_hz", "made_at"), [(8_000, 44_100), (22_050, 44_100), (44_100, 44_100), (48_000, 48_000)]
)
def test_it_is_as_long_as_the_recording_to_the_sample(
    bank: VoiceBank, tmp_path: Path, rate_hz: int, made_at: int
) -> None:
    recording = save(tmp_path / "s.wav", sung(1.2345, rate_hz=rate_hz)[:-3], rate_hz)
    opened = open_recording(recording)
    statement = SourceStatement(opened.sha256, now())
    made, samples = convert(
        bank, ConversionOrder(recording, "tiny", tmp_path / "o.flac", statement)
    )
    assert made.rate_hz == made_at
    assert len(samples) == round(opened.samples * made_at / rate_hz)
    assert np.abs(samples).max() > 0.001


def test_the_melody_stays_and_moves_as_asked(bank: VoiceBank, order: ConversionOrder) -> None:
    for semitones in (0.0, 7.0, -5.0):
        _, samples = convert(bank, replace(order, transpose=semitones))
        assert 12 * np.log2(pitch_of(samples) / 220.0) == pytest.approx(semitones, abs=0.1)
    _, raised = convert(bank, replace(order, formants=3.0))
    assert pitch_of(raised) == pytest.approx(220.0, rel=0.01)
    _, plain = convert(bank, order)
    assert np.abs(raised - plain).max() > 1e-3


def test_speech_comes_to_where_the_voice_is_at_home(bank: VoiceBank) -> None:
    card = bank.open_voice("tiny", now()).card
    low, high = card.range.low_midi, card.range.high_midi
    for midi in (low - 14.0, (low + high) / 2, high + 9.0):
        spoken = PitchCurve(midi_to_hz(np.array([midi - 2.0, midi, midi + 4.0])), np.ones(3, bool))
        moved = midi + shift_for(spoken, card, "spoken")
        assert low < moved < (low + high) / 2 + 0.5
        assert shift_for(spoken, card, "auto") % 12 == 0


def test_silence_stays_silence(bank: VoiceBank, order: ConversionOrder) -> None:
    _, samples = convert(bank, replace(order, bits="32f"))
    edge = RATE_HZ // 10 - 2_048
    assert np.abs(samples[:edge]).max() < 1e-6
    assert np.abs(samples[-edge:]).max() < 1e-6


def test_pieces_are_the_whole(bank: VoiceBank, order: ConversionOrder) -> None:
    heard = survey(open_recording(order.recording))
    opened = networks(bank, order.recording)

    def made(chunk_frames: int) -> np.ndarray:
        pieces = convert_pieces(
            heard, read_blocks(heard.recording), opened, ConversionOptions(), chunk_frames
        )
        return np.concatenate(list(pieces))

    whole = made(4_096)
    assert len(whole) == heard.recording.clock_samples
    for chunk_frames in (1, 37, 100):
        np.testing.assert_allclose(made(chunk_frames), whole, atol=2e-5)


def test_dynamics_are_followed_when_asked(bank: VoiceBank, tmp_path: Path) -> None:
    wave = np.concatenate([sung(), 0.25 * sung()])
    recording = save(tmp_path / "s.wav", wave)
    heard = survey(open_recording(recording))
    opened = networks(bank, recording)

    def swell_db(follow: bool) -> float:
        options = ConversionOptions(follow_dynamics=follow)
        made = np.concatenate(
            list(convert_pieces(heard, read_blocks(heard.recording), opened, options))
        )
        halves = np.array_split(made, 2)
        return float(20 * np.log10(np.std(halves[0]) / np.std(halves[1])))

    assert abs(swell_db(True) - 12.0) < abs(swell_db(False) - 12.0)


def test_the_users_word_is_needed_and_kept(bank: VoiceBank, order: ConversionOrder) -> None:
    with pytest.raises(ConversionError, match="nobody stated that it may be used"):
        convert_file(bank, replace(order, statement=None), now)
    other = SourceStatement("0" * 64, now())
    with pytest.raises(ConversionError, match="about another recording"):
        convert_file(bank, replace(order, statement=other), now)
    assert not order.output.exists()
    made, _ = convert(bank, order)
    with soundfile.SoundFile(order.output) as file:
        assert made.statement.text in file.comment
        assert "voice tiny" in file.comment
        assert file.artist == made.credit
    assert made.statement.source_sha256 == open_recording(order.recording).sha256
    record = check_file(order.output).record
    assert record is not None
    assert record.making.kind is Kind.CONVERT
    assert record.making.made_from == made.statement.source_sha256
    assert record.making.statement == made.statement.text
    assert record.making.voices[0].grant_id == "voice-tiny-2026"


def test_the_record_says_how_it_was_converted(bank: VoiceBank, order: ConversionOrder) -> None:
    """Signed with the rest, and shown by `melisma check`."""
    made, _ = convert(bank, order)
    assert made.likeness == bank.card("tiny").likeness
    plain = check_file(order.output).record
    assert plain is not None
    (told,) = plain.making.changes
    assert told.startswith(f"likeness {made.likeness:g} ")
    wished = replace(order, transpose=-2.0, formants=1.5, follow_dynamics=True, likeness=0.8)
    convert(bank, wished)
    findings = check_file(order.output)
    assert findings.verdict is Verdict.UNCHANGED
    shown = [line.strip() for line in lines(findings)]
    assert "then: transposed -2 semitones" in shown
    assert "then: formants moved +1.5 semitones" in shown
    assert "then: as loud as the recording at every moment" in shown
    assert sum(line.startswith("then: likeness 0.8 ") for line in shown) == 1


def test_half_a_recording_is_converted_with_a_warning(
    bank: VoiceBank, order: ConversionOrder
) -> None:
    whole, _ = convert(bank, order)
    assert whole.warnings == ()
    data = order.recording.read_bytes()
    order.recording.write_bytes(data[: round(0.7 * len(data))])
    statement = SourceStatement(open_recording(order.recording).sha256, now())
    made, _ = convert(bank, replace(order, statement=statement))
    assert made.duration_s == pytest.approx(0.7 * whole.duration_s, abs=0.01)
    assert made.warnings == ("holds 1.1 of the 1.6 s that it promises; the file is cut short",)


def test_a_permit_is_for_one_recording_and_for_converting(
    bank: VoiceBank, order: ConversionOrder
) -> None:
    sha256 = open_recording(order.recording).sha256
    to_sing = bank.open_voice("tiny", now())
    with pytest.raises(RefusedError):
        bank.open_voice("tiny", now(), Operation.CONVERT)
    changed = replace(to_sing, folder=replace(to_sing.folder, digest="0" * 64))
    with pytest.raises(ConsentError):
        open_networks(changed, sha256, now(), 1)


def test_leave_that_ends_midway_ends_the_work_and_leaves_no_file(
    bank: VoiceBank, order: ConversionOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voice.conversion import convert as module

    asked = []

    def withdrawn(*arguments: object) -> None:
        asked.append(arguments)
        raise RefusedError("state", "voice-tiny-2026", "it was revoked", "ask again")

    monkeypatch.setattr(module, "verify", withdrawn)
    with pytest.raises(RefusedError, match="it was revoked"):
        convert_file(bank, order, now)
    assert asked
    assert sorted(path.name for path in order.output.parent.iterdir()) == ["source.wav"]


def test_long_work_asks_for_a_new_permit(
    bank: VoiceBank, order: ConversionOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voice.conversion import convert as module

    renewed = []
    monkeypatch.setattr(module, "renew", lambda permit, at: renewed.append(at) or permit)
    monkeypatch.setattr(module, "RENEWED_AFTER", timedelta(0))
    convert(bank, order)
    assert renewed


def test_the_output_must_be_another_file_of_a_known_kind(
    bank: VoiceBank, order: ConversionOrder
) -> None:
    with pytest.raises(ConversionError, match="is the recording"):
        convert_file(bank, replace(order, output=order.recording), now)
    with pytest.raises(AudioFormatError, match="choose"):
        convert_file(bank, replace(order, output=Path("x.xyz")), now)


def without_content(voice: Voice) -> Voice:
    return replace(voice, models={k: v for k, v in voice.models.items() if k != "content"})


def test_voices_that_only_sing_say_so(bank: VoiceBank, order: ConversionOrder) -> None:
    sha256 = open_recording(order.recording).sha256
    voice = bank.open_voice("tiny", now(), Operation.CONVERT, sha256)
    with pytest.raises(VoiceError, match="sings but does not convert"):
        open_networks(without_content(voice), sha256, now(), 1)
    model = onnx.load_from_string(voice.models["acoustic"])
    del model.graph.output[1]
    with pytest.raises(VoiceError, match="made before conversion was"):
        decoder_of(model.SerializeToString(), "tiny")


def test_auto_moves_by_octaves_and_only_where_it_helps(bank: VoiceBank, tmp_path: Path) -> None:
    card = bank.card("tiny")
    for hz, octaves in ((110.0, 12.0), (220.0, 0.0), (660.0, -12.0)):
        heard = survey(open_recording(save(tmp_path / "s.wav", sung(hz=hz))))
        assert shift_for(heard.pitch, card, "auto") == octaves
        assert shift_for(heard.pitch, card, 3.5) == 3.5


def test_a_large_sound_does_not_leave_full_scale(bank: VoiceBank, tmp_path: Path) -> None:
    from voice.conversion.convert import _Limiter

    limiter = _Limiter()
    loud = np.linspace(-3.0, 3.0, 1_001, dtype=np.float32)
    held = limiter.hold(loud)
    assert np.abs(held).max() <= 1.0
    np.testing.assert_array_equal(held[np.abs(loud) <= 0.9], loud[np.abs(loud) <= 0.9])
    assert np.all(np.diff(held) >= 0)
    assert "held below" in limiter.warnings()[0]


def test_nothing_is_left_of_a_home_that_is_gone(order: ConversionOrder, tmp_path: Path) -> None:
    empty = VoiceBank(tmp_path / "a", tmp_path / "b")
    with pytest.raises(VoiceError, match="no voice 'tiny'"):
        convert_file(empty, order, now)
    shutil.rmtree(tmp_path / "b", ignore_errors=True)
    assert not order.output.exists()
