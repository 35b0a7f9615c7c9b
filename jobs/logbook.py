"""Writes log lines: batches them, numbers them, stores them in one transaction, then announces them. The only writer of LogEntry.

seq is contiguous from 1 in each job, and commit order is seq order even when several workers write to one job: the UPDATE
that takes the numbers holds the job's row (SQLite: the database) until the lines are in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jobs import events
from jobs.mending import mend
from jobs.models import SEQ_BITS, Level, LogEntry
from jobs.protocol import Line

log = logging.getLogger(__name__)

BATCH_LINES = 2000
"""Lines in one transaction and one announcement at most."""
FLUSH_SECONDS = 0.008
"""A line waits at most this long for company when the last batch has only just been written."""
RETRY_SECONDS = (0.05, 0.2, 0.5, 1.0)
INSERT = (
    "INSERT INTO jobs_logentry (id, execution_id, level, sistema, mensagem, timestamp) VALUES (%s, %s, %s, %s, %s, %s)"
)
HELD = "SELECT 1 FROM jobs_execution WHERE id = %s AND run_token = %s AND status IN ('running', 'cancelling')"
COPY = "COPY jobs_logentry (id, execution_id, level, sistema, mensagem, timestamp) FROM STDIN"
MAX_SISTEMA = 80


class LogFull(Exception):
    """The job has reached its limit of lines; nothing more of it is stored."""


class LeaseLost(Exception):
    """The run is no longer its worker's (it was away for too long): what it still reads is not the job's any more."""


def append(
    job_id: int,
    execution_id: int | None,
    lines: Sequence[Line],
    *,
    moment: datetime | None = None,
    token: str = "",
    place: list[int] | None = None,
) -> int:
    """Store `lines` after the job's last one and announce them; returns the first line's seq.

    Raises LogFull when the job's limit is reached (then a last line says so), LeaseLost when a `token` is given that no
    longer holds the Execution, DatabaseError when the database refuses; `place` then tells where they were to go.
    """
    moment = moment or timezone.now()
    try:
        first = _store(job_id, execution_id, lines, moment, settings.MAX_LINES_PER_JOB, token, place)
    except LogFull:
        limit = settings.MAX_LINES_PER_JOB
        text = f"Limite de {limit:,} linhas por execução atingido: as linhas seguintes não são guardadas.".replace(
            ",", "."
        )
        last = [Line(Level.WARN, "SISTEMA", text)]
        try:
            first = _store(job_id, execution_id, last, moment, limit + 1)
        except LogFull:
            raise LogFull from None
        _announce(job_id, first, last, moment)
        raise
    _announce(job_id, first, lines, moment)
    return first


def note(job_id: int, execution_id: int | None, level: Level, sistema: str, mensagem: str) -> None:
    """One line of the hub's own. Never raises: what the hub has to say must not undo what it does."""
    try:
        append(job_id, execution_id, [Line(level, sistema, mensagem)])
    except (LogFull, DatabaseError) as error:
        log.warning("job %s: note not stored (%s)", job_id, type(error).__name__)


def _store(
    job_id: int,
    execution_id: int | None,
    lines: Sequence[Line],
    moment: datetime,
    limit: int,
    token: str = "",
    place: list[int] | None = None,
) -> int:
    count = len(lines)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET log_seq = log_seq + %s WHERE id = %s AND log_seq + %s <= %s RETURNING log_seq",
            [count, job_id, count, limit],
        )
        row = cursor.fetchone()
        if row is None:
            raise LogFull
        if token:
            # After the job's row is ours: whoever takes the run away holds that row while it does.
            cursor.execute(HELD, [execution_id, token])
            if cursor.fetchone() is None:
                raise LeaseLost
        first = int(row[0]) - count + 1
        if place is not None:
            place[:] = [first]
        base = (job_id << SEQ_BITS) + first
        if connection.vendor == "postgresql":
            # The driver's own errors become Django's, which the callers wait out.
            with connection.wrap_database_errors, cursor.copy(COPY) as copy:
                for index, (level, sistema, mensagem) in enumerate(lines):
                    copy.write_row((base + index, execution_id, level, sistema[:MAX_SISTEMA], mensagem, moment))
        else:
            stamp = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            rows = [
                (base + index, execution_id, level, sistema[:MAX_SISTEMA], mensagem, stamp)
                for index, (level, sistema, mensagem) in enumerate(lines)
            ]
            # Straight to the driver: Django's wrapper would translate the statement anew for each row.
            with connection.wrap_database_errors:
                cursor.cursor.executemany(INSERT % (("?",) * 6), rows)
    return first


def _announce(job_id: int, first: int, lines: Sequence[Line], moment: datetime) -> None:
    stamp = events.iso(moment)
    encode = events.encode_line
    encoded = [
        encode(job_id, first + index, level, sistema[:MAX_SISTEMA], mensagem, stamp)
        for index, (level, sistema, mensagem) in enumerate(lines)
    ]
    transaction.on_commit(lambda: events.publish_lines(job_id, first, encoded))


class Logbook:
    """The log of one run. Bounded: it holds at most one batch, and `add` blocks while the database does not take it.

    `alive` is asked between tries; when it says no, `add` gives up with the DatabaseError (the run is being ended).
    """

    def __init__(
        self, job_id: int, execution_id: int | None, *, token: str = "", alive: Callable[[], bool] = lambda: True
    ) -> None:
        self.job_id = job_id
        self.token = token
        self.execution_id = execution_id
        self.full = False
        self.discarded = 0
        self._alive = alive
        self._lines: list[Line] = []
        self._last_flush = 0.0

    def add(self, lines: Sequence[Line]) -> None:
        """Take lines; store them at once when a batch is full or none was stored for FLUSH_SECONDS."""
        self._lines.extend(lines)
        while len(self._lines) >= BATCH_LINES:
            self.flush()
        if self._lines and time.monotonic() - self._last_flush >= FLUSH_SECONDS:
            self.flush()

    def due_in(self) -> float | None:
        """Seconds until what it holds must be flushed; None when it holds nothing."""
        if not self._lines:
            return None
        return max(self._last_flush + FLUSH_SECONDS - time.monotonic(), 0.0)

    def flush(self) -> None:
        """Store what it holds (a batch at most), trying again while the database is locked, full or away."""
        batch, self._lines = self._lines[:BATCH_LINES], self._lines[BATCH_LINES:]
        if not batch:
            return
        if self.full:
            self.discarded += len(batch)
            return
        moment = timezone.now()
        place: list[int] = []
        for attempt in range(10_000):
            try:
                if not (place and self._has_stored(batch, moment, place[0])):
                    append(self.job_id, self.execution_id, batch, moment=moment, token=self.token, place=place)
                break
            except LogFull:
                self.full, self.discarded = True, len(batch)
                break
            except DatabaseError as error:
                if not self._alive():
                    raise
                pause = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                log.warning("job %s: log not stored yet (%s); next try in %s s", self.job_id, error, pause)
                mend()
                time.sleep(pause)
        self._last_flush = time.monotonic()

    def _has_stored(self, batch: Sequence[Line], moment: datetime, first: int) -> bool:
        """Whether the try that failed was stored after all: a connection that breaks at COMMIT leaves that open."""
        there = LogEntry.objects.filter(id=(self.job_id << SEQ_BITS) + first, execution_id=self.execution_id)
        if not there.filter(timestamp=moment).exists():
            return False
        _announce(self.job_id, first, batch, moment)
        return True

    def close(self) -> None:
        """Store all that is left."""
        while self._lines:
            self.flush()
