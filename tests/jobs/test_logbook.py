"""Lines into the database: numbered without gap, once whatever breaks, and only by whoever holds the run."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any, cast

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction
from django.utils import timezone

from jobs import events, logbook, process
from jobs.logbook import LeaseLost, Logbook
from jobs.models import Execution, Job, State
from jobs.protocol import Line
from tests.jobs.conftest import MakeExecution, in_thread, lines_of

LIMIT_SECONDS = 20.0
"""A database that takes nothing at all ends the test instead of being waited for."""


def line(number: int, sistema: str = "TESTE") -> Line:
    return Line(20, sistema, f"linha {number}")


def book_of(execution: Execution) -> Logbook:
    limit = time.monotonic() + LIMIT_SECONDS
    return Logbook(execution.job_id, execution.pk, token=execution.run_token, alive=lambda: time.monotonic() < limit)


def stored(job_id: int) -> list[tuple[int, str]]:
    return [(each.seq, each.mensagem) for each in lines_of(job_id)]


@pytest.fixture
def running(make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch) -> Execution:
    monkeypatch.setattr(logbook, "RETRY_SECONDS", (0.001,))
    execution = make_execution("pass", status=State.RUNNING)
    execution.run_token = process.new_token()
    execution.save()
    return execution


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """First seq and count of each announcement."""
    seen: list[tuple[int, int]] = []

    def publish(_job: int, first: int, lines: list[Line], _moment: datetime) -> None:
        seen.append((first, len(lines)))

    monkeypatch.setattr(events, "publish_lines", publish)
    return seen


def fail_commits(how: Iterator[str]) -> None:
    """From now on each COMMIT of this thread ends as `how` says: "locked" (nothing stored), "unheard" (stored), "good"."""
    mine: Any = connections["default"]
    real = mine._commit

    def commit() -> None:
        fate = next(how)
        if fate == "locked":
            mine.errors_occurred = True
            raise OperationalError("database is locked")
        real()
        if fate == "unheard":
            mine.errors_occurred = True
            raise OperationalError("server closed the connection unexpectedly")

    mine._commit = commit


@pytest.fixture
def _mend_commits() -> Iterator[None]:
    yield
    vars(connections["default"]).pop("_commit", None)


def test_what_the_database_refuses_is_djangos_error_whatever_the_driver(running: Execution) -> None:
    """The lines go straight to the driver; its own exceptions would end the run instead of being waited out."""
    with pytest.raises(IntegrityError), transaction.atomic():
        logbook.append(running.job_id, running.pk, [Line(20, "TESTE", cast(str, None))])
    assert Job.objects.get(pk=running.job_id).log_seq == 0


@pytest.mark.parametrize("number", [1, logbook.ROWS - 1, logbook.ROWS, 2 * logbook.ROWS + 7])
def test_a_batch_of_any_size_is_stored_whole_and_in_order(running: Execution, number: int) -> None:
    moment = timezone.now().replace(microsecond=0)
    logbook.append(running.job_id, running.pk, [line(1)])
    first = logbook.append(running.job_id, running.pk, [line(2 + n) for n in range(number)], moment=moment)
    assert first == 2
    found = lines_of(running.job_id)
    assert [(each.seq, each.mensagem) for each in found] == [(n, f"linha {n}") for n in range(1, number + 2)]
    assert {(each.execution_id, each.level, each.sistema, each.timestamp) for each in found[1:]} == {
        (running.pk, 20, "TESTE", moment)
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_mend_commits")
def test_a_refused_batch_is_tried_again_and_stored_once(running: Execution, announced: list[tuple[int, int]]) -> None:
    fail_commits(iter(["locked", "locked", *["good"] * 5]))
    book_of(running).add([line(1), line(2)])
    assert stored(running.job_id) == [(1, "linha 1"), (2, "linha 2")]
    assert announced == [(1, 2)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_mend_commits")
def test_a_commit_that_got_through_though_its_answer_was_lost_is_not_stored_twice(
    running: Execution, announced: list[tuple[int, int]]
) -> None:
    fail_commits(iter(["unheard", *["good"] * 5]))
    book = book_of(running)
    book.add([line(1), line(2)])
    book.add([line(3)])
    book.close()
    assert stored(running.job_id) == [(1, "linha 1"), (2, "linha 2"), (3, "linha 3")]
    assert announced == [(1, 2), (3, 1)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_mend_commits")
def test_lines_whose_place_another_writer_took_at_the_same_moment_are_not_taken_for_stored(
    running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    fail_commits(iter(["locked", *["good"] * 5]))
    others = iter([[line(101), line(102)]])

    def meanwhile() -> None:
        for lines in others:
            logbook.append(running.job_id, running.pk, lines, moment=moment)

    monkeypatch.setattr(logbook, "mend", meanwhile)
    book_of(running).add([line(1), line(2)])
    assert [text for _seq, text in stored(running.job_id)] == ["linha 101", "linha 102", "linha 1", "linha 2"]


@pytest.mark.parametrize("change", [{"run_token": "another"}, {"status": State.ERROR}, {"status": State.PENDING}])
def test_who_lost_the_run_writes_no_line_of_it(running: Execution, change: dict[str, str]) -> None:
    book = book_of(running)
    Execution.objects.filter(pk=running.pk).update(**change)
    with pytest.raises(LeaseLost):
        book.add([line(1)])
    assert lines_of(running.job_id) == []
    assert Job.objects.get(pk=running.job_id).log_seq == 0


def test_a_run_that_is_being_cancelled_still_tells_its_last_words(running: Execution) -> None:
    Execution.objects.filter(pk=running.pk).update(status=State.CANCELLING)
    book_of(running).add([line(1)])
    assert len(lines_of(running.job_id)) == 1


@pytest.mark.django_db(transaction=True)
def test_several_writers_whose_batches_are_refused_lose_repeat_and_reorder_nothing(
    running: Execution, announced: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "FLUSH_SECONDS", 0.0)
    fates: dict[str, int] = dict.fromkeys(("locked", "unheard", "good"), 0)
    failures: list[BaseException] = []

    def write(who: int) -> None:
        lottery, numbers, book = random.Random(who), count(), book_of(running)

        def fate() -> str:
            drawn = lottery.choices(list(fates), weights=(2, 2, 3))[0]
            fates[drawn] += 1
            return drawn

        fail_commits(iter(fate, ""))
        try:
            for _ in range(25):
                book.add([line(next(numbers), f"W{who}") for _ in range(lottery.randint(1, 4))])
            book.close()
        except (DatabaseError, AssertionError) as error:
            failures.append(error)
        written[who] = next(numbers)

    written: dict[int, int] = {}
    threads = [in_thread(lambda who=who: write(who)) for who in range(4)]  # type: ignore[misc]
    for thread in threads:
        thread.join(2 * LIMIT_SECONDS)
    assert not failures
    assert min(fates.values()) > 0
    found = lines_of(running.job_id)
    assert [each.seq for each in found] == list(range(1, sum(written.values()) + 1))
    for who, number in written.items():
        assert [each.mensagem for each in found if each.sistema == f"W{who}"] == [f"linha {n}" for n in range(number)]
    # Each line was announced, and once.
    told = sorted(announced)
    assert [first for first, _ in told] == [1, *(first + number for first, number in told[:-1])]
    assert sum(number for _, number in told) == len(found)
