"""RQ entry points: ids in, nothing else."""

from __future__ import annotations

from django.db import close_old_connections
from structlog.contextvars import bound_contextvars

from jobs import dispatch, process, runner
from jobs.models import Execution
from jobs.worker import beat


def run_execution(execution_id: int) -> None:
    """Run one queued Execution to its end, then let others start."""
    close_old_connections()
    before = process.children()
    try:
        job_id = Execution.objects.filter(pk=execution_id).values_list("job_id", flat=True).first()
        with bound_contextvars(job_id=job_id, execution_id=execution_id):
            runner.run(execution_id, on_beat=beat)
    finally:
        process.end_adopted(before)
        dispatch.dispatch()
