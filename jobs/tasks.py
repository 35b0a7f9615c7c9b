"""RQ entry points: ids in, nothing else."""

from __future__ import annotations

import logging
import time

from django.db import close_old_connections
from structlog.contextvars import bound_contextvars

from etlhub.operations import telemetry
from jobs import dispatch, process, runner
from jobs.models import Execution
from jobs.worker import beat

log = logging.getLogger(__name__)


def run_execution(execution_id: int) -> None:
    """Run one queued Execution to its end, then let others start."""
    close_old_connections()
    before = process.children()
    try:
        found = Execution.objects.filter(pk=execution_id).values_list("job_id", "job__request_id").first()
        job_id, request_id = found or (None, "")
        # The request that asked for it, however long ago; none where nobody asked over HTTP.
        asked = {"request_id": request_id} if request_id else {}
        with bound_contextvars(job_id=job_id, execution_id=execution_id, **asked), telemetry.span("execução"):
            began = time.monotonic()
            state = runner.run(execution_id, on_beat=beat)
            log.info("execution %s: %s after %.1f s", execution_id, state or "not ours", time.monotonic() - began)
    finally:
        process.end_adopted(before)
        dispatch.dispatch()
