"""What the page draws and reads, without a browser: desk, roll, cards, sheet and pictures."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyrics.writer.song_file import from_text
from vocoder.audio import Audio
from voice.analysis.model import ChordSpan, Key, Section, TrackAnalysis
from voice.bank import VoiceBank
from voice.demo.cards import cards_value, chosen_voice, picture
from voice.demo.compared_picture import compared_picture
from voice.demo.desk import (
    EXAMPLE_LINE,
    Desk,
    desk_from_file,
    desk_from_line,
    desk_html,
    example_desk,
)
from voice.demo.lyric_sheet import sheet_value
from voice.demo.roll import TICKS, curve_of, notes_from, roll_value, span_from
from voice.demo.take_picture import take_picture
from voice.demo.theme import style
from voice.demo.track_picture import facts_html, track_picture
from voice.errors import ScoreFormatError, VoiceError
from voice.score.editing import edited
from voice.score.inline import read_inline
from voice.studio import SingOptions, Studio
from voice.take import VocalTake

SCORES = Path(__file__).parents[1] / "score" / "fixtures"
LINE = "tempo=120 title=<b>Loud</b> C4:1 A- D4 ma- E4:2 zing, G4:2/3 how A4 <i> B4 so"


class _Balanced(HTMLParser):
    """Counts what is opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[str]:
    parser = _Balanced()
    parser.feed(html)
    assert parser.open == []
    return parser.names


@pytest.fixture(scope="module")
def take(home: Path) -> VocalTake:
    return Studio.open(home, threads=1).sing(read_inline(LINE), "tiny", SingOptions(lead_in_s=0.25))


def test_the_desk_says_what_lies_on_it_and_escapes_it() -> None:
    told = desk_html(desk_from_line(LINE))
    assert "&lt;b&gt;Loud" in told
    assert "6 notes in 2 bars" in told
    assert "b" not in tags(told)
    assert example_desk().melody.title == "For the Beauty of the Earth"


def test_verses_of_a_file_can_be_chosen() -> None:
    desk = desk_from_file(str(SCORES / "great_and_mighty_wonder.abc"), "")
    assert desk.verses[-1] == "all"
    assert len(desk.verses) == desk.score.verses + 1
    assert desk.melody.verses == 1


def test_words_are_laid_under_the_melody() -> None:
    desk = desk_from_line("C4 la D4 la E4 la").with_text("how sweet it")
    assert [note.lyrics[0].text for note in desk.melody.notes if note.lyrics[0]] == [
        "how", "sweet", "it"
    ]  # fmt: skip


def test_what_the_roll_was_given_comes_back_the_same() -> None:
    desk = desk_from_line(LINE)
    value = json.loads(roll_value(desk))
    assert edited(desk.melody, notes_from(value, desk.melody)) == desk.melody
    assert value["notes"][3]["length"] == TICKS * 2 // 3
    assert desk.melody.notes[4].start_beats == Fraction(14, 3)


def test_an_edit_that_did_not_hear_of_the_one_before_is_still_of_the_right_notes() -> None:
    desk = desk_from_line(LINE)
    louder = replace(desk.base.notes[3], dynamic=0.9)
    base = replace(desk.base, notes=(*desk.base.notes[:3], louder, *desk.base.notes[4:]))
    desk = Desk.of(base)
    sent = json.loads(roll_value(desk))
    half = {"start": TICKS // 2, "length": TICKS // 2, "midi": 64, "text": "", "origin": None}
    sent["notes"].insert(1, half)
    sent["notes"][0]["length"] = TICKS // 2
    once = desk.with_notes(notes_from(sent, desk.base))
    sent["notes"][0]["midi"] = 62
    twice = once.with_notes(notes_from(sent, once.base))
    assert [note.dynamic for note in twice.melody.notes].index(0.9) == 4
    assert json.loads(roll_value(twice))["notes"] == sent["notes"]


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
        max_leaves=12,
    )
)
def test_whatever_a_page_sends_is_notes_or_a_sentence(sent: object) -> None:
    score = read_inline("C4 la D4 la")
    for given_notes in ({"notes": sent}, {"notes": [sent]}):
        with contextlib.suppress(ScoreFormatError):
            notes_from(given_notes, score)
    with pytest.raises(ScoreFormatError):
        span_from({"start": sent if not isinstance(sent, int) else "x"})


def test_the_sung_curve_lies_on_the_notes(take: VocalTake) -> None:
    score = read_inline(LINE)
    points = [p for p in json.loads(curve_of(take, score)) if p[1] is not None]
    second = score.notes[1]
    inside = [
        midi for tick, midi in points
        if second.start_beats * TICKS + 120 < tick < second.end_beats * TICKS - 120
    ]  # fmt: skip
    assert abs(np.median(inside) - second.midi) < 0.2


def test_a_take_is_drawn_with_its_syllables_and_sounds(take: VocalTake) -> None:
    drawn = take_picture(take)
    names = tags(drawn)
    assert names.count("rect") == len(take.frames.notes) + 1
    assert "zing" in drawn
    assert "&lt;i&gt;" in drawn
    assert "http" not in drawn


def test_two_sounds_share_a_scale_of_time() -> None:
    short, long = (Audio(np.ones((1, n), np.float32) * 0.1, 8_000) for n in (8_000, 16_000))
    drawn = compared_picture({"before": short, "after": long})
    widths = [float(wide) for wide in re.findall(r'<rect .*?width="(.*?)"', drawn)]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    ends = [
        max(map(float, re.findall(r"[ML](\d+) ", path)))
        for path in re.findall('class="wave" d="(.*?)"', drawn)
    ]
    assert ends[1] - 44 == pytest.approx(2 * (ends[0] - 44), rel=0.01)


def test_cards_show_consent_and_whom_one_may_choose(home: Path) -> None:
    value = cards_value(VoiceBank.open(home), "tiny")
    cards = {card["name"]: card["html"] for card in json.loads(value)["cards"]}
    assert chosen_voice(value) == "tiny"
    assert "published terms" in cards["wren"]
    for html in cards.values():
        tags(html)
    assert json.loads(cards_value(VoiceBank.open(home), "nobody"))["chosen"] in cards
    assert picture("wren") == picture("wren") != picture("alder")


@pytest.mark.parametrize("value", ["", "{}", "[]", "null", "nonsense", '{"chosen": 3}'])
def test_no_voice_chosen_is_told(value: str) -> None:
    with pytest.raises(VoiceError, match="no voice is chosen"):
        chosen_voice(value)


def test_the_sheet_marks_lines_that_do_not_fit() -> None:
    song = from_text("[Verse: AA]\nThe morning light\nis burning bright and long tonight\n")
    melody = read_inline("C4 la D4 la E4 la F4:2 la R:1 C4:1 la D4 la E4 la F4:2 la")
    rows = json.loads(sheet_value(song, melody))["sections"][0]["lines"]
    assert [(len(row["stresses"]), row["wanted"]) for row in rows] == [(4, 4), (8, 4)]
    assert [row["rhyme"] for row in rows] == ["A", "A"]


def test_a_track_is_drawn_with_bars_chords_and_the_voices_entry() -> None:
    beats = tuple(0.5 * beat for beat in range(16))
    track = TrackAnalysis(
        length_s=8.0,
        tempo_bpm=120.0,
        key=Key(0, "major"),
        meter=(4, 4),
        beats_s=beats,
        downbeats_s=beats[::4],
        chords=(ChordSpan(0.0, 4.0, 0), ChordSpan(4.0, 8.0, 9, "minor")),
        sections=(Section(0.0, 4.0, "A"), Section(4.0, 8.0, "B")),
        loudness_lufs=-14.0,
        confidence={"tempo": 0.9},
    )
    sound = Audio(np.zeros((1, 64_000), np.float32), 8_000)
    drawn = track_picture(track, sound, 2.0)
    assert tags(drawn).count("rect") == 2
    assert ">Am<" in drawn
    assert "enters at 2.0 s" in drawn
    facts = facts_html(track)
    assert "C major" in facts
    assert "90% sure" in facts
    assert "Mind" not in facts
    told = facts_html(track, "holds 4.0 of the 8.0 s that it promises; the file is cut short")
    assert tags(told).count("p") == 1
    assert "Mind: the file holds 4.0 of the 8.0 s" in told


def test_the_style_sheet_asks_nobody_for_anything() -> None:
    sheet = style()
    assert "@import" not in sheet
    assert "http" not in sheet.replace("http://www.w3.org", "")
    assert sheet.count("@font-face") == 4


def test_the_example_line_is_a_song() -> None:
    assert read_inline(EXAMPLE_LINE).bars[-1].number == 8
