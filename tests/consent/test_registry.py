"""A grant's life in the registry, in SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from asking import ADA, MATERIAL, NOW, WISH, FakeEar, digest_of, enrol

from consent.checks import MIN_SPEECH_S
from consent.enrolment import Submission
from consent.errors import ConsentError, EvidenceError, RefusedError
from consent.grant import Operation
from consent.people import Age, Person, Role
from consent.registry import Registry
from consent.states import State

SONG = digest_of("song-1.wav")


def test_a_person_asked_rightly_can_be_trained_on(registry: Registry) -> None:
    grant_id = enrol(registry)
    permit = registry.authorize(grant_id, Operation.TRAIN, SONG, NOW)
    assert registry.verify(permit, Operation.TRAIN, SONG, NOW) == grant_id
    assert registry.show(grant_id).state is State.ACTIVE
    assert registry.audit().grants == 1


def test_the_whole_material_folder_is_registered_too(embedded: Registry, tmp_path: Path) -> None:
    from consent.folder import digest_folder

    for name, data in MATERIAL.items():
        (tmp_path / "songs").mkdir(exist_ok=True)
        (tmp_path / "songs" / name).write_bytes(data)
    grant_id = enrol(embedded)
    digest = digest_folder(tmp_path / "songs")
    assert embedded.holders_of(digest) == [grant_id]
    embedded.authorize(grant_id, Operation.TRAIN, digest, NOW)


@pytest.mark.parametrize("step", ["suspend", "revoke", "erase"])
def test_a_grant_that_ended_refuses_from_the_next_call_on(registry: Registry, step: str) -> None:
    grant_id = enrol(registry)
    permit = registry.authorize(grant_id, Operation.EMBED, SONG, NOW)
    getattr(registry, step)(grant_id, NOW)
    with pytest.raises(RefusedError, match=rf"rule state \(grant {grant_id}"):
        registry.verify(permit, Operation.EMBED, SONG, NOW)
    with pytest.raises(RefusedError, match=rf"rule state \(grant {grant_id}"):
        registry.authorize(grant_id, Operation.EMBED, SONG, NOW)
    registry.audit()


def test_a_suspension_can_be_lifted_and_a_revocation_cannot(embedded: Registry) -> None:
    grant_id = enrol(embedded)
    embedded.suspend(grant_id, NOW)
    embedded.resume(grant_id, NOW)
    embedded.authorize(grant_id, Operation.EMBED, SONG, NOW)
    embedded.revoke(grant_id, NOW)
    with pytest.raises(RefusedError, match="it is revoked"):
        embedded.resume(grant_id, NOW)


def test_a_grant_expires_by_itself(registry: Registry) -> None:
    grant_id = enrol(registry)
    late = NOW + WISH.term
    with pytest.raises(RefusedError, match="rule expired"):
        registry.authorize(grant_id, Operation.TRAIN, SONG, late)
    assert registry.show(grant_id).state is State.EXPIRED


def test_no_permit_outlives_its_grant(embedded: Registry) -> None:
    grant_id = enrol(embedded)
    late = NOW + WISH.term - timedelta(minutes=1)
    permit = embedded.authorize(grant_id, Operation.TRAIN, SONG, late)
    assert permit.expires_at == NOW + WISH.term


def test_permits_end_after_fifteen_minutes(embedded: Registry) -> None:
    permit = embedded.authorize(enrol(embedded), Operation.TRAIN, SONG, NOW)
    embedded.verify(permit, Operation.TRAIN, SONG, NOW + timedelta(minutes=14, seconds=59))
    with pytest.raises(RefusedError, match="rule permit-expired"):
        embedded.verify(permit, Operation.TRAIN, SONG, NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("ear", "rule"),
    [
        (FakeEar(digits="000000"), "digits"),
        (FakeEar(similarity=0.5), "voice"),
        (FakeEar(similarity=0.7), "voice-unsure"),
        (FakeEar(speech_s=MIN_SPEECH_S - 1), "speech"),
        (FakeEar(level_dbfs=-60), "level"),
        (FakeEar(clipped_share=0.1), "clipping"),
        (FakeEar(harmonicity_db=0), "noise"),
    ],
)
def test_each_rule_of_a_recording_refuses(embedded: Registry, ear: FakeEar, rule: str) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.SELF, NOW)
    if rule == "digits":
        ear.digits = "".join(str((int(d) + 5) % 10) for d in challenge.digits)
    else:
        ear.digits = challenge.digits
    findings = embedded.submit(grant_id, Submission(b"spoken", MATERIAL), ear.ears, NOW)
    assert [finding.rule for finding in findings if not finding.passed] == [rule]
    with pytest.raises(RefusedError, match=f"failed on {rule}"):
        embedded.confirm(grant_id, None, NOW)


def test_after_three_tries_a_named_human_may_hear_digits_but_not_the_voice(
    embedded: Registry,
) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    for attempt in range(3):
        with pytest.raises(RefusedError):
            embedded.confirm(grant_id, "Grace Witness", NOW)
        embedded.challenge(grant_id, Role.SELF, NOW)
        spoken = Submission(b"mumbled %d" % attempt, MATERIAL)
        embedded.submit(grant_id, spoken, FakeEar(digits="").ears, NOW)
    with pytest.raises(RefusedError, match="failed on digits"):
        embedded.confirm(grant_id, None, NOW)
    embedded.confirm(grant_id, "Grace Witness", NOW)
    assert embedded.show(grant_id).state is State.VERIFIED

    other = embedded.draft(ADA, WISH, "en", NOW)
    for attempt in range(3):
        challenge = embedded.challenge(other, Role.SELF, NOW)
        ear = FakeEar(digits=challenge.digits, similarity=0.3)
        embedded.submit(other, Submission(b"stranger %d" % attempt, MATERIAL), ear.ears, NOW)
    with pytest.raises(RefusedError, match="failed on voice"):
        embedded.confirm(other, "Grace Witness", NOW)


def test_a_named_human_may_vouch_for_a_voice_that_is_unsure(embedded: Registry) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.SELF, NOW)
    ear = FakeEar(digits=challenge.digits, similarity=0.65)
    embedded.submit(grant_id, Submission(b"sung songs", MATERIAL), ear.ears, NOW)
    with pytest.raises(RefusedError, match="failed on voice-unsure"):
        embedded.confirm(grant_id, None, NOW)
    embedded.confirm(grant_id, "Grace Witness", NOW)
    embedded.activate(grant_id, NOW)
    embedded.authorize(grant_id, Operation.TRAIN, SONG, NOW)


def test_a_challenge_lives_ten_minutes_and_is_spent_once(embedded: Registry) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.SELF, NOW)
    ear = FakeEar(digits=challenge.digits)
    late = NOW + timedelta(minutes=10)
    with pytest.raises(RefusedError, match="rule challenge-expired"):
        embedded.submit(grant_id, Submission(b"late", MATERIAL), ear.ears, late)
    embedded.submit(grant_id, Submission(b"in time", MATERIAL), ear.ears, NOW)
    with pytest.raises(RefusedError, match="rule state"):
        embedded.submit(grant_id, Submission(b"again", MATERIAL), ear.ears, NOW)


def test_the_same_recording_is_taken_once(embedded: Registry) -> None:
    enrol(embedded, recording=b"one and the same")
    with pytest.raises(EvidenceError, match="handed in before"):
        enrol(embedded, recording=b"one and the same")


def test_only_material_of_the_right_voice_is_registered(embedded: Registry) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.SELF, NOW)
    ear = FakeEar(digits=challenge.digits, similarity=0.2)
    embedded.submit(grant_id, Submission(b"a stranger's songs", MATERIAL), ear.ears, NOW)
    assert embedded.holders_of(SONG) == []


def test_minors_need_a_guardian_who_reads_too(embedded: Registry) -> None:
    with pytest.raises(RefusedError, match="rule cosigner"):
        Person("Tim Small", "t@example.org", Age.MINOR)
    minor = Person("Tim Small", "t@example.org", Age.MINOR, "Gina Small")
    grant_id = embedded.draft(minor, WISH, "en", NOW)
    for role in (Role.SELF, Role.GUARDIAN):
        challenge = embedded.challenge(grant_id, role, NOW)
        assert ("Gina" in challenge.text) == (role is Role.GUARDIAN)
        ear = FakeEar(digits=challenge.digits)
        spoken = Submission(role.value.encode(), MATERIAL if role is Role.SELF else {})
        embedded.submit(grant_id, spoken, ear.ears, NOW)
        if role is Role.SELF:
            with pytest.raises(RefusedError, match="guardian has not read"):
                embedded.confirm(grant_id, None, NOW)
    embedded.confirm(grant_id, None, NOW)


def test_estates_need_a_named_human(embedded: Registry) -> None:
    person = Person("Otto Gone", "estate@example.org", Age.DECEASED, "Erna Heir")
    grant_id = embedded.draft(person, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.ESTATE, NOW)
    ear = FakeEar(digits=challenge.digits)
    embedded.submit(grant_id, Submission(b"the heir", MATERIAL), ear.ears, NOW)
    assert ear.permits == []
    with pytest.raises(RefusedError, match="rule countersign"):
        embedded.confirm(grant_id, None, NOW)
    embedded.confirm(grant_id, "Nora Notary", NOW)
    embedded.activate(grant_id, NOW)
    embedded.authorize(grant_id, Operation.TRAIN, SONG, NOW)


def test_permits_to_identify_end_with_their_challenge(embedded: Registry) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    challenge = embedded.challenge(grant_id, Role.SELF, NOW)
    ear = FakeEar(digits=challenge.digits)
    embedded.submit(grant_id, Submission(b"spoken", MATERIAL), ear.ears, NOW)
    permit = ear.permits[0]
    with pytest.raises(RefusedError, match="rule state"):
        embedded.verify(permit, Operation.IDENTIFY, permit.digest, NOW)
    with pytest.raises(RefusedError, match="rule operation"):
        embedded.authorize(grant_id, Operation.IDENTIFY, permit.digest, NOW)


def test_names_stay_out_of_the_terms(embedded: Registry) -> None:
    from dataclasses import replace

    wish = replace(WISH, project="the Ada Example-Lovelace tribute")
    with pytest.raises(ConsentError, match="without personal data"):
        embedded.draft(ADA, wish, "en", NOW)
    assert embedded.list_grants() == []


def test_a_clock_that_jumped_back_changes_nothing(registry: Registry) -> None:
    grant_id = enrol(registry)
    before = registry.checkpoint()
    for action in (
        lambda at: registry.authorize(grant_id, Operation.TRAIN, SONG, at),
        lambda at: registry.revoke(grant_id, at),
        lambda at: registry.draft(ADA, WISH, "en", at),
    ):
        with pytest.raises(RefusedError, match="rule clock"):
            action(NOW - timedelta(minutes=3))
    assert registry.checkpoint() == before


def test_illegal_steps_are_named(embedded: Registry) -> None:
    grant_id = embedded.draft(ADA, WISH, "en", NOW)
    for step in ("activate", "suspend", "resume"):
        with pytest.raises(RefusedError, match="it is draft"):
            getattr(embedded, step)(grant_id, NOW)
    with pytest.raises(RefusedError, match="rule grant-unknown"):
        embedded.revoke("g-nobody", NOW)
