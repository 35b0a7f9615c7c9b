"""One per web process: receives each announcement once, keeps it encoded, offers it to every client of this process.

Bounded: a client that does not keep up loses announcements from its window (never lines: it reads those from the database),
and of statuses it keeps only each Execution's newest.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db.models import Max, Q

from jobs import events
from jobs.models import ACTIVE, Execution, Job, Transition, open_in

log = logging.getLogger(__name__)

WINDOW = 64
"""Announcements of lines that a client may lag behind before it reads from the database; and their size, in bytes."""
WINDOW_BYTES = 2 * 1024 * 1024
POLL_SECONDS = 1.0
"""How often the database is asked for what was never announced: states, lines of followed jobs, ends."""
OVERLAP = 50
"""Transitions that are looked at once more."""


@dataclass
class Lines:
    """Stored lines `first` to `last` of a job. Encoded when the first client needs them, once for all."""

    job: int
    first: int
    last: int
    encode: Callable[[], list[str]]
    size: int = 0
    """In bytes, before it is encoded."""

    @cached_property
    def lines(self) -> list[str]:
        """The payloads as JSON texts."""
        return self.encode()

    @cached_property
    def batches(self) -> list[str]:
        return events.logs_frames(self.lines)

    @cached_property
    def singles(self) -> list[str]:
        return [events.log_frame(line) for line in self.lines]


@dataclass(eq=False)
class Client:
    """What one WebSocket client has to be sent. Filled by the fan-out, emptied by its consumer."""

    lines: deque[Lines] = field(default_factory=deque)
    held: int = 0
    """Size of `lines`."""
    statuses: dict[int, tuple[int, str]] = field(default_factory=dict)
    completed: dict[int, tuple[int, str]] = field(default_factory=dict)
    top: dict[int, int] = field(default_factory=dict)
    """Last line of each job that is known to be stored."""
    follows: set[int] | None = None
    """Jobs whose lines it wants; None = all."""
    base: dict[int, int] = field(default_factory=dict)
    """Last stored line, when it came, of each job that had not ended then; with `newest` for a client that hears all."""
    newest: int = 0
    """The newest job there was when it came."""
    ready: bool = False
    """Whether `base` and `newest` are known; before, the database's news cannot be told from what it need not hear."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def start_of(self, job: int, default: int) -> int:
        """The line after which a client that hears all hears this job: all of a job that is newer than its coming."""
        return self.base.get(job, 0 if job > self.newest else default)

    def wants(self, job: int) -> bool:
        return self.follows is None or job in self.follows

    def offer_lines(self, message: Lines) -> None:
        if self.wants(message.job):
            self.lines.append(message)
            self.held += message.size
            while len(self.lines) > WINDOW or (self.held > WINDOW_BYTES and len(self.lines) > 1):
                self.next_lines()
            self.top[message.job] = max(self.top.get(message.job, 0), message.last)
            self.wake.set()

    def next_lines(self) -> Lines:
        """The oldest announcement, no longer held."""
        message = self.lines.popleft()
        self.held -= message.size
        return message

    def offer_status(self, execution: int, version: int, frame: str) -> None:
        if version >= self.statuses.get(execution, (0, ""))[0]:
            self.statuses[execution] = (version, frame)
            self.wake.set()

    def offer_complete(self, job: int, last: int, frame: str) -> None:
        if job in self.completed:
            return
        self.completed[job] = (last, frame)
        if self.wants(job) and (self.follows is not None or job in self.top or self.start_of(job, last) < last):
            self.top[job] = max(self.top.get(job, 0), last)
        self.wake.set()

    def learn(self, job: int, last: int, frame: str) -> None:
        """What the database says of a job: its last line, and its completion's frame when it has ended."""
        told = job in self.completed
        if job not in self.top:
            ended_before = job not in self.base and job <= self.newest
            if self.follows is not None or told or ended_before or (self.start_of(job, last) >= last and not frame):
                return
            self.top[job] = self.start_of(job, last)
        if last > self.top[job]:
            self.top[job] = last
            self.wake.set()
        if frame and not told:
            self.offer_complete(job, last, frame)
        elif told and not self.completed[job][1] and self.follows is None:
            self.top.pop(job, None)


class Fanout:
    """The clients of this process's event loop, and the one subscription that feeds them."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._known: dict[int, int] = {}
        """Version of each Execution that changed lately, as the clients were told."""
        self._moved = 0
        """The last Transition that was looked at."""

    async def join(self, client: Client) -> None:
        """Let `client` hear of everything from now on; returns when the subscription stands."""
        self._clients.add(client)
        if not self._tasks or any(task.done() for task in self._tasks):
            await self._start()

    def leave(self, client: Client) -> None:
        self._clients.discard(client)

    def __len__(self) -> int:
        return len(self._clients)

    async def _start(self) -> None:
        for task in self._tasks:
            task.cancel()
        ready = asyncio.Event()
        self._tasks = [asyncio.create_task(self._receive(ready)), asyncio.create_task(self._poll())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), timeout=3)  # Redis away: the poll below serves until it is back

    async def _receive(self, ready: asyncio.Event) -> None:
        layer: Any = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(events.GROUP, channel)
                ready.set()
                while True:
                    self._hand_out(await layer.receive(channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever Redis does, the clients stay
                log.warning("announcements interrupted: %s", type(error).__name__)
                await asyncio.sleep(1)

    def _hand_out(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "lines":
            job, first, packed = message["job"], message["first"], message["lines"]
            encode = partial(events.unpack_lines, job, first, message["at"], packed)
            lines = Lines(job, first, message["last"], encode, len(packed))
            for client in self._clients:
                client.offer_lines(lines)
        elif kind == "status":
            for client in self._clients:
                client.offer_status(message["execution"], message["version"], message["frame"])
        elif kind == "job_complete":
            for client in self._clients:
                client.offer_complete(message["job"], message["last"], message["frame"])

    async def _poll(self) -> None:
        """The net below the announcements: what was lost is found within POLL_SECONDS."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._clients:
                self._known, self._moved = (
                    {},
                    0,
                )  # whoever comes next is told the present, not all since the last one left
                continue
            try:
                await self._look()
            except Exception as error:
                log.warning("poll failed: %s", type(error).__name__)

    async def _look(self) -> None:
        changed, jobs, self._known, self._moved = await _changes(self._known, self._moved)
        clients = [client for client in self._clients if client.ready]
        for client in clients:
            for each in changed:
                client.offer_status(each.execution, each.version, each.frame)
        wanted = {job for client in clients for job in client.top if client.wants(job)}
        if any(client.follows is None for client in clients):
            wanted |= jobs
        found = await _tops(wanted) if wanted else {}
        for client in clients:
            for job, (last, frame) in found.items():
                client.learn(job, last, frame)


@dataclass(frozen=True)
class Change:
    """An Execution that is not as the clients were told."""

    execution: int
    version: int
    frame: str


def latest_versions() -> dict[int, int]:
    """Version of each Execution that the next look would find changed: what a client that comes now need not hear again."""
    newest = Transition.objects.aggregate(newest=Max("pk"))["newest"] or 0
    lately = Transition.objects.filter(pk__gt=newest - OVERLAP).values("execution")
    return dict(Execution.objects.filter(pk__in=lately).values_list("pk", "version"))


@database_sync_to_async
def _changes(known: dict[int, int], moved: int) -> tuple[list[Change], set[int], dict[int, int], int]:
    """What changed since `known` and Transition `moved`: of what is under way, and of what ended meanwhile; and the jobs."""
    newest = Transition.objects.aggregate(newest=Max("pk"))["newest"] or 0
    # Numbers are given before they are committed: one may turn up below a later one.
    lately = Transition.objects.filter(pk__gt=min(moved or newest, newest) - OVERLAP).values("execution")
    found = list(Execution.objects.filter(open_in(*ACTIVE) | Q(pk__in=lately)))
    changed = [
        Change(each.pk, each.version, events.status_frame(each)) for each in found if each.version != known.get(each.pk)
    ]
    return changed, {each.job_id for each in found}, {each.pk: each.version for each in found}, newest


@database_sync_to_async
def _tops(ids: set[int]) -> dict[int, tuple[int, str]]:
    """Last stored line of each job, and its completion's frame when it has ended."""
    return {
        job.pk: (job.log_seq, events.job_complete_frame(job) if job.finished_at else "")
        for job in Job.objects.filter(pk__in=ids)
    }


_fanouts: dict[asyncio.AbstractEventLoop, Fanout] = {}


def client_count() -> int:
    """WebSocket clients of this process."""
    return sum(len(each) for each in list(_fanouts.values()))


def fanout() -> Fanout:
    """The fan-out of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _fanouts:
        for old in [each for each in _fanouts if each.is_closed()]:
            del _fanouts[old]
        _fanouts[loop] = Fanout()
    return _fanouts[loop]
