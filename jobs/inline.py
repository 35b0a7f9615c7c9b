"""Runs a job in this process, one sistema after another, without Redis or a worker."""

from __future__ import annotations

import time

from django.db import IntegrityError, connection
from django.utils import timezone

from jobs import lifecycle, runner
from jobs.models import FINAL, Execution, State

WAIT_SECONDS = 0.5


def run_job(job_id: int) -> None:
    """Run every Execution of the job to its end, further attempts included; waits where a sistema is busy elsewhere."""
    try:
        while execution := _next(job_id):
            if _claim(execution):
                runner.run(execution.pk, actor="terminal")
            else:
                time.sleep(WAIT_SECONDS)
    finally:
        connection.close()


def _next(job_id: int) -> Execution | None:
    return Execution.objects.filter(job_id=job_id).exclude(status__in=FINAL).order_by("not_before", "ordem").first()


def _claim(execution: Execution) -> bool:
    if execution.status != State.PENDING or (execution.not_before and execution.not_before > timezone.now()):
        return False
    try:
        moved = lifecycle.move(execution.pk, (State.PENDING,), State.QUEUED, actor="terminal", queued_at=timezone.now())
    except IntegrityError:  # another job runs this sistema now
        return False
    return moved is not None
