"""What an acoustic run knows of itself, in `model.json` beside its checkpoints.

`speakers` are the rows of its model, `phones_by_speaker` the phones that each was heard to say.
`fresh`, in a run that began with released voices, names the weights that those do not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vocoder.training.checkpoints import read_progress
from voice.acoustic.config import ABOUT_FILE
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.phrases import PhraseArrays
from voice.errors import CorpusError

SPEAKERS, PHONES, FRESH = "speakers", "phones_by_speaker", "fresh"


def settle_speakers(
    phrases: Mapping[str, Sequence[PhraseArrays]],
    run_folder: Path,
    options: AcousticTrainingOptions,
) -> Mapping[str, int]:
    """Speaker rows of the model, the same as in the run that this one goes on from; written down.

    Raises:
        CorpusError: nobody is heard.
    """
    path = run_folder / ABOUT_FILE
    start = options.start_from
    earlier = path if path.is_file() or start is None else start.with_name(ABOUT_FILE)
    about: dict[str, Any] = {SPEAKERS: {}, PHONES: {}}
    if earlier.is_file():
        about |= json.loads(earlier.read_text(encoding="utf-8"))
    if earlier is not path and start is not None and _caught_up(start, options):
        about.pop(FRESH, None)
    found = sorted({phrase.speaker for pool in phrases.values() for phrase in pool})
    if not found:
        raise CorpusError("no labelled recordings to train on; prepare the corpora first")
    known: dict[str, int] = about[SPEAKERS]
    for speaker in found:
        known.setdefault(speaker, len(known))
    heard = about[PHONES]
    for speaker, ids in _phones_by_speaker(phrases).items():
        heard[speaker] = sorted({*heard.get(speaker, ()), *ids})
    path.write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return known


def fresh_parts(run_folder: Path) -> tuple[str, ...]:
    """Prefixes of the weights that begin anew in this run."""
    about = json.loads((run_folder / ABOUT_FILE).read_text(encoding="utf-8"))
    return tuple(about.get(FRESH, ()))


def _caught_up(start: Path, options: AcousticTrainingOptions) -> bool:
    return read_progress(start).step >= options.fresh_steps


def _phones_by_speaker(phrases: Mapping[str, Sequence[PhraseArrays]]) -> dict[str, set[int]]:
    heard: dict[str, set[int]] = {}
    for pool in phrases.values():
        for phrase in pool:
            heard.setdefault(phrase.speaker, set()).update(phrase.phoneme.tolist())
    return heard
