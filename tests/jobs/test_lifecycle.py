"""One writer of statuses: compare-and-set, every change recorded, the job's status derived, races without harm."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection

from jobs import lifecycle, logbook, settle
from jobs.lifecycle import _ALLOWED
from jobs.models import FINAL, Execution, Job, JobStatus, Level, State, Transition
from jobs.outcome import Outcome, interrupted
from sistemas.models import Sistema
from tests.jobs.conftest import MakeExecution, in_thread, lines_of, texts_of

SUCCESS = Outcome(State.SUCCESS, "ok", "Concluído.", exit_code=0)
FAILURE = Outcome(State.ERROR, "erro", "Falhou.", exit_code=1)
TRANSIENT = Outcome(State.ERROR, "portal_fora", "Portal fora.", transient=True, exit_code=75)


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Do them at the same moment, each with a database connection of its own; what each returned."""
    barrier, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(index: int) -> None:
        barrier.wait(10)
        answers[index] = actions[index]()

    threads = [in_thread(lambda index=index: run(index)) for index in range(len(actions))]  # type: ignore[misc]
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.parametrize("source", list(State))
@pytest.mark.parametrize("target", list(State))
def test_only_the_allowed_changes_are_made_and_each_is_recorded(
    make_execution: MakeExecution, source: State, target: State
) -> None:
    execution = make_execution("pass", status=source)
    moved = lifecycle.move(execution.pk, list(State), target, actor="ana", reason="porque sim")
    allowed = target in _ALLOWED[source]
    execution.refresh_from_db()
    assert (moved is not None) is allowed
    assert execution.status == (target if allowed else source)
    records = [(each.origem, each.destino, each.actor, each.motivo) for each in execution.transitions.all()]
    assert records == ([(source, target, "ana", "porque sim")] if allowed else [])


@pytest.mark.parametrize("state", FINAL)
def test_what_has_ended_stays_as_it_ended(make_execution: MakeExecution, state: State) -> None:
    execution = make_execution("pass", status=state)
    assert not lifecycle.cancel_execution(execution.pk, actor="ana")
    assert settle.settle(execution.pk, None, SUCCESS, actor="worker") is None
    execution.refresh_from_db()
    assert execution.status == state


def test_a_lease_that_is_not_held_moves_nothing(make_execution: MakeExecution) -> None:
    execution = make_execution("pass", status=State.RUNNING)
    assert lifecycle.move(execution.pk, (State.RUNNING,), State.ERROR, actor="worker", token="other") is None
    assert not lifecycle.progress(execution.pk, "other", 50, "…")
    assert lifecycle.held_state(execution.pk, "other", renew=True) is None


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["pending", "pending"], "pending"),
        (["pending", "queued"], "pending"),
        (["running", "pending"], "running"),
        (["success", "pending"], "running"),
        (["success", "success"], "completed"),
        (["success", "cancelled"], "cancelled"),
        (["success", "error"], "error"),
        (["cancelled", "error"], "error"),
    ],
)
def test_a_jobs_status_follows_from_its_executions(
    make_execution: MakeExecution, states: list[str], status: str
) -> None:
    first = make_execution("pass", status=State(states[0]))
    Execution.objects.create(job_id=first.job_id, sistema_id="jcot", status=states[1], motivo="motivo")
    job = Job.objects.get(pk=first.job_id)
    lifecycle.derive(job)
    job.refresh_from_db()
    assert job.status == status
    assert (job.finished_at is not None) is (status in ("completed", "error", "cancelled"))
    assert bool(job.error_message) is (status == "error")


class TestRetry:
    def test_only_a_transient_failure_and_only_so_often(self, make_execution: MakeExecution) -> None:
        once = make_execution("pass", "fidc", status=State.RUNNING, tries=3)
        assert settle.settle(once.pk, None, FAILURE, actor="worker") == State.ERROR
        again = make_execution("pass", "jcot", status=State.RUNNING, tries=2)
        Execution.objects.filter(pk=again.pk).update(tentativa=1)
        assert settle.settle(again.pk, None, TRANSIENT, actor="worker") == State.PENDING
        Execution.objects.filter(pk=again.pk).update(tentativa=2, status=State.RUNNING)
        assert settle.settle(again.pk, None, TRANSIENT, actor="worker") == State.ERROR

    def test_each_wait_is_longer_than_the_last(self, make_execution: MakeExecution) -> None:
        Sistema.objects.filter(pk="fidc").update(espera_tentativa_segundos=10)
        execution = make_execution("pass", status=State.RUNNING, tries=4)
        Sistema.objects.filter(pk="fidc").update(espera_tentativa_segundos=10)
        for attempt, seconds in ((1, 10), (2, 20), (3, 40)):
            Execution.objects.filter(pk=execution.pk).update(tentativa=attempt, status=State.RUNNING)
            settle.settle(execution.pk, None, TRANSIENT, actor="worker")
            assert f"nova em {seconds} s" in texts_of(execution.job_id)[-1]

    def test_a_cancelled_one_is_not_tried_again(self, make_execution: MakeExecution) -> None:
        execution = make_execution("pass", status=State.CANCELLING, tries=3)
        assert settle.settle(execution.pk, None, TRANSIENT, actor="worker") == State.CANCELLED


class TestCancel:
    def test_what_waits_ends_at_once_and_what_runs_is_asked(self, make_execution: MakeExecution) -> None:
        waits, runs = (
            make_execution("pass", "fidc", status=State.PENDING),
            make_execution("pass", "jcot", status=State.RUNNING),
        )
        assert lifecycle.cancel_execution(waits.pk, actor="ana")
        assert lifecycle.cancel_execution(runs.pk, actor="ana")
        waits.refresh_from_db()
        runs.refresh_from_db()
        assert (waits.status, runs.status) == (State.CANCELLED, State.CANCELLING)
        assert Job.objects.get(pk=waits.job_id).status == JobStatus.CANCELLED

    def test_a_run_put_back_for_another_attempt_between_the_two_looks_is_cancelled_too(
        self, make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        execution = make_execution("pass", status=State.RUNNING)
        real, calls = lifecycle.move, []

        def move(pk: int, sources: Any, target: State, **more: Any) -> Execution | None:
            calls.append(target)
            if len(calls) == 2:  # it was running at the first look; now it waits for its next attempt
                Execution.objects.filter(pk=pk).update(status=State.PENDING)
            return real(pk, sources, target, **more)

        monkeypatch.setattr(lifecycle, "move", move)
        assert lifecycle.cancel_execution(execution.pk, actor="ana")
        execution.refresh_from_db()
        assert execution.status == State.CANCELLED

    def test_success_stands_when_the_process_had_ended_before_the_wish(self, make_execution: MakeExecution) -> None:
        execution = make_execution("pass", status=State.CANCELLING)
        assert settle.settle(execution.pk, None, SUCCESS, actor="worker") == State.SUCCESS


class TestRaces:
    """Real transactions on real connections."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_workers_that_get_one_message_do_not_both_run_it(self, make_execution: MakeExecution) -> None:
        execution = make_execution("pass")
        answers = together(
            *(lambda: lifecycle.move(execution.pk, (State.QUEUED,), State.RUNNING, actor="worker") for _ in range(4))
        )
        assert sum(answer is not None for answer in answers) == 1
        assert Transition.objects.filter(execution=execution).count() == 1

    def test_recovery_and_runner_settle_the_same_run_once(self, make_execution: MakeExecution) -> None:
        for outcome in (SUCCESS, FAILURE, TRANSIENT):
            execution = self._running(make_execution)
            answers = together(
                lambda o=outcome, pk=execution.pk: settle.settle(pk, "t", o, actor="worker"),  # type: ignore[misc]
                lambda pk=execution.pk: settle.settle(pk, "t", interrupted("…"), actor="recuperação"),  # type: ignore[misc]
            )
            assert sum(answer is not None for answer in answers) == 1
            assert Transition.objects.filter(execution=execution).count() == 1
            said = [text for text in texts_of(execution.job_id) if "interrompido" in text]
            assert len(said) == (1 if answers[1] else 0)
            Execution.objects.filter(pk=execution.pk).update(status=State.ERROR)

    def _running(self, make_execution: MakeExecution) -> Execution:
        execution = make_execution("pass", status=State.RUNNING)
        Execution.objects.filter(pk=execution.pk).update(run_token="t", tentativa=1)
        return execution

    def test_cancel_and_success_at_once_end_in_one_of_the_two(self, make_execution: MakeExecution) -> None:
        for _ in range(5):
            execution = self._running(make_execution)
            together(
                lambda pk=execution.pk: lifecycle.cancel_execution(pk, actor="ana"),  # type: ignore[misc]
                lambda pk=execution.pk: settle.settle(pk, "t", SUCCESS, actor="worker"),  # type: ignore[misc]
            )
            execution.refresh_from_db()
            assert execution.status == State.SUCCESS
            assert Job.objects.get(pk=execution.job_id).status == JobStatus.COMPLETED

    def test_the_last_two_sistemas_of_a_job_ending_at_once_end_the_job(self, make_execution: MakeExecution) -> None:
        """Each must see the other's end: whoever derives last has the job's row to itself."""
        for _ in range(5):
            first = self._running(make_execution)
            second = Execution.objects.create(
                job_id=first.job_id, sistema_id="jcot", status=State.RUNNING, run_token="t", tentativa=1
            )
            together(*(lambda pk=each.pk: settle.settle(pk, "t", SUCCESS, actor="worker") for each in (first, second)))
            job = Job.objects.get(pk=first.job_id)
            assert job.status == JobStatus.COMPLETED
            assert job.finished_at is not None

    def test_lines_and_ends_of_one_job_at_once_do_not_block_each_other(self, make_execution: MakeExecution) -> None:
        execution = self._running(make_execution)

        def talk() -> None:
            for number in range(30):
                logbook.note(execution.job_id, execution.pk, Level.INFO, "TESTE", str(number))

        def show() -> None:
            for percent in range(30):
                lifecycle.progress(execution.pk, "t", percent, "…")

        together(talk, talk, show, lambda: settle.settle(execution.pk, "t", SUCCESS, actor="worker"))
        assert [line.seq for line in lines_of(execution.job_id)] == list(range(1, 61))
        connection.close()


def test_an_execution_that_was_deleted_meanwhile_is_nobodys(make_execution: MakeExecution) -> None:
    execution = make_execution("pass", status=State.RUNNING)
    Sistema.objects.get(pk="fidc").delete()
    assert lifecycle.move(execution.pk, list(State), State.ERROR, actor="worker") is None
    assert not lifecycle.cancel_execution(execution.pk, actor="ana")
    assert settle.settle(execution.pk, "t", SUCCESS, actor="worker") is None


def test_a_progress_that_the_database_does_not_take_does_not_end_the_run(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = make_execution("pass", status=State.RUNNING)

    def refuse(*_: Any, **__: Any) -> bool:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(lifecycle, "_touch", refuse)
    assert lifecycle.try_progress(execution.pk, "t", 10, "…") is False
