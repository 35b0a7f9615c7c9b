"""Reading a long past: lists and statistics say the same whichever way their figures are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import queries
from jobs.models import Execution, Job, JobStatus, State
from tests.jobs.conftest import MakeExecution

FINAL = {JobStatus.COMPLETED: State.SUCCESS, JobStatus.ERROR: State.ERROR, JobStatus.CANCELLED: State.CANCELLED}


@pytest.fixture
def past(catalogo: None) -> list[Job]:
    """Twelve jobs, one each second day back: every third with jcot too, every fourth failed."""
    now = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    jobs = []
    for number in range(12):
        status = JobStatus.ERROR if number % 4 == 0 else JobStatus.COMPLETED
        job = Job.objects.create(params={}, status=status, started_at=now, finished_at=now)
        Job.objects.filter(pk=job.pk).update(created_at=now - timedelta(days=2 * number))
        for sistema in ("maps", "jcot") if number % 3 == 0 else ("maps",):
            Execution.objects.create(job=job, sistema_id=sistema, status=FINAL[status], started_at=now, finished_at=now)
        jobs.append(job)
    return jobs


@pytest.mark.parametrize("few", [0, 3, 4, 100], ids=lambda few: f"many_from_{few}")
def test_the_jobs_of_a_sistema_are_the_same_however_many_runs_it_has(
    operador: Client, past: list[Job], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(queries, "FEW_RUNS", few)

    def ask(query: str) -> tuple[list[int], int]:
        data: dict[str, Any] = operador.get(f"/api/jobs?{query}").json()
        return [job["id"] for job in data["jobs"]], data["total"]

    with_jcot = [past[number].pk for number in (9, 6, 3, 0)]
    assert ask("sistema=jcot") == (with_jcot, 4)
    assert ask("sistema=jcot&limit=2&offset=1") == (with_jcot[1:3], 4)
    assert ask("sistema=jcot&status=error") == ([past[0].pk], 1)
    assert ask("sistema=maps&limit=1") == ([past[-1].pk], 12)
    assert ask("sistema=qore") == ([], 0)


def test_the_days_add_up_to_the_whole(operador: Client, past: list[Job]) -> None:
    data = operador.get("/api/stats?dias=9").json()  # jobs of 0, 2, 4, 6 and 8 days ago: the first and fifth failed
    assert [(day["sucesso"], day["erro"]) for day in data["por_dia"]] == [(0, 1), (1, 0), (1, 0), (1, 0), (0, 1)]
    assert data["taxa_sucesso"] == 0.6
    assert data["hoje"] == {"execucoes": 1, "sucesso": 0, "erro": 1, "cancelado": 0, "executando": 0}
    assert operador.get("/api/stats?dias=1").json()["por_dia"] == [data["por_dia"][-1]]


def test_a_sistema_is_shown_by_what_is_under_way_then_by_what_waits_then_by_the_last(
    visualizador: Client, make_execution: MakeExecution
) -> None:
    """Asked for again while it ran, and that cancelled, it read "cancelado" though it went on running."""
    running, waiting, cancelled = (
        make_execution("pass", status=status) for status in (State.RUNNING, State.PENDING, State.CANCELLED)
    )

    def shown() -> tuple[int, str]:
        data = visualizador.get("/api/sistemas/fidc").json()
        return data["job_id"], data["status"]

    assert shown() == (running.job_id, "RUNNING")
    told = [(each.job_id, each.status) for each in queries.active_executions(500)]
    assert told == [(waiting.job_id, State.PENDING), (running.job_id, State.RUNNING)]
    Execution.objects.filter(pk=running.pk).update(status=State.SUCCESS)
    assert shown() == (waiting.job_id, "IDLE")
    Execution.objects.filter(pk=waiting.pk).update(status=State.CANCELLED)
    assert shown() == (cancelled.job_id, "CANCELLED")
