"""From a file to a file: a recording in the timbre of a voice, with leave at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from consent.gate import renew, verify
from consent.grant import Operation
from vocoder.audio import FORMATS, Bits, Tags, check_format
from vocoder.frames import SAMPLE_RATE_HZ
from voice.bank import Voice, VoiceBank
from voice.conversion.converter import convert_pieces
from voice.conversion.options import ConversionOptions
from voice.conversion.recording import Recording, open_recording, read_blocks
from voice.conversion.sessions import open_networks
from voice.conversion.statement import SourceStatement, check_statement
from voice.conversion.survey import Survey, survey
from voice.conversion.transposing import Transposition, in_range, shift_for
from voice.errors import ConversionError
from voice.marking.making import Making
from voice.marking.payload import Kind
from voice.marking.writing import write_made_blocks

RENEWED_AFTER = timedelta(minutes=5)
HIGHEST_OUTPUT_RATE_HZ = 48_000
KNEE = 0.9
FEW_IN_RANGE = 0.8

Floats32 = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class ConversionOrder:
    """What is to be converted into whose voice, and how.

    `transpose` in semitones, or "auto" for the whole octaves that suit the voice; `likeness` as
    in `ConversionOptions`, None for what is usual for the voice; `statement` is the user's word
    for the recording.
    """

    recording: Path
    voice: str
    output: Path
    statement: SourceStatement | None
    transpose: Transposition = "auto"
    formants: float = 0.0
    follow_dynamics: bool = False
    likeness: float | None = None
    seed: int = 0
    bits: Bits = "24"


@dataclass(frozen=True)
class Conversion:
    """What was made: `samples` at `rate_hz`, as long as the recording."""

    output: Path
    voice: str
    credit: str
    samples: int
    rate_hz: int
    transposed_semitones: float
    likeness: float
    statement: SourceStatement
    warnings: tuple[str, ...]

    @property
    def duration_s(self) -> float:
        return self.samples / self.rate_hz


def convert_file(
    bank: VoiceBank,
    order: ConversionOrder,
    clock: Callable[[], datetime],
    progress: Progress = lambda stage, share: None,
    threads: int = 2,
) -> Conversion:
    """Convert a recording; the output appears whole or not at all.

    Raises:
        ConversionError: the recording or the order; VoiceError: the voice;
        consent.errors.RefusedError: no leave, or none any more.
    """
    check_format(order.output, order.bits)
    recording = open_recording(order.recording)
    check_statement(order.statement, recording.sha256, str(order.recording))
    if order.statement is None:
        raise ConversionError(f"{order.recording}: nobody stated that it may be used")
    if order.output.resolve() == order.recording.resolve():
        raise ConversionError(f"{order.output}: is the recording; give the output another name")
    voice = bank.open_voice(order.voice, clock(), Operation.CONVERT, recording.sha256)
    networks = open_networks(voice, recording.sha256, clock(), threads)
    progress("listening", 0.0)
    heard = survey(recording, lambda share: progress("listening", 0.3 * share))
    shift = shift_for(heard.pitch, voice.card, order.transpose)
    options = ConversionOptions(
        shift,
        order.formants,
        order.follow_dynamics,
        voice.card.likeness if order.likeness is None else order.likeness,
        order.seed,
    )
    still_permitted = _permission(voice, recording, clock)

    def each(share: float) -> None:
        still_permitted()
        progress("converting", 0.3 + 0.7 * share)

    pieces = convert_pieces(heard, read_blocks(recording), networks, options, each=each)
    rate_hz = _rate(recording, order.output)
    wanted = round(recording.samples * rate_hz / recording.rate_hz)
    limited = _Limiter()
    blocks = (piece[None] for piece in _at_rate(map(limited.hold, pieces), rate_hz, wanted))
    making = making_of(voice, order.statement, options)
    written = write_made_blocks(order.output, blocks, rate_hz, 1, order.bits, making)
    cut = (recording.missing,) if recording.missing else ()
    warnings = (*cut, *heard.warnings, *_range_warning(heard, voice, shift), *limited.warnings())
    card = voice.card
    return Conversion(
        order.output,
        card.name,
        card.credit_line,
        written,
        rate_hz,
        shift,
        options.likeness,
        order.statement,
        warnings,
    )


def making_of(voice: Voice, statement: SourceStatement, options: ConversionOptions) -> Making:
    """Voice, credit and the user's statement, for mark, record and the file's comment."""
    comment = (
        f"voice converted by Melisma; voice {voice.card.name}; transposed "
        f"{options.transpose:+g} semitones; {statement.text}"
    )
    return Making(
        Kind.CONVERT,
        (voice.use,),
        Tags(artist=voice.card.credit_line, comment=comment),
        statement.source_sha256,
        seed=options.seed,
        statement=statement.text,
        changes=tuple(_changes(options)),
    )


def _changes(options: ConversionOptions) -> Iterator[str]:
    """What the options did, in words, for the record."""
    if options.transpose:
        yield f"transposed {options.transpose:+g} semitones"
    if options.formants:
        yield f"formants moved {options.formants:+g} semitones"
    if options.follow_dynamics:
        yield "as loud as the recording at every moment"
    yield f"likeness {options.likeness:g} (1: the voice alone, 0: the recording's own detail)"


def _permission(
    voice: Voice, recording: Recording, clock: Callable[[], datetime]
) -> Callable[[], None]:
    """Asked before every piece: raises once the grant has ended, renews before a permit does."""
    permit, asked_at = voice.permit, clock()

    def still_permitted() -> None:
        nonlocal permit, asked_at
        now = clock()
        if now - asked_at > RENEWED_AFTER:
            permit, asked_at = renew(permit, now), now
        verify(permit, Operation.CONVERT, voice.folder.digest, now, recording.sha256)

    return still_permitted


def _rate(recording: Recording, output: Path) -> int:
    """The recording's own rate where it is one of music, else 44.1 kHz, as the format allows."""
    own = recording.rate_hz
    rate_hz = own if SAMPLE_RATE_HZ <= own <= HIGHEST_OUTPUT_RATE_HZ else SAMPLE_RATE_HZ
    allowed = FORMATS[output.suffix.lower()].rates_hz
    if allowed and rate_hz not in allowed:
        return min((rate for rate in allowed if rate > rate_hz), default=HIGHEST_OUTPUT_RATE_HZ)
    return rate_hz


def _at_rate(pieces: Iterator[Floats32], rate_hz: int, wanted: int) -> Iterator[Floats32]:
    """Pieces at another rate, exactly `wanted` samples in all."""
    import soxr

    stream = soxr.ResampleStream(SAMPLE_RATE_HZ, rate_hz, 1, quality="VHQ")
    same = rate_hz == SAMPLE_RATE_HZ
    left = wanted
    for piece in pieces:
        made = piece if same else stream.resample_chunk(piece)
        yield made[:left]
        left -= min(left, len(made))
    if not same:
        made = stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)[:left]
        yield made
        left -= len(made)
    if left:
        yield np.zeros(left, dtype=np.float32)


class _Limiter:
    """Bends what would leave full scale back below it, sample by sample."""

    def __init__(self) -> None:
        self._bent = 0

    def hold(self, samples: Floats32) -> Floats32:
        level = np.abs(samples)
        over = level > KNEE
        if not over.any():
            return samples
        self._bent += int(over.sum())
        bent = KNEE + (1.0 - KNEE) * np.tanh((level - KNEE) / (1.0 - KNEE))
        return np.asarray(np.where(over, np.sign(samples) * bent, samples), dtype=np.float32)

    def warnings(self) -> tuple[str, ...]:
        if not self._bent:
            return ()
        return (f"{self._bent} samples came near full scale and were held below it",)


def _range_warning(heard: Survey, voice: Voice, shift: float) -> tuple[str, ...]:
    share = in_range(heard.pitch, voice.card, shift)
    if share >= FEW_IN_RANGE:
        return ()
    low, high = voice.card.range.low_midi, voice.card.range.high_midi
    return (
        f"{100 * (1 - share):.0f} % of the singing lies outside the range of {voice.card.name} "
        f"({low}–{high}); --transpose may help",
    )
