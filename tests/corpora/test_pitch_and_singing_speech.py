"""Pitch of recordings against the pitch they were made with, and speech that was made to sing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.pitch import cents_between, hz_to_midi, midi_to_hz
from vocoder.store import Sound, StoredSound, write_store
from voice.corpora.band_extension import FEATURE_BANDS, learn_extension
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.corpora.oto import oto_entry
from voice.corpora.pitch_labels import (
    fill_unvoiced,
    heard_range_hz,
    label_pitch,
    pitch_range_hz,
)
from voice.corpora.prepare import prepare
from voice.corpora.prepare_sung import (
    ABOVE_SPEECH_SEMITONES,
    BELOW_SPEECH_SEMITONES,
    prepare_sung,
)
from voice.corpora.recordings import GivenPhone, Kind, Recording
from voice.corpora.sing_speech import CONSONANT_STRETCH, VOWEL_STRETCH, sing_speech

SPOKEN = (
    LabelledPhone("_", 0.0, 0.2),
    LabelledPhone("s", 0.2, 0.35),
    LabelledPhone("a", 0.35, 0.75, 1),
    LabelledPhone("s", 0.75, 0.9),
    LabelledPhone("_", 0.9, 1.1),
)


def spoken_sound(hz: float = 150.0) -> Sound:
    parts = [silence(0.2), hiss(0.15), vowel(0.4, hz), hiss(0.15, 1), silence(0.2)]
    return sound_of(parts, hz, [False, False, True, False, False])


@pytest.mark.parametrize("midi", [45, 52, 57, 64, 74])
def test_pitch_of_a_vowel_is_found_within_two_cents(midi: int) -> None:
    hz = float(midi_to_hz(midi))
    curve = label_pitch(vowel(0.8, hz), *pitch_range_hz(midi, sung=True))
    inner = slice(6, -6)
    assert curve.voiced[inner].all()
    assert np.abs(cents_between(curve.hz[inner], hz)).max() < 2.0


def test_a_moving_pitch_is_followed_at_the_middle_of_each_frame() -> None:
    moments = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    true_hz = 220.0 * 2.0 ** (0.5 * np.sin(2.0 * np.pi * 5.5 * moments) / 12.0)
    curve = label_pitch(vowel(1.0, true_hz), *pitch_range_hz(None, sung=False))
    wanted = np.interp(GRID.centres_s(len(curve)), moments, true_hz)
    assert np.abs(cents_between(curve.hz, wanted))[8:-8].max() < 6.0


def test_silence_and_hiss_are_unvoiced() -> None:
    samples = np.concatenate([hiss(0.4), vowel(0.4), silence(0.4)])
    curve = label_pitch(samples, *pitch_range_hz(None, sung=False))
    frames = GRID.seconds_to_frames
    assert not curve.voiced[: frames(0.37)].any()
    assert curve.voiced[frames(0.43) : frames(0.77)].all()
    assert not curve.voiced[frames(0.84) :].any()


def test_the_octave_is_the_singers() -> None:
    """A note that is known shuts out the octave below, which also fits its wave."""
    floor_hz, ceiling_hz = pitch_range_hz(69, sung=True)
    assert floor_hz > 220.0
    assert ceiling_hz < 880.0
    curve = label_pitch(vowel(0.5, 440.0), floor_hz, ceiling_hz)
    assert np.median(curve.hz) == pytest.approx(440.0, rel=1e-3)


@pytest.mark.parametrize(("sung", "found"), [(62.3, 62.3), (67.0, 67.0), (69.4, 69.4)])
def test_a_set_that_is_named_otherwise_than_it_was_sung_is_heard(sung: float, found: float) -> None:
    """The strong "A4" of a voicebank is a D4; a note within the stated range changes nothing."""
    samples = vowel(0.8, float(midi_to_hz(sung)))
    curve = label_pitch(samples, *heard_range_hz(samples, 69, sung=True))
    assert curve.voiced[6:-6].all()
    assert float(np.median(hz_to_midi(curve.hz))) == pytest.approx(found, abs=0.05)


def test_what_is_stated_stands_where_nothing_else_is_heard() -> None:
    """Silence, a moment, and an octave, which is rather the tracker's slip than the singer's."""
    stated = pitch_range_hz(69, sung=True)
    for samples in (silence(0.5), vowel(0.02), vowel(0.5, float(midi_to_hz(57)))):
        assert heard_range_hz(samples, 69, sung=True) == stated


def test_a_moment_too_short_for_any_pitch_is_unvoiced() -> None:
    curve = label_pitch(vowel(0.02), 65.0, 420.0)
    assert len(curve) == 2
    assert not curve.voiced.any()


@given(st.lists(st.sampled_from([0.0, 110.0, 220.0, 440.0]), min_size=1, max_size=12))
@settings(deadline=None)
def test_bridged_pitch_keeps_what_is_known(values: list[float]) -> None:
    hz = np.array(values)
    bridged = fill_unvoiced(hz, 100.0, 400.0)
    np.testing.assert_allclose(bridged[hz > 0], hz[hz > 0])
    known = hz[hz > 0] if (hz > 0).any() else np.array([200.0])
    assert bridged.min() >= known.min() * (1 - 1e-9)
    assert bridged.max() <= known.max() * (1 + 1e-9)


def test_a_bridge_is_straight_in_semitones() -> None:
    np.testing.assert_allclose(fill_unvoiced(np.array([110.0, 0.0, 440.0]), 50, 500)[1], 220.0)


def test_sung_speech_keeps_consonants_and_stretches_vowels() -> None:
    made = sing_speech(spoken_sound(), SPOKEN, (50.0, 62.0), np.random.default_rng(4))
    assert [phone.symbol for phone in made.phones] == [phone.symbol for phone in SPOKEN]
    for spoken, sung in zip(SPOKEN, made.phones, strict=True):
        ratio = sung.length_s / spoken.length_s
        low, high = {"_": (1.0, 1.0), "a": VOWEL_STRETCH, "s": CONSONANT_STRETCH}[
            spoken.symbol or "_"
        ]
        assert low - 1e-6 <= ratio <= high + 1e-6
        assert sung.stress == spoken.stress
    assert made.phones[-1].end_s == pytest.approx(
        GRID.frames_to_seconds(made.sound.mel.shape[1]), abs=0.02
    )


def test_sung_speech_sounds_at_the_pitch_that_it_says() -> None:
    made = sing_speech(spoken_sound(), SPOKEN, (50.0, 62.0), np.random.default_rng(4))
    inside = made.sound.pitch.voiced
    drawn = hz_to_midi(made.sound.pitch.hz)
    assert drawn[inside].min() >= 49.0
    assert drawn[inside].max() <= 63.0
    heard = label_pitch(made.sound.audio, 65.0, 420.0)
    both = inside & heard.voiced
    steady = both.copy()
    steady[1:-1] &= both[:-2] & both[2:]
    assert steady.sum() > 20
    apart = np.abs(cents_between(heard.hz[steady], made.sound.pitch.hz[steady]))
    assert np.median(apart) < 10.0


def test_sung_speech_is_noise_where_speech_was() -> None:
    made = sing_speech(spoken_sound(), SPOKEN, (50.0, 62.0), np.random.default_rng(4))
    frames = GRID.seconds_to_frames
    for phone in made.phones:
        middle = frames((phone.start_s + phone.end_s) / 2)
        assert made.sound.pitch.voiced[middle] == (phone.symbol == "a")


def test_the_same_seed_sings_the_same() -> None:
    first, second = (
        sing_speech(spoken_sound(), SPOKEN, (50.0, 62.0), np.random.default_rng(7))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.sound.audio, second.sound.audio)
    assert first.phones == second.phones


def test_a_store_of_speech_becomes_a_store_of_song(tmp_path: Path) -> None:
    sound = spoken_sound()
    rows = [
        StoredSound(name, 0, 0, "someone", "speech", name == "held", False)
        for name in ("told", "held", "mute")
    ]
    speech = write_store(tmp_path / "speech", [(row, sound) for row in rows])
    told = PhoneLabels("en-us", "core", None, "sas", SPOKEN)
    mute = PhoneLabels("en-us", "core", None, "sas", ())
    write_labels(speech.folder, {"told": told, "held": told, "mute": mute})
    sung = prepare_sung(speech, tmp_path / "sung", 1, lambda done, total: None)
    assert [row.name for row in sung.recordings] == ["told", "held"]
    assert [row.held_back for row in sung.recordings] == [False, True]
    labels = read_labels(sung.folder)
    assert labels["told"].phones != SPOKEN
    spoken_midi = float(hz_to_midi(150.0))
    pitch = hz_to_midi(sung.read(sung.recordings[0]).pitch.hz)
    assert pitch.min() > spoken_midi - BELOW_SPEECH_SEMITONES - 1.0
    assert pitch.max() < spoken_midi + ABOVE_SPEECH_SEMITONES + 1.0


def test_missing_bands_are_a_linear_matter() -> None:
    """Bands that follow from those below are found again."""
    random = np.random.default_rng(2)
    first, bands = 100, 128
    truth = 0.1 * random.standard_normal((bands - first, FEATURE_BANDS))

    def mel(frames: int) -> npt.NDArray[np.float32]:
        lower = random.standard_normal((first, frames))
        upper = truth @ lower[first - FEATURE_BANDS :] - 8.0
        return np.concatenate([lower, upper]).astype(np.float32)

    extension = learn_extension([mel(4_000), mel(4_000)], first)
    unseen = mel(50)
    cut = unseen.copy()
    cut[first:] = -11.5
    filled = extension.fill(cut)
    np.testing.assert_array_equal(filled[:first], unseen[:first])
    under = unseen[first:] < unseen[first - 4 : first].max(axis=0)
    np.testing.assert_allclose(filled[first:][under], unseen[first:][under], atol=0.15)
    assert (cut[first:] == np.float32(-11.5)).all()


def test_guessed_bands_stay_under_what_is_heard() -> None:
    random = np.random.default_rng(3)
    extension = learn_extension([random.standard_normal((128, 300)).astype(np.float32)], 100)
    quiet = np.full((128, 9), -9.0, dtype=np.float32)
    assert extension.fill(quiet)[100:].max() <= -9.0
    with pytest.raises(ValueError, match="no full-band recordings"):
        learn_extension([], 100)


def recording(path: Path, kind: Kind) -> Recording:
    return Recording(path.stem, path, "c", "ann", "ja", kind, path.stem, 1.1)


def test_a_corpus_becomes_a_store_with_labels(tmp_path: Path) -> None:
    sound = spoken_sound()
    for name in ("sung", "said", "bare"):
        soundfile.write(tmp_path / f"{name}.wav", sound.audio, SAMPLE_RATE_HZ, "PCM_24")
    entry = oto_entry("- さ", 100.0, -600.0, 250.0, 50.0, 1.1)
    given_phones = (GivenPhone("s", 0.2, 0.35, 0), GivenPhone("a", 0.35, 0.75, 1))
    seen: list[tuple[int, int]] = []
    store = prepare(
        [
            replace(recording(tmp_path / "sung.wav", Kind.SUNG), oto=(entry,), pitch_midi=50),
            replace(recording(tmp_path / "said.wav", Kind.SPEECH), given=given_phones),
            replace(recording(tmp_path / "bare.wav", Kind.SPEECH), full_band=False),
        ],
        tmp_path / "store",
        lambda done, total: seen.append((done, total)),
    )
    labels = read_labels(store.folder)
    assert [phone.symbol for phone in labels["sung"].phones] == ["_", "s", "a"]
    assert [phone.symbol for phone in labels["said"].phones] == ["s", "a"]
    assert labels["bare"].phones == ()
    assert [row.full_band for row in store.recordings] == [True, True, False]
    assert seen == [(0, 3), (1, 3), (2, 3)]
    kept = store.read(store.recordings[0])
    np.testing.assert_allclose(kept.audio, sound.audio, atol=1e-4)
    np.testing.assert_allclose(kept.mel, sound.mel, atol=0.2)
    assert np.median(kept.pitch.hz[kept.pitch.voiced]) == pytest.approx(150.0, rel=2e-3)
