"""The code of the mark: it corrects what noise did, and refuses what it cannot correct."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.marking.code import CODED_BITS, decoded, encoded
from voice.marking.payload import Kind, Payload, voice_tag

PAYLOADS = st.integers(0, (1 << 48) - 1)


@given(PAYLOADS)
@settings(max_examples=20, deadline=None)
def test_what_was_coded_is_read(value: int) -> None:
    assert decoded(encoded(value)) == value
    assert Payload.from_int(value).to_int() == value


@given(PAYLOADS, st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_noise_as_strong_as_the_bits_is_corrected(value: int, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 0.8, CODED_BITS)
    assert decoded(encoded(value) + noise) == value


def test_noise_alone_is_no_message() -> None:
    random = np.random.default_rng(1)
    assert [decoded(random.standard_normal(CODED_BITS)) for _ in range(50)] == [None] * 50


def test_a_message_turned_round_is_none() -> None:
    assert decoded(-encoded(12_345)) is None


def test_a_payload_is_checked() -> None:
    assert voice_tag("wren") != voice_tag("alder")
    with pytest.raises(ValueError, match="14 bits"):
        Payload(Kind.SING, 1 << 14, "00000000")
    with pytest.raises(ValueError, match="hexadecimal"):
        Payload(Kind.SING, 0, "xyz")
