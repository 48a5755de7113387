"""The same jobs for programs, many users in line, and the page as a whole: reachable by keyboard
and screen reader, at home on a narrow screen, closed to strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import soundfile
from browsing import PATIENCE_MS, go_to
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from voice.cli.app import run
from voice.demo.page import Serving
from voice.demo.room import Room
from voice.errors import OutputError

SCORES = Path(__file__).parents[1] / "score" / "fixtures"
SHORT = "tempo=200 C4:1 A- D4 men"
TABS = ("Write", "Melody", "Sing", "Over a track", "Convert", "My voice", "Check a file")

OpenPage = Callable[..., Any]


def a_client(address: str, folder: Path) -> Client:
    """A program that uses the page, patient where the machine is busy."""
    patient = {"timeout": PATIENCE_MS / 1000}
    return Client(address, verbose=False, download_files=folder, httpx_kwargs=patient)


@pytest.fixture(scope="module")
def client(address: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(address, tmp_path_factory.mktemp("client"))


def test_a_program_sings_the_same_bytes(client: Client, tmp_path: Path) -> None:
    sound, frames = client.predict(SHORT, None, "tiny", "1", "octave", None, 0, api_name="/sing")
    own = tmp_path / "own.wav"
    assert run(["sing", SHORT, "-o", str(own), "--voice", "tiny", "--threads", "1", "-q"]) == 0
    assert Path(sound).read_bytes() == own.read_bytes()
    assert json.loads(Path(frames).read_text("utf-8"))["voice"] == "tiny"


def test_a_program_hands_in_a_file(client: Client) -> None:
    score = handle_file(str(SCORES / "great_and_mighty_wonder.abc"))
    told = client.predict("", score, api_name="/check_score")
    assert told["notes"] > 20


def test_a_program_is_told_in_a_sentence(client: Client) -> None:
    with pytest.raises(AppError, match="no voice 'nobody'"):
        client.predict(SHORT, None, "nobody", "1", "octave", None, 0, api_name="/sing")


def test_a_program_cannot_name_a_file_of_the_server(client: Client) -> None:
    stolen = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    with pytest.raises((AppError, ValueError)):
        client.predict("", stolen, api_name="/check_score")


def test_every_endpoint_is_documented(client: Client) -> None:
    names = client.view_api(return_format="dict")["named_endpoints"]
    assert {"/sing", "/check_score", "/write_lyrics"} <= set(names)
    guide = (Path(__file__).parents[2] / "docs" / "PAGE.md").read_text("utf-8")
    assert [name for name in names if f"`{name}`" not in guide] == []


def test_twenty_users_in_line_are_all_served(
    address: str, room: Room, tmp_path_factory: pytest.TempPathFactory
) -> None:
    users = [a_client(address, tmp_path_factory.mktemp("user")) for _ in range(20)]
    bars = [number % 3 + 1 for number in range(20)]
    jobs = [
        user.submit(
            f"tempo=240 C4:{4 * count} la", None, "tiny", "1", "octave", None, 0, api_name="/sing"
        )
        for user, count in zip(users, bars, strict=True)
    ]
    assert [round(soundfile.info(job.result()[0]).duration) for job in jobs] == bars
    assert room.jobs.count == 0


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault_for_screen_readers(open_page: OpenPage, dark: bool) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    view = open_page(width=1440 if dark else 390, dark=dark)
    view.evaluate(axe)
    faults = []
    for tab in TABS:
        go_to(view, tab)
        view.wait_for_timeout(600)
        assert view.evaluate("document.documentElement.scrollWidth") <= (1440 if dark else 390)
        found = view.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults += [
            (tab, rule["id"], rule["nodes"][0]["html"][:200])
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
        ]
    assert faults == []


def test_strangers_need_a_password() -> None:
    with pytest.raises(OutputError, match="--auth"):
        Serving("0.0.0.0")
    assert Serving("0.0.0.0", user=("ada", "secret")).user == ("ada", "secret")
