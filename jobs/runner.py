"""Runs one Execution: one OS process, its output, its limits, its end. One per worker process at a time.

Back-pressure: the reader holds at most QUEUE_CHUNKS chunks; while the database does not take the lines, the pipe fills and
the ETL waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import secrets as token_source
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from credentials import vault
from credentials.masking import Masker
from etlhub.errors import HubError
from jobs import command, events, lifecycle, process, settle
from jobs.codeline import CodeLine
from jobs.collected import Collector
from jobs.logbook import Logbook
from jobs.models import Execution, Level, State
from jobs.outcome import Outcome, Stop, in_words, judge
from jobs.pipe import Reader, Writer
from jobs.protocol import ERROR, Line, Parser, progress_of

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
BEAT_SECONDS = 2.0
ORPHANED_PIPE_SECONDS = 2.0
"""A process has ended but a grandchild holds its output open: after this long the grandchild is ended too."""
GIVE_UP_SECONDS = 10.0
"""A killed process that still does not end (stuck in the kernel) is left behind after this long."""

stopping = threading.Event()
"""Set when this worker is asked to stop; the run under way is then ended and settled as interrupted."""


def run(execution_id: int, *, actor: str = "worker", on_beat: Callable[[], None] = lambda: None) -> State | None:
    """Run a queued Execution to its end; returns its final state, None when somebody else has it or it was cancelled."""
    process.adopt_orphans()
    token = token_source.token_hex(16)
    attempt = Execution.objects.values_list("tentativa", flat=True).filter(pk=execution_id).first() or 0
    now = timezone.now()
    execution = lifecycle.move(
        execution_id,
        (State.QUEUED,),
        State.RUNNING,
        actor=actor,
        reason=f"tentativa {attempt + 1}",
        run_token=token,
        tentativa=attempt + 1,
        owner_host=process.host_name(),
        owner_boot=process.boot_id(),
        owner_pid=os.getpid(),
        owner_started=process.own_start_time(),
        heartbeat_at=now,
        started_at=now,
        finished_at=None,
        progresso=0,
        mensagem="Iniciando",
        exit_code=None,
        codigo="",
        motivo="",
    )
    if execution is None:
        return None
    folder = command.temp_folder(execution)
    versao: int | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Our own command needs no secret to start: its interpreter comes up while the vault is read.
        child = None if settings.ETL_COMMAND else _spawn(command.own([execution]), token)
        held = vault.run_secrets([execution.sistema_id], actor=f"execução {execution.job_id}")
        versao = held.versoes.get(execution.sistema_id)
        if child is None:
            child = _spawn(command.external([execution], held.document, folder), token)
            document = None
        else:
            document = held.document | {"execucao": command.run_section(execution, folder)}
        outcome = _Run(execution, token, child, document, Masker(held.secrets), on_beat).to_the_end()
    except HubError as error:
        codigo = getattr(error, "codigo", "configuracao")
        settle.say(execution, Level.ERROR, error.message)
        outcome = Outcome(State.ERROR, codigo, error.message)
    except Exception:
        log.exception("execution %s: fault of the runner", execution_id)
        outcome = Outcome(State.ERROR, "interno", "Falha interna do hub ao executar; veja o log do worker.", True)
    finally:
        process.kill_tree(None, token)
        shutil.rmtree(folder, ignore_errors=True)
    final = _settle(execution_id, token, outcome, actor, versao)
    events.drain()
    return final


def _settle(execution_id: int, token: str, outcome: Outcome, actor: str, versao: int | None) -> State | None:
    """settle.settle, tried again while the database does not take it; what stays undone is recovery's."""
    for pause in (0.2, 1.0, 2.0, 5.0, 10.0, 0.0):
        try:
            return settle.settle(execution_id, token, outcome, actor=actor, credential_version=versao)
        except DatabaseError as error:
            log.warning("execution %s: end not written yet (%s)", execution_id, type(error).__name__)
            time.sleep(pause)
    return None


def _spawn(what: command.Command, token: str) -> subprocess.Popen[bytes]:
    try:
        return process.spawn(what.argv, cwd=what.cwd, environment=process.child_environment(token))
    except OSError as error:
        reason = error.strerror or "erro do sistema"
        raise HubError(f"Não foi possível iniciar o ETL: {reason} ({what.argv[0]}).") from None


class _Run:
    """One process from its start to its end."""

    def __init__(
        self,
        execution: Execution,
        token: str,
        child: subprocess.Popen[bytes],
        document: dict[str, Any] | None,
        masker: Masker,
        on_beat: Callable[[], None],
    ) -> None:
        sistema = execution.sistema
        self.execution, self.token, self.child, self.on_beat = execution, token, child, on_beat
        self.masker, self.estimate = masker, document is None
        self.parser = Parser(events=document is not None)
        self.logbook = Logbook(execution.job_id, execution.pk, alive=self._may_wait)
        self.collector = Collector(execution, token)
        self.writer = Writer(child)
        if document is not None:
            self.writer.send(document)
        else:
            self.writer.close()
        self.code = CodeLine(execution, token, self.collector, self.writer)
        self.reader = Reader(child)
        self.limit = sistema.limite_segundos or settings.RUN_TIMEOUT_SECONDS
        self.silence = sistema.limite_silencio_segundos or settings.SILENCE_TIMEOUT_SECONDS
        self.started = self.last_output = time.monotonic()
        self.last_beat = self.last_look = self.started
        self.silence_told = self.abandoned = False
        self.stop: Stop | None = None
        self.stop_at = 0.0
        self.exited_at: float | None = None
        self.last_error = ""

    def to_the_end(self) -> Outcome:
        """Read until the output ends and the process has exited; never longer than its limits."""
        try:
            self._pump()
            self._take(self.masker.flush(), last=True)
            self.logbook.close()
            self.collector.show_progress(now=True)
            self.collector.finish()
        except DatabaseError as error:
            log.error("execution %s: gave up writing: %s", self.execution.pk, type(error).__name__)  # noqa: TRY400
            self.stop = self.stop or Stop.FULL
        finally:
            self.writer.close()
            self.code.close()
            process.kill_tree(self.child, self.token)
            self.reader.close()
        if self.logbook.discarded:
            log.warning("job %s: %s lines past the limit", self.execution.job_id, self.logbook.discarded)
        limit = {Stop.TIMEOUT: self.limit, Stop.SILENCE: self.silence}.get(self.stop or Stop.CANCEL, 0)
        return judge(self.child.poll(), self.stop, limit, self.collector.result, self.last_error)

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
        if self.estimate:
            for line in reversed(lines):
                if (percent := progress_of(line.mensagem)) is not None:
                    self.collector.progress(percent, line.mensagem[:300])
                    break
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
            if now - self.exited_at > ORPHANED_PIPE_SECONDS:
                process.kill_tree(self.child, self.token, wait=1.0)
                self.abandoned = now - self.exited_at > GIVE_UP_SECONDS

    def _watch(self, now: float) -> None:
        """Renew the lease, hear of a cancellation or a shutdown, pass a code on."""
        self.last_look = now
        renew = now - self.last_beat >= BEAT_SECONDS
        try:
            state = lifecycle.held_state(self.execution.pk, self.token, renew=renew)
        except DatabaseError as error:
            log.warning("execution %s: no heartbeat: %s", self.execution.pk, type(error).__name__)
            return
        if renew:
            self.last_beat = now
            self.on_beat()
        if self.stop is None:
            if state is None:
                self._stop(Stop.LOST)
            elif state == State.CANCELLING:
                self._stop(Stop.CANCEL)
            elif stopping.is_set():
                self._stop(Stop.SHUTDOWN)
        if self.code.tick():
            self.last_output = now  # waiting for a person is not silence

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
        if now - self.stop_at > grace + GIVE_UP_SECONDS:
            self.abandoned = True

    def _may_wait(self) -> bool:
        """Whether the log may go on waiting for the database: not past the run's limit, not when we are to stop."""
        return not stopping.is_set() and time.monotonic() - self.started < self.limit
