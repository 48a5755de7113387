"""Phones in time: voicebanks by their oto, speech by its given times, against known boundaries."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora.known_sounds import Samples, hiss, mel_of, silence, vowel
from voice.corpora.boundaries import change_point, leaves_template, loudness_db, quiet
from voice.corpora.kokoro import label_kokoro
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone, tiled
from voice.corpora.oto import oto_entry
from voice.corpora.oto_labels import label_oto
from voice.corpora.recordings import (
    GivenPhone,
    Kind,
    OtoEntry,
    Recording,
    is_held_back,
    text_key_of_source,
    text_key_of_words,
)
from voice.errors import CorpusError

NEAR_S = 0.03


def recording(
    oto: tuple[OtoEntry, ...] = (), given: tuple[GivenPhone, ...] = (), language: str = "ja"
) -> Recording:
    return Recording(
        "r", Path("r.wav"), "c", "s", language, Kind.SUNG, "r", 3.0, oto=oto, given=given
    )


def entry(alias: str, offset_s: float, vowel_s: float, end_s: float) -> OtoEntry:
    return OtoEntry(alias, offset_s, end_s, vowel_s, (offset_s + vowel_s) / 2.0)


def check(phones: tuple[LabelledPhone, ...], expected: list[tuple[str, float, float]]) -> None:
    assert [phone.symbol for phone in phones] == [symbol for symbol, _, _ in expected]
    for phone, (_, start_s, end_s) in zip(phones, expected, strict=True):
        assert phone.start_s == pytest.approx(start_s, abs=NEAR_S)
        assert phone.end_s == pytest.approx(end_s, abs=NEAR_S)


def test_a_string_of_morae_is_found_where_it_was_put() -> None:
    mel = mel_of([silence(0.4), hiss(0.15), vowel(0.6), hiss(0.12, 1), vowel(0.5, sound="i")])
    phones = label_oto(
        recording((entry("- さ", 0.2, 0.55, 1.0), entry("a し", 0.9, 1.27, 1.75))), mel
    )
    check(
        phones,
        [
            ("_", 0.15, 0.4),
            ("s", 0.4, 0.55),
            ("a", 0.55, 1.15),
            ("ɕ", 1.15, 1.27),
            ("i", 1.27, 1.75),
        ],
    )


def test_a_vowel_onset_lies_exactly_where_oto_puts_it() -> None:
    mel = mel_of([silence(0.4), hiss(0.15), vowel(0.6), silence(0.2)])
    phones = label_oto(recording((entry("- さ", 0.2, 0.55, 1.15),)), mel)
    assert phones[-1].start_s == 0.55


def test_one_vowel_after_another_meets_it_there() -> None:
    mel = mel_of([silence(0.3), vowel(0.5), vowel(0.6, sound="i")])
    phones = label_oto(recording((entry("- あ", 0.2, 0.3, 0.7), entry("a い", 0.6, 0.8, 1.3))), mel)
    check(phones[-2:], [("a", 0.3, 0.8), ("i", 0.8, 1.3)])


def test_a_closed_syllable_ends_where_its_sound_does_and_its_coda_begins_where_it_changes() -> None:
    mel = mel_of([silence(0.3), vowel(0.6), vowel(0.4, sound="i"), silence(0.4)])
    phones = label_oto(recording((entry("- ai", 0.2, 0.3, 0.7),), language="zh"), mel)
    check(phones[-2:], [("a", 0.3, 0.9), ("ɪ̯", 0.9, 1.3)])


def test_an_entry_that_begins_in_a_closed_rhyme_begins_in_its_vowel() -> None:
    mel = mel_of([silence(0.2), vowel(0.5), vowel(0.1, sound="i"), vowel(0.8)])
    phones = label_oto(recording((entry("ai a", 0.4, 0.8, 1.4),), language="zh"), mel)
    check(phones, [("a", 0.4, 0.7), ("ɪ̯", 0.7, 0.8), ("a", 0.8, 1.4)])


def test_a_syllable_sung_again_begins_at_its_mark_and_ends_the_coda_before_it() -> None:
    again = [vowel(0.3), vowel(0.15, sound="i"), hiss(0.1), vowel(0.5), vowel(0.3, sound="i")]
    mel = mel_of([silence(0.3), hiss(0.1), *again, silence(0.3)])
    rows = (entry("- sai", 0.25, 0.4, 0.6), entry("sai+", 0.85, 0.95, 1.6))
    phones = label_oto(recording(rows, language="zh"), mel)
    check(
        phones[1:],
        [
            ("s", 0.3, 0.4),
            ("a", 0.4, 0.7),
            ("ɪ̯", 0.7, 0.85),
            ("s", 0.85, 0.95),
            ("a", 0.95, 1.45),
            ("ɪ̯", 1.45, 1.75),
        ],
    )


def test_an_open_syllable_sounds_until_it_is_sung_again() -> None:
    mel = mel_of([silence(0.3), vowel(0.4), hiss(0.1), vowel(0.5), silence(0.3)])
    rows = (entry("- a", 0.2, 0.3, 0.5), entry("sa+", 0.7, 0.8, 1.3))
    phones = label_oto(recording(rows, language="zh"), mel)
    check(phones[1:], [("a", 0.3, 0.7), ("s", 0.7, 0.8), ("a", 0.8, 1.3)])


def test_after_the_last_vowel_the_sound_dies_away() -> None:
    mel = mel_of([silence(0.3), vowel(0.7), silence(0.5)])
    for alias in ("a R", "a x"):
        phones = label_oto(
            recording((entry("- あ", 0.2, 0.3, 0.8), entry(alias, 0.7, 1.0, 1.4))), mel
        )
        assert phones[-1].symbol == "_"
        assert phones[-1].start_s == pytest.approx(1.0)


def test_who_breathes_in_after_the_last_vowel_is_heard_to() -> None:
    breath = 0.05 * hiss(0.3)
    mel = mel_of([silence(0.3), vowel(0.7), silence(0.15), breath, silence(0.3)])
    phones = label_oto(recording((entry("- あ", 0.2, 0.3, 0.8), entry("a R", 0.7, 1.0, 1.4))), mel)
    check(phones[-2:], [("_", 1.0, 1.15), ("<br>", 1.15, 1.27)])


def test_a_breath_that_ends_before_the_sound_around_it_is_left_out() -> None:
    mel = mel_of([silence(0.3), vowel(0.7), silence(0.5)])
    phones = label_oto(recording((entry("- あ", 0.2, 0.3, 0.9), entry("吸", 0.5, 0.5, 0.7))), mel)
    assert [phone.symbol for phone in phones][-1] == "a"


def test_takes_marked_with_signs_nobody_can_place_stay_unlabelled() -> None:
    mel = mel_of([silence(0.3), vowel(0.7)])
    assert label_oto(recording((entry("あ!", 0.2, 0.3, 0.8),)), mel) == ()
    assert label_oto(recording((entry("xyz", 0.2, 0.3, 0.8),)), mel) == ()
    assert label_oto(recording(), mel) == ()


ALIASES = (
    *("- か", "a きゃ", "o R", "吸", "i ん", "u を", "?", "- a", "e x"),
    *("- tian", "tian+", "ang a", "ai+", "ao yu", "ang1 R"),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ALIASES),
            st.floats(0.0, 2_900.0),
            st.floats(-900.0, 900.0),
            st.floats(-50.0, 900.0),
        ),
        max_size=6,
    )
)
@pytest.mark.parametrize("language", ["ja", "zh"])
@settings(deadline=None)
def test_whatever_oto_says_labels_tile_the_sound(
    language: str, rows: list[tuple[str, float, float, float]]
) -> None:
    entries = tuple(oto_entry(a, o, cut, pre, 0.0, 3.0) for a, o, cut, pre in rows)
    phones = tiled(label_oto(recording(entries, language=language), LONG_MEL), 3.0)
    assert phones[0].start_s == 0.0
    assert phones[-1].end_s >= 3.0
    assert all(before.end_s == after.start_s for before, after in itertools.pairwise(phones))


LONG_MEL = mel_of([silence(0.5), vowel(0.7), hiss(0.2), vowel(0.8), silence(0.8)])


def given_phones(*rows: tuple[str, float, float]) -> tuple[GivenPhone, ...]:
    return tuple(GivenPhone(symbol, start, end, 1) for symbol, start, end in rows)


def kokoro(parts: list[Samples], *rows: tuple[str, float, float]) -> tuple[LabelledPhone, ...]:
    return label_kokoro(recording(given=given_phones(*rows), language="en-us"), mel_of(parts))


def test_a_pause_that_sounds_goes_to_its_neighbours() -> None:
    rows = (("s", 0.0, 0.2), ("sp", 0.2, 0.3), ("i", 0.3, 0.6))
    check(kokoro([hiss(0.25), vowel(0.35)], *rows), [("s", 0.0, 0.25), ("i", 0.25, 0.6)])


def test_a_pause_that_is_silent_stays() -> None:
    rows = (("s", 0.0, 0.2), ("sp", 0.2, 0.5), ("i", 0.5, 0.8))
    check(
        kokoro([hiss(0.2), silence(0.3), vowel(0.3)], *rows),
        [("s", 0.0, 0.2), ("_", 0.2, 0.5), ("i", 0.5, 0.8)],
    )


def test_kokoros_symbols_become_the_inventorys() -> None:
    rows = (("ʧ", 0.0, 0.1), ("A", 0.1, 0.3), ("ɜ", 0.3, 0.4), ("ɹ", 0.4, 0.5), ("ǂ", 0.5, 0.6))
    phones = kokoro([vowel(0.7)], *rows)
    assert [phone.symbol for phone in phones] == ["tʃ", "e", "ɪ̯", "ɝ", None]
    nucleus, glide = phones[1:3]
    assert nucleus.length_s == pytest.approx(0.12)
    assert glide.end_s == pytest.approx(0.3)
    assert (phones[3].start_s, phones[3].end_s) == (0.3, 0.5)


def test_the_british_r_stays_apart() -> None:
    british = recording(given=given_phones(("ɜ", 0.0, 0.2), ("ɹ", 0.2, 0.3)), language="en-gb")
    assert [p.symbol for p in label_kokoro(british, mel_of([vowel(0.4)]))] == ["ɜ", "ɹ"]


def test_the_change_of_a_sound_is_found_to_the_frame() -> None:
    mel = np.full((128, 60), -8.0, dtype=np.float32)
    mel[40:, 25:] = -3.0
    assert change_point(mel, 5, 55) == 25
    assert leaves_template(mel, 10, 50, 5) == 25
    assert change_point(mel, 7, 8) == 7
    assert leaves_template(mel, 7, 8, 5) == 7


def test_an_expected_length_decides_between_two_equal_changes() -> None:
    mel = np.zeros((4, 30), dtype=np.float32)
    mel[:, 10:20] = 1.0
    assert change_point(mel, 0, 30, expected=10.0) == 10
    assert change_point(mel, 0, 30, expected=20.0) == 20


def test_loudness_is_the_level_in_decibels() -> None:
    mel = np.log(np.full((128, 3), 0.1, dtype=np.float32))
    assert loudness_db(mel) == pytest.approx([-20.0] * 3, abs=1e-4)
    mel[:, 1] -= 4.0
    assert quiet(mel, 20.0).tolist() == [False, True, False]


@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0)), max_size=6), st.floats(0, 6))
@settings(deadline=None)
def test_tiled_labels_have_no_gap_and_no_overlap(
    spans: list[tuple[float, float]], length_s: float
) -> None:
    phones = [LabelledPhone("a", min(span), max(span)) for span in spans]
    rows = tiled(phones, length_s)
    edges = [(row.start_s, row.end_s) for row in rows]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(edges))
    if rows:
        assert edges[0][0] == 0.0
        assert edges[-1][1] >= length_s


def test_labels_survive_their_file(tmp_path: Path) -> None:
    labels = {
        "か": PhoneLabels(
            "ja",
            "core",
            57,
            "",
            (LabelledPhone("k", 0.25, 0.3141), LabelledPhone(None, 0.3141, 1.0, 2)),
        ),
        "b": PhoneLabels("en", "whisper", None, "words", ()),
    }
    write_labels(tmp_path, labels)
    assert read_labels(tmp_path) == labels


def test_a_label_ends_after_it_starts_and_is_known() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        LabelledPhone("a", 1.0, 0.5)
    with pytest.raises(ValueError, match="not in the inventory"):
        LabelledPhone("ǂ", 0.0, 0.5)


@pytest.mark.parametrize(
    ("key", "held"),
    [
        ("げげぐごげごご", True),
        ("きゅきゅききゅきょきゅけきゅんきゅ", True),
        ("a-a", True),
        ("かかきかくか", False),
        ("author of the danger trail philip steels etc", False),
    ],
)
def test_what_is_held_back_never_changes(key: str, held: bool) -> None:
    assert is_held_back(key) is held


def test_about_one_key_in_twenty_five_is_held_back() -> None:
    assert 340 < sum(is_held_back(f"sentence {n}") for n in range(10_000)) < 460


def test_takes_of_one_text_share_a_key() -> None:
    assert text_key_of_words("Not at this, case!") == text_key_of_words("not AT this  case.")
    assert text_key_of_words("ﬁve") == "five"
    takes = ("_Core/ぎょんぎ_gyo-n-gi.wav", "C4/ぎょんぎ.wav", "ぎょんぎ.wav")
    assert {text_key_of_source(take) for take in takes} == {"ぎょんぎ"}
    assert text_key_of_source("D4/_a_ao.wav") == "_a_ao"


def test_a_voicebank_of_another_language_is_refused() -> None:
    with pytest.raises(CorpusError, match="read in ja and zh, not in fr"):
        label_oto(recording((entry("a", 0.0, 0.1, 0.5),), language="fr"), LONG_MEL)
