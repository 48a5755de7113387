"""How well generated lyrics keep what is asked of them.

    python -m benchmarks.lyrics write SONGS.jsonl --count 200 --scores FOLDER   (can be resumed)
    python -m benchmarks.lyrics report SONGS.jsonl --scores FOLDER --save results/lyrics.json

Songs are judged by rules that are not those of the search: syllables also by espeak-ng, rhymes and
repetitions on the finished text, fluency by the model reading it anew.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.lyric_specs import Specification, draw
from benchmarks.table import Row, Table, at_least, at_most
from lyrics.espeak import EspeakPronouncer
from lyrics.writer.accents import StressFit, stress_fit
from lyrics.writer.local_model import LanguageModel, LocalLyricist, bundled_model_path
from lyrics.writer.plan import UNRHYMED
from lyrics.writer.rhyme import RhymeKind, rhyme_sound
from lyrics.writer.song import Song, plain
from lyrics.writer.wordbook import load_wordbook
from lyrics.writer.writer import SongWriter
from voice.errors import MelismaError
from voice.score.languages import language_of, words_of
from voice.score.reading import read_score

PROMPT = "<|im_start|>user\nWrite the lyrics of a song.<|im_end|>\n<|im_start|>assistant\n"
HUMAN_LINE_WORDS = 8
MELODIES = 40


@dataclass(frozen=True)
class Measured:
    """One song in numbers.

    Attributes:
        espeak_differs: words and lines where espeak-ng counts otherwise.
        rhymes: pairs of lines that were to rhyme and do, of all such pairs.
        strong: stressed syllables on strong notes and on weak ones; free: without the wish.
    """

    number: int
    melody: str
    theme: str
    text: tuple[str, ...]
    lines: int
    exact: int
    espeak_exact: int
    espeak_differs: tuple[str, ...]
    rhymes: tuple[int, int]
    strong: tuple[int, int]
    free: tuple[int, int]
    distinct_bigrams: float
    repeated_lines: int
    themed_sections: tuple[int, int]
    perplexity: float
    seconds: float


def measure(
    specification: Specification, song: Song, model: LanguageModel, theme: frozenset[str]
) -> Measured:
    """Everything that the text itself shows."""
    sections = list(song.own_sections())
    lines = [line for section in sections for line in section.lines]
    espeak = EspeakPronouncer("en-us")
    differing = []
    for line in lines:
        count = sum(len(word.syllables) for word in espeak.pronounce(_words(line.text)))
        if count != line.plan.syllables:
            differing.append(f"{line.text} ({count} for {line.plan.syllables})")
    rhyming = [
        rhyme_sound(one.words[-1].syllables).rhymes_with(
            rhyme_sound(other.words[-1].syllables), RhymeKind.PERFECT
        )
        for section in sections
        for (a, one), (b, other) in combinations(enumerate(section.lines), 2)
        if section.rhyme[a] == section.rhyme[b] != UNRHYMED
    ]
    fit = stress_fit(lines)
    themed = [
        any(word in theme for line in section.lines for word in line.key.split())
        for section in sections
    ]
    return Measured(
        number=specification.number,
        melody=specification.melody,
        theme=specification.request.theme,
        text=tuple(line.text for line in lines),
        lines=len(lines),
        exact=sum(len(line.syllables) == line.plan.syllables for line in lines),
        espeak_exact=len(lines) - len(differing),
        espeak_differs=tuple(differing),
        rhymes=(sum(rhyming), len(rhyming)),
        strong=(fit.on_strong, fit.on_weak),
        free=(0, 0),
        distinct_bigrams=distinct_bigrams([line.key for line in lines]),
        repeated_lines=len(lines) - len({line.key for line in lines}),
        themed_sections=(sum(themed), len(themed)),
        perplexity=perplexity(model, [line.text for line in lines]),
        seconds=0.0,
    )


def distinct_bigrams(lines: Iterable[str]) -> float:
    """Different pairs of neighbouring words within lines, of all such pairs."""
    found = [pair for line in lines for pair in pairwise(line.split())]
    return len(set(found)) / len(found) if found else 1.0


def perplexity(model: LanguageModel, lines: Sequence[str]) -> float:
    """Per token, of the lines after one and the same prompt."""
    codec, network = model.codec, model.network
    before, text = codec.encode(PROMPT), codec.encode("\n".join(lines) + "\n")
    read = network.read(network.empty(), before + text, all_positions=True).following
    gained = sum(float(read[len(before) - 1 + at, token]) for at, token in enumerate(text))
    return float(2.718281828459045 ** (-gained / len(text)))


def human_songs(folder: Path, most: int) -> list[list[str]]:
    """English verses of scores, as lines that break at punctuation or after some words."""
    songs: list[list[str]] = []
    for path in _scores(folder):
        try:
            score = read_score(path)
            if language_of(score, 1) != "en":
                continue
            words = words_of(score, 1)
        except MelismaError:
            continue
        if len(words) >= 20:
            songs.append(_as_lines(words))
        if len(songs) == most:
            break
    return songs


def _as_lines(words: Sequence[str]) -> list[str]:
    lines: list[list[str]] = [[]]
    for word in words:
        lines[-1].append(word)
        ends = word[-1] in ",.;:!?" and len(lines[-1]) >= 4
        if ends or len(lines[-1]) >= HUMAN_LINE_WORDS:
            lines.append([])
    texts = [" ".join(line) for line in lines if line]
    return [text[0].upper() + text[1:] for text in texts]


def write(target: Path, count: int, scores: Path, seed: int) -> None:
    """Write and measure songs, one JSON line each; those that stand already are not repeated.

    They come in a shuffled order, so that a run that is cut short is a fair sample.
    """
    done = {row.number for row in _read(target)} if target.exists() else set()
    melodies = round(MELODIES * count / 200)
    model, book = LanguageModel.of(bundled_model_path()), load_wordbook()
    specifications = draw(count, _scores(scores), melodies, seed)
    random.Random(seed).shuffle(specifications)
    for specification in specifications:
        if specification.number in done:
            continue
        writer = SongWriter(LocalLyricist(model, book), book)
        began = time.process_time()
        song = writer.write(specification.request)
        seconds = time.process_time() - began
        theme = writer.lyricist.theme_words(specification.request.theme)
        row = replace(measure(specification, song, model, theme), seconds=seconds)
        if specification.melody:
            fit = _without_accents(writer, specification)
            row = replace(row, free=(fit.on_strong, fit.on_weak))
        with target.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        done.add(specification.number)
        sys.stderr.write(f"\r{len(done)} of {count}")


def _without_accents(writer: SongWriter, specification: Specification) -> StressFit:
    """The same request when the search knows nothing of the notes' weights."""
    request = specification.request
    deaf = tuple(
        replace(section, lines=tuple(replace(line, accents=(), long=()) for line in section.lines))
        for section in request.sections
    )
    song = writer.write(replace(request, sections=deaf))
    plans = [plan for section in request.sections for plan in section.lines]
    lines = [replace(line, plan=plan) for line, plan in zip(song.lines, plans, strict=True)]
    return stress_fit(lines)


def report(source: Path, scores: Path, target: Path | None) -> str:
    """The table of all songs written so far; saved for `benchmarks.report` if a target is given."""
    rows = _read(source)
    model = LanguageModel.of(bundled_model_path())
    human = [perplexity(model, lines) for lines in human_songs(scores, 40)]
    differing = [line for row in rows for line in row.espeak_differs]
    listed = "\n".join(f"- {line}" for line in differing)
    table = Table(_table(rows, human), circumstances(datetime.now(UTC)))
    if target:
        target.write_text(table.to_json(), "utf-8")
    return f"{table.to_markdown()}\nLines that espeak-ng counts otherwise:\n{listed}\n"


def _table(rows: Sequence[Measured], human: Sequence[float]) -> tuple[Row, ...]:
    songs, lines = len(rows), sum(row.lines for row in rows)
    rhymes = sum(row.rhymes[1] for row in rows)
    sung = [row for row in rows if row.melody]
    strong, free = (
        [sum(pair[side] for pair in pairs) for side in (0, 1)]
        for pairs in ([row.strong for row in sung], [row.free for row in sung])
    )
    sections = sum(row.themed_sections[1] for row in rows)
    return (
        Row("lyrics.exact", "lines with the asked syllables, as the singer pronounces them",
            100 * sum(row.exact for row in rows) / lines, "%", lines, "lines", at_least(100)),
        Row("lyrics.exact.espeak", "the same by espeak-ng",
            100 * sum(row.espeak_exact for row in rows) / lines, "%", lines, "lines",
            at_least(99)),
        Row("lyrics.rhymes", "pairs of lines that are to rhyme and do",
            100 * sum(row.rhymes[0] for row in rows) / max(rhymes, 1), "%", rhymes, "pairs",
            at_least(99)),
        Row("lyrics.stress", "stressed syllables on strong notes, of those on strong or weak ones",
            100 * strong[0] / max(sum(strong), 1), "%", sum(strong), "syllables", at_least(90)),
        Row("lyrics.stress.unconstrained", "the same model without knowledge of the melody",
            100 * free[0] / max(sum(free), 1), "%", sum(free), "syllables"),
        Row("lyrics.bigrams", "distinct pairs of words in a song, least of all songs",
            min(row.distinct_bigrams for row in rows), "", songs, "songs", at_least(0.8)),
        Row("lyrics.repeated", "lines repeated outside the chorus",
            sum(row.repeated_lines for row in rows), "", songs, "songs", at_most(0)),
        Row("lyrics.perplexity", "perplexity per token by the model, median over songs",
            median(row.perplexity for row in rows), "", songs, "songs",
            at_most(median(human)) if human else None),
        Row("lyrics.theme", "sections with a word of the theme or a neighbour of one",
            100 * sum(row.themed_sections[0] for row in rows) / sections, "%", sections,
            "sections", at_least(100)),
        Row("lyrics.cpu", "processor seconds for a line, median over songs",
            median(row.seconds / row.lines for row in rows), "s", songs, "songs"),
    )  # fmt: skip


def sixteen_lines() -> str:
    """Seconds from nothing to a song of 16 lines, and the most memory that it took."""
    from lyrics.writer.plan import LinePlan, SongRequest, sections_of

    began = time.perf_counter()
    book = load_wordbook()
    writer = SongWriter(LocalLyricist(LanguageModel.of(bundled_model_path()), book), book)
    plans = tuple(map(LinePlan, (8, 6, 8, 6, 8, 6, 8, 6)))
    kinds = ("verse", "chorus")
    writer.write(
        SongRequest("leaving the city at night", "country", sections_of(kinds, [plans] * 2, None))
    )
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return f"16 lines: {seconds:.1f} s, {time.process_time():.1f} processor s, {memory:.2f} GB\n"


def _read(path: Path) -> list[Measured]:
    return [_row(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _row(values: dict[str, Any]) -> Measured:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Measured(**fields)


def _words(text: str) -> list[str]:
    return [plain(word) for word in text.split()]


def _scores(folder: Path) -> list[Path]:
    found = [*folder.glob("hymns-abc/*.abc"), *folder.glob("lieder-en/**/*.mxl")]
    return sorted(found)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lyrics")
    parser.add_argument("command", choices=("write", "report", "time"))
    parser.add_argument("file", type=Path, nargs="?", default=Path("lyrics.jsonl"))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--scores", type=Path, default=Path("data/scores"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.command == "write":
        write(chosen.file, chosen.count, chosen.scores, chosen.seed)
    elif chosen.command == "report":
        sys.stdout.write(report(chosen.file, chosen.scores, chosen.save))
    else:
        sys.stdout.write(sixteen_lines())


if __name__ == "__main__":
    main(sys.argv[1:])
