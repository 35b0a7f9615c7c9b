"""Old log lines go, by age and by number; the jobs themselves stay."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Sum
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
    there first, as `etlhub-<job>.log.gz`.
    """
    days = settings.LOG_RETENTION_DAYS if days is None else days
    max_lines = settings.LOG_MAX_LINES if max_lines is None else max_lines
    ended = Job.objects.filter(finished_at__isnull=False, log_seq__gt=0).filter(log_first__lte=F("log_seq"))
    removed = 0
    if days:
        for job in ended.filter(finished_at__lt=timezone.now() - timedelta(days=days)).order_by("id").iterator():
            removed += _remove(job, dry_run=dry_run, export_to=export_to)
    if max_lines:
        kept = Job.objects.aggregate(n=Sum("log_seq") - Sum("log_first"))["n"] or 0
        for job in ended.order_by("id").iterator():
            if kept <= max_lines:
                break
            gone = _remove(job, dry_run=dry_run, export_to=export_to)
            kept -= gone
            removed += gone
    return removed


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
    target = folder / f"etlhub-{job.pk}.log.gz"
    draft = target.with_suffix(".part")
    with gzip.open(draft, "wt", encoding="utf-8") as file:
        file.writelines(queries.log_text(job))
    draft.replace(target)
