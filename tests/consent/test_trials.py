"""A small share of the trials that `benchmarks/consent.py` runs in full."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import in_memory

from benchmarks.consent_trials import attacks, crashes, erasure, mutations, races
from benchmarks.consent_trials.scene import Scene, build
from consent.location import RegistryLocation
from consent.registry import Registry

SHARE = list(attacks.ATTACKS)[::4]


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    folder = Path(tempfile.mkdtemp(prefix="melisma-", dir=in_memory()))
    yield build(folder / "home")
    shutil.rmtree(folder)


def test_there_are_at_least_sixty_kinds_of_attack() -> None:
    assert len(attacks.ATTACKS) >= 60


@pytest.mark.parametrize("name", SHARE)
def test_no_attack_gets_through(scene: Scene, quick: Path, name: str) -> None:
    (outcome,) = attacks.run_all(scene, quick, [name])
    assert outcome.refusal is not None


def test_refusals_name_rule_grant_and_remedy(scene: Scene, quick: Path) -> None:
    outcomes = attacks.run_all(scene, quick, ["revoked grant", "wrong audio"])
    for outcome in outcomes:
        refusal = str(outcome.refusal)
        assert "refused by rule" in refusal
        assert "(grant g-" in refusal
        assert ";" in refusal


def test_every_mutation_of_the_log_is_noticed(scene: Scene, quick: Path) -> None:
    result = mutations.mutate_many(scene, quick, 30, seed=3)
    assert result.unnoticed == []
    assert len(result.tried) == len(mutations.KINDS)


def test_no_permit_is_issued_after_a_revocation(location: RegistryLocation) -> None:
    Registry.create(location).close()
    result = races.race(location, 3)
    assert result.late == 0


def test_processes_at_once_lose_nothing(location: RegistryLocation) -> None:
    Registry.create(location).close()
    result = races.crowd(location, 4, 3)
    assert (result.acknowledged, result.lost) == (12, 0)


def test_killed_writers_lose_nothing(quick: Path) -> None:
    scene = build(quick / "home")
    killed = crashes.kill_writers(scene.location, 3)
    failed = crashes.fail_writes(scene.location, 2)
    assert (killed.lost, killed.corrupt, failed.lost, failed.corrupt) == (0, 0, 0, 0)
    assert killed.acknowledged > 0
    assert crashes.fill_disk(scene.location)


def test_nothing_of_an_erased_person_is_left(quick: Path) -> None:
    result = erasure.erase_and_look(build(quick / "home"))
    assert result.traces == []
    assert result.revived == []
    assert result.files > 5
