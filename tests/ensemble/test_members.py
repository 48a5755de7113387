"""Who sings, and how unlike one another they are."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.singing_scores import fitted, sung
from voice.ensemble.members import CHOIR as CHOIR_SPREAD
from voice.ensemble.members import EARLIEST_S, LATEST_S, Ensemble, members, unlike
from voice.errors import OutputError
from voice.performance.wishes import Expression

LEAD, OTHER = fitted([sung(midi=64)]).score, fitted([sung(midi=60)]).score


def test_the_lead_sings_as_asked_and_others_join() -> None:
    rows = members(LEAD, Ensemble((OTHER,), doubles=2), Expression(), seed=5)
    assert [row.name for row in rows] == ["lead", "double-1", "double-2", "harmony-1"]
    assert rows[0].expression == Expression()
    assert rows[0].seed == 5
    assert len({row.seed for row in rows}) == 4
    assert [row.score is OTHER for row in rows] == [False, False, False, True]


def test_a_choir_shares_its_voices_over_every_part() -> None:
    wanted = Ensemble((OTHER,), choir=3, voices=("wren", "alder"))
    rows = members(LEAD, wanted, Expression(), 0)
    assert Counter(row.role for row in rows) == {"choir": 6}
    assert [row.voice for row in rows] == ["wren", "alder", "wren"] * 2
    assert [row.score is OTHER for row in rows] == [False] * 3 + [True] * 3
    assert all(row.voice is None for row in members(LEAD, Ensemble(choir=2), Expression(), 0))


def test_every_singer_is_a_little_early_or_late_and_none_alike() -> None:
    own = [unlike(Expression(), CHOIR_SPREAD, 0, number) for number in range(24)]
    late = [each.variation.late_s for each in own]
    assert all(EARLIEST_S <= abs(each) <= LATEST_S for each in late)
    assert min(late) < 0.0 < max(late)
    assert len({each.intonation.tuning_cents for each in own}) > 20
    assert all(abs(each.intonation.tuning_cents) <= 15.0 for each in own)
    assert len({each.gender_semitones for each in own}) > 20
    assert own[3] == unlike(Expression(), CHOIR_SPREAD, 0, 3)
    assert own[3] != unlike(Expression(), CHOIR_SPREAD, 1, 3)


def test_wishes_at_their_bounds_stay_within_them() -> None:
    for gender in (-12.0, 12.0):
        for number in range(20):
            unlike(Expression(gender_semitones=gender), CHOIR_SPREAD, 0, number)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"doubles": 9}, "doubled 0-6 times, not 9"),
        ({"choir": 99}, "0-16 singers a part, not 99"),
        ({"choir": 2, "doubles": 1}, "no lead to double"),
    ],
)
def test_what_nobody_can_sing_is_refused(wrong: dict[str, int], said: str) -> None:
    with pytest.raises(OutputError, match=said):
        Ensemble(**wrong)  # type: ignore[arg-type]


def test_nobody_else_is_a_solo() -> None:
    assert Ensemble().is_solo
    assert not Ensemble(doubles=1).is_solo
