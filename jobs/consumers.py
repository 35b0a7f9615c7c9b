"""The one Channels consumer: authenticates, tells the present state, replays, follows; never repeats, never skips a line.

For each job a client follows, `seen` is the last line it was sent and `client.top` the last known to be stored. Whatever was
announced in between is taken from the announcements, whatever was not is read from the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.db.models import Max

from etlhub import sockets
from jobs import events, queries
from jobs.fanout import Client, Lines, fanout, latest_versions
from jobs.models import SEQ_BITS, Job, LogEntry

log = logging.getLogger(__name__)

REPLAY_LINES = 2000
GO_AWAY = 4011
"""Close code for 1011 of RFC 6455 (a fault of the server's), which the server's library refuses to send."""
REMEMBERED = 1000
"""Jobs that have ended and whose last line is still known."""
SNAPSHOT = 500
"""Executions under way or waiting that a new client is told, at most."""
MAX_FOLLOWED = 20
"""Jobs that one client may subscribe to at once; the oldest subscription makes room."""


class EventsConsumer(AsyncWebsocketConsumer):
    """`/ws` as CONTRACT section 3 describes it. With `?logs=assinados` no lines come but of subscribed jobs, from the start."""

    channel_layer_alias = ""  # the fan-out holds the process's one subscription; a consumer needs none of its own

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = Client()
        self.seen: dict[int, int] = {}
        self.batched: set[int] = set()
        self.turn: Counter[int] = Counter()
        """How often each job was subscribed to or left: what was being sent under an earlier turn stops."""
        self.sent: dict[int, int] = {}
        self.sender: asyncio.Task[None] | None = None
        self.place: sockets.Place | None = None

    async def connect(self) -> None:
        await self.accept()
        try:
            self.place = await sockets.places().enter(self.scope, self.close)
        except sockets.Refused as refused:
            await self.close(refused.code)
            return
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        if query.get("logs") == ["assinados"]:
            self.client.follows = set()
        try:
            past = await database_sync_to_async(latest_versions)()
            await fanout().join(self.client)
            self.client.base, self.client.newest = await _unfinished()
            self.client.ready = True
        except DatabaseError as error:
            await self._drop(error)
            return
        self.sender = asyncio.create_task(self._send_all(past))

    async def __call__(self, *arguments: Any) -> None:
        """However it ends, nothing of it stays behind: after a fault nobody calls `disconnect`."""
        try:
            await super().__call__(*arguments)
        finally:
            fanout().leave(self.client)
            if self.place is not None:
                sockets.places().leave(self.place)
            if self.sender is not None:
                self.sender.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await self.sender

    async def _drop(self, error: Exception) -> None:
        """The database is away: the client comes again and asks from where it was."""
        log.warning("client dropped: %s", type(error).__name__)
        await self.close(GO_AWAY)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        if self.place is None or not self.place.may_speak():
            await self.close(sockets.TOO_FAST)
            return
        try:
            message = json.loads(text_data or "")
            kind = message.get("type")
            if kind == "subscribe":
                job, after = int(message["job_id"]), max(int(message.get("after") or 0), 0)
                await self._subscribe(job, after, batch=message.get("batch") is True)
            elif kind == "unsubscribe":
                self._unsubscribe(int(message["job_id"]))
            elif kind == "ping":
                await self.send(text_data='{"type":"pong","payload":{}}')
        except DatabaseError as error:
            await self._drop(error)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            text = "Mensagem não entendida."
            await self.send(text_data=json.dumps({"type": "error", "payload": {"mensagem": text}}, ensure_ascii=False))

    async def _subscribe(self, job: int, after: int, *, batch: bool) -> None:
        top = await _top(job)
        if top is None:
            payload = {"mensagem": "Execução não encontrada.", "job_id": job}
            await self.send(text_data=json.dumps({"type": "error", "payload": payload}, ensure_ascii=False))
            return
        client = self.client
        client.follows = set() if client.follows is None else client.follows
        while len(client.follows) >= MAX_FOLLOWED:
            self._unsubscribe(next(iter(self.seen)))
        # What came of this job before this frame came unasked; what comes after it starts at `after`.
        self._unsubscribe(job)
        payload = {"job_id": job, "after": after, "top": top}
        await self.send(text_data=json.dumps({"type": "subscribed", "payload": payload}))
        self.seen[job] = after
        client.completed.pop(job, None)
        self.batched.discard(job)
        if batch:
            self.batched.add(job)
        client.follows.add(job)
        client.top[job] = max(client.top.get(job, 0), top)
        client.wake.set()

    def _unsubscribe(self, job: int) -> None:
        self.turn[job] += 1
        if self.client.follows is not None:
            self.client.follows.discard(job)
        self.seen.pop(job, None)
        self.client.top.pop(job, None)

    async def _send_all(self, past: dict[int, int]) -> None:
        """Send what is due, as fast as this client reads, until it leaves. What stood in `past` before it came is no news."""
        try:
            for execution in await _snapshot():
                await self._send_status(execution.pk, execution.version, events.status_frame(execution))
            self.sent = past | self.sent
            while True:
                await self.client.wake.wait()
                self.client.wake.clear()
                await self._send_statuses()
                await self._send_lines()
                await self._send_completed()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            await self._drop(error)

    async def _send_statuses(self) -> None:
        waiting, self.client.statuses = self.client.statuses, {}
        for execution, (version, frame) in waiting.items():
            await self._send_status(execution, version, frame)

    async def _send_status(self, execution: int, version: int, frame: str) -> None:
        if version > self.sent.get(execution, -1):
            self.sent[execution] = version
            if len(self.sent) > REMEMBERED:
                del self.sent[next(iter(self.sent))]
            await self.send(text_data=frame)

    async def _send_lines(self) -> None:
        client = self.client
        while client.lines:
            message = client.next_lines()
            job = message.job
            if not client.wants(job):
                continue
            seen = self.seen.setdefault(job, client.start_of(job, message.first - 1))
            if message.last > seen and message.first > seen + 1:
                await self._replay(job, message.first - 1)
                seen = self.seen.get(job, message.last)
            if message.first - 1 <= seen < message.last:
                await self._forward(message, seen)
        for job, top in list(client.top.items()):
            if client.wants(job):
                self.seen.setdefault(job, client.start_of(job, top))
                await self._replay(job, top)

    async def _forward(self, message: Lines, seen: int) -> None:
        """Send what `seen` leaves of an announcement."""
        skip, turn = seen - message.first + 1, self.turn[message.job]
        if message.job in self.batched:
            frames = events.logs_frames(message.lines[skip:]) if skip else message.batches
        else:
            frames = message.singles[skip:]
        for frame in frames:
            await self.send(text_data=frame)
            if self.turn[message.job] != turn:
                return
        self.seen[message.job] = message.last

    async def _replay(self, job: int, upto: int) -> None:
        """Send the lines after what was seen, to `upto`, from the database."""
        turn = self.turn[job]
        while (seen := self.seen.get(job, upto)) < upto:
            lines, last = await _read(job, seen, min(upto, seen + REPLAY_LINES))
            if self.turn[job] == turn and lines:
                await self._forward(Lines(job, seen + 1, max(last, seen + 1), partial(list, lines)), seen)
            if self.turn[job] != turn:
                return
            self.seen[job] = max(last, min(upto, seen + REPLAY_LINES))  # lines that retention removed are gone
            await self._send_statuses()

    async def _send_completed(self) -> None:
        for job, (last, frame) in list(self.client.completed.items()):
            if not frame or (self.client.wants(job) and self.seen.get(job, self.client.start_of(job, last)) < last):
                continue
            self.client.completed[job] = (last, "")
            await self._send_statuses()
            await self.send(text_data=frame)
            if self.client.follows is None:
                self.client.top.pop(job, None)  # `seen` stays: a late announcement must not be sent again
        while len(self.client.completed) > REMEMBERED:
            del self.client.completed[next(iter(self.client.completed))]
        while len(self.seen) > REMEMBERED:
            del self.seen[next(iter(self.seen))]


@database_sync_to_async
def _snapshot() -> list[Any]:
    return [*queries.last_ended(), *queries.active_executions(SNAPSHOT)]


@database_sync_to_async
def _unfinished() -> tuple[dict[int, int], int]:
    """The last stored line of each job that has not ended, and the newest job there is."""
    newest = Job.objects.aggregate(newest=Max("pk"))["newest"] or 0  # first: a job made meanwhile is then in both
    return dict(queries.unfinished_jobs().values_list("pk", "log_seq")), newest


@database_sync_to_async
def _top(job: int) -> int | None:
    return Job.objects.values_list("log_seq", flat=True).filter(pk=job).first() if 0 < job < 1 << 31 else None


@database_sync_to_async
def _read(job: int, after: int, upto: int) -> tuple[list[str], int]:
    """Lines after `after` up to `upto`, encoded; and the last one's seq."""
    base = job << SEQ_BITS
    found = LogEntry.objects.filter(id__gt=base + after, id__lte=base + upto).order_by("id")
    rows = list(found.values_list("id", "level", "sistema", "mensagem", "timestamp")[:REPLAY_LINES])
    at = {moment: events.iso(moment) for moment in {row[4] for row in rows}}  # one for all lines of a batch
    encoded = [
        events.encode_line(job, pk - base, level, sistema, mensagem, at[moment])
        for pk, level, sistema, mensagem, moment in rows
    ]
    return encoded, rows[-1][0] - base if rows else upto
