"""The ears of consent, on a speaking machine's speech and on sounds that are no speech."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np
import pytest
import soundfile
from espeak import Espeak

from benchmarks.consent_trials.scene import PERSON, WISH, at_home
from consent.checks import (
    MAX_HYPOTHESES,
    MIN_HARMONICITY_DB,
    SPEAKER_THRESHOLD,
    edit_distance,
    identity_digest,
    judge_digits,
)
from consent.enrolment import Submission
from consent.errors import ConsentError, ConsentFormatError, RefusedError
from consent.gate import digest_audio
from consent.grant import Operation
from consent.location import at_folder
from consent.people import Role
from consent.permit import Permit
from consent.registry import Registry
from voice.errors import VoiceError
from voice.identity import SpeechMeter, SpokenDigits, digit_starts, open_ears
from voice.sound_bytes import decode_recording, decode_speech
from voice.speaker import EMBEDDING_SIZE, SpeakerEncoder, slice_partials, speech_mel, trim_silence

RATE = 16_000
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SENTENCE = (
    "I agree that recordings of my voice may be used for this project, not for money, until next "
    "year. I was told that I can withdraw this at any time, and what will happen then."
)


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


def wav(samples: np.ndarray, rate: int = RATE, **form: str) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, **{"format": "WAV", **form})
    return stream.getvalue()


def read_aloud(espeak: Espeak, digits: str, voice: str = "en-us") -> bytes:
    gap = np.zeros(int(0.3 * espeak.rate_hz))
    said = [part for digit in digits for part in (espeak.say(WORDS[int(digit)], voice, 115), gap)]
    return espeak.wav(espeak.say(SENTENCE, voice, 150), np.concatenate(said), pause_s=0.8)


def test_speech_is_measured_as_long_loud_and_clean(espeak: Espeak) -> None:
    spoken = espeak.wav(espeak.say(SENTENCE))
    measures = SpeechMeter().measure(spoken)
    whole_s = decode_speech(spoken, "x").size / RATE
    assert 0.6 * whole_s < measures.speech_s <= whole_s
    assert -30.0 < measures.level_dbfs < -10.0
    assert measures.clipped_share == 0.0
    assert measures.harmonicity_db > MIN_HARMONICITY_DB


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(12 * RATE),
        np.random.default_rng(0).normal(0.0, 0.1, 12 * RATE),
        0.3 * np.sin(2.0 * np.pi * 220.0 * np.arange(12 * RATE) / RATE),
    ],
    ids=["silence", "noise", "tone"],
)
def test_what_is_no_speech_counts_for_little(sound: np.ndarray) -> None:
    assert SpeechMeter().measure(wav(sound)).speech_s < 2.0


def test_faults_of_a_recording_show(espeak: Espeak) -> None:
    samples = espeak.say(SENTENCE)
    loud = np.clip(samples * 30.0, -1.0, 1.0)
    noise = np.random.default_rng(1).normal(0.0, 0.05, samples.size)
    meter = SpeechMeter()
    clean = meter.measure(espeak.wav(samples))
    assert meter.measure(espeak.wav(loud)).clipped_share > 0.001
    assert meter.measure(espeak.wav(samples + noise)).harmonicity_db < clean.harmonicity_db - 3.0
    assert meter.measure(espeak.wav(samples * 0.001)).level_dbfs < -60.0


def test_the_same_samples_are_known_again_in_another_file(espeak: Espeak) -> None:
    samples = np.round(espeak.say("one two three") * 32767.0).astype(np.int16)
    meter = SpeechMeter()
    first = meter.measure(wav(samples, espeak.rate_hz))
    second = meter.measure(wav(samples, espeak.rate_hz, format="FLAC"))
    assert first.content == second.content
    assert meter.measure(wav(samples[::-1], espeak.rate_hz)).content != first.content


@pytest.mark.parametrize("data", [b"", b"RIFF", b"\0" * 5000, wav(np.zeros((10, 9)))])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(VoiceError):
        decode_recording(data, "x")


def test_not_a_number_is_refused() -> None:
    with pytest.raises(VoiceError, match="not numbers"):
        decode_recording(wav(np.full(RATE, np.nan), subtype="FLOAT"), "x")


def test_digits_are_heard_where_they_were_said(espeak: Espeak) -> None:
    ear = SpokenDigits()
    heard = ear.hear(read_aloud(espeak, "439150", "en-us+f3"))
    assert 0 < len(heard) <= MAX_HYPOTHESES
    assert min(edit_distance("439150", text) for text in heard) <= 2
    assert not judge_digits("351940", heard).passed


def test_whoever_stops_the_recorder_late_is_heard_as_well(espeak: Espeak) -> None:
    said = read_aloud(espeak, "439150", "en-us+f3")
    samples, rate_hz = soundfile.read(io.BytesIO(said))
    late = wav(np.concatenate([samples, np.zeros(20 * rate_hz)]), rate_hz)
    assert SpokenDigits().hear(late) == SpokenDigits().hear(said)


def test_digits_start_after_the_longest_pauses() -> None:
    random = np.random.default_rng(2)
    speech = random.normal(0.0, 0.1, 3 * RATE)
    samples = np.concatenate([speech, np.zeros(RATE), speech, np.zeros(RATE // 2)])
    starts = digit_starts(samples.astype(np.float32))
    assert starts[-1] / RATE == pytest.approx(4.0, abs=0.15)
    assert starts[:-1] == [0]


def test_too_many_guesses_are_not_hearing() -> None:
    with pytest.raises(ConsentFormatError, match="guessing"):
        judge_digits("123456", ["0"] * (MAX_HYPOTHESES + 1))


def test_guessed_digits_do_not_pass() -> None:
    random = Random(0)
    guesses = ["".join(random.choices("0123456789", k=6)) for _ in range(3000)]
    passed = sum(judge_digits("274019", [guess]).passed for guess in guesses)
    assert passed <= 3


def test_partials_cover_the_recording_and_pad_the_end() -> None:
    assert slice_partials(np.zeros((50, 40), np.float32)).shape == (1, 160, 40)
    assert slice_partials(np.zeros((400, 40), np.float32)).shape == (4, 160, 40)


def test_silence_is_trimmed_from_speech(espeak: Espeak) -> None:
    speech = decode_speech(espeak.wav(espeak.say(SENTENCE)), "x")
    padded = np.concatenate([speech, np.zeros(5 * RATE, np.float32)])
    assert abs(trim_silence(padded).size - trim_silence(speech).size) < 0.5 * RATE


def test_nothing_is_embedded_without_a_permit(espeak: Espeak) -> None:
    encoder = SpeakerEncoder(Path("no such model"))
    spoken = espeak.wav(espeak.say(SENTENCE))
    now = datetime.now(UTC)
    forged = Permit(b"{}", "g-1", Operation.EMBED, digest_audio(spoken), now, None)
    with pytest.raises(ConsentError):
        encoder.embed_recording(spoken, forged, now)
    with pytest.raises(ConsentError):
        encoder.embed_folder({"a.wav": spoken}, ["a.wav"], forged, now)
    with pytest.raises(ConsentError):
        encoder.embed_to_identify(spoken, [spoken], forged, now)


def test_a_person_is_enrolled_by_the_real_ears_and_then_embedded(
    espeak: Espeak, quick: Path
) -> None:
    with at_home(quick), Registry.create(at_folder(quick / "consent")) as registry:
        now = datetime.now(UTC)
        grant_id = registry.draft(PERSON, WISH, "en", now)
        challenge = registry.challenge(grant_id, Role.SELF, now)
        spoken = read_aloud(espeak, challenge.digits, "en-gb+m3")
        song = espeak.wav(espeak.say("The trains run late at night, and I stay.", "en-gb+m3"))
        ears = open_ears()
        findings = registry.submit(grant_id, Submission(spoken, {"a.wav": song}), ears, now)
        passed = {finding.rule: finding.passed for finding in findings}
        assert passed["speech"]
        assert passed["voice-unsure"], findings
        with pytest.raises(RefusedError):
            registry.authorize(grant_id, Operation.EMBED, digest_audio(song), now)
        registry.challenge(grant_id, Role.SELF, now)
        again = Submission(spoken + bytes(1), {"a.wav": song})
        with pytest.raises(ConsentError, match="handed in before"):
            registry.submit(grant_id, again, ears, now)


def test_the_exported_network_equals_the_published_one(espeak: Espeak) -> None:
    torch = pytest.importorskip("torch", reason="torch is in the extra [train]")
    pytest.importorskip("resemblyzer", reason="its weights are not installed")
    onnxruntime = pytest.importorskip("onnxruntime")
    from benchmarks.export_speaker_encoder import load_published, published_weights
    from voice.speaker import MODEL

    torch.set_num_threads(1)
    network = load_published(published_weights())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    inputs = [random.random(shape, np.float32) for shape in ((1, 160, 40), (2, 37, 40))]
    speech = decode_speech(espeak.wav(espeak.say(SENTENCE)), "x")
    inputs.append(slice_partials(speech_mel(trim_silence(speech))))
    for mels in inputs:
        with torch.no_grad():
            expected = network(torch.from_numpy(mels)).numpy()
        (found,) = session.run(None, {"mels": mels})
        assert found.shape == (len(mels), EMBEDDING_SIZE)
        assert np.abs(found - expected).max() < 1e-4
    assert os.path.getsize(MODEL) <= 6_000_000


def test_the_threshold_is_the_published_one() -> None:
    text = (Path(__file__).parents[2] / "docs" / "CONSENT.md").read_text()
    assert f"{SPEAKER_THRESHOLD:.2f}" in text
    assert identity_digest(b"a", [b"b"]) != identity_digest(b"b", [b"a"])
