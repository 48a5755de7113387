"""Instrumental tracks made from scores, with everything known of them that an analysis finds.

Half of them get a drummer and a bass player. Truth comes from the score alone: beats from its metre
and tempo, key from its signature and final chord, chords from the notes that sound.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.written_notes import WrittenNote, WrittenScore
from voice.analysis.model import ChordSpan, Key, Mode

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
LONGEST_S = 75.0
SHORTEST_S = 25.0
PROGRAMS = (0, 4, 19, 24, 48, 52, 60, 73)
"""Piano, electric piano, church organ, guitar, strings, choir, horns, flutes."""
BASS_PROGRAM = 33
KICK, SNARE, HAT, RIDE = 36, 38, 42, 51
JITTER_S = 0.006
CLEAR_SHARE = 0.8
COMPOUND = (6, 9, 12)


@dataclass(frozen=True)
class Stroke:
    """One note of the rendering."""

    start_s: float
    end_s: float
    midi: int
    velocity: int
    channel: int


@dataclass(frozen=True)
class MadeTrack:
    """A track and the truth about it; `chords` leaves out what is no clear triad."""

    name: str
    drums: bool
    bpm: float
    meter: tuple[int, int]
    key: Key
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    chords: tuple[ChordSpan, ...]
    strokes: tuple[Stroke, ...]
    programs: tuple[int, ...]


class Clock:
    """Seconds of quarters under the tempos of a score."""

    def __init__(self, tempos: tuple[tuple[Fraction, float], ...]) -> None:
        self._points: list[tuple[float, float, float]] = []
        second = 0.0
        for number, (at, qpm) in enumerate(tempos):
            if number:
                before = self._points[-1]
                second = before[1] + (float(at) - before[0]) * 60.0 / before[2]
            self._points.append((float(at), second, qpm))

    def seconds(self, quarter: Fraction | float) -> float:
        at = next((p for p in reversed(self._points) if p[0] <= quarter), self._points[0])
        return at[1] + (float(quarter) - at[0]) * 60.0 / at[2]


def make_track(score: WrittenScore, drums: bool, seed: int) -> MadeTrack:
    """The arrangement of a score and its truth.

    A drummer keeps the first tempo to the end. The sung part of a song with accompaniment is left
    out; a hymn keeps its four voices.

    Raises:
        BenchmarkError: too short, a tempo nobody counts, or a key that its ends do not confirm.
    """
    dice = random.Random(seed)
    clock = Clock(score.tempos[:1] if drums else score.tempos)
    beat = beat_quarters(score.meter)
    bpm = score.tempos[0][1] / float(beat)
    if not 40.0 <= bpm <= 220.0:
        raise BenchmarkError(f"{score.name}: {bpm:g} beats a minute")
    key = true_key(score)
    kept = _accompaniment(score)
    end = max((n.start + n.length for n in kept), default=Fraction(0))
    while clock.seconds(end) > LONGEST_S:
        end -= beat
    if clock.seconds(end) < SHORTEST_S:
        raise BenchmarkError(f"{score.name}: {clock.seconds(end):.0f} s")
    notes = [n for n in kept if n.start < end]
    bars = [bar for bar in _bar_lines(score) if bar < end]
    beats = _beats(score, bars, beat, end)
    chords = _chords(notes, beats, end)
    strokes = [_played(n, clock, end, bars, dice) for n in notes]
    if drums:
        strokes += _drums(bars, beat, end, score.meter, clock, dice)
        strokes += _bass(chords, bars, clock, dice)
    lead_s = 0.5
    return MadeTrack(
        name=score.name,
        drums=drums,
        bpm=bpm,
        meter=score.meter,
        key=key,
        beats_s=tuple(lead_s + clock.seconds(b) for b in beats),
        downbeats_s=tuple(lead_s + clock.seconds(b) for b in bars),
        chords=tuple(
            ChordSpan(lead_s + clock.seconds(begin), lead_s + clock.seconds(last), root, mode)
            for begin, last, root, mode in chords
        ),
        strokes=tuple(strokes),
        programs=tuple(dice.choice(PROGRAMS) for _ in range(9)),
    )


def beat_quarters(meter: tuple[int, int]) -> Fraction:
    """What is counted: three units of a compound metre, else one."""
    unit = Fraction(4, meter[1])
    return 3 * unit if meter[0] in COMPOUND else unit


def true_key(score: WrittenScore) -> Key:
    """The signature's major or minor key, whichever tonic stands in the bass at the end."""
    major = 7 * score.fifths % 12
    end = max(n.start + n.length for n in score.notes)
    last = [n for n in score.notes if n.start + n.length == end]
    bass = min(n.midi for n in last) % 12
    if bass == major:
        return Key(major, "major")
    if bass == (major + 9) % 12:
        return Key(bass, "minor")
    raise BenchmarkError(f"{score.name}: ends on neither tonic of its signature")


def _accompaniment(score: WrittenScore) -> list[WrittenNote]:
    sung = {note.part for note in score.notes if note.worded}
    rest = [note for note in score.notes if note.part not in sung]
    return rest if len(rest) > len(score.notes) / 2 else list(score.notes)


def _bar_lines(score: WrittenScore) -> list[Fraction]:
    """First beats of bars; halves of a bar that a repeat sign splits count as one."""
    full = score.bar_quarters
    lines: list[Fraction] = []
    missing = Fraction(0)
    for number, (begin, end) in enumerate(zip(score.bars, score.bars[1:], strict=False)):
        length = end - begin
        if number == 0 and length < full:
            continue
        if missing and length == missing:
            missing = Fraction(0)
            continue
        lines.append(begin)
        missing = full - length if length < full else Fraction(0)
    return lines


def _beats(
    score: WrittenScore, bars: list[Fraction], beat: Fraction, end: Fraction
) -> list[Fraction]:
    """Every beat: within bars from their lines, before the first counted back."""
    beats: list[Fraction] = []
    back = bars[0] - beat
    while back >= 0:
        beats.insert(0, back)
        back -= beat
    for here, after in zip(bars, [*bars[1:], end], strict=True):
        at = here
        while at < after:
            beats.append(at)
            at += beat
    return beats


def _chords(
    notes: list[WrittenNote], beats: list[Fraction], end: Fraction
) -> list[tuple[Fraction, Fraction, int, Mode]]:
    """Beats on which one triad holds at least `CLEAR_SHARE` of what sounds, third and root in it.

    Lower notes count more; where two triads hold as much, the one whose root is in the bass.
    """
    found: list[tuple[Fraction, Fraction, int, Mode]] = []
    for begin, after in zip(beats, [*beats[1:], end], strict=True):
        weights = [Fraction(0)] * 12
        lowest = 128
        for note in notes:
            shared = min(note.start + note.length, after) - max(note.start, begin)
            if shared > 0:
                weights[note.midi % 12] += shared
                lowest = min(lowest, note.midi)
        total = sum(weights)
        best = _best_triad(weights, lowest % 12) if total else None
        if best is not None and best[0] >= CLEAR_SHARE * float(total):
            found.append((begin, after, best[1], best[2]))
    return found


def _best_triad(weights: list[Fraction], bass: int) -> tuple[float, int, Mode] | None:
    choices: list[tuple[float, bool, int, Mode]] = []
    modes: tuple[tuple[Mode, int], ...] = (("major", 4), ("minor", 3))
    for root in range(12):
        for mode, third in modes:
            held = [weights[root], weights[(root + third) % 12], weights[(root + 7) % 12]]
            if held[0] and held[1]:
                choices.append((float(sum(held)), root == bass, root, mode))
    if not choices:
        return None
    share, _, root, mode = max(choices)
    return share, root, mode


def _played(
    note: WrittenNote, clock: Clock, end: Fraction, bars: list[Fraction], dice: random.Random
) -> Stroke:
    first = note.start in bars
    begin = max(0.0, clock.seconds(note.start) + dice.gauss(0.0, JITTER_S))
    last = clock.seconds(min(note.start + note.length, end))
    velocity = (84 if first else 74) + dice.randint(-8, 8)
    return Stroke(begin, max(last - 0.01, begin + 0.05), note.midi, velocity, note.part % 8)


def _drums(
    bars: list[Fraction],
    beat: Fraction,
    end: Fraction,
    meter: tuple[int, int],
    clock: Clock,
    dice: random.Random,
) -> list[Stroke]:
    """A steady pattern in the metre: kick on the first beat, snare after it, hats between."""
    compound = meter[0] in COMPOUND
    count = meter[0] // 3 if compound else meter[0]
    parts = 3 if compound else 2
    cymbal = dice.choice((HAT, RIDE))
    sparse = dice.random() < 0.3
    strokes = []
    for bar in bars:
        for number in range(count):
            kick = number == 0 or (count == 4 and number == 2)
            drum = KICK if kick else SNARE
            if not (sparse and not kick and number != count - 1):
                strokes.append((bar + number * beat, drum, 100))
            for part in range(parts):
                strokes.append((bar + number * beat + beat * part / parts, cymbal, 70))
        if count == 4 and not compound and dice.random() < 0.4:
            strokes.append((bar + beat * Fraction(5, 2), KICK, 84))
    return [
        Stroke(second, second + 0.1, drum, loud + dice.randint(-10, 10), 9)
        for at, drum, loud in strokes
        if at < end
        for second in (max(0.0, clock.seconds(at) + dice.gauss(0.0, JITTER_S)),)
    ]


def _bass(
    chords: list[tuple[Fraction, Fraction, int, Mode]],
    bars: list[Fraction],
    clock: Clock,
    dice: random.Random,
) -> list[Stroke]:
    """The root where a chord begins or a bar does."""
    strokes = []
    root_before, end_before = -1, Fraction(-1)
    for begin, end, root, _ in chords:
        if root != root_before or begin in bars or begin != end_before:
            second = max(0.0, clock.seconds(begin) + dice.gauss(0.0, JITTER_S))
            low = 28 + (root - 4) % 12
            strokes.append(Stroke(second, clock.seconds(end), low, 92 + dice.randint(-8, 8), 8))
        root_before, end_before = root, end
    return strokes


def render(track: MadeTrack, wav: Path) -> None:
    """Play a track with fluidsynth into a wav of 44.1 kHz; half a second of silence comes first.

    Raises:
        BenchmarkError: no fluidsynth or no soundfont.
    """
    if not SOUNDFONT.is_file():
        raise BenchmarkError(f"{SOUNDFONT}: missing; apt install fluid-soundfont-gm fluidsynth")
    midi = wav.with_suffix(".mid")
    _write_midi(track, midi)
    command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", "44100", "-F", str(wav)]
    try:
        subprocess.run([*command, str(SOUNDFONT), str(midi)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchmarkError(f"fluidsynth: {error}; apt install fluidsynth") from error


def _write_midi(track: MadeTrack, path: Path) -> None:
    import mido

    ticks_s = 1_000.0
    events = [
        (round((0.5 + second) * ticks_s), kind, stroke)
        for stroke in track.strokes
        for second, kind in ((stroke.start_s, "note_on"), (stroke.end_s, "note_off"))
    ]
    events.sort(key=lambda event: (event[0], event[1]))
    file = mido.MidiFile(ticks_per_beat=500)
    row = mido.MidiTrack()
    file.tracks.append(row)
    row.append(mido.MetaMessage("set_tempo", tempo=500_000))
    for channel, program in enumerate((*track.programs[:8], BASS_PROGRAM)):
        row.append(mido.Message("program_change", channel=channel, program=program))
    now = 0
    for at, kind, stroke in events:
        row.append(
            mido.Message(
                kind,
                note=stroke.midi,
                velocity=min(127, stroke.velocity) if kind == "note_on" else 0,
                channel=stroke.channel,
                time=at - now,
            )
        )
        now = at
    file.save(path)
