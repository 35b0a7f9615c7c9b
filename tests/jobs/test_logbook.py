"""Lines into the database: numbered without gap, once whatever breaks, and only by whoever holds the run."""

from __future__ import annotations

from typing import cast

import pytest
from django.db import IntegrityError, transaction

from jobs import logbook, process
from jobs.models import Execution, Job, State
from jobs.protocol import Line
from tests.jobs.conftest import MakeExecution


def line(number: int) -> Line:
    return Line(20, "TESTE", f"linha {number}")


@pytest.fixture
def running(make_execution: MakeExecution) -> Execution:
    execution = make_execution("pass", status=State.RUNNING)
    execution.run_token = process.new_token()
    execution.save()
    return execution


def test_what_the_database_refuses_is_djangos_error_whatever_the_driver(running: Execution) -> None:
    """The lines go straight to the driver; its own exceptions would end the run instead of being waited out."""
    with pytest.raises(IntegrityError), transaction.atomic():
        logbook.append(running.job_id, running.pk, [Line(20, "TESTE", cast(str, None))])
    assert Job.objects.get(pk=running.job_id).log_seq == 0
