"""How well melodies keep to chords, words and voice, and how they compare with human ones.

    python -m benchmarks.melodies --scores data/scores --save benchmarks/results/melodies.json

The songs of melody_songs.json (four styles, four metres, major and minor, four ranges) are written
and counted; so are the held-back melodies of the scores, which the learned table has not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.melody_measures import (
    Kept,
    Shape,
    chord_tones,
    corpus_chord_tones,
    corpus_stress,
    in_key,
    in_range,
    of_corpus,
    of_score,
    shape,
    stress_kept,
)
from benchmarks.table import Row, Table, at_least
from lyrics.pronounce import pronouncer_for
from lyrics.writer.accents import StressFit
from voice.card import VoiceRange
from voice.composing.compose import Composition, composed
from voice.composing.corpus import CorpusMelody, read_corpus
from voice.composing.plan import MelodyPlan, plan_from
from voice.composing.table import melody_table
from voice.composing.words import Words, words_from
from voice.score.fitting import fit

SONGS = Path(__file__).parent / "melody_songs.json"
LEAST_NOTES = 24
LEAST_BREATH_S = 0.15


@dataclass(frozen=True)
class Song:
    words: Words
    plan: MelodyPlan


@dataclass(frozen=True)
class Measured:
    """One written melody in numbers.

    Attributes:
        breaths: lines that end with a rest, of those that another line follows.
        higher: the chorus lies higher than the verse in the mean; `None` without both.
        alike: choruses of the same words that have the same pitches and rhythm.
    """

    key: Kept
    chords: Kept
    range: Kept
    stress: StressFit
    fitted: Kept
    breaths: Kept
    higher: bool | None
    alike: Kept
    cadence: Kept
    shape: Shape
    seconds: float


def read_songs(path: Path = SONGS) -> list[Song]:
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["songs"]
    return [
        Song(
            words_from(row["words"]),
            plan_from(row["key"], row["bpm"], row["chords"], row["meter"],
                      voice=VoiceRange(*row["range"]), style=row["style"], seed=row["seed"]),
        )
        for row in rows
    ]  # fmt: skip


def measure(song: Song) -> Measured:
    """Write the melody of a song and count."""
    began = time.process_time()
    written = composed(song.words, song.plan)
    seconds = time.process_time() - began
    score, plan = written.score, written.plan
    sung = fit(score, 1, pronouncer_for("en"))
    return Measured(
        key=in_key(score, plan),
        chords=chord_tones(score, plan),
        range=in_range(score, plan),
        stress=stress_kept(score, song.words),
        fitted=Kept(sum(not note.continues for note in sung.notes), len(score.notes)),
        breaths=_breaths(written),
        higher=_higher(written),
        alike=_alike(written),
        cadence=_cadences(written),
        shape=shape(of_score(score)),
        seconds=seconds,
    )


def _breaths(written: Composition) -> Kept:
    lines = [line for section in written.lines for line in section]
    tempo = written.score.tempo
    rests = [
        tempo.seconds_at(b.rhythm.onsets[0]) - tempo.seconds_at(a.rhythm.end)
        for a, b in pairwise(lines)
    ]
    return Kept(sum(rest >= LEAST_BREATH_S for rest in rests), len(rests))


def _higher(written: Composition) -> bool | None:
    pitches: dict[bool, list[int]] = {True: [], False: []}
    for place, lines in zip(written.form.sections, written.lines, strict=True):
        if place.section.is_chorus or place.section.kind == "verse":
            pitches[place.section.is_chorus] += [midi for line in lines for midi in line.pitches]
    return mean(pitches[True]) > mean(pitches[False]) if all(pitches.values()) else None


def _alike(written: Composition) -> Kept:
    total = Kept()
    for place, lines in zip(written.form.sections, written.lines, strict=True):
        if place.repeats and place.like is not None and place.section.is_chorus:
            first = [(line.rhythm.offsets, line.pitches) for line in written.lines[place.like]]
            total += Kept(int(first == [(x.rhythm.offsets, x.pitches) for x in lines]), 1)
    return total


def _cadences(written: Composition) -> Kept:
    """Sections that end on a tone of their last chord."""
    ends = [lines[-1] for lines in written.lines]
    good = [
        line.pitches[-1] % 12 in written.plan.chord_at(line.rhythm.onsets[-1]).pitch_classes
        for line in ends
    ]
    return Kept(sum(good), len(good))


def table_of(rows: Sequence[Measured], human: Sequence[CorpusMelody]) -> tuple[Row, ...]:
    key, chords, kept = (_sum(getattr(row, name) for row in rows) for name in
                         ("key", "chords", "range"))  # fmt: skip
    stress = sum((row.stress for row in rows), StressFit())
    fitted, breaths, alike, cadence = (_sum(getattr(row, name) for row in rows) for name in
                                       ("fitted", "breaths", "alike", "cadence"))  # fmt: skip
    higher = [row.higher for row in rows if row.higher is not None]
    facts = melody_table().facts
    english = [melody for melody in human if melody.language == "en"]
    human_stress = sum(map(corpus_stress, english), StressFit())
    human_chords = _sum(corpus_chord_tones(melody) for melody in human)
    return (
        Row("melody.key", "notes in key (minor with its leading note)", key.percent, "%", key.all,
            "notes", at_least(98)),
        Row("melody.chords", "notes on the first beat or the middle of a bar that are chord tones",
            chords.percent, "%", chords.all, "notes", at_least(80)),
        Row("melody.range", "notes within the voice's range", kept.percent, "%", kept.all, "notes",
            at_least(100)),
        Row("melody.stress", "stressed syllables on strong notes, of those on strong or weak ones",
            100 * stress.share, "%", stress.on_strong + stress.on_weak, "syllables", at_least(90)),
        Row("melody.syllables", "notes with one syllable of their own when fitted for singing",
            fitted.percent, "%", fitted.all, "notes", at_least(100)),
        Row("melody.breaths", "lines with a rest of 150 ms or more before the next",
            breaths.percent, "%", breaths.all, "lines", at_least(100)),
        Row("melody.chorus.higher", "songs whose chorus lies higher than their verse",
            100 * sum(higher) / max(len(higher), 1), "%", len(higher), "songs", at_least(95)),
        Row("melody.chorus.alike", "choruses that return note for note", alike.percent, "%",
            alike.all, "choruses", at_least(100)),
        Row("melody.cadence", "sections that end on a tone of their last chord", cadence.percent,
            "%", cadence.all, "sections", at_least(95)),
        *_shapes("written", [row.shape for row in rows], "melodies"),
        Row("human.chords", "the same of held-back human melodies and triads found in their scores",
            human_chords.percent, "%", human_chords.all, "notes"),
        Row("human.stress", "the same of held-back melodies to English words",
            100 * human_stress.share, "%", human_stress.on_strong + human_stress.on_weak,
            "syllables"),
        *_shapes("human", [shape(of_corpus(melody)) for melody in human], "melodies held back"),
        Row("model.perplexity", "of the next pitch among 25, held-back human melodies, per note",
            float(facts["held_back_perplexity"]), "", int(facts["held_back_notes"]), "notes"),
        Row("model.unigram", "the same from the frequency of intervals alone",
            float(facts["held_back_unigram_perplexity"]), "", int(facts["held_back_notes"]),
            "notes"),
        Row("melody.cpu", "processor seconds for a song, median",
            median(row.seconds for row in rows), "s", len(rows), "songs"),
    )  # fmt: skip


def _shapes(who: str, shapes: Sequence[Shape], counted: str) -> list[Row]:
    told = {
        "steps": ("moves by one or two semitones, mean", "%", 100),
        "repeats": ("repeated tones, mean", "%", 100),
        "leaps": ("moves by five semitones or more, mean", "%", 100),
        "answered": ("leaps that a turn or a repeat of the tone answers, mean", "%", 100),
        "entropy": ("of an interval given the one before, mean", "bits", 1),
        "motifs": ("notes in motifs of five notes that occur again, mean", "%", 100),
        "range": ("from the lowest to the highest note, mean", "semitones", 1),
    }
    return [
        Row(f"{who}.{name}", f"{who} melodies: {words}",
            factor * mean(float(getattr(each, name)) for each in shapes), unit, len(shapes),
            counted)
        for name, (words, unit, factor) in told.items()
    ]  # fmt: skip


def _sum(parts: Any) -> Kept:
    return sum(parts, Kept())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.melodies", description=__doc__)
    parser.add_argument("--scores", type=Path, default=Path("data/scores"))
    parser.add_argument("--save", type=Path)
    options = parser.parse_args(arguments)
    rows = [measure(song) for song in read_songs()]
    human = [m for m in read_corpus(options.scores, True) if len(m.notes) >= LEAST_NOTES]
    table = Table(table_of(rows, human), circumstances(datetime.now(UTC)))
    if options.save:
        options.save.write_text(table.to_json(), "utf-8")
    sys.stdout.write(table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
