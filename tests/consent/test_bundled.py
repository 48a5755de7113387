"""Grants that ship with Melisma: signed by the project, bound to bytes, checked offline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from consent import bundled, release
from consent.bundled import bundled_corpora, read_bundled, sign_bundled, verify_bundled
from consent.envelope import load_private_key, open_envelope, raw_public_key, seal_envelope
from consent.errors import ConsentError, ConsentFormatError, RefusedError, SignatureError
from consent.folder import digest_folder, read_folder
from consent.gate import authorize_corpus, authorize_voice, open_voice, verify
from consent.grant import ConsentGrant, GrantKind, Operation, PublishedLicence
from consent.permit import Permit

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LICENCE = PublishedLicence(
    "Terms of Use", ("You may sing with it.",), "https://example.org", date(2026, 1, 2), ("By Ada",)
)
TERMS = ConsentGrant(
    grant_id="voice-ada",
    kind=GrantKind.PUBLISHED,
    subject="ada",
    project="Melisma",
    operations=frozenset({Operation.SING}),
    languages=("en",),
    commercial=True,
    territory="worldwide",
    issued_at=NOW,
    expires_at=None,
    pass_on=True,
    notice_days=0,
    licences=(LICENCE,),
)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Ed25519PrivateKey:
    """A project key of the test's own; the real private half is not here."""
    made = Ed25519PrivateKey.generate()
    public = raw_public_key(made.public_key()).hex()
    monkeypatch.setattr(bundled, "PROJECT_KEY_HEX", public)
    monkeypatch.setattr(release, "PROJECT_KEY_HEX", public)
    return made


@pytest.fixture
def voice(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    folder = tmp_path / "ada"
    (folder / "deep").mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    (folder / "deep" / "model.onnx").write_bytes(b"weights")
    (folder / "grant.json").write_bytes(sign_bundled(TERMS, digest_folder(folder), key))
    return folder


def test_a_signed_voice_opens_without_a_registry(
    voice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELISMA_HOME", str(tmp_path / "nothing here"))
    opened = open_voice(voice, Operation.SING, NOW)
    verify(opened.permit, Operation.SING, opened.digest, NOW)
    assert opened.files["deep/model.onnx"] == b"weights"
    assert opened.licence is not None
    assert opened.licence.licences[0].credits == ("By Ada",)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "card.json").write_text("{} "),
        lambda folder: (folder / "deep" / "model.onnx").rename(folder / "model.onnx"),
        lambda folder: (folder / "more.txt").write_text("added"),
        lambda folder: (folder / "card.json").unlink(),
    ],
    ids=["changed", "moved", "added", "removed"],
)
def test_one_changed_file_closes_it(voice: Path, change: object) -> None:
    assert callable(change)
    change(voice)
    with pytest.raises(RefusedError, match=r"rule bundled-digest \(grant voice-ada"):
        open_voice(voice, Operation.SING, NOW)


def test_the_name_belongs_to_the_terms(voice: Path) -> None:
    renamed = voice.rename(voice.with_name("bob"))
    with pytest.raises(RefusedError, match="name the folder ada again"):
        open_voice(renamed, Operation.SING, NOW)


def test_only_what_is_listed_is_allowed(voice: Path) -> None:
    for operation in set(Operation) - {Operation.SING, Operation.CONVERT}:
        with pytest.raises(RefusedError, match="rule operation"):
            authorize_voice(read_folder(voice), operation, NOW)


def test_a_link_cannot_stand_in_for_a_file(voice: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"weights")
    (voice / "deep" / "model.onnx").unlink()
    (voice / "deep" / "model.onnx").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConsentFormatError, match="a link"):
        open_voice(voice, Operation.SING, NOW)


def test_another_key_has_no_say(voice: Path) -> None:
    digest = digest_folder(voice)
    stranger = sign_bundled(TERMS, digest, Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError, match="fetch the file again"):
        verify_bundled(digest, stranger, Operation.SING, NOW)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_of_a_grant_can_be_turned(position: int, bit: int) -> None:
    name, token = next(iter(bundled_corpora()))
    index = position % len(token)
    damaged = token[:index] + bytes([token[index] ^ 1 << bit]) + token[index + 1 :]
    with pytest.raises(ConsentError):
        read_bundled(damaged, name)


def test_every_bundled_corpus_is_signed_by_the_pinned_key_and_quotes_its_terms() -> None:
    names = set()
    for name, token in bundled_corpora():
        grant = read_bundled(token, name)
        assert grant.subject == name
        assert grant.operations >= {Operation.TRAIN, Operation.EMBED}
        assert all(licence.quotes and licence.credits for licence in grant.licences)
        permit = authorize_corpus(str(grant.digest), Operation.TRAIN, NOW)
        verify(permit, Operation.TRAIN, str(grant.digest), NOW)
        with pytest.raises(RefusedError):
            verify(permit, Operation.SING, str(grant.digest), NOW)
        names.add(name)
    assert names >= {"kumi-ja", "kumi-zh", "scottpoid-ja", "kathleen-en", "kokoro-en"}


def test_a_published_licence_may_end(key: Ed25519PrivateKey) -> None:
    ending = replace(TERMS, expires_at=NOW + timedelta(days=1))
    token = sign_bundled(ending, "0" * 64, key)
    verify_bundled("0" * 64, token, Operation.SING, NOW)
    with pytest.raises(RefusedError, match="rule expired"):
        verify_bundled("0" * 64, token, Operation.SING, NOW + timedelta(days=1))


def test_a_persons_grant_is_never_bundled(key: Ed25519PrivateKey) -> None:
    person = replace(TERMS, kind=GrantKind.PERSON, licences=(), expires_at=NOW + timedelta(days=1))
    with pytest.raises(ConsentFormatError, match="only published licences"):
        sign_bundled(person, "0" * 64, key)
    token = seal_envelope("application/vnd.melisma.grant.v1+json", person.to_bytes(), key)
    with pytest.raises(ConsentFormatError):
        verify_bundled("0" * 64, token, Operation.SING, NOW)


def test_objects_that_look_like_permits_are_not_believed(voice: Path) -> None:
    class Cousin(Permit):
        """A subclass could answer anything."""

    opened = open_voice(voice, Operation.SING, NOW)
    true = opened.permit
    fields = (true.token, true.grant_id, true.operation, true.digest, true.issued_at, None)
    for forged in (Cousin(*fields), object.__new__(Permit), None, "permit", {"token": true.token}):
        with pytest.raises(RefusedError, match="rule genuine-permit"):
            verify(forged, Operation.SING, opened.digest, NOW)  # type: ignore[arg-type]
    with pytest.raises(ConsentError):
        verify(replace(true, token=b"{}"), Operation.SING, opened.digest, NOW)


def test_an_envelope_is_read_in_one_way_only(key: Ed25519PrivateKey) -> None:
    public = raw_public_key(key.public_key())
    good = seal_envelope("a/b", b"payload", key)
    assert open_envelope(good, "a/b", public, "x").payload == b"payload"
    value = json.loads(good)
    twice = {**value, "signatures": value["signatures"] * 2}
    bad = [
        json.dumps(value, separators=(", ", ": ")).encode(),
        good + b"\n",
        good.replace(b'"payloadType"', b'"payload":"","payloadType"', 1),
        json.dumps(twice, sort_keys=True, separators=(",", ":")).encode(),
        json.dumps({**value, "more": 1}, sort_keys=True, separators=(",", ":")).encode(),
        b"[]",
        b"\xff",
        b"",
    ]
    for data in bad:
        with pytest.raises(ConsentFormatError):
            open_envelope(data, "a/b", public, "x")
    with pytest.raises(ConsentFormatError, match="holds a/b, not a/c"):
        open_envelope(good, "a/c", public, "x")


def test_the_release_tool_signs_what_the_gate_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file = tmp_path / "key.pem"
    assert release.main(["keygen", str(key_file)]) == 0
    public = capsys.readouterr().out.strip()
    terms = tmp_path / "ada.toml"
    terms.write_text(
        'grant_id = "voice-ada"\nsubject = "ada"\nproject = "Melisma"\noperations = ["sing"]\n'
        'languages = ["en"]\ncommercial = true\nterritory = "worldwide"\npass_on = true\n'
        '[[licences]]\ntitle = "T"\nquotes = ["Q"]\nsource = "S"\nseen = "2026-01-02"\n'
        'credits = ["C"]\n'
    )
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    order = ["sign", str(folder), "--terms", str(terms), "--key", str(key_file)]
    assert release.main(order) == 2
    assert "pins" in capsys.readouterr().err
    monkeypatch.setattr(bundled, "PROJECT_KEY_HEX", public)
    monkeypatch.setattr(release, "PROJECT_KEY_HEX", public)
    assert release.main(order) == 0
    open_voice(folder, Operation.SING, NOW)
    assert release.main(["show", str(folder / "grant.json")]) == 0
    assert '"quotes":["Q"]' in capsys.readouterr().out
    assert release.main(["keygen", str(key_file)]) == 2


def test_a_signing_key_must_be_private(tmp_path: Path) -> None:
    release.make_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(ConsentError, match="chmod 600"):
        load_private_key(tmp_path / "key.pem")


def test_any_use_cannot_be_expressed() -> None:
    with pytest.raises(ConsentFormatError, match="choose among"):
        replace(TERMS, operations=frozenset())
    with pytest.raises(ConsentFormatError, match="identify"):
        replace(TERMS, operations=frozenset({Operation.IDENTIFY}))
    person = replace(
        TERMS, kind=GrantKind.PERSON, licences=(), expires_at=NOW + timedelta(days=365)
    )
    for project in ("any use", "all projects", "Everything", "unlimited"):
        with pytest.raises(ConsentFormatError, match="too wide"):
            replace(person, project=project)
    with pytest.raises(ConsentFormatError, match="must end"):
        replace(person, expires_at=None)
    with pytest.raises(ConsentFormatError, match="not a term"):
        replace(person, expires_at=NOW + timedelta(days=5000))


def test_grants_survive_being_written_and_read() -> None:
    assert ConsentGrant.from_bytes(TERMS.to_bytes(), "x") == TERMS
    value = json.loads(TERMS.to_bytes())
    for key_name in value:
        smaller = {name: item for name, item in value.items() if name != key_name}
        data = json.dumps(smaller, sort_keys=True, separators=(",", ":")).encode()
        with pytest.raises(ConsentFormatError, match="missing keys"):
            ConsentGrant.from_bytes(data, "x")
