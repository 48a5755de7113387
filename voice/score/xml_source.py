"""MusicXML as an element tree: unzipped within limits, without entities, one part of many."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from voice.errors import ScoreFormatError, ScoreLimitError
from voice.score.model import MOST_BARS

LARGEST_XML_BYTES = 96 * 1024 * 1024


def parse_musicxml(data: bytes, path: Path) -> Element:
    """The root of a partwise MusicXML score, zipped or not.

    Raises:
        ScoreFormatError: not MusicXML, damaged, or declaring XML entities.
        ScoreLimitError: a zip that unpacks to more than 96 MiB.
    """
    if data.startswith(b"PK"):
        data = _unzip(data, path)
    forbid_entities(data, path)
    root = ElementTree.fromstring(data)
    if root.tag != "score-partwise":
        raise ScoreFormatError(
            f"{path}: holds <{root.tag}> instead of <score-partwise>; export as MusicXML (partwise)"
        )
    return root


def check_bars(root: Element, path: Path) -> None:
    """Refuse a score of more than 5,000 bars."""
    for part in root.iter("part"):
        bars = sum(1 for _ in part.iter("measure"))
        if bars > MOST_BARS:
            raise ScoreLimitError(
                f"{path}: part {part.get('id')} has {bars:,} bars, more than {MOST_BARS:,}; "
                "cut the score into songs"
            )


def check_zip(data: bytes, path: Path) -> None:
    """Refuse a zip whose own headers promise more than 96 MiB, before anything is unpacked."""
    with _opened(data, path) as archive:
        promised = sum(entry.file_size for entry in archive.infolist())
    if promised > LARGEST_XML_BYTES:
        raise ScoreLimitError(
            f"{path}: unpacks to {promised:,} bytes, more than {LARGEST_XML_BYTES:,}; "
            "export only the voice"
        )


def _opened(data: bytes, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ScoreFormatError:
    return ScoreFormatError(f"{path}: is a damaged or locked zip ({error}); export the score again")


def _unzip(data: bytes, path: Path) -> bytes:
    check_zip(data, path)
    with _opened(data, path) as archive:
        name = _main_document(archive, path)
        return _member(archive, name, path)


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """One file of a zip, never more of it than the limit, whatever its header says."""
    try:
        with archive.open(name) as file:
            text = file.read(LARGEST_XML_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, error) from error
    if len(text) > LARGEST_XML_BYTES:
        raise ScoreLimitError(
            f"{path}: {name} unpacks to more than {LARGEST_XML_BYTES:,} bytes; "
            "export only the voice"
        )
    return text


def _main_document(archive: zipfile.ZipFile, path: Path) -> str:
    names = archive.namelist()
    if "META-INF/container.xml" in names:
        container = _member(archive, "META-INF/container.xml", path)
        forbid_entities(container, path)
        for rootfile in ElementTree.fromstring(container).iter():
            name = rootfile.get("full-path", "")
            if rootfile.tag.endswith("rootfile") and name in names:
                return name
    for name in names:
        if name.lower().endswith((".xml", ".musicxml")) and not name.startswith("META-INF"):
            return name
    raise ScoreFormatError(f"{path}: is a zip without MusicXML in it; export the score again")


def forbid_entities(data: bytes, path: Path) -> None:
    """Parse once without building anything: damage and entities are found before any expands."""

    def refuse(name: str, *_: object) -> None:
        raise ScoreFormatError(
            f"{path}: line {parser.CurrentLineNumber} declares the XML entity {name!r}, which no "
            "score needs; remove the declaration or export the score again"
        )

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ScoreFormatError(
            f"{path}: is no well-formed XML ({error}); export the score again"
        ) from error


def part_names(root: Element) -> dict[str, str]:
    """Printed names of the parts by their id, in the order of the score."""
    return {
        entry.get("id", ""): (entry.findtext("part-name") or "").strip() or entry.get("id", "")
        for entry in root.iter("score-part")
    }


def syllables_in(part: Element) -> int:
    """How many syllables stand under the notes of a part, all verses together."""
    return sum(1 for lyric in part.iter("lyric") if (lyric.findtext("text") or "").strip())


def title_of(root: Element) -> str:
    for tag in ("movement-title", "work/work-title", "credit/credit-words"):
        text = (root.findtext(tag) or "").strip()
        if text:
            return text
    return ""


def keep_part(root: Element, part: Element) -> Element:
    """The score reduced to one part, without layout, ready for the music21 importer.

    Notes in cue size without words become rests or leave their chord, and a syllable that is
    drawn on ends in "_".
    """
    reduced = Element("score-partwise", dict(root.attrib))
    part_list = ElementTree.SubElement(reduced, "part-list")
    part_list.extend(e for e in root.iter("score-part") if e.get("id") == part.get("id"))
    for measure in part.iter("measure"):
        for idle in [e for e in measure if e.tag in ("print", "harmony", "figured-bass", "sound")]:
            measure.remove(idle)
        for note in list(measure.iter("note")):
            if note.find("cue") is not None and note.find("chord") is not None:
                measure.remove(note)
            else:
                _simplify(note)
    reduced.append(part)
    return reduced


def _simplify(note: Element) -> None:
    cue = note.find("cue")
    if cue is not None and note.find("lyric") is None and note.find("grace") is None:
        pitch = note.find("pitch")
        if pitch is not None:
            index = list(note).index(pitch)
            note.remove(pitch)
            note.insert(index, Element("rest"))
    for lyric in note.iter("lyric"):
        texts = lyric.findall("text")
        if texts and lyric.find("extend") is not None:
            texts[-1].text = (texts[-1].text or "").rstrip() + "_"
