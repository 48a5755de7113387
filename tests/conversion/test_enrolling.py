"""A person's voice: made of exactly the recordings their grant names, and closed when it ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from consent.enrolment import Submission
from consent.errors import ConsentError, RefusedError
from consent.folder import SEALED_FILE
from consent.gate import digest_audio
from consent.grant import Operation
from consent.location import locate
from consent.people import Age, Person, Request, Role
from consent.registry import Registry
from tests.consent.asking import FakeEar
from tests.conversion.sounds import save, sung
from voice.bank import BUNDLED, Voice, VoiceBank
from voice.card import USUAL_LIKENESS, Training
from voice.cli.app import run
from voice.cli.enrolling import Order, carry_out
from voice.conversion import enrolling
from voice.conversion.convert import ConversionOrder, convert_file
from voice.conversion.enrolling import Description, Enrolment, Tuning, enroll
from voice.conversion.options import ENROLLED_LIKENESS
from voice.conversion.statement import SourceStatement
from voice.conversion.survey import Survey
from voice.conversion.training.adapt import AdaptOptions
from voice.conversion.training.adapting import on_recordings, towards_embedding
from voice.errors import ConversionError, VoiceError
from voice.sessions import open_singer

VOICES = Path(__file__).parents[1] / "fixtures" / "voices"
ALL = frozenset({Operation.EMBED, Operation.TRAIN, Operation.SING, Operation.CONVERT})

Grant = Callable[..., str]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a registry, and the voice tiny in the bank."""
    home = tmp_path / "home"
    shutil.copytree(VOICES, home / "voices")
    monkeypatch.setenv("MELISMA_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    Registry.create(locate(os.environ, Path.home())).close()
    return home


@pytest.fixture
def bank(home: Path) -> VoiceBank:
    return VoiceBank(home / "none", home / "voices")


@pytest.fixture
def recordings(tmp_path: Path) -> tuple[Path, ...]:
    """Two recordings of 2 s each."""
    return tuple(
        save(tmp_path / f"ada-{hz:.0f}.wav", sung(2.0, hz), subtype="PCM_16")
        for hz in (196.0, 233.0)
    )


@pytest.fixture
def grant(home: Path, recordings: tuple[Path, ...]) -> Grant:
    """Takes Ada from a draft to a grant in force for the recordings."""

    def granted(operations: frozenset[Operation] = ALL) -> str:
        with registry() as opened:
            request = Request("the album Night Trains", operations, ("en",))
            person = Person("Ada Example-Lovelace", "ada@example.org", Age.ADULT)
            grant_id = opened.draft(person, request, "en", now())
            challenge = opened.challenge(grant_id, Role.SELF, now())
            material = {path.name: path.read_bytes() for path in recordings}
            spoken = f"{grant_id} says {challenge.digits}".encode()
            ear = FakeEar(digits=challenge.digits)
            opened.submit(grant_id, Submission(spoken, material), ear.ears, now())
            opened.confirm(grant_id, None, now())
            opened.activate(grant_id, now())
        return grant_id

    return granted


def registry() -> Registry:
    return Registry.open(locate(os.environ, Path.home()))


def make(bank: VoiceBank, wanted: Enrolment, tuning: Tuning | None = None) -> Path:
    with registry() as opened:
        return enroll(bank, opened, wanted, now, tuning).folder


def unchanged(
    base: Voice, described: Description, person: enrolling.Person, heard: Sequence[Survey]
) -> enrolling.Person:
    return person


def test_an_enrolled_voice_sings_and_converts_and_shows_nothing(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant, tmp_path: Path
) -> None:
    grant_id = grant()
    folder = make(bank, Enrolment(recordings, grant_id, "ada", "tiny"))
    assert sorted(path.name for path in folder.iterdir()) == ["grant.json", SEALED_FILE]
    assert b"ada-196" not in (folder / SEALED_FILE).read_bytes()
    voice = bank.open_voice("ada", now())
    assert voice.card.kind == "enrolled"
    assert grant_id in voice.card.licence
    assert voice.card.range.low_midi <= 55 < 58 <= voice.card.range.high_midi
    assert voice.speaker.shape == bank.open_voice("tiny", now()).speaker.shape
    assert open_singer(voice, now(), 1) is not None
    source = save(tmp_path / "source.wav", sung())
    statement = SourceStatement(digest_audio(source.read_bytes()), now())
    made = convert_file(
        bank, ConversionOrder(source, "ada", tmp_path / "out.wav", statement), now, threads=1
    )
    assert made.voice == "ada"
    assert made.likeness == voice.card.likeness == ENROLLED_LIKENESS > USUAL_LIKENESS
    assert "ada, by consent" in made.credit


def test_half_a_recording_is_enrolled_with_a_warning(
    home: Path, recordings: tuple[Path, ...], grant: Grant
) -> None:
    half = recordings[0]
    half.write_bytes(half.read_bytes()[: round(0.8 * half.stat().st_size)])
    order = Order(recordings, grant(), "ada", "tiny", False, True, steps=1, seed=0, threads=1)
    made = carry_out(order, lambda stage, share: None)
    assert made.seconds == pytest.approx(3.6, abs=0.01)
    cut = [text for text in made.warnings if "cut short" in text]
    assert cut == [f"{half}: holds 1.6 of the 2.0 s that it promises; the file is cut short"]


def test_it_closes_when_the_grant_is_revoked(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant
) -> None:
    grant_id = grant()
    make(bank, Enrolment(recordings, grant_id, "ada", "tiny"))
    with registry() as opened:
        opened.revoke(grant_id, now())
    with pytest.raises(RefusedError, match="revoked"):
        bank.open_voice("ada", now())


def test_other_recordings_than_the_grants_are_refused(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant, tmp_path: Path
) -> None:
    other = save(tmp_path / "bob.wav", sung(3.0, 262.0), subtype="PCM_16")
    with pytest.raises(RefusedError) as refusal:
        make(bank, Enrolment((*recordings, other), grant(), "ada", "tiny"))
    assert refusal.value.rule == "digest"
    assert bank.names() == ("tiny",)


@pytest.mark.parametrize("missing", [Operation.EMBED, Operation.TRAIN])
def test_each_step_needs_its_own_leave(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant, missing: Operation
) -> None:
    wanted = Enrolment(recordings, grant(ALL - {missing}), "ada", "tiny")
    with pytest.raises(RefusedError, match=f"not {missing.value}"):
        make(bank, wanted, tuning=Tuning(unchanged, on_recordings=True))
    assert bank.names() == ("tiny",)


def test_nobody_enrols_without_a_grant(bank: VoiceBank, recordings: tuple[Path, ...]) -> None:
    with pytest.raises(ConsentError, match="grant"):
        make(bank, Enrolment(recordings, "grant-of-nobody", "ada", "tiny"))


def test_names_and_bases_are_judged(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant
) -> None:
    for name in ("Ada", "../ada", "", "a b"):
        with pytest.raises(VoiceError, match="a voice is named in a-z"):
            Enrolment(recordings, "g", name, "tiny")
    with pytest.raises(VoiceError, match="no recordings"):
        Enrolment((), "g", "ada", "tiny")
    with pytest.raises(VoiceError, match="there is a voice 'tiny' already"):
        make(bank, Enrolment(recordings, grant(), "tiny", "tiny"))


def test_bad_recordings_are_named(bank: VoiceBank, grant: Grant, tmp_path: Path) -> None:
    for samples, said in ((np.zeros((9, 9)), "9 channels"), (np.zeros(0), "holds no sound")):
        path = save(tmp_path / "bad.wav", samples)
        with pytest.raises(ConversionError, match=said):
            make(bank, Enrolment((path,), "g", "ada", "tiny"))


def test_what_was_tuned_is_what_is_sealed(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant
) -> None:
    spent = Training("melisma enroll --adapt", 12, 0.1, "none")

    def tune(
        base: Voice, described: Description, person: enrolling.Person, heard: Sequence[Survey]
    ) -> enrolling.Person:
        assert [one.recording.path for one in heard] == list(recordings)
        assert np.linalg.norm(described.at_one_level) == pytest.approx(1.0, abs=1e-5)
        assert 54.0 < described.midi < 59.0
        assert base.models["acoustic"] != person.acoustic
        return replace(person, speaker=person.speaker + 1.0, training=(spent,))

    grant_id = grant()
    make(bank, Enrolment(recordings, grant_id, "ada", "tiny"))
    make(bank, Enrolment(recordings, grant_id, "tuned", "tiny"), Tuning(tune, True))
    plain, tuned = bank.open_voice("ada", now()), bank.open_voice("tuned", now())
    assert tuned.card.training[-1] == spent
    np.testing.assert_allclose(tuned.speaker, plain.speaker + 1.0, atol=1e-6)
    assert plain.models["content"] == tuned.models["content"]


def test_an_embedding_is_approached_without_leave_to_train(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant
) -> None:
    grant_id = grant(ALL - {Operation.TRAIN})
    tuning = towards_embedding(AdaptOptions(steps=1, threads=1))
    shipped = VoiceBank(BUNDLED, bank.own)
    make(shipped, Enrolment(recordings, grant_id, "plain", "wren"))
    make(shipped, Enrolment(recordings, grant_id, "tuned", "wren"), tuning)
    plain, tuned = shipped.open_voice("plain", now()), shipped.open_voice("tuned", now())
    assert tuned.card.training[-1].command == "melisma enroll"
    assert not np.array_equal(tuned.speaker, plain.speaker)
    assert tuned.models["acoustic"] != plain.models["acoustic"]
    assert tuned.models["content"] == plain.models["content"]
    with pytest.raises(VoiceError, match="cannot be tuned"):
        make(bank, Enrolment(recordings, grant_id, "small", "tiny"), tuning)

    def sees_nothing(
        base: Voice, described: Description, person: enrolling.Person, heard: Sequence[Survey]
    ) -> enrolling.Person:
        assert heard == ()
        return person

    make(bank, Enrolment(recordings, grant_id, "shy", "tiny"), Tuning(sees_nothing, False))


def test_tuning_asks_for_half_a_minute(
    bank: VoiceBank, recordings: tuple[Path, ...], grant: Grant
) -> None:
    with pytest.raises(VoiceError, match=r"4 s of recordings; give 30"):
        make(
            bank,
            Enrolment(recordings, grant(), "ada", "tiny"),
            on_recordings(AdaptOptions(steps=1)),
        )


def test_the_command_says_what_it_made_and_what_it_refuses(
    home: Path, recordings: tuple[Path, ...], grant: Grant, capsys: pytest.CaptureFixture[str]
) -> None:
    grant_id = grant()
    order = ["enroll", *map(str, recordings), "--grant", grant_id, "--base", "tiny"]
    assert run([*order, "--name", "eve", "--quick", "--adapt"]) == 2
    assert "give one" in capsys.readouterr().err
    assert run([*order, "--name", "ada", "--threads", "1", "--quick"]) == 0
    told = capsys.readouterr()
    assert f"sealed to grant {grant_id}" in told.out
    assert "warning: only 4.0 s of recordings" in told.err
    assert run([*order, "--name", "ada"]) == 2
    assert "there is a voice 'ada' already" in capsys.readouterr().err
    replaced = [
        str(recordings[0].with_name("none.wav")) if a == str(recordings[0]) else a for a in order
    ]
    assert run([*replaced, "--name", "eve"]) == 2
    assert "no such file" in capsys.readouterr().err
    assert replace(Enrolment(recordings, grant_id, "x", "tiny"), name="y").name == "y"
