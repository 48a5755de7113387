"""A small recogniser of sung phones (CTC, Graves et al. 2006), for the benchmarks alone.

    python -m benchmarks.phone_net features recogniser.safetensors --steps 600

Learns from the recordings of the sung corpora that are not held back: stretches of strings in which
every phone is labelled. Nobody recorded enough that no voice saw, so it hears what the voices were
trained on; the strings it is asked about are unknown to it and to them. Level, colour, width of the
vocal tract and noise are varied, so that it listens for phones and not for a recording's sound.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.errors import BenchmarkError
from lyrics.phonemes import BREATH, INVENTORY, SILENCE
from vocoder.frames import GRID, MEL_BANDS
from vocoder.store import SoundStore
from voice.corpora.label_files import read_labels
from voice.corpora.labels import LabelledPhone

CORPORA = ("kumi-ja", "kumi-zh", "scottpoid-ja", "dorodoro-ja")
PHONES = INVENTORY.phonemes
BLANK, UNKNOWN = 0, -100
WIDTH, BLOCKS, KERNEL = 144, 6, 9
STRIDE = 2
CROP_FRAMES = 256
BATCH = 16
PEAK_RATE = 2e-3
SHORTEST_FRAMES = 20
_UNSUNG = frozenset({SILENCE.symbol, BREATH.symbol})

Floats32 = npt.NDArray[np.float32]


class PhoneNet(nn.Module):
    """Log-mels `(batch, mels, frames)` to log-probabilities `(batch, frames / 2, phones)`."""

    def __init__(self) -> None:
        super().__init__()
        self.begin = nn.Conv1d(MEL_BANDS, WIDTH, 5, STRIDE, 2)
        self.blocks = nn.ModuleList(_Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.end = nn.Linear(WIDTH, len(PHONES) + 1)
        self.beside = nn.Linear(WIDTH, len(PHONES) + 1)

    def forward(self, mel: Tensor) -> Tensor:
        return functional.log_softmax(self.end(self.hidden(mel)), dim=-1)

    def hidden(self, mel: Tensor) -> Tensor:
        """What both ends see, `(batch, frames / 2, width)`.

        `end` says which phones come in which order; `beside` which one sounds at each moment, and
        serves learning alone: the labelled times lead to the order much sooner.
        """
        hidden = functional.gelu(self.begin(mel))
        for block in self.blocks:
            hidden = block(hidden)
        normed: Tensor = self.norm(hidden.transpose(1, 2))
        return normed


class _Block(nn.Module):
    """A ConvNeXt block: each channel over time, then all channels at each moment."""

    def __init__(self) -> None:
        super().__init__()
        self.along = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=KERNEL // 2, groups=WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.across = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )

    def forward(self, hidden: Tensor) -> Tensor:
        mixed: Tensor = self.across(self.norm(self.along(hidden).transpose(1, 2)))
        return hidden + mixed.transpose(1, 2)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Some sung phones: log-mel `(mels, frames)`, their numbers, and where each begins."""

    mel: npt.NDArray[np.float16]
    phones: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]


class Batch(NamedTuple):
    """Crops, their phones one after another and at each moment, and the lengths of both."""

    mels: Tensor
    targets: Tensor
    sounding: Tensor
    frames: Tensor
    lengths: Tensor


def stretches(store: SoundStore) -> Iterator[Stretch]:
    """Parts of recordings that may train in which nothing is unlabelled."""
    labels = read_labels(store.folder)
    for stored in store.recordings:
        if stored.held_back:
            continue
        for run in _whole_runs(labels[stored.name].phones):
            first = GRID.seconds_to_frames(run[0].start_s)
            last = min(GRID.seconds_to_frames(run[-1].end_s), stored.frames)
            sung = [phone for phone in run if phone.symbol not in _UNSUNG]
            if last - first >= SHORTEST_FRAMES and sung:
                begin = stored.first_frame
                yield Stretch(
                    np.array(store.mel[begin + first : begin + last].T),
                    np.array([number_of(phone.symbol or "") for phone in sung]),
                    np.array([GRID.seconds_to_frames(p.start_s) - first for p in sung]),
                )


def _whole_runs(phones: Sequence[LabelledPhone]) -> Iterator[list[LabelledPhone]]:
    run: list[LabelledPhone] = []
    for phone in phones:
        if run and (phone.symbol is None or phone.start_s - run[-1].end_s > GRID.frame_s):
            yield run
            run = []
        if phone.symbol is not None:
            run.append(phone)
    if run:
        yield run


def number_of(symbol: str) -> int:
    """The number of a phone among the outputs; 0 is the blank."""
    return 1 + INVENTORY.id_of(symbol)


def levelled(mel: npt.NDArray[np.floating]) -> Floats32:
    """The mel with its loud part at 0 and nothing more than 9 nepers below."""
    level = np.percentile(mel, 95)
    return np.asarray(np.clip(mel - level, -9.0, 3.0) / 3.0, dtype=np.float32)


def batch_of(chosen: Sequence[Stretch], random: np.random.Generator) -> Batch:
    """Crops of some stretches."""
    mels = np.full((len(chosen), MEL_BANDS, CROP_FRAMES), -3.0, dtype=np.float32)
    sounding = np.full((len(chosen), CROP_FRAMES // STRIDE), UNKNOWN)
    targets: list[npt.NDArray[np.int64]] = []
    frames: list[int] = []
    for row, stretch in enumerate(chosen):
        begin, end = _crop(stretch, random)
        first = int(stretch.starts[begin]) if begin else 0
        last = int(stretch.starts[end]) if end < len(stretch.starts) else stretch.mel.shape[1]
        last = min(last, first + CROP_FRAMES)
        mels[row, :, : last - first] = _varied(
            levelled(stretch.mel[:, first:last].astype(np.float32)), random
        )
        frames.append((last - first + STRIDE - 1) // STRIDE)
        for phone, start in zip(stretch.phones[begin:end], stretch.starts[begin:end], strict=True):
            sounding[row, max(0, int(start) - first) // STRIDE : frames[-1]] = phone
        targets.append(without_repeats(stretch.phones[begin:end]))
    return Batch(
        torch.from_numpy(mels),
        torch.from_numpy(np.concatenate(targets)),
        torch.from_numpy(sounding),
        torch.tensor(frames),
        torch.tensor([len(target) for target in targets]),
    )


def _crop(stretch: Stretch, random: np.random.Generator) -> tuple[int, int]:
    """Phones `[begin, end)` that fit into a crop."""
    count = len(stretch.starts)
    begin = int(random.integers(count))
    if stretch.mel.shape[1] <= CROP_FRAMES:
        return 0, count
    edges = np.append(stretch.starts[1:], stretch.mel.shape[1])
    origin = stretch.starts[begin] if begin else 0
    fitting = int(np.searchsorted(edges, origin + CROP_FRAMES, side="right"))
    return begin, max(fitting, begin + 1)


def without_repeats(phones: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """One phone where the same follows itself: nobody hears how often it was meant."""
    kept = np.append(True, phones[1:] != phones[:-1])
    return np.asarray(phones[kept])


def _varied(mel: Floats32, random: np.random.Generator) -> Floats32:
    """Another vocal tract, colour and level, with a little noise."""
    bands = np.arange(MEL_BANDS)
    warped = bands * float(np.exp(random.normal(0.0, 0.06)))
    low = np.clip(np.floor(warped).astype(int), 0, MEL_BANDS - 1)
    high = np.clip(low + 1, 0, MEL_BANDS - 1)
    share = (warped - np.floor(warped))[:, None]
    moved = mel[low] * (1.0 - share) + mel[high] * share
    knots = random.normal(0.0, 0.12, 8)
    colour = np.interp(bands, np.linspace(0, MEL_BANDS - 1, 8), knots)[:, None]
    noise = random.normal(0.0, 0.08, mel.shape)
    return np.asarray(moved + colour + random.normal(0.0, 0.1) + noise, dtype=np.float32)


def train(pool: Sequence[Stretch], steps: int, seed: int = 0) -> PhoneNet:
    """A recogniser after so many steps; phones that are rare are drawn as often as common ones."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    net = PhoneNet()
    weights = _draw_weights(pool)
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=0.01)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, steps, pct_start=0.15)
    for step in range(steps):
        chosen = [pool[at] for at in random.choice(len(pool), BATCH, p=weights)]
        loss = _loss(net, batch_of(chosen, random))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        rates.step()
        if step % 50 == 0:
            sys.stderr.write(f"step {step}: {float(loss):.2f}\n")
    return net.eval()


def _loss(net: PhoneNet, batch: Batch) -> Tensor:
    hidden = net.hidden(batch.mels)
    said = functional.log_softmax(net.end(hidden), dim=-1).transpose(0, 1)
    in_order = functional.ctc_loss(
        said, batch.targets, batch.frames, batch.lengths, BLANK, zero_infinity=True
    )
    in_time = functional.cross_entropy(
        net.beside(hidden).transpose(1, 2), batch.sounding, ignore_index=UNKNOWN
    )
    return in_order + in_time


def _draw_weights(pool: Sequence[Stretch]) -> npt.NDArray[np.float64]:
    """A stretch counts by its length and by its rarest phone."""
    counts = np.bincount(np.concatenate([each.phones for each in pool]), minlength=len(PHONES) + 1)
    rare = np.array([1.0 / np.sqrt(counts[each.phones].min()) for each in pool])
    long = np.array([min(each.mel.shape[1], CROP_FRAMES) for each in pool])
    weights = rare * long
    return np.asarray(weights / weights.sum())


def heard_phones(net: PhoneNet, mel: npt.NDArray[np.floating]) -> tuple[str, ...]:
    """The phones of a sound `(mels, frames)`, best path, none twice in a row."""
    with torch.no_grad():
        said = net(torch.from_numpy(levelled(mel))[None])[0].argmax(dim=-1).tolist()
    path = [number for number, _ in itertools.groupby(said) if number != BLANK]
    symbols = [PHONES[number - 1].symbol for number, _ in itertools.groupby(path)]
    return tuple(symbol for symbol in symbols if symbol not in _UNSUNG)


def load_net(path: Path) -> PhoneNet:
    """A recogniser that was trained before.

    Raises:
        BenchmarkError: there is none.
    """
    if not path.is_file():
        raise BenchmarkError(
            f"{path}: no recogniser; make it with `python -m benchmarks.phone_net FEATURES {path}`"
        )
    net = PhoneNet()
    net.load_state_dict(load_file(path))
    return net.eval()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phone_net", description=__doc__)
    parser.add_argument("features", type=Path, help="stores that `melisma train` has prepared")
    parser.add_argument("target", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    pool = [each for corpus in CORPORA for each in stretches(SoundStore(chosen.features / corpus))]
    sys.stderr.write(f"{len(pool)} stretches\n")
    save_file(train(pool, chosen.steps).state_dict(), chosen.target)


if __name__ == "__main__":
    main(sys.argv[1:])
