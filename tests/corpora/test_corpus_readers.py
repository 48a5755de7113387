"""Corpora from their original folders: UTAU voicebanks, sound with words, manifests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora.folders import write_bank, write_manifest, write_wav
from voice.corpora.folder import read_texts
from voice.corpora.manifest import read_manifest
from voice.corpora.open import read_corpus
from voice.corpora.oto import bare_alias, oto_entry, pitch_of_name
from voice.corpora.recordings import Kind
from voice.corpora.utau import read_oto, read_voicebank
from voice.errors import CorpusError

SUNG_ROW = {
    "id": "80aab7d6b0",
    "audio": "audio/80aab7d6b0.opus",
    "source": "_Core_A3/かき.wav",
    "duration_s": 2.0,
    "language": "ja",
    "kind": "sung",
    "folder": "_Core_A3",
    "oto": [
        {
            "alias": "- かA3",
            "offset_ms": 100.0,
            "consonant_ms": 200.0,
            "cutoff_ms": -500.0,
            "preutterance_ms": 80.0,
            "overlap_ms": 30.0,
        }
    ],
}


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_a_voicebank_is_read_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    bank = tmp_path / "Kasane"
    write_bank(bank / "_Strong_D4", {"かき.wav": "- かD4,100,200,-500,80,30"}, encoding)
    write_bank(bank, {"_あ.wav": "a あ,10,20,300,80.5,"}, encoding)
    (bank / "prefix.map").write_text("C1\t\tD4\r\n", encoding="cp932")
    sub, root = read_voicebank(bank)
    assert (root.name, sub.name) == ("_あ", "_Strong_D4/かき")
    assert (sub.speaker, sub.corpus, sub.language, sub.kind) == (
        "Kasane",
        "Kasane",
        "ja",
        Kind.SUNG,
    )
    assert (sub.pitch_midi, sub.style, root.style) == (62, "strong", "core")
    assert sub.text_key == "かき"
    assert [entry.alias for entry in sub.oto] == ["- か"]
    assert sub.oto[0].vowel_s == pytest.approx(0.18)
    assert root.oto[0].overlap_s == pytest.approx(0.01)
    assert root.duration_s == pytest.approx(2.0)
    assert root.path.is_file()


def test_a_cutoff_is_a_length_when_negative_and_from_the_end_when_positive() -> None:
    told = {"preutterance_ms": 80.0, "overlap_ms": 30.0, "duration_s": 2.0}
    length = oto_entry("a か", 100.0, -500.0, **told)
    from_end = oto_entry("a か", 100.0, 500.0, **told)
    assert length.end_s == pytest.approx(0.6)
    assert from_end.end_s == pytest.approx(1.5)
    assert oto_entry("a か", 100.0, 0.0, **told).end_s == pytest.approx(2.0)


def test_a_bank_and_its_manifest_say_the_same(tmp_path: Path) -> None:
    write_manifest(tmp_path / "kumi-ja", [SUNG_ROW])
    write_bank(tmp_path / "bank" / "_Core_A3", {"かき.wav": "- かA3,100,200,-500,80,30"})
    (row,), (line,) = read_corpus(tmp_path / "kumi-ja"), read_corpus(tmp_path / "bank")
    same = ("language", "kind", "text_key", "duration_s", "style", "pitch_midi", "oto", "full_band")
    assert [getattr(row, name) for name in same] == [getattr(line, name) for name in same]
    assert row.speaker == "kumi"
    assert row.path == tmp_path / "kumi-ja" / "audio" / "80aab7d6b0.opus"


def test_pinyin_aliases_are_mandarin_and_rate_tells_the_band(tmp_path: Path) -> None:
    write_bank(tmp_path, {"_a_ai.wav": "- a_D4,0,1,2,3,4"})
    write_wav(tmp_path / "_a_ai.wav", rate_hz=24_000)
    (recording,) = read_voicebank(tmp_path)
    assert (recording.language, recording.full_band, recording.pitch_midi) == ("zh", False, 62)


def test_a_language_that_is_given_wins_and_an_unknown_one_is_asked_for(tmp_path: Path) -> None:
    write_bank(tmp_path, {"x.wav": "zzq,0,1,2,3,4"})
    with pytest.raises(CorpusError, match="--language"):
        read_voicebank(tmp_path)
    assert read_corpus(tmp_path, "fr")[0].language == "fr"


def test_names_are_compared_as_windows_does(tmp_path: Path) -> None:
    write_wav(tmp_path / "GA.WAV")
    (tmp_path / "oto.ini").write_text("#Charset:UTF-8\nga.wav=,1,2,3,4,5\n", encoding="utf-8")
    (line,) = read_oto(tmp_path / "oto.ini")
    assert (line.alias, line.number) == ("ga", 2)
    assert read_voicebank(tmp_path, "ja")[0].path == tmp_path / "GA.WAV"


def test_several_lines_of_a_file_make_one_recording(tmp_path: Path) -> None:
    write_wav(tmp_path / "かき.wav")
    text = "かき.wav=- か,0,1,2,3,4\nかき.wav=a き,500,1,2,3,4\n"
    (tmp_path / "oto.ini").write_text(text, encoding="utf-8")
    (recording,) = read_voicebank(tmp_path)
    assert [entry.alias for entry in recording.oto] == ["- か", "a き"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("か.wav", "line 1.*not file.wav=alias"),
        ("か.wav=か,1,2,3,4", "line 1.*4 numbers"),
        ("か.wav=か,1,2,three,4,5", "line 1.*three"),
        ("か.wav=か,nan,2,3,4,5", "line 1.*nan is no time"),
        ("き.wav=き,1,2,3,4,5", "not there: き.wav.*CP932"),
        ("か.wav=か,2001,2,3,4,5", "lasts 2000 ms.*line 1: 'か' begins at 2001"),
        ("か.wav=か,-5,2,3,4,5", "begins at -5"),
        ("", "no oto.ini with entries"),
    ],
)
def test_a_bad_oto_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    write_wav(tmp_path / "か.wav")
    (tmp_path / "oto.ini").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=said):
        read_voicebank(tmp_path)


def test_bytes_of_no_known_encoding_and_sound_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "oto.ini").write_bytes(b"\xff\xfe\x81\x00=\x00")
    with pytest.raises(CorpusError, match=r"neither UTF-8 nor Shift-JIS"):
        read_voicebank(tmp_path)
    (tmp_path / "oto.ini").write_text("か.wav=か,0,1,2,3,4", encoding="utf-8")
    (tmp_path / "か.wav").write_bytes(b"no sound at all")
    with pytest.raises(CorpusError, match=r"か\.wav: not readable as audio"):
        read_voicebank(tmp_path)


def test_wav_and_txt_side_by_side(tmp_path: Path) -> None:
    for stem, words in (("b", "Not at this\nparticular case. "), ("a", "Author!")):
        write_wav(tmp_path / "data" / f"{stem}.wav", rate_hz=22_050)
        (tmp_path / "data" / f"{stem}.txt").write_text(words, encoding="utf-8")
    (tmp_path / "LICENSE.txt").write_text("CC0", encoding="utf-8")
    first, second = read_corpus(tmp_path)
    assert (first.name, first.text, first.kind) == ("data/a", "Author!", Kind.SPEECH)
    assert (second.text, second.text_key) == (
        "Not at this particular case.",
        "not at this particular case",
    )
    assert (first.language, first.full_band) == ("en", False)


def test_metadata_as_in_ljspeech(tmp_path: Path) -> None:
    write_wav(tmp_path / "wavs" / "LJ001.wav")
    write_wav(tmp_path / "wavs" / "LJ002.wav")
    text = "LJ001|in 1455|in fourteen fifty-five\nLJ002.wav|plain words|\n"
    (tmp_path / "metadata.csv").write_text(text, encoding="utf-8")
    one, two = read_corpus(tmp_path)
    assert (one.name, one.text) == ("wavs/LJ001", "in fourteen fifty-five")
    assert two.text == "plain words"


@pytest.mark.parametrize(
    ("words", "language"), [("ねこ が なく", "ja"), ("我爱唱歌", "zh"), ("words", "en")]
)
def test_the_writing_tells_the_language(tmp_path: Path, words: str, language: str) -> None:
    write_wav(tmp_path / "a.wav")
    (tmp_path / "a.txt").write_text(words, encoding="utf-8")
    assert read_texts(tmp_path)[0].language == language


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("a", "line 1: not `id|words`"),
        ("a|words\n\nb|more", "line 3: no sound 'b'"),
        ("a| .. ", "line 1: no words"),
        ("../a|words", "line 1: no sound '../a'"),
    ],
)
def test_bad_metadata_is_named(tmp_path: Path, metadata: str, said: str) -> None:
    write_wav(tmp_path / "a.wav")
    corpus = tmp_path / "corpus"
    write_wav(corpus / "a.wav")
    (corpus / "metadata.csv").write_text(metadata, encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        read_corpus(corpus)
    assert said in str(refused.value)


def test_sound_without_words_is_named(tmp_path: Path) -> None:
    for stem in "abcde":
        write_wav(tmp_path / f"{stem}.wav", 0.1)
    (tmp_path / "e.txt").write_text("words", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"no words for a\.wav; b\.wav; c\.wav; and 1 more"):
        read_corpus(tmp_path)
    (tmp_path / "e.txt").write_bytes(b"\xe9t\xe9")
    for stem in "abcd":
        (tmp_path / f"{stem}.wav").unlink()
    with pytest.raises(CorpusError, match=r"e\.txt: not UTF-8"):
        read_corpus(tmp_path)


def test_a_folder_of_nothing_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"oto\.ini.*txt files.*metadata\.csv"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match="no such folder"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match=r"no manifest\.jsonl"):
        read_manifest(tmp_path)


def test_a_damaged_manifest_names_its_line(tmp_path: Path) -> None:
    incomplete = {key: value for key, value in SUNG_ROW.items() if key != "source"}
    write_manifest(tmp_path, [SUNG_ROW, incomplete])
    with pytest.raises(CorpusError, match="line 2: no 'source'"):
        read_corpus(tmp_path)
    (tmp_path / "manifest.jsonl").write_text("{not json", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1: not a row"):
        read_corpus(tmp_path)


def test_synthetic_speech_is_narrow_and_keeps_its_times(tmp_path: Path) -> None:
    row = {
        "id": "af-1",
        "audio": "audio/af-1.opus",
        "speaker": "af",
        "language": "en-us",
        "kind": "synthetic speech",
        "text": "Come.",
        "duration_s": 1.0,
        "phonemes": [{"p": "k", "start_s": 0.2, "end_s": 0.3}],
    }
    write_manifest(tmp_path / "kokoro-en", [row])
    (recording,) = read_corpus(tmp_path / "kokoro-en")
    assert (recording.kind, recording.full_band, recording.speaker) == (Kind.SPEECH, False, "af")
    assert (recording.given[0].symbol, recording.given[0].stress) == ("k", 0)


@pytest.mark.parametrize(
    ("alias", "bare"),
    [
        ("a かA4", "a か"),
        ("- なSD5", "- な"),
        ("- ふぉW", "- ふぉ"),
        ("a+_D4", "a+"),
        ("wu m_D4", "wu m"),
        ("a RW", "a R"),
        ("a RA3", "a R"),
        ("- か", "- か"),
        ("i xC#4", "i x"),
    ],
)
def test_aliases_lose_the_suffix_of_their_folder(alias: str, bare: str) -> None:
    assert bare_alias(alias) == bare


@given(st.integers(0, 11), st.integers(0, 8))
@settings(deadline=None)
def test_pitch_names_are_scientific(step: int, octave: int) -> None:
    name = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"][step]
    assert pitch_of_name(f"_Core_{name}{octave}") == 12 * (octave + 1) + step


def test_names_without_pitch_have_none() -> None:
    assert pitch_of_name("_Strong_Low") is None
    assert pitch_of_name(".") is None
