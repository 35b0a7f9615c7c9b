"""RQ entry points: ids in, nothing else."""

from __future__ import annotations

from django.db import close_old_connections

from jobs import dispatch, runner
from jobs.worker import beat


def run_execution(execution_id: int) -> None:
    """Run one queued Execution to its end, then let others start."""
    close_old_connections()
    try:
        runner.run(execution_id, on_beat=beat)
    finally:
        dispatch.dispatch()
