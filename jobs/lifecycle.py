"""The only writer of any status. Transitions are compare-and-set and recorded, so a message delivered twice does no harm.

Lock order everywhere: the Job's row, then its Executions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from jobs import events
from jobs.mending import mend
from jobs.models import FINAL, Execution, Job, JobStatus, State, Transition

log = logging.getLogger(__name__)
MAX_REASON = 1000
CANCEL_TRIES = 5
REMOVED = "Os sistemas desta execução foram removidos."
_ALLOWED: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.QUEUED, State.CANCELLED, State.ERROR}),
    State.QUEUED: frozenset({State.RUNNING, State.PENDING, State.CANCELLED, State.ERROR}),
    State.RUNNING: frozenset({State.SUCCESS, State.ERROR, State.CANCELLING, State.CANCELLED, State.PENDING}),
    State.CANCELLING: frozenset({State.CANCELLED, State.SUCCESS, State.ERROR}),
    State.SUCCESS: frozenset(),
    State.ERROR: frozenset(),
    State.CANCELLED: frozenset(),
}


def move(
    execution_id: int,
    sources: Iterable[State],
    target: State,
    *,
    actor: str,
    reason: str = "",
    token: str | None = None,
    **fields: Any,
) -> Execution | None:
    """Set `target` where the state is one of `sources` (and the lease is `token`'s, when given); None when it is not.

    Writes `fields` along, records the Transition, derives the Job's status and announces both after commit.
    """
    allowed = [source for source in sources if target in _ALLOWED[source]]
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).filter(executions=execution_id).order_by().first()
        if job is None:
            return None
        execution = Execution.objects.select_for_update().filter(pk=execution_id).first()
        if execution is None:  # its sistema was deleted at this moment
            return None
        source = State(execution.status)
        if source not in allowed or (token is not None and execution.run_token != token):
            return None
        fields |= {"status": target, "version": execution.version + 1}
        if target in FINAL:
            fields |= {"finished_at": timezone.now(), "pedido_codigo": None}
        for name, value in fields.items():
            setattr(execution, name, value)
        execution.save(update_fields=list(fields))
        Transition.objects.create(
            execution=execution,
            origem=source,
            destino=target,
            tentativa=execution.tentativa,
            actor=actor[:150],
            motivo=reason[:MAX_REASON],
        )
        transaction.on_commit(partial(events.publish_status, execution))
        derive(job)
    return execution


def progress(execution_id: int, token: str, percent: int, message: str) -> bool:
    """Show how far a running Execution is; False when `token` no longer holds it."""
    return _touch(execution_id, token, progresso=max(0, min(int(percent), 100)), mensagem=message[:500])


def try_progress(execution_id: int, token: str, percent: int, message: str) -> bool:
    """`progress`; False also when the database does not take it now: how far a run is must not end it."""
    try:
        progress(execution_id, token, percent, message)
    except DatabaseError as error:
        log.warning("execution %s: progress not shown: %s", execution_id, type(error).__name__)
        mend()
        return False
    return True


def request_code(execution_id: int, token: str, request: dict[str, Any] | None) -> bool:
    """Show (or, with None, take away) the wish for a one-time code; False when `token` no longer holds it."""
    message = {"mensagem": "Aguardando código"} if request else {"mensagem": "Código recebido"}
    return _touch(execution_id, token, pedido_codigo=request, **message)


def _touch(execution_id: int, token: str, **fields: Any) -> bool:
    with transaction.atomic():
        held = Execution.objects.filter(pk=execution_id, run_token=token, status__in=(State.RUNNING, State.CANCELLING))
        if not held.update(version=F("version") + 1, **fields):
            return False
        execution = Execution.objects.get(pk=execution_id)
        transaction.on_commit(partial(events.publish_status, execution))
    return True


def held_state(execution_id: int, token: str, *, renew: bool) -> State | None:
    """The state of an Execution that `token` holds, its lease renewed when asked; None when `token` no longer holds it."""
    held = Execution.objects.filter(pk=execution_id, run_token=token, status__in=(State.RUNNING, State.CANCELLING))
    if renew and not held.update(heartbeat_at=timezone.now()):
        return None
    status = held.values_list("status", flat=True).first()
    return State(status) if status else None


def derive(job: Job) -> None:
    """Set the Job's status from its Executions; `job` must be locked by the caller's transaction."""
    found = list(job.executions.order_by().values_list("status", "started_at"))
    started = job.started_at or min((at for _, at in found if at), default=None)
    fields = _derived(job, {State(status) for status, _ in found}, started)
    changed = {name: value for name, value in fields.items() if getattr(job, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(job, name, value)
    job.save(update_fields=list(changed))
    if "finished_at" in changed and job.finished_at:
        transaction.on_commit(lambda: events.publish_job_complete(Job.objects.get(pk=job.pk)))


def _derived(job: Job, states: set[State], started: datetime | None) -> dict[str, Any]:
    if states <= set(FINAL):
        if State.ERROR in states or not states:
            status = JobStatus.ERROR
        elif State.CANCELLED in states:
            status = JobStatus.CANCELLED
        else:
            status = JobStatus.COMPLETED
        failed = job.executions.filter(status=State.ERROR).order_by("ordem", "id")
        reasons = [f"{nome}: {motivo}" for nome, motivo in failed.values_list("sistema__nome", "motivo")]
        reasons += [] if states else [REMOVED]
        finished = job.finished_at or timezone.now()
        return {"status": status, "started_at": started, "finished_at": finished, "error_message": "\n".join(reasons)}
    under_way = states & {State.RUNNING, State.CANCELLING, *FINAL}
    status = JobStatus.RUNNING if under_way else JobStatus.PENDING
    return {"status": status, "started_at": started, "finished_at": None, "error_message": ""}


def cancel_execution(execution_id: int, *, actor: str) -> bool:
    """Cancel what has not ended: what waits ends at once, what runs is asked to stop. False when nothing was to do."""
    for _ in range(CANCEL_TRIES):
        waiting = move(
            execution_id,
            (State.PENDING, State.QUEUED),
            State.CANCELLED,
            actor=actor,
            reason="cancelado antes de começar",
            codigo="cancelado",
            motivo=f"Cancelado por {actor} antes de começar."[:1000],
            mensagem="Cancelado",
        )
        if waiting:
            return True
        reason = "pedido de cancelamento"
        if move(execution_id, (State.RUNNING,), State.CANCELLING, actor=actor, reason=reason, mensagem="Cancelando…"):
            return True
        # Between the two it may have begun, or have been put back for another attempt.
        if not Execution.objects.filter(pk=execution_id).exclude(status__in=(State.CANCELLING, *FINAL)).exists():
            return False
    return False
