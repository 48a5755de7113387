"""Reads an UTAU voicebank as its maker published it: wav files, and an oto.ini in every folder.

A line of oto.ini reads `file.wav=alias,offset,consonant,cutoff,preutterance,overlap`, in
milliseconds, in Shift-JIS or UTF-8. Files that no line names are no part of the bank. `prefix.map`
only says which folder sings which note and is of no use here.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from lyrics.kana import is_kana
from lyrics.pinyin import is_pinyin
from voice.corpora.audio_files import audio_facts, listed
from voice.corpora.oto import bare_alias, oto_entry, pitch_of_name, style_of_folder
from voice.corpora.recordings import Kind, Recording, text_key_of_source
from voice.errors import CorpusError

OTO_FILE = "oto.ini"
ENCODINGS = ("utf-8-sig", "cp932")
_CHARSET_LINE = "#charset"


@dataclass(frozen=True)
class OtoLine:
    """One line of an oto.ini; times in milliseconds as written."""

    number: int
    file: str
    alias: str
    offset_ms: float
    cutoff_ms: float
    preutterance_ms: float
    overlap_ms: float


def is_voicebank(folder: Path) -> bool:
    return bool(_oto_files(folder))


def read_voicebank(folder: Path, language: str | None = None) -> tuple[Recording, ...]:
    """All recordings that the voicebank's oto.ini files name, in their order.

    The speaker is the folder's name, and so is the corpus.

    Args:
        language: ISO code; by default what the aliases are written in, kana or pinyin.

    Raises:
        CorpusError: no oto.ini, a line that cannot be read, a file that is missing or no audio, or
            aliases of no known language.
    """
    found = [(path, read_oto(path)) for path in _oto_files(folder)]
    if not any(lines for _, lines in found):
        raise CorpusError(
            f"{folder}: no {OTO_FILE} with entries; give the folder of an UTAU voicebank"
        )
    chosen = language or _language(folder, [line.alias for _, lines in found for line in lines])
    return tuple(
        recording for path, lines in found for recording in _recordings(folder, path, lines, chosen)
    )


def read_oto(path: Path) -> tuple[OtoLine, ...]:
    """The entries of one oto.ini.

    Raises:
        CorpusError: in neither encoding, or lines that are no entries: the first few are named.
    """
    lines: list[OtoLine] = []
    problems: list[str] = []
    for number, text in enumerate(_decoded(path).splitlines(), start=1):
        if not text.strip() or text.lower().startswith(_CHARSET_LINE):
            continue
        try:
            lines.append(_line(number, text))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise CorpusError(f"{path}: {listed(problems)}; mend or delete them")
    return tuple(lines)


def _oto_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.lower() == OTO_FILE)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CorpusError(f"{path}: neither UTF-8 nor Shift-JIS; save it as UTF-8")


def _line(number: int, text: str) -> OtoLine:
    file, equals, rest = text.partition("=")
    if not equals or not file.strip():
        raise ValueError(f"{text[:40]!r} is not file.wav=alias,…")
    alias, *fields = (field.strip() for field in rest.split(","))
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} numbers after the alias instead of 5")
    offset, _, cutoff, preutterance, overlap = (_milliseconds(field) for field in fields)
    stem = file.strip().rsplit(".", 1)[0]
    return OtoLine(number, file.strip(), alias or stem, offset, cutoff, preutterance, overlap)


def _milliseconds(field: str) -> float:
    """A number; UTAU leaves fields empty that nobody set."""
    if not field:
        return 0.0
    number = float(field)
    if not math.isfinite(number):
        raise ValueError(f"{field} is no time")
    return number


def _recordings(
    folder: Path, oto: Path, lines: tuple[OtoLine, ...], language: str
) -> list[Recording]:
    by_name = {_same(path.name): path for path in sorted(oto.parent.iterdir()) if path.is_file()}
    missing = sorted({line.file for line in lines if _same(line.file) not in by_name})
    if missing:
        raise CorpusError(
            f"{oto}: it names files that are not there: {listed(missing)}; unpack the bank anew "
            "with its Japanese names kept (unzip -O CP932), or delete their lines"
        )
    grouped: dict[Path, list[OtoLine]] = {}
    for line in lines:
        grouped.setdefault(by_name[_same(line.file)], []).append(line)
    return [_recording(folder, oto, path, rows, language) for path, rows in grouped.items()]


def _recording(
    folder: Path, oto: Path, path: Path, lines: list[OtoLine], language: str
) -> Recording:
    facts = audio_facts(path)
    late = [
        f"line {line.number}: {line.alias!r} begins at {line.offset_ms:g} ms"
        for line in lines
        if not 0.0 <= line.offset_ms < 1000.0 * facts.duration_s
    ]
    if late:
        raise CorpusError(
            f"{oto}: {path.name} lasts {1000.0 * facts.duration_s:.0f} ms, but {listed(late)}; "
            "mend or delete them"
        )
    place = path.parent.relative_to(folder).as_posix()
    pitch = pitch_of_name(place)
    if pitch is None:
        pitch = pitch_of_name(" ".join(line.alias for line in lines))
    return Recording(
        name=path.relative_to(folder).with_suffix("").as_posix(),
        path=path,
        corpus=folder.resolve().name,
        speaker=folder.resolve().name,
        language=language,
        kind=Kind.SUNG,
        text_key=text_key_of_source(path.name),
        duration_s=facts.duration_s,
        style=style_of_folder(place),
        pitch_midi=pitch,
        oto=tuple(
            oto_entry(
                line.alias,
                line.offset_ms,
                line.cutoff_ms,
                line.preutterance_ms,
                line.overlap_ms,
                facts.duration_s,
            )
            for line in lines
        ),
        full_band=facts.full_band,
    )


def _language(folder: Path, aliases: list[str]) -> str:
    sung = [bare_alias(alias).rpartition(" ")[2].strip("_+0123456789") for alias in aliases]
    if any(is_kana(text) for text in sung if text):
        return "ja"
    if 2 * sum(is_pinyin(text) for text in sung) > len(sung):
        return "zh"
    raise CorpusError(
        f"{folder}: aliases such as {', '.join(aliases[:3])} are neither kana nor pinyin; "
        "say what is sung with --language"
    )


def _same(name: str) -> str:
    """Names as Windows compares them, whichever way accents are stored."""
    return unicodedata.normalize("NFC", name).casefold()
