"""What a user says about a word: inline hints and the lexicon file, and their errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from lyrics.errors import HintError, LexiconError, LyricsError, PronunciationError
from lyrics.hints import has_hint, split_hints
from lyrics.lexicon import Lexicon
from lyrics.notation import parse_syllables


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("r ɛ d", "ɹɛd"),
        ("ɹɛd", "ɹɛd"),
        ("red", "ɹed"),
        ("R EH1 D", "ɹɛd"),
        ("g ɛ t", "ɡɛt"),
        ("rr a", "ra"),
        ("sh i", "ʃi"),
        ("ð ə", "ðə"),
        ("dh @", "ðə"),
        ("h ɛ . v ə n", "hɛ.vən"),
        ("ˈhɛ.vən", "hɛ.vən"),
        ("f aɪ . ɝ", "faɪ̯.ɝ"),
        ("f a ɪ̯ ɹ", "faɪ̯ɹ"),
        ("F AY1 . ER0", "faɪ̯.ɝ"),
        ("kʰaː", "kʰa"),
        ("m", "m"),
        ("ts ɯ", "tsɯ"),
    ],
)
def test_sounds_as_people_type_them(text: str, ipa: str) -> None:
    assert ".".join(syllable.ipa for syllable in parse_syllables(text)) == ipa


def test_stress_is_read_from_marks_and_digits() -> None:
    assert [s.stress for s in parse_syllables("ˌɪ n . ˈt u")] == [2, 1]
    assert [s.stress for s in parse_syllables("IH2 N . T UW1")] == [2, 1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty syllable"),
        ("r ɛ . . d ə", "empty syllable"),
        ("f aɪ ə", "more than one vowel"),
        ("r d", "no vowel"),
        ("r € d", "no vowel"),
        ("r Ж d", "'Ж'"),
    ],
)
def test_sounds_that_cannot_be_sung(text: str, reason: str) -> None:
    with pytest.raises(PronunciationError, match=reason):
        parse_syllables(text)


def test_hints_belong_to_their_words() -> None:
    words = split_hints("I have read[r ɛ d], the\nfire[F AY1 . ER0]!")
    assert [word.word for word in words] == ["I", "have", "read,", "the", "fire!"]
    said = [word.pronunciation for word in words]
    assert [found.ipa if found else None for found in said] == [
        None,
        None,
        "ɹɛd",
        None,
        "faɪ̯.ɝ",
    ]


def test_text_without_hints_is_split_at_white_space() -> None:
    assert [word.word for word in split_hints("  a  b\n")] == ["a", "b"]
    assert split_hints("") == []
    assert has_hint("read[r ɛ d]")
    assert not has_hint("read")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a [x] b", "has no word before it"),
        ("read[", "does not match"),
        ("read]x", "character 5 of"),
        ("a[[b]]", "does not match"),
        ("read[r]", r"in the hint 'read\[r\]'.*no vowel"),
        ("read[]", "empty syllable"),
    ],
)
def test_hints_that_are_not_well_formed(text: str, reason: str) -> None:
    with pytest.raises(HintError, match=reason):
        split_hints(text)


def test_a_lexicon_gives_ways_in_the_order_of_the_file() -> None:
    lexicon = Lexicon.from_text("# mine\n\nFire  f aɪ ɹ\nfire\tf aɪ . ɝ  # two notes\n")
    ways = lexicon.pronunciations("FIRE!")
    assert [way.ipa for way in ways] == ["faɪ̯ɹ", "faɪ̯.ɝ"]
    assert ways[0].word == "FIRE!"
    assert lexicon.pronunciations("water") == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("red", "has no sounds"),
        ("red  r Ж d", "'Ж'"),
        ("red  r ɛ..d", "empty syllable"),
        ("—  r ɛ d", "no letter to sing"),
    ],
)
def test_lexicon_errors_give_the_line(line: str, reason: str) -> None:
    with pytest.raises(LexiconError, match=f"songs.txt, line 3: .*{reason}"):
        Lexicon.from_text(f"# remark\nblue  b l u\n{line}\n", "songs.txt")


def test_a_lexicon_file_is_read_with_or_without_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeffgrün  ɡ r y n\n".encode())
    assert Lexicon.from_file(path).pronunciations("grün")[0].ipa == "ɡɹyn"


def test_lexicon_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="No such file"):
        Lexicon.from_file(tmp_path / "none.txt")
    latin = tmp_path / "latin.txt"
    latin.write_bytes("grün  g r y n".encode("latin-1"))
    with pytest.raises(LexiconError, match="not UTF-8 at byte 2"):
        Lexicon.from_file(latin)
    huge = tmp_path / "huge.txt"
    huge.write_bytes(b"#" * 4_000_001)
    with pytest.raises(LexiconError, match="larger than"):
        Lexicon.from_file(huge)


def test_all_errors_share_one_root() -> None:
    assert all(issubclass(e, LyricsError) for e in (HintError, LexiconError, PronunciationError))
