"""Learns how melodies go from scores: weights of pitch, and probabilities of rhythm.

    python -m voice.composing.learning data/scores -o voice/data/melodies.json

A conditional log-linear model of each pitch given what came before, the chord, the metre and the
words, fitted by L-BFGS; counts for rhythm. Melodies whose names hash so are held back.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from voice.composing.corpus import CorpusMelody, CorpusNote, read_corpus
from voice.composing.errors import TableError
from voice.composing.features import (
    BEFORE_LAST,
    FIRST,
    INSIDE,
    INTERVALS,
    LAST,
    NO_INTERVAL,
    SIZE,
    WIDEST,
    Moves,
    indices,
    interval_class,
    relation,
    weight_class,
)
from voice.composing.harmony import triad
from voice.composing.table import RATIOS, Array, MelodyTable, ratio_class
from voice.lyric_plan import metrical_weight

LONG = 1.5
PENALTY = 2e-5
ROUNDS = 120
TERMS = (
    "Open Hymnal Project (github.com/mzealey/openhymnal), public domain; "
    "OpenScore Lieder Corpus (github.com/OpenScore/Lieder), CC0 1.0"
)
KINDS = ("hymn", "lied")


@dataclass(frozen=True)
class PitchExamples:
    """Every learnable move: feature numbers (moves, 25, groups) and the interval that was sung."""

    features: NDArray[np.int16]
    taken: NDArray[np.int64]


def pitch_examples(melodies: Sequence[CorpusMelody]) -> PitchExamples:
    """All notes but the first of each melody that stay within an octave of the one before."""
    features, taken = [], []
    for melody in melodies:
        for moves, interval in _moves(melody):
            stacked = [np.broadcast_to(group, (INTERVALS,)) for group in indices(moves)]
            features.append(np.stack(stacked, -1).astype(np.int16))
            taken.append(interval + WIDEST)
    if not taken:
        raise TableError("there is no melody to learn from; give the folder of scores")
    return PitchExamples(np.stack(features), np.array(taken))


def log_probabilities(weights: Array, examples: PitchExamples) -> Array:
    """Of what was sung, for each move."""
    scores = weights[examples.features].sum(-1)
    scores -= scores.max(1, keepdims=True)
    rows = np.arange(len(scores))
    taken: Array = scores[rows, examples.taken] - np.log(np.exp(scores).sum(1))
    return taken


def learn_weights(examples: PitchExamples, rounds: int) -> Array:
    """The weights under which what was sung is likeliest, small where little is known."""
    count = len(examples.taken)
    columns = examples.features.reshape(-1)
    ones = np.ones(len(columns), np.float32)
    starts = np.arange(0, len(columns) + 1, examples.features.shape[-1])
    table = csr_matrix((ones, columns.astype(np.int32), starts), (count * INTERVALS, SIZE))
    turned = table.T.tocsr()
    rows = np.arange(count)
    sung = np.bincount(examples.features[rows, examples.taken].ravel(), minlength=SIZE)

    def loss(weights: Array) -> tuple[float, Array]:
        scores = (table @ weights).reshape(count, INTERVALS)
        scores -= scores.max(1, keepdims=True)
        chances = np.exp(scores)
        total = chances.sum(1, keepdims=True)
        value = float((np.log(total[:, 0]) - scores[rows, examples.taken]).mean())
        expected = turned @ (chances / total).ravel()
        slope = (expected - sung) / count + 2 * PENALTY * weights
        return value + PENALTY * float(weights @ weights), slope

    found = minimize(loss, np.zeros(SIZE), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    weights: Array = found.x
    return weights


def unigram_perplexity(known: PitchExamples, unseen: PitchExamples) -> float:
    """Per note, of intervals by their frequency alone."""
    counts = np.bincount(known.taken, minlength=INTERVALS) + 0.5
    chances = counts / counts.sum()
    return float(np.exp(-np.log(chances[unseen.taken]).mean()))


def perplexity(weights: Array, examples: PitchExamples) -> float:
    """Per note."""
    return float(np.exp(-log_probabilities(weights, examples).mean()))


def learn_lengths(melodies: Sequence[CorpusMelody]) -> tuple[Array, Array]:
    """How long syllables are against their line, and on which beats they fall: log shares."""
    lengths = np.ones((2, 2, 2, RATIOS))
    places = np.ones((4, 2, 4))
    for melody in melodies:
        if melody.language != "en":
            continue
        for line in _lines(melody):
            heads = [note for note in line if note.stress >= 0]
            if len(heads) < 3:
                continue
            gaps = [float(b.start_beats - a.start_beats) for a, b in pairwise(heads)]
            ratios = ratio_class(np.array(gaps) / np.mean(gaps))
            weights = [_weight(melody, note) for note in heads]
            for at, (here, after) in enumerate(pairwise(heads)):
                strong = int(weights[at] >= 3)
                lengths[here.stress, after.stress, strong, ratios[at]] += 1
                places[weights[at] - 1, after.stress, weights[at + 1] - 1] += 1
    return _log_shares(lengths), _log_shares(places)


def learn(melodies: Sequence[CorpusMelody], rounds: int = ROUNDS) -> MelodyTable:
    """The table of all melodies that are not held back, with what it makes of those that are."""
    kept = [melody for melody in melodies if not melody.held_back]
    held = [melody for melody in melodies if melody.held_back]
    known, unseen = pitch_examples(kept), pitch_examples(held)
    weights = np.round(learn_weights(known, rounds), 3)
    lengths, places = learn_lengths(kept)
    facts = {
        "sources": TERMS,
        "melodies": len(kept),
        "notes": len(known.taken),
        "held_back_melodies": len(held),
        "held_back_notes": len(unseen.taken),
        "held_back_perplexity": round(perplexity(weights, unseen), 3),
        "held_back_unigram_perplexity": round(unigram_perplexity(known, unseen), 3),
    }
    return MelodyTable(weights, lengths, places, facts)


def _log_shares(counts: Array) -> Array:
    shares: Array = np.log(counts / counts.sum(-1, keepdims=True))
    return shares


def _weight(melody: CorpusMelody, note: CorpusNote) -> int:
    beat = (note.start_beats - note.bar) / melody.meter.unit_beats + 1
    return metrical_weight(melody.meter, float(beat))


def _lines(melody: CorpusMelody) -> Iterator[list[CorpusNote]]:
    line: list[CorpusNote] = []
    for note in melody.notes:
        line.append(note)
        if note.line_end:
            yield line
            line = []


def _places(melody: CorpusMelody) -> list[int]:
    places = []
    for line in _lines(melody):
        within = [INSIDE] * len(line)
        within[0] = FIRST
        if len(line) > 1:
            within[-1] = LAST
        if len(line) > 2:
            within[-2] = BEFORE_LAST
        places += within
    return places


def _moves(melody: CorpusMelody) -> Iterator[tuple[Moves, int]]:
    """The 25 moves from each note, and the one that was sung."""
    notes = melody.notes
    middle = round(float(np.mean([note.midi for note in notes])))
    usual = float(np.median([float(note.duration_beats) for note in notes]))
    tonic, one = melody.key.tonic, np.array
    intervals = np.arange(-WIDEST, WIDEST + 1)
    places = _places(melody)
    for at in range(1, len(notes)):
        here, last = notes[at], notes[at - 1]
        interval = here.midi - last.midi
        if abs(interval) > WIDEST or len(places) != len(notes):
            continue
        before = last.midi - notes[at - 2].midi if at > 1 else None
        pitch = last.midi + intervals
        sort = NO_INTERVAL if before is None else int(interval_class(one(before)))
        yield (
            Moves(
                before=one(sort),
                interval=intervals,
                back=(pitch == notes[at - 2].midi).astype(np.int64) if at > 1 else one(0),
                degree=(pitch - tonic) % 12,
                degree_from=one((last.midi - tonic) % 12),
                minor=one(int(melody.key.mode == "minor")),
                weight=one(weight_class(_weight(melody, here))),
                long=one(int(float(here.duration_beats) >= LONG * usual)),
                chord=relation(pitch, _classes(here)),
                chord_from=relation(one(last.midi), _classes(last)),
                register=pitch - middle,
                place=one(places[at]),
                stress=one(here.stress % 3),
                kind=one(KINDS.index(melody.kind)),
            ),
            interval,
        )


def _classes(note: CorpusNote) -> tuple[int, ...]:
    if note.chord is None:
        return ()
    root, mode = note.chord
    return (root, *sorted(triad(root, mode) - {root}))


def main(arguments: Sequence[str], say: Callable[[str], object] = sys.stdout.write) -> None:
    parser = argparse.ArgumentParser(prog="python -m voice.composing.learning")
    parser.add_argument("scores", type=Path, help="folder of .abc and .mxl scores with words")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(arguments)
    table = learn(list(read_corpus(chosen.scores)), chosen.rounds)
    chosen.output.write_text(table.to_json(), "utf-8")
    say("".join(f"{name}: {value}\n" for name, value in table.facts.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
