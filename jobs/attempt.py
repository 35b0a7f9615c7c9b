"""One OS process of a run, from its start to its end: its output, its limits, the asking and the forcing to stop.

Back-pressure: the reader holds at most QUEUE_CHUNKS chunks; while the database does not take the lines, the pipe fills and
the ETL waits.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from credentials.masking import Masker
from jobs import lifecycle, process, settle, whole
from jobs.codeline import CodeLine
from jobs.collected import Collector
from jobs.logbook import LeaseLost, Logbook
from jobs.mending import mend
from jobs.models import Execution, Level, State
from jobs.outcome import Outcome, Stop, in_words, judge
from jobs.pipe import Reader, Writer
from jobs.protocol import ERROR, Line, Parser

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
BEAT_SECONDS = 2.0
ORPHANED_PIPE_SECONDS = 2.0
"""A process has ended but a grandchild holds its output open: after this long the grandchild is ended too."""
GIVE_UP_SECONDS = 10.0
"""A killed process that still does not end (stuck in the kernel) is left behind after this long."""
LAST_WAIT_SECONDS = 2.0
"""How long a worker that is asked to stop still waits for a database that takes nothing; the launcher gives it 6 s."""

stopping = threading.Event()
"""Set when this worker is asked to stop; the run under way is then ended and settled as interrupted."""


class Attempt:
    """The process of one Execution, or of all Executions of a job that share it (jobs.whole).

    `document` goes down its stdin and makes it speak in events; None for the users' own command.
    """

    def __init__(
        self,
        executions: Sequence[Execution],
        token: str,
        child: subprocess.Popen[bytes],
        document: dict[str, Any] | None,
        masker: Masker,
        on_beat: Callable[[], None],
    ) -> None:
        execution = executions[0]
        self.executions, self.token, self.child, self.on_beat = executions, token, child, on_beat
        self.execution, self.masker = execution, masker
        # The users' own command tells how far it is in its lines only.
        self.watcher = whole.Watcher(executions, token) if document is None else None
        self.parser = Parser(events=document is not None)
        self.logbook = Logbook(execution.job_id, execution.pk, token=token, alive=self._may_wait)
        self.collector = Collector(execution, token)
        self.writer = Writer(child)
        if document is not None:
            self.writer.send(document)
        else:
            self.writer.close()
        self.code = CodeLine(execution, token, self.collector, self.writer)
        self.reader = Reader(child)
        sistemas = [each.sistema for each in executions]
        self.limit = sum(each.limite_segundos or settings.RUN_TIMEOUT_SECONDS for each in sistemas)
        self.silence = max(each.limite_silencio_segundos or settings.SILENCE_TIMEOUT_SECONDS for each in sistemas)
        self.started = self.last_output = time.monotonic()
        self.last_beat = self.last_look = self.started
        self.silence_told = self.abandoned = self.tree_gone = False
        self.stop: Stop | None = None
        self.stop_at = 0.0
        self.exited_at: float | None = None
        self.stopping_since = 0.0
        self.last_error = ""

    def to_the_end(self) -> dict[int, Outcome]:
        """Read until the output ends and the process has exited, never longer than its limits; each Execution's outcome."""
        try:
            self._pump()
            self._take(self.masker.flush(), last=True)
            self.logbook.close()
            self.collector.show_progress(now=True)
            self.collector.finish()
        except LeaseLost:
            log.warning("execution %s: no longer ours, the rest of its output is dropped", self.execution.pk)
            self.stop = Stop.LOST
        except DatabaseError as error:
            log.error("execution %s: gave up writing: %s", self.execution.pk, type(error).__name__)  # noqa: TRY400
            self.stop = Stop.SHUTDOWN_FULL if stopping.is_set() else self.stop or Stop.FULL
        finally:
            self.writer.close()
            process.kill_tree(self.child, self.token)
            self.reader.close()
            with contextlib.suppress(DatabaseError):
                self.code.close()
        if self.logbook.discarded:
            log.warning("job %s: %s lines past the limit", self.execution.job_id, self.logbook.discarded)
        limit = {Stop.TIMEOUT: self.limit, Stop.SILENCE: self.silence}.get(self.stop or Stop.CANCEL, 0)
        outcome = judge(self.child.poll(), self.stop, limit, self.collector.result, self.last_error)
        return self.watcher.split(outcome) if self.watcher else {self.execution.pk: outcome}

    def _pump(self) -> None:
        open_end = True
        while open_end or (self.child.poll() is None and not self.abandoned):
            self._tick()
            wait = min(TICK_SECONDS, self.logbook.due_in() or TICK_SECONDS)
            if not open_end:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.child.wait(timeout=wait)
                self.logbook.flush()
                continue
            try:
                chunk = self.reader.get(wait)
            except queue.Empty:
                self.logbook.flush()
                self.collector.show_progress()
                open_end = not self.abandoned
                continue
            if chunk:
                self.last_output = time.monotonic()
                self.silence_told = False
                self._take(self.masker.feed(chunk))
                self.last_output = time.monotonic()  # while the database kept us waiting, nobody was silent
            else:
                open_end = False

    def _take(self, data: bytes, *, last: bool = False) -> None:
        items = self.parser.feed(data)
        if last:
            items += self.parser.close()
        lines: list[Line] = []
        for item in items:
            if isinstance(item, Line):
                lines.append(item)
                continue
            self._add(lines)
            lines = []
            self.collector.take(item.data)
        self._add(lines)
        self.collector.show_progress()

    def _add(self, lines: list[Line]) -> None:
        if not lines:
            return
        errors = [line.mensagem for line in lines if line.level == ERROR and line.mensagem]
        if errors:
            self.last_error = errors[-1][:300]
        if self.watcher:
            self.watcher.take(lines)
        self.logbook.add(lines)

    def _tick(self) -> None:
        now = time.monotonic()
        if now - self.last_look >= TICK_SECONDS:
            self._watch(now)
        if self.stop is not None:
            self._escalate(now)
        elif now - self.started > self.limit:
            self._stop(Stop.TIMEOUT)
        elif now - self.last_output > self.silence:
            self._stop(Stop.SILENCE)
        elif now - self.last_output > self.silence / 2 and not self.silence_told and not self.code.open:
            self.silence_told = True
            settle.say(self.execution, Level.WARN, f"Sem saída há {in_words(round(now - self.last_output))}.")
        if self.child.poll() is not None:
            self.exited_at = self.exited_at or now
            if now - self.exited_at > ORPHANED_PIPE_SECONDS and not self.tree_gone:
                self.tree_gone = process.kill_tree(self.child, self.token, wait=1.0) == 0
            # While there is output to be read, however slowly the database takes it, it is not given up.
            self.abandoned = now - max(self.exited_at, self.last_output) > GIVE_UP_SECONDS

    def _watch(self, now: float) -> None:
        """Renew the lease, hear of a cancellation or a shutdown, pass a code on."""
        self.last_look = now
        renew = now - self.last_beat >= BEAT_SECONDS
        try:
            states = [lifecycle.held_state(each.pk, self.token, renew=renew) for each in self.executions]
        except DatabaseError as error:
            log.warning("execution %s: no heartbeat: %s", self.execution.pk, type(error).__name__)
            mend()
            return
        if renew:
            self.last_beat = now
            self.on_beat()
        if self.stop is None:
            if None in states:
                self._stop(Stop.LOST)
            elif State.CANCELLING in states:
                self._stop(Stop.CANCEL)
            elif stopping.is_set():
                self._stop(Stop.SHUTDOWN)
        try:
            if self.code.tick():
                self.last_output = now  # waiting for a person is not silence
        except DatabaseError as error:
            log.warning("execution %s: code not looked for: %s", self.execution.pk, type(error).__name__)

    def _stop(self, why: Stop) -> None:
        if self.child.poll() is not None:
            return  # it had ended by itself: its own result stands
        self.stop, self.stop_at = why, time.monotonic()
        self.writer.close()
        process.ask_to_stop(self.child, self.token)

    def _escalate(self, now: float) -> None:
        grace = 0.0 if self.stop is Stop.LOST else settings.CANCEL_GRACE_SECONDS
        if now - self.stop_at > grace and self.child.poll() is None:
            process.kill_tree(self.child, self.token, wait=1.0)
        if now - max(self.stop_at + grace, self.last_output) > GIVE_UP_SECONDS:
            self.abandoned = True

    def _may_wait(self) -> bool:
        """Whether the log may go on waiting for the database: not past the run's limit, not long when we are to stop."""
        now = time.monotonic()
        if stopping.is_set():
            self.stopping_since = self.stopping_since or now
            return now - self.stopping_since < LAST_WAIT_SECONDS
        return now - self.started < self.limit
