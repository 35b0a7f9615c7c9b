"""The faults: each does its harm, heals it, and returns. What lasts a while runs beside others (`campaign`)."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import redis
from rq import Queue

from tests.chaos.stage import Stage
from tests.chaos.work import Work

BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """A kind of fault. `resource`: faults that name the same one never overlap."""

    name: str
    act: Callable[[Stage, Work, random.Random], None]
    weight: int = 1
    resource: str = ""


def _kill(prefix: str) -> Callable[[Stage, Work, random.Random], None]:
    def act(stage: Stage, work: Work, rng: random.Random) -> None:
        with stage.down(*rng.choice(stage.some(prefix))):
            time.sleep(rng.choice([0, 0, 0.5, 1.5]))

    return act


def _freeze(prefix: str, longest: float) -> Callable[[Stage, Work, random.Random], None]:
    def act(stage: Stage, work: Work, rng: random.Random) -> None:
        machine, name = rng.choice(stage.some(prefix))
        stage.signal(machine, name, signal.SIGSTOP)
        time.sleep(rng.uniform(0.3, longest))
        stage.signal(machine, name, signal.SIGCONT)

    return act


def end_worker_politely(stage: Stage, work: Work, rng: random.Random) -> None:
    machine, name = rng.choice(stage.some("worker"))
    stage.signal(machine, name, signal.SIGTERM)
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0.1, 1.5))
        stage.signal(machine, name, signal.SIGTERM)


def kill_everything(stage: Stage, work: Work, rng: random.Random) -> None:
    """As kill -9 of the launcher does: all of the hub at once; the ETL processes stay behind."""
    with contextlib.ExitStack() as stack:
        for machine, name in stage.wanted:
            stack.enter_context(stage.down(machine, name))
        time.sleep(rng.choice([0, 1, 3]))


def kill_etl(stage: Stage, work: Work, rng: random.Random) -> None:
    for process in _some_etl(stage, rng):
        with contextlib.suppress(psutil.Error):
            process.kill()


def freeze_etl(stage: Stage, work: Work, rng: random.Random) -> None:
    for process in _some_etl(stage, rng):
        with contextlib.suppress(psutil.Error):
            process.suspend()
            time.sleep(rng.uniform(0.2, 3))
            process.resume()


def _some_etl(stage: Stage, rng: random.Random) -> list[psutil.Process]:
    found = stage.etl_processes()
    return [rng.choice(found)] if found else []


def lose_valkey(stage: Stage, work: Work, rng: random.Random) -> None:
    """It dies and its data with it."""
    with stage.down(stage.hub, "valkey"):
        shutil.rmtree(stage.valkey_folder, ignore_errors=True)
        time.sleep(rng.choice([0, 1, 4]))


def valkey_away(stage: Stage, work: Work, rng: random.Random) -> None:
    with stage.down(stage.hub, "valkey"):
        time.sleep(rng.choice([3, 6, 10]))


def flush_valkey(stage: Stage, work: Work, rng: random.Random) -> None:
    with contextlib.suppress(redis.RedisError), _redis(stage) as client:
        client.flushall()


def duplicate_message(stage: Stage, work: Work, rng: random.Random) -> None:
    """RQ delivers what it had delivered before, or what is long over."""
    rows = stage.database.rows("SELECT id FROM jobs_execution ORDER BY id DESC LIMIT 12")
    with contextlib.suppress(redis.RedisError), _redis(stage) as client:
        for (pk,) in rng.sample(rows, min(len(rows), 4)):
            Queue("default", connection=client).enqueue("jobs.tasks.run_execution", pk, job_timeout=-1, result_ttl=0)


@contextlib.contextmanager
def _redis(stage: Stage) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(stage.hub.environment["REDIS_URL"], socket_timeout=3, socket_connect_timeout=3)
    with contextlib.closing(client):
        yield client


def lock_database(stage: Stage, work: Work, rng: random.Random) -> None:
    """Somebody else holds the write lock."""
    seconds = rng.choice([1, 2, 4, 10])
    if stage.database.postgres:
        with psycopg.connect(stage.database.where) as connection:
            connection.execute("LOCK TABLE jobs_job, jobs_execution IN EXCLUSIVE MODE")
            time.sleep(seconds)
        return
    holder = sqlite3.connect(stage.database.where, timeout=30, isolation_level=None)
    with contextlib.closing(holder), contextlib.suppress(sqlite3.OperationalError):
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        holder.execute("ROLLBACK")


def cut_connections(stage: Stage, work: Work, rng: random.Random) -> None:
    """PostgreSQL ends every connection of the hub, as it does when it restarts."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(stage.database.where, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )


def fill_disk(stage: Stage, work: Work, rng: random.Random) -> None:
    """The data folder's disk is full for some seconds."""
    filler = stage.hub.folder / "enchimento"
    try:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * BLOCK_BYTES)
        _fill_up(filler.with_suffix(".resto"))
        time.sleep(rng.choice([1, 3, 6]))
    finally:
        filler.unlink(missing_ok=True)
        filler.with_suffix(".resto").unlink(missing_ok=True)


def _fill_up(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def step_clock(stage: Stage, work: Work, rng: random.Random) -> None:
    """Somebody sets the clock, and after a while sets it right again."""
    stage.clock.set(rng.choice([-3600, -60, -3, 3, 30, 60, 1800]))
    time.sleep(rng.uniform(1, 6))
    stage.clock.set(0)


def cancel(stage: Stage, work: Work, rng: random.Random) -> None:
    work.cancel_one()


COMMON = [
    Fault("kill -9 worker", _kill("worker"), 10, "worker"),
    Fault("kill -9 web", _kill("web"), 4, "web"),
    Fault("kill -9 watch", _kill("watch"), 4, "watch"),
    Fault("kill -9 valkey", _kill("valkey"), 3, "valkey"),
    Fault("valkey loses its data", lose_valkey, 3, "valkey"),
    Fault("valkey away", valkey_away, 2, "valkey"),
    Fault("valkey FLUSHALL", flush_valkey, 5),
    Fault("valkey frozen", _freeze("valkey", 4), 3, "valkey"),
    Fault("kill -9 everything", kill_everything, 2, "all"),
    Fault("SIGTERM worker", end_worker_politely, 4, "worker"),
    Fault("worker frozen", _freeze("worker", 4), 5, "worker"),
    Fault("web frozen", _freeze("web", 3), 3, "web"),
    Fault("watch frozen", _freeze("watch", 5), 3, "watch"),
    Fault("kill -9 ETL", kill_etl, 12),
    Fault("ETL frozen", freeze_etl, 6, "etl"),
    Fault("database locked", lock_database, 4, "database"),
    Fault("message delivered again", duplicate_message, 6),
    Fault("cancel", cancel, 10),
]


def faults_for(stage: Stage) -> list[Fault]:
    """What can be done to this stage."""
    out = list(COMMON)
    if stage.clock.possible:
        out.append(Fault("clock stepped", step_clock, 4, "clock"))
    if stage.own_disk:
        out.append(Fault("disk full", fill_disk, 4, "disk"))
    if stage.database.postgres:
        out.append(Fault("connections cut", cut_connections, 4))
        # Past its lease: another machine's watchman takes the run away, then the worker wakes up.
        out.append(Fault("worker frozen past its lease", _freeze("worker", 12), 4, "worker"))
    return out


def absent_from(faults: list[Fault]) -> list[str]:
    """What this machine or database does not allow to be done."""
    names = {fault.name for fault in faults}
    return [name for name in ("clock stepped", "disk full", "connections cut") if name not in names]
