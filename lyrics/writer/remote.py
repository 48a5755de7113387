"""Any model behind an OpenAI-compatible address, held to the same rules as the bundled one.

Such a model cannot be steered token by token, so it is asked for several versions of a line, every
one is judged, and what was wrong is said in the next question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from lyrics.writer.accents import stress_fit
from lyrics.writer.check import problems_of
from lyrics.writer.errors import ModelError
from lyrics.writer.song import Origin, plain, read_line
from lyrics.writer.task import FoundLine, LineTask
from lyrics.writer.theme import theme_stems
from lyrics.writer.wordbook import WordBook, load_wordbook

_SYSTEM = (
    "You are a songwriter who counts syllables with care. Answer with lines of lyrics only, one "
    "version per line, without numbers, quotation marks or remarks."
)
_NUMBERING = re.compile(r"^\s*(?:\d+[.):]|[-*•])\s*")
_LARGEST_ANSWER = 1_000_000
_SHOWN_PROBLEMS = 6


@dataclass(frozen=True)
class Endpoint:
    """Where a model answers.

    Attributes:
        url: the address up to and including its version, as `http://localhost:8080/v1`.
        key: sent as a bearer token where it is not empty.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 120.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ModelError(f"--model-url {self.url}: give an http or https address")

    def answer(self, messages: Sequence[dict[str, str]], seed: int) -> str:
        """The model's answer to a conversation.

        Raises:
            ModelError: naming the address and what went wrong there.
        """
        wish = {"model": self.model, "messages": list(messages), "seed": seed, "temperature": 0.9}
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = f"{self.url.rstrip('/')}/chat/completions"
        request = Request(address, json.dumps(wish).encode(), headers)
        try:
            with urlopen(request, timeout=self.timeout_s) as reply:
                return _text_of(json.loads(reply.read(_LARGEST_ANSWER)))
        except HTTPError as error:
            detail = error.read(300).decode("utf-8", "replace").strip()
            raise ModelError(f"{address} answered {error.code} {error.reason}: {detail}") from error
        except URLError as error:
            raise ModelError(f"{address} cannot be reached: {error.reason}") from error
        except OSError as error:
            raise ModelError(f"{address} cannot be reached: {error}") from error
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelError(
                f"{address} does not answer as an OpenAI-compatible service does ({error!r})"
            ) from error


@dataclass(frozen=True)
class RemoteLyricist:
    """Writes lines by asking, judging and asking again.

    Attributes:
        versions: lines asked for at a time.
        rounds: how often it is asked before a line is given up.
    """

    endpoint: Endpoint
    book: WordBook = field(default_factory=load_wordbook, repr=False)
    versions: int = 8
    rounds: int = 6

    @property
    def origin(self) -> Origin:
        host = urlsplit(self.endpoint.url).netloc
        return Origin(self.endpoint.model, f"as whoever runs {host} states")

    def theme_words(self, theme: str) -> frozenset[str]:
        """The words of the theme alone; such a model keeps to a theme by itself."""
        return frozenset(theme_stems(theme, self.book))

    def lines(self, task: LineTask) -> tuple[FoundLine, ...]:
        """Versions that keep every rule, those that sit best on the melody first.

        Raises:
            ModelError: after the last round no version did; the message says what was wrong.
        """
        messages = [
            {"role": "system", "content": _SYSTEM},
            {"role": "user", "content": question(task, self.versions)},
        ]
        wrong: dict[str, tuple[str, ...]] = {}
        for turn in range(self.rounds):
            answer = self.endpoint.answer(messages, task.seed + turn)
            judged = {text: problems_of(text, task, self.book) for text in _versions(answer)}
            good = [_found(text, task) for text, problems in judged.items() if not problems]
            if good:
                return tuple(sorted(good, key=lambda line: -line.score))
            wrong = judged or wrong
            messages = [*messages[:2], {"role": "assistant", "content": answer},
                        {"role": "user", "content": _objection(judged)}]  # fmt: skip
        raise ModelError(
            f"{self.endpoint.model} wrote no fitting line in {self.rounds} rounds of "
            f"{self.versions}; the last faults were: {_listed(wrong)}"
        )


def question(task: LineTask, versions: int) -> str:
    """The task in words."""
    rules = [f"exactly {task.plan.syllables} syllables"]
    if task.end.rhymes:
        ends = sorted(end for end in task.end.taken)
        rules.append(f"the last word rhymes with -{task.end.rhymes[0].perfect.replace(' ', '')}")
        rules.append(f"the last word is none of: {', '.join(ends)}")
    elif task.end.taken:
        rules.append(f"the last word is none of: {', '.join(sorted(task.end.taken))}")
    if task.required:
        rules.append(f"it holds the words: {', '.join(task.required)}")
    if task.wanted:
        rules.append(f"it touches on: {', '.join(sorted(task.wanted)[:8])}")
    if task.plan.accents:
        marks = "".join({1: "/", -1: "x", 0: "-"}[int(accent)] for accent in task.plan.accents)
        rules.append(f"stresses as in {marks} (/ strong, x weak, - either)")
    listed = "\n".join(f"- {rule}" for rule in rules)
    return (
        f"We are writing a {task.genre} song about {task.theme}. So far:\n\n{task.context}\n"
        f"Write {versions} versions of the next line. Rules:\n{listed}\n"
        "Use plain words whose syllables everybody counts alike (not fire, hour, every)."
    )


def _objection(judged: dict[str, tuple[str, ...]]) -> str:
    if not judged:
        return "There was no line in your answer. Write the versions, one per line."
    return f"None of them fits: {_listed(judged)}. Write new versions that keep all the rules."


def _listed(judged: dict[str, tuple[str, ...]]) -> str:
    shown = list(judged.items())[:_SHOWN_PROBLEMS]
    return "; ".join(f"“{text}”: {', '.join(problems)}" for text, problems in shown) or "no lines"


def _versions(answer: str) -> list[str]:
    lines = [_NUMBERING.sub("", line).strip().strip("\"“”'") for line in answer.splitlines()]
    return list(dict.fromkeys(line for line in lines if any(map(str.isalpha, line))))


def _found(text: str, task: LineTask) -> FoundLine:
    """An accepted text, better where it touches the theme and no stress is on a weak note."""
    fit = stress_fit([read_line(text, task.plan)])
    *before, last = text.split()
    mark = last[-1] if last[-1] in ",!?" else ""
    words = (*before, last.rstrip(".,;:!?…"))
    themed = any(plain(word) in task.wanted for word in words)
    return FoundLine(words, mark, 0.0, float(themed) - fit.on_weak)


def _text_of(answer: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    text = answer["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError(f"the message's content is {type(text).__name__}")
    return text
