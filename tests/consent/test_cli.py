"""`melisma consent` from the command line, as a person at a desk would use it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.consent_trials.scene import Scene, build
from consent.envelope import open_envelope
from consent.people import Role
from consent.receipt import RECEIPT_PAYLOAD_TYPE
from consent.registry import Registry
from voice.cli.app import run

Melisma = Callable[..., str]


@pytest.fixture
def scene(quick: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = build(quick / "home")
    monkeypatch.setenv("MELISMA_HOME", str(made.home))
    monkeypatch.delenv("MELISMA_CONSENT_URL", raising=False)
    return made


@pytest.fixture
def melisma(capsys: pytest.CaptureFixture[str]) -> Melisma:
    """Run a command that must end with a given code, and return what it wrote."""

    def call(*words: str | Path, code: int = 0) -> str:
        capsys.readouterr()
        ended = run(["consent", *map(str, words)])
        written = capsys.readouterr()
        assert ended == code, written.err
        return written.err if code else written.out

    return call


ORDER = (
    "statement",
    "--name=Ada Example",
    "--contact=ada@example.org",
    "--project=the album Night Trains",
    "--operations=sing,train",
)


def test_a_registry_is_made_and_asked(
    melisma: Melisma, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELISMA_HOME", str(quick))
    assert "melisma consent init" in melisma("list", code=2)
    melisma("init")
    assert "0 log entries" in melisma("init")
    grant_id = melisma(*ORDER).split()[0]
    text = melisma("challenge", grant_id)
    assert "I, Ada Example, agree" in text
    assert "to train a singing voice, sing with that voice, not for money" in text
    assert "it is challenged" in melisma("grant", grant_id, code=2)
    assert "sound: 2 entries, 1 grants" in melisma("log", "verify")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*ORDER, "--operations=sing,everything"), "'everything' is no operation"),
        ((*ORDER, "--project=any use"), "too wide"),
        ((*ORDER, "--minor"), "--cosigner"),
        ((*ORDER, "--minor", "--deceased"), "choose one"),
        ((*ORDER, "--read-in=tlh"), "no statement in 'tlh'"),
        ((*ORDER, "--name="), "needs a name"),
        (("challenge", "g-nobody"), "rule grant-unknown"),
        (("show", "g-nobody"), "melisma consent list"),
        (("blocklist", "add"), "either --name or --recording"),
        (("log", "prove", "99999"), "the log has entries"),
        (("log", "verify", "--against", "/no/such/file"), "cannot be read"),
    ],
)
def test_mistakes_end_with_two_and_change_nothing(
    scene: Scene, melisma: Melisma, words: tuple[str, ...], said: str
) -> None:
    with scene.registry() as registry:
        before = registry.checkpoint()
    message = melisma(*words, code=2)
    assert said in message
    assert message.count("\n") == 1
    with scene.registry() as registry:
        assert registry.checkpoint() == before


def test_a_grant_is_shown_withdrawn_and_listed(scene: Scene, melisma: Melisma) -> None:
    shown = json.loads(melisma("show", scene.active, "--json"))
    assert shown["terms"]["operations"] == ["convert", "embed", "sing", "train"]
    assert "person" not in shown
    assert "Lovelace" in melisma("show", scene.active, "--person")
    assert "yes:" in melisma("check", scene.active, "train", scene.songs)
    assert "rule operation" in melisma("check", scene.active, "publish", scene.songs, code=2)
    for command, state in (("suspend", "suspended"), ("resume", "active"), ("revoke", "revoked")):
        assert melisma(command, scene.active).split()[-1] == state
    assert "rule state" in melisma("check", scene.active, "train", scene.songs, code=2)
    listed = {line.split()[0]: line.split()[1] for line in melisma("list").splitlines()}
    assert listed[scene.active] == "revoked"
    assert len(json.loads(melisma("list", "--json"))) == len(listed)


def test_the_person_gets_a_receipt_that_proves_itself(
    scene: Scene, melisma: Melisma, quick: Path
) -> None:
    melisma(
        "receipt", scene.active, quick / "out", "--controller=Studio <b>X</b>", "--contact=x@y.z"
    )
    record = json.loads((quick / "out" / f"{scene.active}.json").read_text())
    assert record["receipt_metadata"]["schema_version"] == "ISO/IEC TS 27560:2023"
    purpose = record["pii_processing"]["purposes"][0]
    assert purpose["lawful_basis"] == "consent"
    assert purpose["withdrawal_method"].startswith("write to x@y.z")
    assert record["event"][0]["event_state"] == "active"
    signed = (quick / "out" / f"{scene.active}.dsse.json").read_bytes()
    with scene.registry() as registry:
        public = registry.ledger.keys.public_key
    assert json.loads(open_envelope(signed, RECEIPT_PAYLOAD_TYPE, public, "x").payload) == record
    page = (quick / "out" / f"{scene.active}.html").read_text()
    assert "Ada Example-Lovelace" in page
    assert "Studio &lt;b&gt;X&lt;/b&gt;" in page
    assert "<b>" not in page


def test_a_checkpoint_kept_elsewhere_shows_what_was_undone(
    scene: Scene, melisma: Melisma, quick: Path
) -> None:
    melisma("backup", quick / "old.db")
    melisma("revoke", scene.active)
    (quick / "kept.json").write_text(melisma("log", "checkpoint"))
    assert "continuing" in melisma("log", "verify", "--against", quick / "kept.json")
    proof = json.loads(melisma("log", "prove", "0"))
    assert proof["proof"]["metadata"]["index"] == 1
    for old in scene.database.parent.glob("registry.db*"):
        old.unlink()
    (quick / "old.db").rename(scene.database)
    assert "entries are gone" in melisma("list", code=2)
    melisma("log", "checkpoint", "--adopt")
    assert "active" in melisma("show", scene.active)
    assert "entries are gone" in melisma("log", "verify", "--against", quick / "kept.json", code=2)


def test_erasing_asks_first(
    scene: Scene, melisma: Melisma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    melisma("erase", scene.active, code=1)
    assert "active" in melisma("show", scene.active)
    assert scene.active in melisma("erase", scene.active, "--yes")
    assert "erased" in melisma("show", scene.active)
    assert "rule state" in melisma("show", scene.active, "--person", code=2)


def test_blocked_people_and_recordings_are_never_enrolled(scene: Scene, melisma: Melisma) -> None:
    melisma("blocklist", "add", "--name", "ÁDA  example")
    melisma("blocklist", "add", "--name", "Ada Example")
    assert "rule blocklist" in melisma(*ORDER, "--name=ada  EXAMPLE", code=2)
    melisma("blocklist", "remove", "--name", "ada example")
    melisma(*ORDER)
    assert "not on the blocklist" in melisma("blocklist", "remove", "--name", "Bob", code=2)
    song = scene.songs / "1.wav"
    melisma("blocklist", "add", "--recording", song)
    assert "rule blocklist" in melisma("check", scene.active, "train", song, code=2)
    assert "sound" in melisma("log", "verify")
    scene.edit("DELETE FROM blocklist")
    assert "blocklist is not the one" in melisma("check", scene.active, "train", song, code=2)


def test_published_terms_are_registered_from_a_file(
    scene: Scene, melisma: Melisma, quick: Path
) -> None:
    terms = quick / "terms.toml"
    terms.write_text(
        'grant_id = "bank-1"\nsubject = "bank"\nproject = "P"\noperations = ["train"]\n'
        'languages = ["ja"]\ncommercial = false\nterritory = "worldwide"\npass_on = false\n'
        '[[licences]]\ntitle = "T"\nquotes = ["Q"]\nsource = "S"\nseen = "2026-01-02"\n'
        "credits = []\n"
    )
    other = quick / "bank"
    other.mkdir()
    (other / "a.wav").write_bytes(b"a")
    melisma("licence", terms, other)
    assert "yes:" in melisma("check", "bank-1", "train", other)
    assert "registered already" in melisma("licence", terms, other, code=2)
    terms.write_text(terms.read_text().replace("project", "projekt"))
    assert "unknown keys ['projekt'], missing keys ['project']" in melisma(
        "licence", terms, other, code=2
    )


def test_a_voice_is_sealed_to_its_grant(scene: Scene, melisma: Melisma, quick: Path) -> None:
    plain = quick / "plain"
    plain.mkdir()
    (plain / "model.onnx").write_bytes(b"weights")
    melisma("seal", scene.active, plain, quick / "sealed")
    assert "yes:" in melisma("check", scene.active, "sing", quick / "sealed")
    assert "is there already" in melisma("seal", scene.active, plain, quick / "sealed", code=2)


def test_statements_name_speaker_project_and_end_in_every_language(embedded: Registry) -> None:
    from asking import ADA, NOW, WISH

    from consent.statements import languages

    assert set(languages()) >= {"en", "de", "ja", "zh"}
    for language in languages():
        grant_id = embedded.draft(ADA, WISH, language, NOW)
        challenge = embedded.challenge(grant_id, Role.SELF, NOW)
        for part in (ADA.name, WISH.project, "2027-06-01"):
            assert part in challenge.text
        assert "$" not in challenge.text
        assert len(challenge.digits) == 6
