"""Make lyrics/writer/data/en_words.txt: common words whose syllables everybody counts alike.

    python -m benchmarks.singable_words lyrics/writer/data/en_words.txt

A word of the CMU dictionary is taken if its pronunciations, the sung forms and espeak-ng agree on
its syllables, if it is no name (names are cut into fewer tokens with a capital), if the language
model holds it likely enough in a song, and if it is a whole word: "bloss" stands in the dictionary
as a surname, but to the model it is the beginning of "blossom".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lyrics.arpabet import vowel_count
from lyrics.english_dictionary import load_dictionary
from lyrics.espeak import EspeakPronouncer
from lyrics.writer.gguf import Float32
from lyrics.writer.local_model import LanguageModel, bundled_model_path
from lyrics.writer.transformer import Memory
from lyrics.writer.wordbook import printed, undisputed

_SPELLING = re.compile(r"[a-z]*[aeiouy][a-z]*")
_SHORT = frozenset(
    [
        "a",
        "i",
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "go",
        "he",
        "hi",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "of",
        "oh",
        "on",
        "or",
        "so",
        "to",
        "up",
        "us",
        "we",
    ]
)
_CONTRACTIONS = [
    "don't",
    "can't",
    "won't",
    "isn't",
    "wasn't",
    "didn't",
    "doesn't",
    "couldn't",
    "wouldn't",
    "shouldn't",
    "haven't",
    "hasn't",
    "ain't",
    "aren't",
    "weren't",
    "i'm",
    "i'll",
    "i've",
    "i'd",
    "you're",
    "you'll",
    "you've",
    "you'd",
    "he's",
    "he'll",
    "he'd",
    "she's",
    "she'll",
    "she'd",
    "it's",
    "it'll",
    "we're",
    "we'll",
    "we've",
    "we'd",
    "they're",
    "they'll",
    "they've",
    "they'd",
    "that's",
    "what's",
    "there's",
    "here's",
    "let's",
    "who's",
    "where's",
    "how's",
]
_OPENINGS = (
    "We talk about the old times and the",
    "I never wanted to",
    "Oh, my heart is so",
)
_PROMPT = "<|im_start|>user\nWrite the lyrics of a song.<|im_end|>\n<|im_start|>assistant\n"
_ROWS = 64
_LONGER_WORDS = 5_000
_LIKELY_FIRSTS = 6_000
_WHOLE = 0.25
_MOST_WORDS = 15_000
_WORDS_AT_A_TIME = 20


@dataclass(frozen=True)
class Candidate:
    """A word, its tokens within a line, and how likely a song has it."""

    word: str
    tokens: tuple[int, ...]
    log_probability: float = 0.0


@dataclass(frozen=True)
class Judge:
    """The model after a few openings of songs."""

    model: LanguageModel
    memory: Memory
    following: Float32
    after_words: np.ndarray

    @classmethod
    def of(cls, model: LanguageModel) -> Judge:
        network, codec = model.network, model.codec
        reads = [
            network.read(network.empty(), codec.encode(_PROMPT + opening)) for opening in _OPENINGS
        ]
        likely = np.logaddexp.reduce([read.following[-1] for read in reads]) - np.log(len(reads))
        pieces = [codec.decode([token]) for token in range(codec.size)]
        ends = np.array([not re.match(r"[A-Za-z'’]", piece) for piece in pieces])
        return cls(model, reads[0].memory, likely, ends)

    def after(self, spellings: Sequence[tuple[int, ...]]) -> Iterable[Float32]:
        """What follows each spelling; all have the same number of tokens."""
        network = self.model.network
        for start in range(0, len(spellings), _ROWS):
            part = spellings[start : start + _ROWS]
            own: Sequence[Memory] = [network.empty()] * len(part)
            for place in range(len(part[0])):
                following, own = network.step(self.memory, own, [each[place] for each in part])
            yield from following
            sys.stderr.write(f"\r{start + len(part)} of {len(spellings)}")

    def is_whole(self, following: Float32) -> bool:
        return bool(np.exp(following[self.after_words]).sum() >= _WHOLE)


def candidates(model: LanguageModel) -> list[Candidate]:
    """Words of one or two tokens that are no names and have one count of syllables."""
    dictionary = load_dictionary()
    words = sorted(set(dictionary.spoken) | set(dictionary.sung))
    words = [w for w in words if _SPELLING.fullmatch(w) and (len(w) > 2 or w in _SHORT)]
    words = [word for word in words if undisputed(word, dictionary)]
    plain = model.codec.encode_all([f" {printed(word)}" for word in words])
    names = model.codec.encode_all([f" {word.capitalize()}" for word in words])
    return [
        Candidate(word, tuple(tokens))
        for word, tokens, name in zip(words, plain, names, strict=True)
        if len(tokens) <= 2 and len(name) >= len(tokens)
    ]


def chosen(judge: Judge) -> list[Candidate]:
    """Candidates that are whole words and likely, the likeliest first."""
    found = candidates(judge.model)
    firsts = sorted({each.tokens[0] for each in found}, key=lambda t: -judge.following[t])
    likely = set(firsts[:_LIKELY_FIRSTS])
    single = {each.tokens[0]: each for each in found if len(each.tokens) == 1}
    needed = [token for token in firsts if token in single or token in likely]
    longer: dict[int, list[Candidate]] = {}
    for each in found:
        if len(each.tokens) == 2 and each.tokens[0] in likely:
            longer.setdefault(each.tokens[0], []).append(each)
    kept: list[Candidate] = []
    pairs: list[Candidate] = []
    for token, row in zip(needed, judge.after([(token,) for token in needed]), strict=True):
        first = float(judge.following[token])
        if token in single and judge.is_whole(row):
            kept.append(Candidate(single[token].word, (token,), first))
        pairs += [
            Candidate(each.word, each.tokens, first + float(row[each.tokens[1]]))
            for each in longer.get(token, ())
        ]
    pairs = sorted(pairs, key=lambda each: -each.log_probability)[:_LONGER_WORDS]
    rows = judge.after([each.tokens for each in pairs])
    kept += [each for each, row in zip(pairs, rows, strict=True) if judge.is_whole(row)]
    return sorted(kept, key=lambda each: -each.log_probability)


def counted_alike(words: Sequence[str]) -> list[str]:
    """Words to which espeak-ng gives as many syllables as the dictionary."""
    espeak, dictionary = EspeakPronouncer("en-us"), load_dictionary()
    want = {word: vowel_count(dictionary.forms(word)[0]) for word in words}
    alike: set[str] = set()
    for start in range(0, len(words), _WORDS_AT_A_TIME):
        part = words[start : start + _WORDS_AT_A_TIME]
        for word, said in zip(part, espeak.pronounce(part), strict=True):
            alone = said if len(said.syllables) == want[word] else espeak.pronounce([word])[0]
            if len(alone.syllables) == want[word]:
                alike.add(word)
    return [word for word in words if word in alike]


def main(target: Path) -> None:
    dictionary = load_dictionary()
    short = [word for word in _CONTRACTIONS if undisputed(word, dictionary)]
    judge = Judge.of(LanguageModel.of(bundled_model_path()))
    words = counted_alike([*short, *(each.word for each in chosen(judge))])
    head = "# Words of common English, the most common first; see lyrics/writer/wordbook.py."
    target.write_text("\n".join([head, *words[:_MOST_WORDS]]) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
