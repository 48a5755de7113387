"""The speaker check on people and machines it has not met, each kind in a row of its own.

A trial is what enrolment does: a statement of four clips against three single clips, judged by the
median of their cosines. Every embedding is made under a permit of a registry of its own.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from benchmarks.consent_trials.scene import at_home, licence
from benchmarks.intervals import Interval
from benchmarks.table import Row, at_most
from consent.canonical import sha256_hex
from consent.checks import judge_speaker
from consent.folder import digest_files
from consent.gate import authorize_corpus
from consent.grant import Operation
from consent.location import at_folder
from consent.registry import Registry
from voice.sound_bytes import SPEECH_RATE_HZ, decode_speech
from voice.speaker import SpeakerEncoder

CORPORA = {
    "kathleen-en": "human speech",
    "kokoro-en": "synthetic speech",
    "kumi-ja": "human singing",
    "scottpoid-ja": "human singing",
    "dorodoro-ja": "human singing",
}
_LEAST_S = 1.5
_STATEMENT_CLIPS, _MATERIAL_CLIPS = 4, 3
_CLIPS = {"synthetic speech": 24, "human speech": 60, "human singing": 42}

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Talker:
    """One voice: embeddings of statements `(n, 256)`, and of sets of clips `(m, 3, 256)`."""

    name: str
    kind: str
    statements: Floats
    material: Floats


@dataclass(frozen=True)
class SpeakerRow:
    """One kind of pair at the shipped threshold."""

    pair: str
    same: bool
    trials: int
    speakers: int
    errors: int

    @property
    def rate(self) -> float:
        return self.errors / self.trials

    @property
    def interval(self) -> Interval:
        """Clopper and Pearson's 95 % interval, as if trials that share voices were independent."""
        from scipy.stats import binomtest

        found = binomtest(self.errors, self.trials).proportion_ci(0.95, "exact")
        return Interval(float(found.low), float(found.high))


def table_rows(rows: Sequence[SpeakerRow]) -> Iterator[Row]:
    """Rates in per cent; only human speech has a goal."""
    for row in rows:
        what = "false reject" if row.same else "false accept"
        goal = None if row.pair != "human speech" else at_most(5.0 if row.same else 1.0)
        span = Interval(100.0 * row.interval.low, 100.0 * row.interval.high)
        yield Row(
            f"consent.{what.replace(' ', '_')}.{row.pair.replace(' ', '_')}",
            f"speaker check at the shipped threshold: {what}, {row.pair}, {row.errors:,} in trials "
            f"that share {row.speakers} voices",
            100.0 * row.rate,
            "%",
            row.trials,
            "trials",
            goal,
            span,
        )


def measure(corpora: Path, work: Path, seed: int = 0) -> list[SpeakerRow]:
    """All kinds of pairs among all voices of the corpora."""
    with at_home(work), Registry.create(at_folder(work / "consent")) as registry:
        talkers = [
            _embedded(registry, name, kind, clips, number)
            for number, (name, kind, clips) in enumerate(_voices(corpora, random.Random(seed)))
        ]
    rows: dict[tuple[str, bool], list[tuple[str, bool]]] = {}
    for speaker in talkers:
        for enrolled in talkers:
            same = speaker.name == enrolled.name
            pair = (
                speaker.kind
                if speaker.kind == enrolled.kind
                else (" and ".join(sorted((speaker.kind, enrolled.kind))))
            )
            rows.setdefault((pair, same), []).extend(_judged(speaker, enrolled, same))
    return [_row(pair, same, trials) for (pair, same), trials in sorted(rows.items())]


def _judged(speaker: Talker, enrolled: Talker, same: bool) -> Iterator[tuple[str, bool]]:
    for statement in speaker.statements:
        for clips in enrolled.material:
            passed = judge_speaker([float(value) for value in clips @ statement]).passed
            yield speaker.name, passed is not same


def _row(pair: str, same: bool, trials: Sequence[tuple[str, bool]]) -> SpeakerRow:
    errors = sum(wrong for _, wrong in trials)
    return SpeakerRow(pair, same, len(trials), len({name for name, _ in trials}), errors)


def _voices(corpora: Path, generator: random.Random) -> Iterator[tuple[str, str, list[Floats]]]:
    for corpus, kind in CORPORA.items():
        by_name: dict[str, list[Path]] = {}
        for line in (corpora / corpus / "manifest.jsonl").read_text().splitlines():
            row = json.loads(line)
            if row["duration_s"] > _LEAST_S and "Whisper" not in row.get("folder", ""):
                path = corpora / corpus / row["audio"]
                by_name.setdefault(row.get("speaker", corpus), []).append(path)
        for name, paths in by_name.items():
            generator.shuffle(paths)
            chosen = paths[: _CLIPS[kind]]
            yield name, kind, [decode_speech(path.read_bytes(), path.name) for path in chosen]


def _embedded(registry: Registry, name: str, kind: str, clips: list[Floats], number: int) -> Talker:
    """Register the clips as a licence of the trial's own, then embed them under its permit."""
    half = len(clips) // 2
    spoken, enrolled = clips[:half], clips[half:]
    files = {f"m{i:03}.wav": _wav(clip) for i, clip in enumerate(enrolled)}
    for i in range(0, half - _STATEMENT_CLIPS + 1, _STATEMENT_CLIPS):
        files[f"s{i:03}.wav"] = _wav(np.concatenate(spoken[i : i + _STATEMENT_CLIPS]))
    embeddings = dict(zip(sorted(files), _embed(registry, files, number), strict=True))
    sets = len(enrolled) // _MATERIAL_CLIPS
    material = np.stack([embeddings[key] for key in sorted(files) if key.startswith("m")])
    statements = np.stack([embeddings[key] for key in sorted(files) if key.startswith("s")])
    shaped = material[: sets * _MATERIAL_CLIPS].reshape(sets, _MATERIAL_CLIPS, -1)
    return Talker(name, kind, statements, shaped)


def _embed(registry: Registry, files: Mapping[str, bytes], number: int) -> Floats:
    digest = digest_files({key: sha256_hex(data) for key, data in files.items()})
    now = datetime.now(UTC)
    grant, _ = licence(number, now)
    grant = replace(grant, digest=digest, operations=frozenset({Operation.EMBED}))
    registry.register_licences([grant], now)
    permit = authorize_corpus(digest, Operation.EMBED, datetime.now(UTC))
    return SpeakerEncoder().embed_folder(files, sorted(files), permit, datetime.now(UTC))


def _wav(samples: Floats) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, SPEECH_RATE_HZ, format="WAV", subtype="PCM_16")
    return stream.getvalue()
