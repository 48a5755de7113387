"""Repeats the choice of hymns by the rule of `sets.toml`, and prints the files it picks.

python -m benchmarks.choose_hymns data/scores/hymns-abc --corpora data/corpora
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command import run
from benchmarks.hymns import SETS, Hymn, read_hymn
from benchmarks.listening import bare
from lyrics.english import EnglishPronouncer
from voice.errors import ScoreError
from voice.score.files import decode_text
from voice.score.fitting import fit

_METRE = re.compile(r"^%OHMETRICAL\s+(.*?)\s*$", re.MULTILINE)
_TEMPO = re.compile(r"Q:\s*1/4\s*=\s*(\d+)")


@dataclass(frozen=True)
class Rule:
    """The table `hymns.rule` of `sets.toml`."""

    metres: frozenset[str]
    slowest_qpm: int
    fastest_qpm: int
    shared_words: int
    archaic: frozenset[str]


def read_rule(sets: Path = SETS) -> Rule:
    row = tomllib.loads(sets.read_text(encoding="utf-8"))["hymns"]["rule"]
    return Rule(
        metres=frozenset(row["metres"]),
        slowest_qpm=row["slowest_qpm"],
        fastest_qpm=row["fastest_qpm"],
        shared_words=row["shared_words"],
        archaic=frozenset(word.strip("'") for word in row["archaic"]),
    )


def chosen(files: Iterable[Path], rule: Rule, trained: frozenset[str]) -> Iterator[str]:
    """Names of the files that keep the rule.

    Args:
        trained: runs of words that a training has seen, see `runs_of_words`.
    """
    pronouncer = EnglishPronouncer()
    for path in sorted(files):
        if not has_plain_form(decode_text(path.read_bytes()), rule):
            continue
        try:
            hymn = read_hymn(path)
            if fit(hymn.score, 1, pronouncer).warnings:
                continue
        except ScoreError:
            continue
        if has_fresh_words(hymn, rule, trained):
            yield path.name


def has_plain_form(text: str, rule: Rule) -> bool:
    """Whether an ABC file has a metre of the rule and one tempo within its bounds."""
    metre, tempos = _METRE.search(text), _TEMPO.findall(text)
    if metre is None or metre.group(1) not in rule.metres:
        return False
    if len(tempos) != 1 or text.count("Q:") != 1:
        return False
    return rule.slowest_qpm <= int(tempos[0]) <= rule.fastest_qpm


def has_fresh_words(hymn: Hymn, rule: Rule, trained: frozenset[str]) -> bool:
    """Whether the verse has no archaic word and shares no run of words with a training."""
    if rule.archaic & set(bare(hymn.words).split()):
        return False
    return not runs_of_words([hymn.words], rule.shared_words) & trained


def runs_of_words(texts: Iterable[str], length: int) -> frozenset[str]:
    """Every run of `length` words in the texts."""
    runs = set()
    for text in texts:
        words = bare(text).split()
        runs |= {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}
    return frozenset(runs)


def trained_texts(corpora: Path) -> Iterator[str]:
    """The texts of all spoken recordings."""
    for manifest in sorted(corpora.glob("*/manifest.jsonl")):
        for line in manifest.read_text(encoding="utf-8").splitlines():
            yield json.loads(line).get("text", "")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.choose_hymns", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpora", type=Path, required=True)
    options = parser.parse_args(arguments)
    rule = read_rule()
    trained = runs_of_words(trained_texts(options.corpora), rule.shared_words)
    for name in chosen(options.folder.glob("*.abc"), rule, trained):
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    run(main)
