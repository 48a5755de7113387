"""What the singing is held against: espeak-ng speaking, WORLD timed in the same run."""

from __future__ import annotations

import time

import numpy as np
import pytest
from made import Vowel, sound_of

from benchmarks.errors import BenchmarkError
from benchmarks.espeak_speaker import EspeakSpeaker
from benchmarks.praat import praat_track
from benchmarks.speed import best_of, peak_mib, world_again


def test_espeak_speaks_longer_for_more_words() -> None:
    speaker = EspeakSpeaker()
    short, long = speaker.speak("Hallelujah."), speaker.speak("Hallelujah, hallelujah, sing on.")
    assert 0.3 < short.duration_s < long.duration_s
    assert praat_track(short).voiced.mean() > 0.2
    assert speaker.speak("").duration_s < 0.1


def test_an_unknown_espeak_voice_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="no voice 'xx-nowhere'"):
        EspeakSpeaker("xx-nowhere")


def test_world_gives_back_as_much_sound_at_the_same_pitch() -> None:
    sound = sound_of([Vowel(0.1, 0.9, 60)], 1.0)
    again = world_again(sound)
    assert again.duration_s == pytest.approx(1.0, abs=0.02)
    track = praat_track(again)
    assert np.median(track.hz[track.voiced]) == pytest.approx(261.63, rel=0.01)


def test_the_best_of_several_runs_is_the_shortest() -> None:
    lengths = iter([0.06, 0.01, 0.03])

    def work() -> None:
        until = time.process_time() + next(lengths)
        while time.process_time() < until:
            pass

    assert 0.01 <= best_of(work, 3).cpu_s < 0.03


def test_memory_is_counted_in_mebibytes() -> None:
    assert 20.0 < peak_mib() < 20_000.0
