"""Finds what died (worker, process, Redis, machine) and settles it. Safe to run anywhere, any number of times, at once.

An Execution's owner is a lease in the database: host, boot, pid and start time of the worker, and a heartbeat. On the owner's
own machine its process tells whether it lives; from another machine only the heartbeat does. How long a heartbeat has stood
still is measured by this process's own monotonic clock: the machines' clocks differ, and people set them.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import redis
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from etlhub.redis_client import client
from jobs import dispatch, lifecycle, process, queries, settle
from jobs.models import FINAL, Execution, Job, State, open_in
from jobs.outcome import interrupted

log = logging.getLogger(__name__)

QUEUED_SECONDS = 5
"""A queued Execution older than this is looked for in Redis."""
CLAIM_SECONDS = 10
"""A worker that took a message and gave no sign for so long will not claim its Execution."""
HUNG_FACTOR = 6
"""A lease this many times overdue is dead although its process lives: the worker goes on with something else, or hangs."""
BUSY_SECONDS = 1.0
"""When we had to wait for the database longer than this, so had the owners: their heartbeats prove nothing."""
UNDER_WAY = (State.RUNNING, State.CANCELLING)

_seen: dict[Hashable, tuple[object, float]] = {}


def recover() -> int:
    """One round: settle dead leases, wake workers for what is queued, start what may start. Returns how many were settled."""
    try:
        settled = _settle_dead()
        _wake_queued()
        _derive_stale()
        dispatch.dispatch()
    except DatabaseError:
        _seen.clear()  # nobody could renew a lease while the database took no writes
        raise
    return settled


def sweep() -> int:
    """End processes of runs that are over and remove their temporary folders. Returns how many processes were ended."""
    running = set(Execution.objects.filter(open_in(*UNDER_WAY)).values_list("run_token", flat=True))
    ended = 0
    for stray in process.marked():
        token = process.marker_of(stray)
        # Its run may have begun after `running` was read: ask again before it is ended.
        if token in running or not process.is_our_token(token) or _runs(token):
            continue
        log.warning("ending stray process %s (%s)", stray.pid, token[:8])
        try:
            stray.kill()
            ended += 1
        except psutil.Error:
            continue
    _remove_temp_folders()
    _forget_workers()
    return ended


def _forget_workers() -> None:
    """Take this machine's dead workers out of RQ's list; those of a machine that is gone expire there."""
    from rq import Worker, worker_registration

    connection: Any = client()
    try:
        for name in Worker.all_keys(connection=connection):
            host, pid = connection.hmget(name, "hostname", "pid")
            if not host or (host == process.host_name().encode() and pid and process.start_time(int(pid)) is None):
                log.info("worker %s is gone", name)
                connection.delete(name)
                connection.srem(worker_registration.REDIS_WORKER_KEYS, name)
                connection.srem(worker_registration.WORKERS_BY_QUEUE_KEY % "default", name)
    except redis.RedisError as error:
        log.warning("Redis does not answer: %s", type(error).__name__)


def _runs(token: str) -> bool:
    return Execution.objects.filter(open_in(*UNDER_WAY), run_token=token).exists()


def _stands_still(key: Hashable, value: object) -> float:
    """For how many seconds `key` has had this `value`, as far as this process has seen."""
    now = time.monotonic()
    if key not in _seen or _seen[key][0] != value:
        _seen[key] = (value, now)
    return now - _seen[key][1]


def _settle_dead() -> int:
    executions = list(Execution.objects.filter(open_in(*UNDER_WAY, State.QUEUED)).select_related("sistema"))
    known = {each.pk for each in executions}
    for key in [key for key in _seen if key not in known]:
        del _seen[key]
    settled = 0
    for execution in executions:
        if execution.status == State.QUEUED:
            continue
        why, certain = _death_of(execution)
        if why:
            log.warning("execution %s: %s", execution.pk, why)
            try:
                settled += _settle(execution, why, certain=certain)
            except DatabaseError:
                raise
            except Exception:  # one that cannot be settled must not keep the others
                log.exception("execution %s: not settled", execution.pk)
    return settled


def _death_of(execution: Execution) -> tuple[str, bool]:
    """Why its owner must be dead ("" when it lives), and whether that is certain."""
    idle = _stands_still(execution.pk, (execution.run_token, execution.heartbeat_at))
    if execution.owner_host != process.host_name():
        late = idle > settings.LEASE_SECONDS
        return (f"a máquina {execution.owner_host} deixou de dar sinal." if late else ""), False
    if execution.owner_boot != process.boot_id():
        return "a máquina foi reiniciada durante a execução.", True
    if not process.is_same_process(execution.owner_pid or 0, execution.owner_started or 0.0):
        return "o worker que executava parou.", True
    hung = idle > settings.LEASE_SECONDS * HUNG_FACTOR
    return ("o worker deixou de dar sinal." if hung else ""), False


def _settle(execution: Execution, why: str, *, certain: bool) -> bool:
    token: str | None = execution.run_token
    if not certain:
        token = _take_over(execution)
    if token is None:
        return False
    if execution.owner_host == process.host_name() and execution.owner_boot == process.boot_id():
        process.kill_tree(None, execution.run_token)
    return settle.settle(execution.pk, token, interrupted(why), actor="recuperação") is not None


def _take_over(execution: Execution) -> str | None:
    """Make the lease ours, so that its owner can write nothing more should it wake up; None when it lives after all."""
    token = process.new_token()
    began = time.monotonic()
    with transaction.atomic():
        held = Execution.objects.select_for_update().filter(pk=execution.pk).first()
        if time.monotonic() - began > BUSY_SECONDS:
            _seen.clear()
            return None
        lease = (execution.run_token, execution.heartbeat_at)
        if held is None or held.status not in UNDER_WAY or (held.run_token, held.heartbeat_at) != lease:
            return None
        Execution.objects.filter(pk=execution.pk).update(
            run_token=token,
            owner_host=process.host_name(),
            owner_boot=process.boot_id(),
            owner_pid=os.getpid(),
            owner_started=process.own_start_time(),
            heartbeat_at=timezone.now(),
        )
    return token


def _wake_queued() -> None:
    """Queued, but Redis knows nothing of it (it was flushed, lost, or away when we told it): tell it again."""
    import django_rq

    limit = timezone.now() - timedelta(seconds=QUEUED_SECONDS)
    for execution in Execution.objects.filter(open_in(State.QUEUED)):
        waited = _stands_still(execution.pk, (execution.queued_at, execution.tentativa))
        if waited < QUEUED_SECONDS and (execution.queued_at is None or execution.queued_at > limit):
            continue
        try:
            if _is_announced(django_rq.get_queue("default"), dispatch.rq_id(execution.pk, execution.tentativa + 1)):
                continue
        except redis.RedisError as error:
            log.warning("Redis does not answer: %s", type(error).__name__)
            return
        log.warning("execution %s: waking a worker for it again", execution.pk)
        dispatch.enqueue(execution.pk)


def _is_announced(queue: Any, name: str) -> bool:
    """Whether RQ's job waits in the queue or a living worker has just taken it; else what is left of it is removed."""
    from rq.exceptions import NoSuchJobError
    from rq.job import Job as RqJob

    try:
        job = RqJob.fetch(name, connection=queue.connection)
        if job.is_queued and name in queue.job_ids:
            return True
        if job.is_started and job.worker_name and _worker_lives(queue.connection, job.worker_name):
            return True
        job.delete()
    except NoSuchJobError:
        return False
    except redis.RedisError:
        raise
    except Exception as error:  # half a job: Redis lost it while a worker was writing to it
        log.warning("RQ job %s is not readable (%s)", name, type(error).__name__)
        queue.connection.delete(RqJob.key_for(name))
    return False


def _worker_lives(connection: redis.Redis, name: str) -> bool:
    """Whether an RQ worker gave a sign just now and, on this machine, is there: the key of a dead one stays for minutes."""
    from rq import Worker
    from rq.utils import as_text

    key = Worker.redis_worker_namespace_prefix + name
    host, pid, beat = (as_text(value or b"") for value in connection.hmget(key, "hostname", "pid", "last_heartbeat"))
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(beat.replace("Z", "+00:00"))
    except ValueError:
        return False
    if age > timedelta(seconds=CLAIM_SECONDS):
        return False
    return host != process.host_name() or not pid.isdigit() or process.start_time(int(pid)) is not None


def _derive_stale() -> None:
    """A job that is not final though all its Executions are (or were deleted along with their sistema): derive it."""
    open_ones = Execution.objects.filter(job=OuterRef("pk")).exclude(status__in=FINAL)
    unfinished = queries.unfinished_jobs()
    for pk in unfinished.exclude(Exists(open_ones)).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            lifecycle.derive(Job.objects.select_for_update().get(pk=pk))


def _remove_temp_folders() -> None:
    """Temporary folders (they may hold a config with secrets) whose run is over."""
    root = settings.DATA_DIR / "tmp"
    for folder in root.glob("exec-*-*") if root.is_dir() else ():
        try:
            execution_id, attempt = (int(part) for part in folder.name.split("-")[1:])
        except ValueError:
            continue
        live = Execution.objects.filter(pk=execution_id, tentativa=attempt, status__in=UNDER_WAY)
        if not live.exists():
            shutil.rmtree(folder, ignore_errors=True)
