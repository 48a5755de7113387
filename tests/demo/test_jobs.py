"""Long work: told honestly, ended by an exception when somebody stops it, one user apart from
another."""

from __future__ import annotations

import threading
import time

import pytest

from voice.demo.jobs import Jobs, Status, StoppedError
from voice.errors import ScoreError
from voice.studio import Progress


def drained(jobs: Jobs, session: str, work: object) -> tuple[list[Status], object]:
    running = jobs.run(session, work)  # type: ignore[arg-type]
    statuses = []
    while True:
        try:
            statuses.append(next(running))
        except StopIteration as finished:
            return statuses, finished.value


def slow(tell: Progress) -> str:
    for step in range(5):
        tell("singing", step / 5)
        time.sleep(0.1)
    return "sung"


def test_a_job_tells_its_stages_and_gives_what_it_made() -> None:
    statuses, made = drained(Jobs(), "one", slow)
    assert made == "sung"
    assert {status.stage for status in statuses} <= {"opening", "singing"}
    shares = [status.share for status in statuses]
    assert shares == sorted(shares)
    assert shares[-1] > 0.0


def test_what_goes_wrong_reaches_whoever_waits() -> None:
    def broken(tell: Progress) -> str:
        raise ScoreError("bar 3 has no words; write some")

    jobs = Jobs()
    with pytest.raises(ScoreError, match="bar 3"):
        drained(jobs, "one", broken)
    assert jobs.count == 0


def test_stopping_ends_the_work_itself_and_only_that_of_the_session() -> None:
    steps: dict[str, int] = {"ada": 0, "ben": 0}

    def endless(name: str, limit: int) -> object:
        def work(tell: Progress) -> str:
            for step in range(limit):
                tell("singing", step / limit)
                steps[name] = step
                time.sleep(0.02)
            return name

        return work

    jobs = Jobs()
    ada = jobs.run("ada", endless("ada", 10_000))  # type: ignore[arg-type]
    ben = threading.Thread(target=drained, args=(jobs, "ben", endless("ben", 30)))
    next(ada)
    ben.start()
    assert jobs.stop("ada")
    with pytest.raises(StoppedError, match="nothing was kept"):
        for _ in ada:
            pass
    ended_at = steps["ada"]
    ben.join()
    assert steps["ben"] == 29
    assert steps["ada"] == ended_at < 9_999
    assert not jobs.stop("ada")


def test_a_page_that_is_closed_ends_its_work() -> None:
    running = threading.Event()
    ended = threading.Event()

    def work(tell: Progress) -> None:
        try:
            while True:
                tell("singing", 0.5)
                running.set()
                time.sleep(0.01)
        finally:
            ended.set()

    jobs = Jobs()
    job = jobs.run("one", work)
    next(job)
    assert running.wait(5)
    job.close()
    assert ended.is_set()
    assert jobs.count == 0


def test_time_left_is_told_only_when_it_is_more_than_a_guess() -> None:
    assert Status("singing", 0.5, 1.0).left_s is None
    assert Status("singing", 0.01, 9.0).left_s is None
    assert Status("singing", 0.25, 3.0).left_s == 9.0
