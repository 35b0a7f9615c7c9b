"""Which may start: one run per sistema, a limit, order within and between jobs; decided once however many decide."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import dispatch, lifecycle, submit
from jobs.models import ACTIVE, Execution, Job, State
from sistemas import catalogue
from sistemas.models import Sistema
from tests.jobs.conftest import MakeExecution, in_thread

MakeJob = Callable[..., list[Execution]]


@pytest.fixture
def make_job(db: None) -> MakeJob:
    catalogue.seed()

    def make(*sistemas: str) -> list[Execution]:
        job = Job.objects.create(params={"sistemas": list(sistemas)})
        return [
            Execution.objects.create(job=job, sistema_id=sistema, ordem=index) for index, sistema in enumerate(sistemas)
        ]

    return make


def queued() -> list[tuple[int, str]]:
    found = Execution.objects.filter(status=State.QUEUED).order_by("job_id", "ordem")
    return list(found.values_list("job_id", "sistema_id"))


def finish(execution: Execution, state: State = State.SUCCESS) -> None:
    Execution.objects.filter(pk=execution.pk).update(status=state)


def test_one_run_per_sistema(make_job: MakeJob) -> None:
    first, second = make_job("fidc", "jcot"), make_job("fidc")
    dispatch.dispatch()
    assert queued() == [(first[0].job_id, "fidc"), (first[0].job_id, "jcot")]
    finish(first[0])
    dispatch.dispatch()
    assert (second[0].job_id, "fidc") in queued()


def test_a_limit_of_runs_at_once(make_job: MakeJob, settings: LazySettings) -> None:
    settings.MAX_RUNNING = 2
    make_job("fidc", "jcot", "maps")
    assert len(dispatch.dispatch()) == 2
    assert dispatch.dispatch() == []


def test_jobs_take_turns(make_job: MakeJob, settings: LazySettings) -> None:
    """A job of many sistemas does not keep a later one waiting for all of them."""
    settings.MAX_RUNNING = 2
    big, small = make_job("fidc", "jcot", "maps"), make_job("qore")
    dispatch.dispatch()
    assert queued() == [(big[0].job_id, "fidc"), (small[0].job_id, "qore")]


def test_only_after_another_sistema_of_the_same_job(make_job: MakeJob) -> None:
    Sistema.objects.filter(pk="jcot").update(depois_de="fidc")
    together = make_job("fidc", "jcot")
    Sistema.objects.filter(pk="jcot").update(depois_de="fidc")
    dispatch.dispatch()
    assert queued() == [(together[0].job_id, "fidc")]
    finish(together[0], State.ERROR)
    dispatch.dispatch()
    assert queued() == [(together[0].job_id, "jcot")]


def test_who_must_wait_does_not_hold_up_the_next(make_job: MakeJob) -> None:
    waits, goes = make_job("fidc"), make_job("fidc")
    Execution.objects.filter(pk=waits[0].pk).update(not_before=timezone.now() + timedelta(minutes=5))
    dispatch.dispatch()
    assert queued() == [(goes[0].job_id, "fidc")]
    Execution.objects.filter(pk=waits[0].pk).update(not_before=timezone.now() - timedelta(seconds=1))
    finish(goes[0])
    dispatch.dispatch()
    assert queued() == [(waits[0].job_id, "fidc")]


def test_a_run_without_the_queue_that_was_quicker_does_not_fail_the_others(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run_etl --sem-fila` took the sistema between our look and our move."""
    make_job("fidc", "jcot")
    real = lifecycle.move

    def move(pk: int, *arguments: Any, **more: Any) -> Execution | None:
        if Execution.objects.get(pk=pk).sistema_id == "fidc":
            raise IntegrityError("execution_one_active_per_sistema")
        return real(pk, *arguments, **more)

    monkeypatch.setattr(lifecycle, "move", move)
    assert len(dispatch.dispatch()) == 1
    assert [sistema for _, sistema in queued()] == ["jcot"]


def test_a_sistema_that_was_deleted_takes_only_its_own_runs_along(make_job: MakeJob) -> None:
    job = make_job("fidc", "jcot")
    Sistema.objects.get(pk="fidc").delete()
    dispatch.dispatch()
    assert queued() == [(job[0].job_id, "jcot")]


@pytest.mark.django_db(transaction=True)
def test_many_dispatchers_at_once_start_each_run_once(make_job: MakeJob, settings: LazySettings) -> None:
    settings.MAX_RUNNING = 3
    for _ in range(4):
        make_job("fidc", "jcot", "maps", "qore", "trustee")
    started: list[int] = []
    barrier = threading.Barrier(6)

    def decide() -> None:
        barrier.wait(10)
        started.extend(dispatch.dispatch())

    threads = [in_thread(decide) for _ in range(6)]
    for thread in threads:
        thread.join(60)
    assert len(started) == len(set(started)) == 3
    assert Execution.objects.filter(status__in=ACTIVE).count() == 3


def test_the_cost_of_a_decision_does_not_grow_with_the_queue(
    make_job: MakeJob, django_assert_max_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    for _ in range(300):
        make_job("fidc", "jcot", "maps")
    dispatch.dispatch()
    with django_assert_max_num_queries(20):
        dispatch.dispatch()


def test_a_job_that_was_made_is_told_so_though_nothing_could_be_started(
    make_execution: MakeExecution, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is told of a failure asks again, and has it twice."""
    make_execution("pass", status=State.SUCCESS)

    def locked() -> list[int]:
        raise OperationalError("database is locked")

    monkeypatch.setattr(dispatch, "dispatch", locked)
    job = submit.submit(submit.RunRequest(sistemas=["fidc"]), user=admin_user)
    assert [each.status for each in job.executions.all()] == [State.PENDING]
    assert submit.cancel(job.pk, actor="ana")
