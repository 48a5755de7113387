"""What each step of a vocal's chain does to sounds whose spectrum is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.mixing.takes import take
from vocoder.audio import Audio
from voice.mixing.chain import processed
from voice.mixing.decisions import BARE, Compressor, DeEsser, Echo, Presence, Room
from voice.mixing.loudness import integrated_lufs
from voice.mixing.space import echo_of, room_of, tail_s
from voice.mixing.wishes import MixWishes, first_decisions

RATE_HZ = 44_100


def tone(hz: float, level: float = 0.1, seconds: float = 1.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)[None]


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples[:, 10_000:-2_000].astype(np.float64) ** 2)))


def test_a_bare_chain_hands_back_the_very_samples() -> None:
    samples = tone(440.0)
    assert processed(samples, RATE_HZ, BARE) is samples


def test_rumble_is_filtered_and_the_voice_is_not() -> None:
    chain = replace(BARE, high_pass_hz=80.0)
    rumble, voice = (processed(tone(hz), RATE_HZ, chain) for hz in (25.0, 440.0))
    assert level_db(rumble) < level_db(tone(25.0)) - 15.0
    assert level_db(voice) == pytest.approx(level_db(tone(440.0)), abs=0.5)


def test_a_sibilant_goes_down_and_a_vowel_does_not() -> None:
    chain = replace(BARE, de_esser=DeEsser(threshold_db=-32.0, most_db=6.0))
    hiss, vowel = (processed(tone(hz), RATE_HZ, chain) for hz in (9_000.0, 500.0))
    assert level_db(hiss) == pytest.approx(level_db(tone(9_000.0)) - 5.8, abs=0.5)
    np.testing.assert_allclose(vowel, tone(500.0), atol=1e-4)


def test_a_soft_sibilant_is_left_alone() -> None:
    chain = replace(BARE, de_esser=DeEsser(threshold_db=-32.0))
    soft = tone(9_000.0, level=0.01)
    np.testing.assert_array_equal(processed(soft, RATE_HZ, chain), soft)


def test_loud_and_soft_come_closer() -> None:
    chain = replace(BARE, compressor=Compressor(threshold_db=-30.0, ratio=4.0))
    loud, soft = (processed(tone(300.0, level), RATE_HZ, chain) for level in (0.5, 0.05))
    assert level_db(loud) - level_db(soft) == pytest.approx(20.0 / 4.0, abs=2.5)


def test_presence_lifts_its_band() -> None:
    chain = replace(BARE, presence=Presence(3_500.0, 0.8, 3.0))
    for hz, lift_db in ((3_500.0, 3.0), (200.0, 0.0)):
        made = processed(tone(hz), RATE_HZ, chain)
        assert level_db(made) - level_db(tone(hz)) == pytest.approx(lift_db, abs=0.2)


def test_a_low_rate_leaves_out_what_it_has_no_room_for() -> None:
    chain = replace(BARE, de_esser=DeEsser(), presence=Presence(at_hz=4_000.0))
    samples = tone(440.0)
    assert processed(samples, 8_000, chain) is samples


@pytest.mark.parametrize("preset", ["pop", "ballad", "rock", "rap", "choir"])
def test_the_room_of_a_preset_lies_9_to_17_lu_under_the_voice(preset: str) -> None:
    from voice.mixing.voices import voices_of

    decisions = first_decisions(MixWishes(preset), ["lead"], [0.0])
    voices = voices_of([take(seconds=2.0).audio], decisions, RATE_HZ, 2)
    dry = next(part for name, part in voices.parts.items() if name != "room")
    room = integrated_lufs(Audio(voices.parts["room"], RATE_HZ))
    below = integrated_lufs(Audio(dry, RATE_HZ)) - room
    assert decisions.room is not None
    assert below == pytest.approx(decisions.room.below_lu, abs=0.1)
    assert below >= 9.0
    assert below <= 17.1


def test_an_echo_comes_back_on_its_beat() -> None:
    click = np.zeros((1, 2 * RATE_HZ), np.float32)
    click[0, 100] = 1.0
    made = echo_of(click, RATE_HZ, Echo(delay_s=0.5, feedback=0.3))
    heard = np.abs(made[0])
    assert int(np.argmax(heard)) == pytest.approx(100 + 0.5 * RATE_HZ, abs=10)
    assert not heard[: 100 + round(0.49 * RATE_HZ)].any()
    assert heard[100 + RATE_HZ - 5 : 100 + RATE_HZ + 15].max() > 0.2 * heard.max()


def test_an_echo_keeps_the_tempo_and_without_one_there_is_none() -> None:
    in_time = first_decisions(MixWishes("pop"), ["lead"], [0.0], 120.0).echo
    assert in_time is not None
    assert in_time.delay_s == 0.25
    assert first_decisions(MixWishes("pop"), ["lead"], [0.0], None).echo is None


def test_the_room_begins_after_the_voice_and_is_as_wide_as_it_may_be() -> None:
    click = np.zeros((2, RATE_HZ), np.float32)
    click[:, 0] = 1.0
    room = Room(before_s=0.05)
    wet = room_of(click, RATE_HZ, room)
    assert not wet[:, : round(0.05 * RATE_HZ)].any()
    assert np.abs(wet[0] - wet[1]).max() > 1e-4
    assert tail_s(room, None) == room.before_s + room.tail_s
    assert tail_s(None, None) == 0.0
