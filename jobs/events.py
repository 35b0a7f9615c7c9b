"""Builds the three WebSocket messages and publishes them: the only place that knows their shape (CONTRACT section 3).

Publishing never blocks and never fails its caller: a lost announcement costs the reader a query, for the database is the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from json.encoder import encode_basestring as quoted
from typing import Any

import msgpack
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone

from jobs.models import Execution, Job, JobStatus, Level, State

log = logging.getLogger(__name__)

GROUP = "events"
MAX_IN_FLIGHT = 500
MAX_BYTES_IN_FLIGHT = 8 * 1024 * 1024
"""Announced and not yet taken by Redis; beyond, announcements are dropped, for a flood must not fill this process's memory."""
MAX_CHARS = 512 * 1024
"""Size of a frame or an announcement; the server and Redis refuse far larger ones."""
LEVEL_NAMES = {int(level): quoted(str(level.label)) for level in Level}
# What a client that knows only the contract sees of an Execution's state.
WIRE_STATUS = {
    State.PENDING: "IDLE",
    State.QUEUED: "IDLE",
    State.RUNNING: "RUNNING",
    State.CANCELLING: "RUNNING",
    State.SUCCESS: "SUCCESS",
    State.ERROR: "ERROR",
    State.CANCELLED: "CANCELLED",
}
JOB_RESULT = {JobStatus.COMPLETED: "SUCCESS", JobStatus.ERROR: "ERROR", JobStatus.CANCELLED: "CANCELLED"}


def iso(moment: datetime) -> str:
    """ISO 8601 with the offset of the hub's time zone."""
    return timezone.localtime(moment).isoformat(timespec="milliseconds")


def encode_line(job_id: int, seq: int, level: int, sistema: str, mensagem: str, timestamp: str) -> str:
    """A log payload as JSON text. By hand, for it is made once a line: json.dumps would cost more than storing it."""
    return (
        f'{{"job_id":{job_id},"seq":{seq},"level":{LEVEL_NAMES[level]},"sistema":{quoted(sistema)},'
        f'"mensagem":{quoted(mensagem)},"timestamp":"{timestamp}"}}'
    )


def log_frame(line: str) -> str:
    """The frame of one encoded line."""
    return f'{{"type":"log","payload":{line}}}'


def logs_frames(lines: Sequence[str]) -> list[str]:
    """Frames of many encoded lines, for clients that asked for batches; each of about MAX_CHARS at most."""
    return ['{"type":"logs","payload":[' + ",".join(part) + "]}" for part in portions(lines)]


def portions(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """`lines` in order, in runs of about MAX_CHARS at most."""
    start = size = 0
    for index, line in enumerate(lines):
        size += len(line)
        if size > MAX_CHARS and index > start:
            yield lines[start:index]
            start, size = index, len(line)
    if start < len(lines):
        yield lines[start:] if start else lines


def status_frame(execution: Execution) -> str:
    payload: dict[str, Any] = {
        "job_id": execution.job_id,
        "sistema_id": execution.sistema_id,
        "status": WIRE_STATUS[State(execution.status)],
        "progresso": execution.progresso,
        "mensagem": execution.mensagem,
        "execution_id": execution.pk,
        "estado": str(execution.status),
        "tentativa": execution.tentativa,
        "tentativas_max": execution.tentativas_max,
        "versao": execution.version,
        "codigo": execution.codigo,
        "motivo": execution.motivo,
    }
    if execution.pedido_codigo:
        payload["codigo_pedido"] = execution.pedido_codigo
    return json.dumps({"type": "status", "payload": payload}, ensure_ascii=False)


def job_complete_frame(job: Job) -> str:
    status = str(job.status) if settings.LEGACY_JOB_STATUS else JOB_RESULT[JobStatus(job.status)]
    payload = {"job_id": job.pk, "status": status, "duracao_segundos": duration(job)}
    return json.dumps({"type": "job_complete", "payload": payload}, ensure_ascii=False)


def duration(thing: Job | Execution) -> float | None:
    """Seconds from start to end (to now while it runs); None when it never started."""
    if thing.started_at is None:
        return None
    return round(max(((thing.finished_at or timezone.now()) - thing.started_at).total_seconds(), 0.0), 3)


def publish_lines(job_id: int, first: int, lines: Sequence[tuple[int, str, str]], moment: datetime) -> None:
    """Announce the stored lines `first`, `first+1`, … of a job: (level, sistema, mensagem), all of one moment.

    They go as they are: whoever has a client for them makes their JSON (`unpack_lines`), nobody does where no one looks on.
    """
    packed: bytes = msgpack.packb(lines)
    if len(packed) > MAX_CHARS and len(lines) > 1:
        half = len(lines) // 2
        publish_lines(job_id, first, lines[:half], moment)
        publish_lines(job_id, first + half, lines[half:], moment)
        return
    last = first + len(lines) - 1
    message = {"type": "lines", "job": job_id, "first": first, "last": last, "at": iso(moment), "lines": packed}
    _publisher().send(message, size=len(packed))


def unpack_lines(job_id: int, first: int, at: str, packed: bytes) -> list[str]:
    """The payloads of announced lines, encoded."""
    lines = enumerate(msgpack.unpackb(packed, use_list=False), first)  # tuples: made faster than lists
    return [encode_line(job_id, seq, level, sistema, mensagem, at) for seq, (level, sistema, mensagem) in lines]


def publish_status(execution: Execution) -> None:
    """Announce an Execution as it now stands in the database."""
    _publisher().send(
        {"type": "status", "execution": execution.pk, "version": execution.version, "frame": status_frame(execution)}
    )


def publish_job_complete(job: Job) -> None:
    """Announce the end of a job."""
    _publisher().send({"type": "job_complete", "job": job.pk, "last": job.log_seq, "frame": job_complete_frame(job)})


def drain(timeout: float = 2.0) -> None:
    """Wait (at most `timeout` seconds) until what was published has left this process."""
    _publisher().drain(timeout)


class _Publisher:
    """One event loop in a thread of its own, for the channel layer is asynchronous and our callers are not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._messages = self._bytes = 0
        self._dropping = False
        threading.Thread(target=self._loop.run_forever, name="events", daemon=True).start()

    def send(self, message: dict[str, Any], *, size: int = 0) -> None:
        """Publish `message`; `size` is that of its lines, which are given up first."""
        with self._lock:
            full = self._messages >= MAX_IN_FLIGHT or (size and self._bytes + size > MAX_BYTES_IN_FLIGHT)
            if not full:
                self._messages, self._bytes = self._messages + 1, self._bytes + size
            news, self._dropping = full and not self._dropping, bool(full)
        if news:
            log.warning("announcements dropped: Redis is slow or away; clients read from the database")
        if not full:
            asyncio.run_coroutine_threadsafe(self._send(message, size), self._loop)

    async def _send(self, message: dict[str, Any], size: int) -> None:
        try:
            layer = get_channel_layer()
            if layer is not None:
                await asyncio.wait_for(layer.group_send(GROUP, message), timeout=10)
        except Exception as error:  # whatever Redis does, a run goes on
            log.warning("announcement lost: %s", type(error).__name__)
        finally:
            with self._lock:
                self._messages, self._bytes = self._messages - 1, self._bytes - size

    def drain(self, timeout: float) -> None:
        async def last() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            pending = [task for task in others if getattr(task.get_coro(), "__name__", "") == "_send"]
            if pending:
                await asyncio.wait(pending, timeout=timeout)

        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(last(), self._loop).result(timeout)


@cache
def _publisher() -> _Publisher:
    return _Publisher()
