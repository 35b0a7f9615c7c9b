"""What is asked over and over reads an index, however long the past is: no table of jobs is read from end to end.

The plans are those of the statements as they are sent, with their values bound: SQLite knows another one by its text.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from etlhub.operations import job_metrics
from etlhub.operations.checks import runs
from jobs import dispatch, fanout, queries, recovery, stats
from jobs.models import State
from tests.jobs.conftest import MakeExecution

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the size of the tables"),
]

COUNTED = ('SELECT COUNT(*) AS "__count" FROM "jobs_job"',)
"""How many jobs there are in all, that a page of them says: the least of its indexes is read."""


PAST = {
    "jobs_job": "100000 50000 1",
    "jobs_execution": "400000 200000 1",
    "jobs_logentry": "50000000 1",
    "jobs_transition": "1200000 3",
}
"""What ANALYZE would find: SQLite then thinks little of an index whose values are few, be they ever so rare."""


class Plans:
    """Every statement sent in the block, and the steps of its plan that read a big table from end to end."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def whole_tables(self) -> Iterator[str]:
        """As SQLite plans without statistics, and with those of a long past."""
        for analyzed in (False, True):
            with contextlib.closing(_empty_copy(analyzed)) as database:
                for sql, params in self.statements:
                    plan = database.execute(f"EXPLAIN QUERY PLAN {sql.replace('%s', '?')}", params or ())
                    for *_, step in plan.fetchall():
                        words = step.split()
                        newest = "LIMIT" in sql and "INDEX" not in step  # by the rows' own order, and only some
                        if words[0] == "SCAN" and words[1] in PAST and not newest and sql not in COUNTED:
                            yield f"{step} ({analyzed=}): {sql}"


def _empty_copy(analyzed: bool) -> sqlite3.Connection:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        made = cursor.fetchall()
    database = sqlite3.connect(":memory:")
    for _, _, sql in sorted(made, key=lambda row: not row[2].startswith("CREATE TABLE")):
        database.execute(sql)
    if analyzed:
        database.execute("ANALYZE")
        for name, table, sql in made:
            if table in PAST and "INDEX" in sql.split("(")[0] and " WHERE " not in sql:
                columns = len(sql.split("(")[1].split(","))
                rows, *few = PAST[table].split()
                stat = " ".join([rows, *few, *["1"] * columns][: columns + 1])
                database.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, stat))
        database.execute("ANALYZE sqlite_schema")  # reads them, and gathers none
    return database


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
    "snapshot": lambda: queries.active_executions(500),
    "queue positions": queries.queue_positions,
    "live status": queries.live_status,
    "statistics": stats.stats,
    "stuck runs": lambda: list(runs.stuck()),
    "errors that come again": lambda: list(runs.recent_errors()),
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
