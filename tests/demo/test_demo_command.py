"""`melisma demo` refuses before it serves."""

from __future__ import annotations

import pytest

from voice.cli.app import run


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "0.0.0.0"], "--auth USER:PASS"),
        (["--auth", "nobody"], "USER:PASS"),
        (["--auth", ":secret"], "USER:PASS"),
        (["--auth", "ada:"], "USER:PASS"),
        (["--port", "0"], "--port"),
    ],
)
def test_the_page_is_not_opened_to_strangers(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", *arguments]) == 2
    assert told in capsys.readouterr().err
