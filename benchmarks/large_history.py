"""The API with a long past: 100,000 jobs and millions of log lines. p95 of what the pages ask, and the query plans.

    python -m benchmarks.large_history [--jobs N] [--lines N]

The baseline is the same API on a hub with 100 jobs, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.common import ROOT, hub, report, spread
from tests.hub import Hub

SISTEMAS = ("amplis_reag", "maps", "fidc", "jcot")
CALLS = 30
CHUNK_JOBS = 1000


def build(folder: Path, jobs: int, lines: int) -> float:
    """Fill the hub's database; returns seconds. Straight SQL: only the shape of the data matters."""
    database = sqlite3.connect(folder / "etlhub.sqlite3", isolation_level=None, timeout=60)
    database.execute("PRAGMA synchronous=OFF")
    started = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    per_job = max(lines // jobs, 1)
    stamp = f"datetime('now', '-' || (n * 90.0 / {jobs}) || ' days')"
    numbers = f"WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {jobs})"
    ended = "CASE n % 10 WHEN 0 THEN 'error' ELSE 'completed' END"
    job = {
        "id": f"{jobs} + 1 - n",
        "type": "'etl_pipeline'",
        "status": ended,
        "params": "'{}'",
        "data_inicial": "date('now')",
        "data_final": "date('now')",
        "log_seq": str(per_job),
        "log_first": "1",
        "created_at": stamp,
        "started_at": stamp,
        "finished_at": f"datetime({stamp}, '+40 seconds')",
    }
    _insert(database, "jobs_job", job, "t", numbers)
    for index, sistema in enumerate(SISTEMAS):
        values = {
            "job_id": "id",
            "sistema_id": f"'{sistema}'",
            "status": "CASE status WHEN 'error' THEN 'error' ELSE 'success' END",
            "ordem": str(index),
            "progresso": "100",
            "opcoes": "'{}'",
            "resumo": "'{}'",
            "plano": "'[]'",
            "tentativa": "1",
            "tentativas_max": "1",
            "created_at": "created_at",
            "started_at": "started_at",
            "finished_at": "finished_at",
        }
        _insert(database, "jobs_execution", values, "jobs_job")
    for first in range(1, jobs + 1, CHUNK_JOBS):
        last = min(first + CHUNK_JOBS - 1, jobs)
        database.execute("COMMIT")  # or the whole log would be written twice, for it all stood in the write-ahead log
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            f"""WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {per_job})
            INSERT INTO jobs_logentry (id, execution_id, level, sistema, mensagem, timestamp)
            SELECT (j.id << 32) + t.n, NULL, CASE t.n % 50 WHEN 0 THEN 40 ELSE 20 END, 'MAPS',
            'Coletando posição do fundo número ' || t.n, j.created_at FROM jobs_job j, t WHERE j.id BETWEEN {first} AND {last}"""
        )
    database.execute("COMMIT")
    database.execute("ANALYZE")
    database.close()
    return round(time.perf_counter() - started, 1)


def _insert(database: sqlite3.Connection, table: str, values: dict[str, str], source: str, before: str = "") -> None:
    """Rows out of `source`: `values` are SQL by column; what else may not be null is 0 or empty by its type."""
    chosen = dict(values)
    for _, name, kind, required, default, key in database.execute(f"PRAGMA table_info({table})").fetchall():
        if name not in values and required and not key and default is None:
            chosen[name] = "''" if "char" in kind or "text" in kind else "0"
    database.execute(
        f"{before} INSERT INTO {table} ({', '.join(chosen)}) SELECT {', '.join(chosen.values())} FROM {source}"
    )


def paths(job: int) -> dict[str, str]:
    return {
        "jobs_list": "/api/jobs?limit=50",
        "jobs_list_deep": "/api/jobs?limit=50&offset=2000",
        "jobs_of_a_sistema": "/api/jobs?limit=50&sistema=maps",
        "jobs_failed": "/api/jobs?limit=50&status=error",
        "job_page": f"/api/jobs/{job}?logs=false",
        "job_log_page": f"/api/jobs/{job}/logs?after=100&limit=500",
        "job_log_errors": f"/api/jobs/{job}/logs?level=ERROR",
        "sistemas": "/api/sistemas",
        "stats": "/api/stats",
    }


def measure(client: httpx.Client, job: int) -> dict[str, Any]:
    out = {}
    for name, path in paths(job).items():
        times = []
        for number in range(CALLS + 2):
            started = time.perf_counter()
            client.get(path).raise_for_status()
            if number >= 2:
                times.append((time.perf_counter() - started) * 1000)
        out[name] = spread(times)
    return out


def plans(folder: Path) -> dict[str, list[str]]:
    """How SQLite answers the queries behind the pages; with bound values, for by its text a statement may have a better plan."""
    active, since = ("queued", "running", "cancelling"), time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
    queries: dict[str, tuple[str, tuple[object, ...]]] = {
        "jobs_failed": ("SELECT * FROM jobs_job WHERE status = ? ORDER BY id DESC LIMIT 50", ("error",)),
        "jobs_of_a_day": (
            "SELECT status, count(*) FROM jobs_job WHERE created_at >= ? AND created_at < ? GROUP BY status",
            (since, "9999"),
        ),
        "last_of_a_sistema": ("SELECT max(id) FROM jobs_execution WHERE sistema_id = ?", ("maps",)),
        "last_good": (
            "SELECT max(finished_at) FROM jobs_execution WHERE sistema_id = ? AND status = ?",
            ("maps", "success"),
        ),
        "log_page": ("SELECT * FROM jobs_logentry WHERE id > ? AND id < ? ORDER BY id LIMIT 500", (1 << 32, 2 << 32)),
        "pending": (
            "SELECT id FROM jobs_execution WHERE sistema_id = ? AND status = ? ORDER BY id LIMIT 20",
            ("maps", "pending"),
        ),
        "under_way": (
            "SELECT sistema_id FROM jobs_execution WHERE status IN ('pending', 'queued', 'running', 'cancelling')"
            " AND status IN (?, ?, ?)",
            active,
        ),
    }
    database = sqlite3.connect(folder / "etlhub.sqlite3")
    found = {
        name: [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + sql, values)]
        for name, (sql, values) in queries.items()
    }
    database.close()
    return found


def engine(folder: Path) -> dict[str, Any]:
    """Milliseconds of one round of what the engine does over and over: dispatch, the watchman's look, the live look."""
    command = [sys.executable, "-m", "benchmarks.large_history", "--engine"]
    environment = os.environ | {"ETLHUB_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "etlhub.settings"}
    environment |= {"ETLHUB_DOTENV": os.devnull, "ETLHUB_LOG_LEVEL": "ERROR"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def engine_rounds() -> dict[str, Any]:
    """The same in a process whose Django is on that hub's database."""
    import django

    django.setup()
    from jobs import dispatch, fanout, queries, recovery

    rounds: dict[str, Callable[[], object]] = {
        "dispatch": dispatch.dispatch,
        "what_died": recovery._settle_dead,
        "what_changed": lambda: fanout._changes.func({}, 0),  # type: ignore[attr-defined]
        "queue_positions": queries.queue_positions,
    }
    out = {}
    for name, work in rounds.items():
        times = []
        for number in range(CALLS + 2):
            started = time.perf_counter()
            work()
            if number >= 2:
                times.append((time.perf_counter() - started) * 1000)
        out[name] = spread(times)
    return out


def without_index(found: dict[str, list[str]]) -> list[str]:
    """Names of the queries that read a table from end to end."""
    return [name for name, steps in found.items() if any(step.startswith("SCAN") for step in steps)]


def on_a_hub(jobs: int, lines: int) -> dict[str, Any]:
    with hub(workers=1) as running:
        seconds = build(running.folder, jobs, lines)
        running.kill("web")
        running.start("web")
        running.wait_ready()
        with running.client() as client:
            times = measure(client, jobs)
        engine_times = engine(running.folder)
        return {
            "jobs": jobs, "log_lines": lines, "build_s": seconds, "ms": times, "engine_ms": engine_times, **_size(running)
        }  # fmt: skip


def _size(running: Hub) -> dict[str, Any]:
    size = sum(path.stat().st_size for path in running.folder.glob("etlhub.sqlite3*"))
    found = plans(running.folder)
    return {"database_mib": round(size / 2**20), "plans": found, "plans_without_index": len(without_index(found))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=50_000_000)
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        sys.stdout.write(json.dumps(engine_rounds()))
        return
    small = on_a_hub(100, 20_000)
    report("large_history", baseline=small, large=on_a_hub(arguments.jobs, arguments.lines))


if __name__ == "__main__":
    main()
