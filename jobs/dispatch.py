"""Which pending Executions may start now. Decided in the database under a lock, so two dispatchers never start the same.

One run per sistema, at most MAX_RUNNING at once, "só depois de" within a job, and jobs take turns: the one with the fewest
places goes first. The cost of a decision depends on the number of sistemas, not on the length of the queue.
"""

from __future__ import annotations

import logging
from collections import Counter

import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from etlhub.redis_client import client
from jobs import lifecycle, whole
from jobs.models import ACTIVE, FINAL, Execution, State, open_in
from sistemas.models import Sistema

log = logging.getLogger(__name__)
PG_LOCK = 0x45544C48  # "ETLH": names our advisory lock
LOOK_AHEAD = 20
"""Pending Executions of one sistema that are looked at when the first must still wait."""


def dispatch() -> list[int]:
    """Move what may start from pending to queued and tell the workers; returns those Executions' ids."""
    with transaction.atomic():
        _lock()
        chosen = _choose()
        started = [pk for pk in chosen if _queue(pk)]
    for pk in started:
        enqueue(pk)
    return started


def _queue(pk: int) -> bool:
    try:
        moved = lifecycle.move(
            pk, (State.PENDING,), State.QUEUED, actor="hub", queued_at=timezone.now(), mensagem="Na fila"
        )
    except IntegrityError:  # a run without the queue (jobs.inline) has just taken this sistema
        return False
    return moved is not None


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PG_LOCK])


def _choose() -> list[int]:
    active = list(Execution.objects.filter(open_in(*ACTIVE)).values_list("sistema_id", "job_id"))
    places = settings.MAX_RUNNING - len(active)
    if places <= 0:
        return []
    busy = {sistema_id for sistema_id, _job in active}
    if whole.enabled():
        return _whole_jobs(busy)
    heads = [head for sistema_id in _waiting_sistemas() - busy if (head := _head(sistema_id))]
    share = Counter(job_id for _sistema, job_id in active)
    chosen: list[int] = []
    while heads and len(chosen) < places:
        heads.sort(key=lambda each: (share[each.job_id], each.job_id, each.ordem, each.pk))
        head = heads.pop(0)
        share[head.job_id] += 1
        chosen.append(head.pk)
    return chosen


def _whole_jobs(busy: set[str]) -> list[int]:
    """Where a job is one process: every pending Execution of the first jobs whose sistemas are all free."""
    chosen: list[int] = []
    pending = Execution.objects.filter(open_in(State.PENDING)).order_by("job_id", "ordem", "pk")
    jobs: dict[int, list[Execution]] = {}
    for execution in pending[: LOOK_AHEAD * 10]:
        jobs.setdefault(execution.job_id, []).append(execution)
    for executions in jobs.values():
        sistemas = {execution.sistema_id for execution in executions}
        due = all(each.not_before is None or each.not_before <= timezone.now() for each in executions)
        if due and not sistemas & busy:
            chosen += [execution.pk for execution in executions]
        busy |= sistemas  # in order: a later job does not overtake one that waits
    return chosen


def _waiting_sistemas() -> set[str]:
    pending = Execution.objects.filter(sistema_id=OuterRef("pk"), status=State.PENDING)
    return set(Sistema.objects.filter(Exists(pending)).order_by().values_list("pk", flat=True))


def _head(sistema_id: str) -> Execution | None:
    """The first pending Execution of a sistema that need not wait."""
    pending = Execution.objects.filter(sistema_id=sistema_id, status=State.PENDING)
    due = pending.filter(Q(not_before__isnull=True) | Q(not_before__lte=timezone.now()))
    for execution in due.select_related("sistema").order_by("pk")[:LOOK_AHEAD]:
        before = execution.sistema.depois_de_id
        if not before:
            return execution
        others = Execution.objects.filter(job_id=execution.job_id, sistema_id=before)
        if not others.exclude(status__in=FINAL).exists():
            return execution
    return None


def enqueue(execution_id: int) -> bool:
    """Wake a worker for a queued Execution. With Redis away it stays queued, and recovery wakes one later."""
    import django_rq

    attempt = (Execution.objects.values_list("tentativa", flat=True).filter(pk=execution_id).first() or 0) + 1
    try:
        # Over the process's open connection: a new one costs as much as all the rest of this, and has no time limit.
        queue = django_rq.get_queue("default", connection=client())
        queue.enqueue(
            "jobs.tasks.run_execution",
            execution_id,
            job_id=rq_id(execution_id, attempt),
            job_timeout=-1,
            result_ttl=0,
            failure_ttl=3600,
        )
    except redis.RedisError as error:
        log.warning("execution %s not announced to the workers yet: %s", execution_id, type(error).__name__)
        return False
    return True


def rq_id(execution_id: int, attempt: int) -> str:
    """The RQ job's id: one for each attempt, so that waking twice makes no second job."""
    return f"exec-{execution_id}-{attempt}"
