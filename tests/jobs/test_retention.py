"""Old log lines go, by age and by number; what they said is exported before."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from jobs import logbook, retention
from jobs.models import SEQ_BITS, Job, Level, LogEntry
from jobs.protocol import Line
from tests.jobs.conftest import texts_of

pytestmark = pytest.mark.django_db


def job(lines: int, days: int) -> Job:
    """A job that ended `days` ago."""
    made = Job.objects.create(finished_at=timezone.now() - timedelta(days=days))
    if lines:
        logbook.append(made.pk, None, [Line(int(Level.INFO), "X", f"linha {n}") for n in range(1, lines + 1)])
    return made


def counts(*jobs: Job) -> list[int]:
    return [len(texts_of(each.pk)) for each in jobs]


def test_by_age_and_then_the_oldest_until_the_rest_fits() -> None:
    jobs = [job(5, 90), job(4, 20), job(3, 10), job(2, 1)]
    running = Job.objects.create()
    logbook.append(running.pk, None, [Line(int(Level.INFO), "X", "viva")])

    assert retention.prune(days=30, max_lines=6, dry_run=True) == 9
    assert counts(*jobs) == [5, 4, 3, 2]
    assert retention.prune(days=30, max_lines=6) == 9
    assert counts(*jobs, running) == [0, 0, 3, 2, 1]
    assert retention.prune(days=30, max_lines=6) == 0


def test_jobs_without_lines_do_not_make_room_for_more() -> None:
    jobs = [job(5, 3), *(job(0, 2) for _ in range(10)), job(5, 1)]
    assert retention.prune(days=0, max_lines=9) == 5
    assert counts(jobs[0], jobs[-1]) == [0, 5]


def test_no_limit_removes_nothing() -> None:
    kept = job(5, 9000)
    assert retention.prune(days=0, max_lines=0) == 0
    assert counts(kept) == [5]


def test_an_export_that_was_written_before_a_removal_broke_off_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = job(5, 90)
    monkeypatch.setattr(retention, "CHUNK_LINES", 2)
    found = LogEntry.objects.filter

    def break_off(**what: int) -> object:
        if what.get("id__gte") == (old.pk << SEQ_BITS) + 3:
            raise KeyboardInterrupt
        return found(**what)

    with monkeypatch.context() as patched:
        patched.setattr(LogEntry.objects, "filter", break_off)
        with pytest.raises(KeyboardInterrupt):
            retention.prune(days=30, export_to=str(tmp_path))
    assert retention.prune(days=30, export_to=str(tmp_path)) == 3

    assert counts(old) == [0]
    first, rest = (
        gzip.decompress((tmp_path / name).read_bytes()).decode().splitlines()
        for name in (f"etlhub-{old.pk}.log.gz", f"etlhub-{old.pk}-3.log.gz")
    )
    assert first == [f"[INFO] [X] linha {n}" for n in range(1, 6)]
    assert rest == first[2:]
