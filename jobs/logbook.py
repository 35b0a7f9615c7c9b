"""Writes log lines: batches them, numbers them, stores them in one transaction, then announces them. The only writer of LogEntry.

seq is contiguous from 1 in each job, and commit order is seq order even when several workers write to one job: the UPDATE
that takes the numbers holds the job's row (SQLite: the database) until the lines are in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jobs import events
from jobs.mending import mend
from jobs.models import SEQ_BITS, Job, Level, LogEntry
from jobs.protocol import Line

log = logging.getLogger(__name__)

BATCH_LINES = 5000
"""Lines in one transaction at most: about 10 ms of the database's write lock. Only a flood fills it."""
FLUSH_SECONDS = 0.008
"""A line waits at most this long for company when the last batch has only just been written."""
RETRY_SECONDS = (0.05, 0.2, 0.5, 1.0)
TABLE = "jobs_logentry (id, execution_id, level, sistema, mensagem, timestamp)"
ROWS = 200
"""Rows in one statement on SQLite: half the cost of as many statements, and other threads run meanwhile."""
HELD = "SELECT 1 FROM jobs_execution WHERE id = %s AND run_token = %s AND status IN ('running', 'cancelling')"
MAX_SISTEMA = 80


def _insertion(rows: int) -> str:
    """SQLite: one statement for so many rows after the id ?1, of the Execution ?2 at the moment ?3."""
    values = (f"(?1+{row},?2,?{row * 3 + 4},?{row * 3 + 5},?{row * 3 + 6},?3)" for row in range(rows))
    return f"INSERT INTO {TABLE} VALUES {','.join(values)}"  # noqa: S608  (constants only)


INSERT_MANY, INSERT_ONE = _insertion(ROWS), _insertion(1)
COPY = f"COPY {TABLE} FROM STDIN"


class LogFull(Exception):
    """The job has reached its limit of lines; nothing more of it is stored, less the first `kept` of the lines given."""

    def __init__(self, kept: int = 0) -> None:
        super().__init__(kept)
        self.kept = kept


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
        raise LogFull(_fill(job_id, execution_id, lines, moment, token)) from None
    _announce(job_id, first, lines, moment)
    return first


def _fill(job_id: int, execution_id: int | None, lines: Sequence[Line], moment: datetime, token: str) -> int:
    """Store those of `lines` that the job has room for, and a last one that says so, once; returns how many."""
    limit = settings.MAX_LINES_PER_JOB
    text = f"Limite de {limit:,} linhas por execução atingido: as linhas seguintes não são guardadas."
    last = Line(int(Level.WARN), "SISTEMA", text.replace(",", "."))
    with transaction.atomic():
        there = Job.objects.select_for_update().values_list("log_seq", flat=True).filter(pk=job_id).first()
        if there is None or there > limit:  # deleted meanwhile; or said already
            return 0
        kept = [*lines[: limit - there], last]
        first = _store(job_id, execution_id, kept, moment, limit + 1, token)
        _announce(job_id, first, kept, moment)
    return len(kept) - 1


def note(job_id: int, execution_id: int | None, level: Level, sistema: str, mensagem: str) -> None:
    """One line of the hub's own. Never raises: what the hub has to say must not undo what it does."""
    try:
        append(job_id, execution_id, [Line(int(level), sistema[:MAX_SISTEMA], mensagem)])
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
        put = _copy if connection.vendor == "postgresql" else _insert
        # The driver's own errors become Django's, which the callers wait out.
        with connection.wrap_database_errors:
            put((job_id << SEQ_BITS) + first, execution_id, lines, moment)
    return first


def _insert(base: int, execution_id: int | None, lines: Sequence[Line], moment: datetime) -> None:
    """SQLite, straight to the driver: Django's wrapper would translate each statement anew."""
    execute = connection.connection.execute
    stamp = connection.ops.adapt_datetimefield_value(moment)
    many = len(lines) - len(lines) % ROWS
    for start in range(0, many, ROWS):
        rows = chain.from_iterable(lines[start : start + ROWS])
        execute(INSERT_MANY, (base + start, execution_id, stamp, *rows))
    for index in range(many, len(lines)):
        execute(INSERT_ONE, (base + index, execution_id, stamp, *lines[index]))


def _copy(base: int, execution_id: int | None, lines: Sequence[Line], moment: datetime) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for index, (level, sistema, mensagem) in enumerate(lines):
            copy.write_row((base + index, execution_id, level, sistema, mensagem, moment))


def _announce(job_id: int, first: int, lines: Sequence[Line], moment: datetime) -> None:
    transaction.on_commit(partial(events.publish_lines, job_id, first, lines, moment))


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
            except LogFull as full:
                self.full, self.discarded = True, len(batch) - full.kept
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
        """Whether the try that failed was stored after all: a connection that breaks at COMMIT leaves that open.

        Where it was not, another writer may have taken its place, even at the same moment: the text tells.
        """
        last = (self.job_id << SEQ_BITS) + first + len(batch) - 1
        there = LogEntry.objects.filter(pk=last, execution_id=self.execution_id, timestamp=moment)
        if there.values_list("level", "sistema", "mensagem").first() != tuple(batch[-1]):
            return False
        _announce(self.job_id, first, batch, moment)
        return True

    def close(self) -> None:
        """Store all that is left."""
        while self._lines:
            self.flush()
