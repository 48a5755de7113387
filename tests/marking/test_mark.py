"""The mark in the sound: lengths, silence, level, and being found again."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from voiced_sounds import sung

from vocoder.audio import Audio
from voice.marking.detect import find_mark, flattened
from voice.marking.mark import CEILING, marked, marked_blocks
from voice.marking.payload import Kind, Payload, voice_tag
from voice.marking.sequence import PERIOD_S, sequence, waveform
from voice.marking.spans import find_spans

PAYLOAD = Payload(Kind.CONVERT, voice_tag("wren"), "0123abcd")


@pytest.fixture(scope="module")
def host() -> Audio:
    return sung(21.0)


@pytest.fixture(scope="module")
def mark(host: Audio) -> Audio:
    return marked(host, PAYLOAD)


def through_mp3(audio: Audio) -> Audio:
    stream = io.BytesIO()
    soundfile.write(stream, audio.samples.T, audio.rate_hz, format="MP3")
    stream.seek(0)
    samples, rate_hz = soundfile.read(stream, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), int(rate_hz))


def test_the_whole_mark_is_read(mark: Audio) -> None:
    seen = find_mark(mark)
    assert seen is not None
    assert seen.payload == PAYLOAD
    assert min(seen.phase_s, PERIOD_S - seen.phase_s) < 0.001


def test_a_crop_through_a_codec_is_read_and_placed(mark: Audio) -> None:
    first = round(5.3 * mark.rate_hz)
    seen = find_mark(through_mp3(Audio(mark.samples[:, first:], mark.rate_hz)))
    assert seen is not None
    assert seen.payload == PAYLOAD
    assert seen.phase_s == pytest.approx(5.3 % PERIOD_S, abs=0.06)


def test_other_rates_are_read(mark: Audio) -> None:
    for rate_hz in (22_050, 48_000):
        seen = find_mark(mark.resampled(rate_hz))
        assert seen is not None
        assert seen.payload == PAYLOAD


def test_nothing_is_read_where_nothing_was_put(host: Audio) -> None:
    random = np.random.default_rng(0)
    noise = Audio(random.standard_normal((1, 160_000)).astype(np.float32) * 0.1, 16_000)
    quiet = Audio(np.zeros((1, 160_000), np.float32), 16_000)
    assert [find_mark(sound) for sound in (host, noise, quiet)] == [None] * 3
    assert find_mark(Audio(np.zeros((1, 0), np.float32), 16_000)) is None


def test_the_mark_lies_far_under_the_sound(host: Audio, mark: Audio) -> None:
    added = mark.samples - host.samples
    assert 10 * np.log10(np.square(host.samples).sum() / np.square(added).sum()) > 24.0


@given(
    st.lists(st.integers(1, 40_000), min_size=1, max_size=6),
    st.sampled_from([8_000, 22_050, 48_000]),
    st.integers(1, 2),
)
@settings(max_examples=8, deadline=None)
def test_pieces_are_marked_as_the_whole(sizes: list[int], rate_hz: int, channels: int) -> None:
    whole = sung(sum(sizes) / rate_hz + 0.01, rate_hz, channels).samples[:, : sum(sizes)]
    edges = np.cumsum([0, *sizes])
    pieces = [whole[:, a:b] for a, b in pairwise(edges)]
    made = np.concatenate(list(marked_blocks(pieces, rate_hz, PAYLOAD)), axis=1)
    assert made.shape == whole.shape
    np.testing.assert_allclose(made, marked(Audio(whole, rate_hz), PAYLOAD).samples, atol=1e-6)


def test_silence_stays_silence_and_peaks_stay_low() -> None:
    loud = sung(3.0).samples
    loud[:, 40_000:80_000] = 0.0
    loud = loud / np.abs(loud).max() * np.float32(0.97)
    made = marked(Audio(loud, 44_100), PAYLOAD).samples
    assert not made[:, 40_000:80_000].any()
    assert float(np.abs(made).max()) <= np.float32(CEILING)
    assert marked(Audio(loud[:, :0], 44_100), PAYLOAD).length_samples == 0


def test_a_cut_shows_as_two_stretches(mark: Audio) -> None:
    long = marked(sung(48.0, seed=2), PAYLOAD)
    cut = np.delete(long.samples, np.s_[20 * 44_100 : 23 * 44_100], axis=1)
    assert len(find_spans(flattened(long))) == 1
    spans = find_spans(flattened(Audio(cut, 44_100)))
    assert len(spans) == 2
    assert (spans[1].phase_s - spans[0].phase_s) % PERIOD_S == pytest.approx(3.0, abs=0.01)


def test_the_sequence_is_the_one_of_this_version() -> None:
    """Marks in the world are read by it: whoever changes it must give it another key."""
    drawn = sequence()
    assert drawn.data[:8].astype(int).tolist() == DATA
    assert drawn.bit_of_chip[:8].tolist() == BITS
    at_16, at_48 = (waveform(np.ones(240), rate) for rate in (16_000, 48_000))
    np.testing.assert_allclose(at_48[::3], at_16, atol=1e-9)


DATA = [1, -1, 1, -1, -1, 1, 1, 1]
BITS = [171, 226, 146, 14, 169, 72, 219, 134]
