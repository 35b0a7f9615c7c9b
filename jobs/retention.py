"""Old log lines go, by age and by number; the jobs themselves stay."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Sum
from django.utils import timezone

from jobs import queries
from jobs.models import SEQ_BITS, Job, LogEntry

CHUNK_LINES = 50_000
"""Lines deleted in one transaction, so that writers never wait long."""


def prune(
    *, days: int | None = None, max_lines: int | None = None, dry_run: bool = False, export_to: str | None = None
) -> int:
    """Delete the lines of jobs that ended over `days` ago, then of the oldest until `max_lines` remain; returns how many.

    Defaults are the settings; 0 days or 0 lines means no such limit. With `export_to` (a folder) each job's log is written
    there first, as `etlhub-<job>.log.gz`; what was left of one whose removal broke off, as `etlhub-<job>-<first seq>.log.gz`.
    """
    days = settings.LOG_RETENTION_DAYS if days is None else days
    max_lines = settings.LOG_MAX_LINES if max_lines is None else max_lines
    ended = (
        Job.objects.filter(finished_at__isnull=False, log_seq__gt=0).filter(log_first__lte=F("log_seq")).order_by("id")
    )
    kept = _kept() if max_lines else 0
    removed = 0
    if days:
        limit = timezone.now() - timedelta(days=days)
        for job in ended.filter(finished_at__lt=limit).iterator():
            removed += _remove(job, dry_run=dry_run, export_to=export_to)
        ended = ended.filter(finished_at__gte=limit)  # a dry run counts none of them twice
    if max_lines:
        for job in ended.iterator():
            if kept - removed <= max_lines:
                break
            removed += _remove(job, dry_run=dry_run, export_to=export_to)
    return removed


def _kept() -> int:
    """The lines of all jobs: their `seq` are contiguous."""
    return int(Job.objects.aggregate(n=Sum("log_seq") - Sum("log_first") + Count("pk"))["n"] or 0)


def _remove(job: Job, *, dry_run: bool, export_to: str | None) -> int:
    base, count = job.pk << SEQ_BITS, job.log_seq - job.log_first + 1
    if dry_run:
        return count
    if export_to:
        _export(job, Path(export_to))
    for start in range(job.log_first, job.log_seq + 1, CHUNK_LINES):
        end = min(start + CHUNK_LINES, job.log_seq + 1)
        LogEntry.objects.filter(id__gte=base + start, id__lt=base + end).delete()
        Job.objects.filter(pk=job.pk).update(log_first=end)
    return count


def _export(job: Job, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # The first export of a job whose removal broke off holds what is gone now: it stays.
    part = f"-{job.log_first}" if job.log_first > 1 else ""
    target = folder / f"etlhub-{job.pk}{part}.log.gz"
    draft = target.with_suffix(".part")
    with gzip.open(draft, "wt", encoding="utf-8") as file:
        file.writelines(queries.log_text(job))
    draft.replace(target)
