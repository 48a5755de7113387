"""The command as a whole: how fast it starts, what it says, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import SONG, Melisma
from voice.cli.app import COMMANDS, run

ROOT = Path(__file__).parents[2]
MELISMA = (
    sys.executable,
    "-c",
    "from voice.cli.app import main; print('ready', flush=True); main()",
)
HEAVY = ("numpy", "onnxruntime", "music21", "libresvip", "torch", "gradio", "sqlalchemy")


def test_help_imports_nothing_heavy() -> None:
    """CPU time, since the clock on the wall depends on who else is at work."""
    code = (
        "import sys, resource\n"
        "from voice.cli.app import run\n"
        "code = run(['--help'])\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(code, heavy, used.ru_utime + used.ru_stime < 0.5)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "0 [] True"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: melisma {name}")


def test_every_command_is_documented() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for name in COMMANDS:
        assert f"melisma {name}" in text, f"no page shows how to use `melisma {name}`"


@pytest.mark.parametrize(
    "arguments", [["sung"], ["sing"], ["sing", "a.mid", "-o", "a.wav", "--bits", "12"]]
)
def test_a_wrong_command_line_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_the_version_is_printed(melisma: Melisma, capsys: pytest.CaptureFixture[str]) -> None:
    assert melisma("--version") == 0
    assert capsys.readouterr().out.startswith("melisma ")


def _listen_to_ctrl_c() -> None:
    """A shell that starts the tests in the background makes its children deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_exits_with_130_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    long_song = "tempo=60 " + " ".join([SONG.split("meter=4/4 ")[1]] * 120)
    arguments = ("sing", long_song, "-o", "a.wav", "--voice", "tiny", "--frames", "a.json")
    with subprocess.Popen(
        [*MELISMA, *arguments], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_listen_to_ctrl_c,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
