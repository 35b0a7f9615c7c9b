"""Finds what died (worker, process, Redis, machine) and settles it. Safe to run anywhere, any number of times, at once.

An Execution's owner is a lease in the database: host, boot, pid and start time of the worker, and a heartbeat. On the owner's
own machine its process tells whether it lives; from another machine only the heartbeat does.
"""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta

import psutil
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs import dispatch, lifecycle, process, settle
from jobs.models import FINAL, Execution, Job, JobStatus, State
from jobs.outcome import interrupted

log = logging.getLogger(__name__)

QUEUED_SECONDS = 5
"""A queued Execution older than this is looked for in Redis."""
HUNG_FACTOR = 6
"""A lease this many times overdue is dead although its process lives: the worker goes on with something else, or hangs."""


def recover() -> int:
    """One round: settle dead leases, wake workers for what is queued, start what may start. Returns how many were settled."""
    settled = sum(_settle(execution, why) for execution, why in _dead_leases())
    _wake_queued()
    _derive_stale()
    dispatch.dispatch()
    return settled


def sweep() -> int:
    """End processes of runs that are over and remove their temporary folders. Returns how many processes were ended."""
    running = set(
        Execution.objects.filter(status__in=(State.RUNNING, State.CANCELLING)).values_list("run_token", flat=True)
    )
    ended = 0
    for stray in process.marked():
        token = process.marker_of(stray)
        # Its run may have begun after `running` was read: ask again before it is ended.
        if token in running or not _is_ours(token) or _runs(token):
            continue
        log.warning("ending stray process %s (%s)", stray.pid, token[:8])
        try:
            stray.kill()
            ended += 1
        except psutil.Error:
            continue
    _remove_temp_folders()
    return ended


def _runs(token: str) -> bool:
    return Execution.objects.filter(run_token=token, status__in=(State.RUNNING, State.CANCELLING)).exists()


def _is_ours(token: str) -> bool:
    """Whether this hub's database knows the run: another hub on this machine has runs of its own."""
    return Execution.objects.filter(run_token=token).exists()


def _dead_leases() -> list[tuple[Execution, str]]:
    now = timezone.now()
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    dead = []
    for execution in Execution.objects.filter(status__in=(State.RUNNING, State.CANCELLING)).select_related("sistema"):
        overdue = now - (execution.heartbeat_at or execution.created_at)
        if execution.owner_host == process.host_name():
            if execution.owner_boot != process.boot_id():
                dead.append((execution, "a máquina foi reiniciada durante a execução."))
            elif not process.is_same_process(execution.owner_pid or 0, execution.owner_started or 0.0):
                dead.append((execution, "o worker que executava parou."))
            elif overdue > lease * HUNG_FACTOR:
                dead.append((execution, "o worker deixou de dar sinal."))
        elif overdue > lease:
            dead.append((execution, f"a máquina {execution.owner_host} deixou de dar sinal."))
    return dead


def _settle(execution: Execution, why: str) -> bool:
    if execution.owner_host == process.host_name() and execution.owner_boot == process.boot_id():
        process.kill_tree(None, execution.run_token)
    log.warning("execution %s: %s", execution.pk, why)
    return settle.settle(execution.pk, execution.run_token, interrupted(why), actor="recuperação") is not None


def _wake_queued() -> None:
    """Queued, but Redis knows nothing of it (it was flushed, lost, or away when we told it): tell it again."""
    import django_rq
    from rq.job import Job as RqJob

    limit = timezone.now() - timedelta(seconds=QUEUED_SECONDS)
    for execution in Execution.objects.filter(status=State.QUEUED, queued_at__lt=limit):
        try:
            queue = django_rq.get_queue("default")
            name = dispatch.rq_id(execution.pk, execution.tentativa + 1)
            if RqJob.exists(name, connection=queue.connection):
                job = RqJob.fetch(name, connection=queue.connection)
                if job.is_queued and job.id in queue.job_ids:
                    continue
                started = job.is_started and job.worker_name and _worker_lives(queue.connection, job.worker_name)
                if started:
                    continue
                job.delete()
        except redis.RedisError as error:
            log.warning("Redis does not answer: %s", type(error).__name__)
            return
        log.warning("execution %s: waking a worker for it again", execution.pk)
        dispatch.enqueue(execution.pk)


def _worker_lives(connection: redis.Redis, name: str) -> bool:
    from rq import Worker

    return bool(connection.exists(Worker.redis_worker_namespace_prefix + name))


def _derive_stale() -> None:
    """A job that is not final though all its Executions are (the process died between the two): derive it."""
    for job in Job.objects.filter(status__in=(JobStatus.PENDING, JobStatus.RUNNING)):
        if job.executions.exclude(status__in=FINAL).exists():
            continue
        with transaction.atomic():
            lifecycle.derive(Job.objects.select_for_update().get(pk=job.pk))


def _remove_temp_folders() -> None:
    """Temporary folders (they may hold a config with secrets) whose run is over."""
    root = settings.DATA_DIR / "tmp"
    for folder in root.glob("exec-*-*") if root.is_dir() else ():
        try:
            execution_id, attempt = (int(part) for part in folder.name.split("-")[1:])
        except ValueError:
            continue
        live = Execution.objects.filter(
            pk=execution_id, tentativa=attempt, status__in=(State.RUNNING, State.CANCELLING)
        )
        if not live.exists():
            shutil.rmtree(folder, ignore_errors=True)
