"""What one dispatch decision costs, per execution, with 10, 100 and 1,000 jobs of 8 sistemas waiting.

    python -m benchmarks.dispatch

In-process, on SQLite: each round starts what may start, then ends it, so the queue moves. The baseline is the shortest queue.
"""

from __future__ import annotations

import os
import time
from unittest import mock

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django

django.setup()
from django.core.management import call_command  # noqa: E402

from benchmarks.common import report, spread  # noqa: E402

ROUNDS = 40


def main() -> None:
    from jobs import dispatch, lifecycle
    from jobs.models import Execution, Job, State
    from sistemas import catalogue
    from sistemas.models import Sistema

    call_command("migrate", verbosity=0)
    catalogue.seed()
    mock.patch.object(dispatch, "enqueue", return_value=True).start()  # the decision is measured, not Redis
    sistemas = list(Sistema.objects.filter(ativo=True)[:8])
    figures = {}
    for jobs in (10, 100, 1000):
        Job.objects.all().delete()
        made = Job.objects.bulk_create([Job(params={}) for _ in range(jobs)])
        Execution.objects.bulk_create(
            Execution(job=job, sistema=sistema, ordem=index) for job in made for index, sistema in enumerate(sistemas)
        )
        costs = []
        for _ in range(min(ROUNDS, jobs)):
            started = time.perf_counter()
            chosen = dispatch.dispatch()
            costs.append((time.perf_counter() - started) * 1000 / len(chosen))
            for pk in chosen:
                lifecycle.move(pk, (State.QUEUED,), State.CANCELLED, actor="benchmark")
        figures[f"{jobs}_jobs_waiting"] = {
            "executions_waiting": jobs * len(sistemas),
            "ms_per_execution": spread(costs, 2),
        }
    report("dispatch", **figures)


if __name__ == "__main__":
    main()
