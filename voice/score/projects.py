"""Projects of singing programs, read with libresvip: notes, words, tempo and drawn pitch."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

from voice.errors import ScoreFormatError
from voice.score.bars import LaidOut, regular_bars
from voice.score.melody import RawNote, melody
from voice.score.model import (
    DEFAULT_QPM,
    HIGHEST_MIDI,
    Articulation,
    Lyric,
    Meter,
    PitchPoint,
    Score,
    TempoMap,
    TempoPoint,
)
from voice.score.parts import choose_part
from voice.score.syllables import mend_words, syllable
from voice.score.xml_source import check_zip, forbid_entities

TICKS = 480
NO_PITCH = -100
_FARTHEST_TICK = 1_000_000_000
_SILENCES = frozenset(("R", "r", "SP", "rest", "sil", "pau"))
_BREATHS = frozenset(("AP", "br", "Asp", "息", "breath"))

CONVERTERS: dict[str, tuple[str, str]] = {
    ".ace": ("ace.ace_converter", "AceMobileConverter"),
    ".acep": ("acep.ace_studio_converter", "ACEStudioConverter"),
    ".acet": ("acep.ace_studio_converter", "ACEStudioConverter"),
    ".aisp": ("aisp.aisingers_converter", "AiSingersConverter"),
    ".ccs": ("ccs.cevio_converter", "CeVIOConverter"),
    ".ds": ("ds.diffsinger_converter", "DiffSingerConverter"),
    ".dspx": ("dspx.dspx_converter", "DspxConverter"),
    ".dv": ("dv.deepvocal_converter", "DeepVocalConverter"),
    ".sk": ("dv.deepvocal_converter", "DeepVocalConverter"),
    ".mtp": ("mtp.muta_converter", "MutaConverter"),
    ".nn": ("nn.niaoniao_converter", "NiaoNiaoConverter"),
    ".ppsf": ("ppsf.piapro_studio_converter", "PiaproStudioConverter"),
    ".s5p": ("s5p.synthv_editor_converter", "SynthVEditorConverter"),
    ".svip": ("svip.binsvip_converter", "SvipConverter"),
    ".svip3": ("svip3.svip3_converter", "Svip3Converter"),
    ".svp": ("svp.synthv_studio_converter", "SynthVStudioConverter"),
    ".tlp": ("tlp.tunelab_converter", "TuneLabConverter"),
    ".tlpx": ("tlpx.tlpx_converter", "TuneLabXConverter"),
    ".tsmsln": ("tsmsln.voisona_mobile_converter", "VoiSonaMobileConverter"),
    ".tssln": ("tssln.voisona_converter", "VoiSonaConverter"),
    ".ufdata": ("ufdata.ufdata_converter", "UFDataConverter"),
    ".ust": ("ust.ust_converter", "USTConverter"),
    ".ustx": ("ustx.ustx_converter", "OpenUtauConverter"),
    ".vfp": ("vfp.vox_factory_converter", "VOXFactoryConverter"),
    ".vog": ("vog.vogen_converter", "VogenConverter"),
    ".vpr": ("vpr.vpr_converter", "VocaloidConverter"),
    ".vshp": ("vshp.vocalshifter_converter", "VocalShifterConverter"),
    ".vspx": ("vspx.vocalsharp_converter", "VocalSharpConverter"),
    ".vsq": ("vsq.vsq_converter", "VocaloidSequenceConverter"),
    ".vsqx": ("vsqx.vsqx_converter", "VsqxConverter"),
    ".vvproj": ("vvproj.voicevox_converter", "VOICEVOXConverter"),
    ".vxf": ("vxf.vx_beta_converter", "VxBetaConverter"),
    ".xvsq": ("xvsq.cadencii_converter", "CadenciiConverter"),
    ".y77": ("y77.y77_converter", "Y77Converter"),
}
"""File extension to the module and class of libresvip; loading them all takes ten seconds."""

PROJECT_SUFFIXES = tuple(CONVERTERS)

_TEMPO_SHIFT_TICKS = {".ustx": 4 * TICKS}
"""Formats for which libresvip moves later tempos, unlike its notes, by a bar of four quarters."""


def read_project(data: bytes, path: Path, part: str | None = None) -> Score:
    """The track named (by name or number from 1), or the one with most words."""
    if data.startswith(b"PK"):
        check_zip(data, path)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        forbid_entities(data, path)
    project = _load(data, path)
    tracks = [track for track in project.track_list if getattr(track, "note_list", None)]
    if not tracks:
        raise ScoreFormatError(f"{path}: holds no sung notes; export a track with notes")
    words = [sum(_has_words(note) for note in track.note_list) for track in tracks]
    chosen = choose_part([track.title for track in tracks], words, part, path)
    track = tracks[chosen.index]
    raw = _raw_notes(track.note_list)
    if not raw:
        raise ScoreFormatError(f"{path}: track {chosen.name!r} is silent; choose another: --part")
    meters = _meters(project.time_signature_list)
    first_bar = int(meters[0].bar_beats * TICKS)
    tempo = _tempo(project.song_tempo_list, _TEMPO_SHIFT_TICKS.get(path.suffix.lower(), 0))
    bars = regular_bars(meters, max(note.end_beats for note in raw))
    sung = melody(raw, LaidOut(bars, meters, tempo).place_at)
    return Score(
        title=path.stem,
        notes=sung.notes,
        bars=bars,
        tempo=tempo,
        meters=meters,
        part=chosen.name,
        pitch_lines=_pitch_lines(track.edited_params.pitch.points.root, first_bar)
        if _has_drawn_pitch(data, path)
        else (),
        warnings=(*chosen.warnings, *sung.warnings),
    )


def converter_for(suffix: str) -> Any:
    """The libresvip class for a file extension."""
    module, name = CONVERTERS[suffix]
    return getattr(import_module(f"libresvip.plugins.{module}"), name)


def _load(data: bytes, path: Path) -> Any:
    from libresvip.core import exceptions

    faults: tuple[type[Exception], ...] = (
        ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, EOFError,
        RuntimeError, AssertionError, SyntaxError, struct.error, zlib.error, zipfile.BadZipFile,
        exceptions.InvalidFileTypeError, exceptions.NoTrackError, exceptions.ParamsError,
        exceptions.NotesOverlappedError, *_foreign_faults(),
    )  # fmt: skip
    suffix = path.suffix.lower()
    options: dict[str, object] = {"import_instrumental_track": False}
    if suffix == ".ust":
        options["encoding"] = _ust_encoding(data)
    try:
        return converter_for(suffix).load(path, options)
    except faults as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ScoreFormatError(
            f"{path}: is no {suffix.lstrip('.')} project that can be understood ({reason[:120]}); "
            "save it again in its program"
        ) from error


def _foreign_faults() -> tuple[type[Exception], ...]:
    """Errors of the parsers below libresvip that share no ancestor with Python's own."""
    faults: list[type[Exception]] = []
    for module, name in (
        ("construct", "ConstructError"),
        ("cbor2", "CBORError"),
        ("tatsu.exceptions", "ParseError"),
        ("ruamel.yaml.error", "YAMLError"),
        ("yaml_ft", "YAMLError"),
        ("xsdata.exceptions", "ParserError"),
    ):
        try:
            faults.append(getattr(import_module(module), name))
        except (ModuleNotFoundError, AttributeError):
            continue
    return tuple(faults)


def _ust_encoding(data: bytes) -> str:
    if b"utf-8" in data[:400].lower():
        return "UTF-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "SHIFT_JIS"
    return "UTF-8"


def _has_words(note: Any) -> bool:
    return bool(note.lyric) and note.lyric not in _SILENCES and note.lyric not in _BREATHS


def _raw_notes(notes: Sequence[Any]) -> tuple[RawNote, ...]:
    """Sung notes; rests written as notes vanish, breaths mark the note before them."""
    raw: list[RawNote] = []
    lyrics: list[Lyric | None] = []
    for note in sorted(notes, key=lambda n: n.start_pos):
        breath = note.lyric in _BREATHS or note.head_tag == "V"
        if breath and raw:
            marks = raw[-1].articulations | {Articulation.BREATH}
            raw[-1] = replace(raw[-1], articulations=marks)
        if note.lyric in _SILENCES or note.lyric in _BREATHS or note.length <= 0:
            continue
        lyrics.append(syllable(note.lyric or ""))
        raw.append(
            RawNote(
                start_beats=Fraction(max(note.start_pos, 0), TICKS),
                duration_beats=Fraction(note.length, TICKS),
                midi=min(max(note.key_number, 0), HIGHEST_MIDI + 1),
                lyrics=(None,),
            )
        )
    mended = mend_words(lyrics)
    return tuple(replace(note, lyrics=(lyric,)) for note, lyric in zip(raw, mended, strict=True))


def _meters(signatures: Sequence[Any]) -> tuple[Meter, ...]:
    """Time signatures by bar index as metres by beat."""
    meters: list[Meter] = []
    start, bar = Fraction(0), 0
    for signature in sorted(signatures, key=lambda s: s.bar_index):
        if meters:
            start += (signature.bar_index - bar) * meters[-1].bar_beats
        bar = max(signature.bar_index, 0)
        if meters and meters[-1].start_beats == start:
            meters.pop()
        meters.append(Meter(max(start, Fraction(0)), signature.numerator, signature.denominator))
    if not meters or meters[0].start_beats > 0:
        meters.insert(0, Meter())
    return tuple(meters)


def _tempo(tempi: Sequence[Any], shift: int) -> TempoMap:
    """Tempo changes; `shift` ticks are taken off all but those at the very beginning."""
    steps: dict[Fraction, float] = {}
    for tempo in sorted(tempi, key=lambda t: t.position):
        steps[Fraction(max(tempo.position - shift, 0), TICKS)] = float(tempo.bpm)
    first = steps[min(steps)] if steps else DEFAULT_QPM
    steps.setdefault(Fraction(0), first)
    points: list[TempoPoint] = []
    for beat in sorted(steps):
        if not points or points[-1].quarters_per_minute != steps[beat]:
            points.append(TempoPoint(beat, steps[beat]))
    return TempoMap(tuple(points))


def _has_drawn_pitch(data: bytes, path: Path) -> bool:
    """Whether pitch was drawn: of USTX libresvip also brings lines that nobody touched."""
    if path.suffix.lower() != ".ustx":
        return True
    return re.search(rb"abbr:\s*\"?pitd|vibrato:\s*\{?\s*length:\s*[1-9]", data) is not None


def _pitch_lines(points: Sequence[Any], first_bar: int) -> tuple[tuple[PitchPoint, ...], ...]:
    """Drawn pitch without its gaps; libresvip counts it from one bar before beat 0."""
    lines: list[list[PitchPoint]] = [[]]
    for point in points:
        beats = Fraction(round(point.x) - first_bar, TICKS)
        if point.y == NO_PITCH or not 0 <= point.x < _FARTHEST_TICK:
            lines.append([])
        elif beats >= 0:
            lines[-1].append(PitchPoint(beats, float(point.y)))
    return tuple(tuple(line) for line in lines if len(line) > 1)
