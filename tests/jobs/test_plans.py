"""What is asked over and over reads an index, however long the past is: no table of jobs is read from end to end.

The plans are those of the statements as they are sent, with their values bound: SQLite knows another one by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from etlhub.operations import job_metrics
from jobs import dispatch, fanout, queries, recovery, stats
from jobs.models import State
from tests.jobs.conftest import MakeExecution

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the size of the tables"),
]
BIG = ("jobs_execution", "jobs_job", "jobs_logentry", "jobs_transition")

COUNTED = ('SELECT COUNT(*) AS "__count" FROM "jobs_job"',)
"""How many jobs there are in all, that a page of them says: the least of its indexes is read."""


class Plans:
    """Every statement sent in the block, and the steps of its plan that read a big table from end to end."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def whole_tables(self) -> Iterator[str]:
        with connection.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                for *_, step in cursor.fetchall():
                    words = step.split()
                    newest = "LIMIT" in sql and "INDEX" not in step  # by the rows' own order, and only some
                    if words[0] == "SCAN" and words[1] in BIG and not newest and sql not in COUNTED:
                        yield f"{step}: {sql}"


def call(subject: Any) -> Callable[..., Any]:
    """The function below `database_sync_to_async`."""
    function: Callable[..., Any] = subject.func
    return function


ASKED: dict[str, Callable[[], object]] = {
    "dispatch": dispatch.dispatch,
    "what died": recovery._settle_dead,
    "jobs left behind": recovery._derive_stale,
    "processes left behind": recovery.sweep,
    "what changed": lambda: call(fanout._changes)({}, 0),
    "versions": fanout.latest_versions,
    "snapshot": lambda: list(queries.active_executions()),
    "queue positions": queries.queue_positions,
    "live status": queries.live_status,
    "statistics": stats.stats,
    "waiting": lambda: list(job_metrics._queue()),
    "durations": lambda: list(job_metrics._durations()),
    "leases": lambda: list(job_metrics._leases()),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_what_is_asked_over_and_over_reads_an_index(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch, asked: Callable[[], object]
) -> None:
    monkeypatch.setattr(recovery, "_forget_workers", lambda: None)
    for sistema, state in (("fidc", State.RUNNING), ("jcot", State.PENDING), ("maps", State.QUEUED)):
        make_execution("pass", sistema, status=state)
    with connection.execute_wrapper(plans := Plans()):
        asked()
    assert plans.statements
    assert list(plans.whole_tables()) == []


@pytest.mark.parametrize("path", ["jobs", "jobs?status=error", "jobs?sistema=maps", "jobs/{job}", "jobs/{job}/logs"])
def test_a_page_reads_an_index(operador: Client, make_execution: MakeExecution, path: str) -> None:
    job = make_execution("pass").job_id
    with connection.execute_wrapper(plans := Plans()):
        assert operador.get(f"/api/{path.format(job=job)}").status_code == 200
    assert list(plans.whole_tables()) == []
