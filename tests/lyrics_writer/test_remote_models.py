"""Models by address, against a real server on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lyrics.writer.errors import ModelError
from lyrics.writer.plan import Accent, LinePlan
from lyrics.writer.remote import Endpoint, RemoteLyricist
from lyrics.writer.task import EndRule, LineTask
from lyrics.writer.wordbook import singable
from lyrics.writer.writer import printed_line

RIGHT = "1. The river runs along tonight,"
TASK = LineTask(
    LinePlan(8),
    "[Verse]\nI walked into the morning light\n",
    end=EndRule(rhymes=(singable("light").rhyme,), taken=frozenset(["light"])),
    theme="the river",
    genre="folk",
    required=("river",),
)


class Server(ThreadingHTTPServer):
    """Gives its answers one after another and keeps the questions."""

    def __init__(self, answers: list[str], status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.status = answers, status
        self.questions: list[dict[str, object]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.questions.append(json.loads(body) | {"path": self.path})
        self.server.keys.append(self.headers.get("Authorization"))
        answers = self.server.answers
        text = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def _said(text: str) -> str:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]})


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    running: list[Server] = []
    yield running
    for server in running:
        server.shutdown()
        server.server_close()


def _serve(servers: list[Server], *answers: str, status: int = 200) -> Server:
    server = Server(list(answers), status)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    servers.append(server)
    return server


def _lyricist(server: Server, rounds: int = 3) -> RemoteLyricist:
    return RemoteLyricist(Endpoint(server.url, "big", key="k1"), rounds=rounds)


def test_of_several_versions_those_that_fit_are_taken(servers: list[Server]) -> None:
    answer = (
        f"The river runs tonight\n{RIGHT}\n- A river is so very bright\nThe river fire is in sight"
    )
    server = _serve(servers, _said(answer))
    lines = _lyricist(server).lines(TASK)
    assert {printed_line(line) for line in lines} == {
        "The river runs along tonight,",
        "A river is so very bright",
    }
    assert server.questions[0]["path"] == "/v1/chat/completions"
    assert server.questions[0]["model"] == "big"
    assert server.keys == ["Bearer k1"]


def test_what_was_wrong_is_said_and_mended(servers: list[Server]) -> None:
    server = _serve(
        servers, _said("The river runs"), _said("“The river is a lovely day”"), _said(RIGHT)
    )
    (line,) = _lyricist(server).lines(TASK)
    assert printed_line(line) == "The river runs along tonight,"
    said = [str(question["messages"]) for question in server.questions]
    assert "exactly 8 syllables" in said[0]
    assert "it has 4 syllables instead of 8" in said[1]
    assert "'day' does not rhyme" in said[2]


def test_a_model_that_never_manages_is_an_error_with_its_faults(servers: list[Server]) -> None:
    server = _serve(servers, _said("Only five of them"))
    with pytest.raises(ModelError, match=r"no fitting line in 3 rounds.*5 syllables instead of 8"):
        _lyricist(server).lines(TASK)
    assert len(server.questions) == 3


def test_lines_that_sit_well_on_the_melody_come_first(servers: list[Server]) -> None:
    iambic = (Accent.WEAK, Accent.STRONG) * 4
    against, along = "River running over the night", "The river runs along tonight"
    server = _serve(servers, _said(f"{against}\n{along}"))
    task = LineTask(LinePlan(8, iambic), TASK.context, end=TASK.end, required=("river",))
    assert [printed_line(line) for line in _lyricist(server).lines(task)] == [along, against]
    assert "x/x/x/x/" in str(server.questions[0]["messages"])


def test_an_address_where_nobody_answers_is_named() -> None:
    endpoint = Endpoint("http://127.0.0.1:9/v1", "big", timeout_s=5)
    with pytest.raises(
        ModelError, match=r"http://127.0.0.1:9/v1/chat/completions cannot be reached"
    ):
        RemoteLyricist(endpoint).lines(TASK)


def test_refusals_and_other_answers_are_named(servers: list[Server]) -> None:
    refused = _serve(servers, "no such model", status=404)
    with pytest.raises(ModelError, match=r"answered 404.*no such model"):
        _lyricist(refused).lines(TASK)
    for strange in (
        "<html>",
        "{}",
        '{"choices": []}',
        '{"choices": [{"message": {"content": 3}}]}',
    ):
        server = _serve(servers, strange)
        with pytest.raises(ModelError, match="OpenAI-compatible"):
            _lyricist(server).lines(TASK)


def test_addresses_are_web_addresses() -> None:
    with pytest.raises(ModelError, match="http or https"):
        Endpoint("file:///etc/passwd", "big")


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(Endpoint("http://localhost/v1", "big", key="secret"))


def test_every_file_says_whose_model_it_was() -> None:
    origin = RemoteLyricist(Endpoint("https://models.example:8080/v1", "big")).origin
    assert origin.model == "big"
    assert "models.example:8080" in origin.licence
