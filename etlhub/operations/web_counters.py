"""What only one web process knows (its requests, its WebSocket clients), counted here and shown by every other one.

Each process puts its numbers in Redis under a name that expires (etlhub.operations.presence), so whichever process answers
a scrape tells of all, on every machine; a dead one drops out by itself.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

import psutil
import redis

from etlhub.operations import presence
from jobs import fanout, process

log = logging.getLogger(__name__)

KIND = "web"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper limits in seconds of the request histogram; one more holds the rest."""
PUBLISH_SECONDS = 5.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass
class Times:
    """A histogram: requests a bucket (not cumulative), and their seconds together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


_lock = threading.Lock()
_requests: dict[str, Times] = {}


def observe(method: str, status: int, seconds: float) -> None:
    """Count one request that was answered."""
    name = f"{method if method in METHODS else 'OTHER'} {status // 100}xx"
    with _lock:
        _requests.setdefault(name, Times()).add(seconds)


def snapshot() -> dict[str, Any]:
    """This process's numbers, as JSON holds them."""
    with _lock:
        requests = {name: {"counts": list(times.counts), "seconds": times.seconds} for name, times in _requests.items()}
    return {"clientes": fanout.client_count(), "memoria": psutil.Process().memory_info().rss, "pedidos": requests}


def all_processes() -> dict[str, dict[str, Any]]:
    """The numbers of every web process by `host:pid`; only of this one while Redis is away."""
    own = f"{process.host_name()}:{psutil.Process().pid}"
    try:
        found = {f"{sign.host}:{sign.pid}": sign.data for sign in presence.signs(KIND)}
    except redis.RedisError:
        found = {}
    return found | {own: snapshot()}


class Publisher:
    """Puts this process's numbers where the others see them, in a thread of its own."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metricas", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PUBLISH_SECONDS)

    def _run(self) -> None:
        while True:
            try:
                presence.announce(KIND, snapshot())
            except redis.RedisError as error:
                log.debug("metrics not published: %s", type(error).__name__)
            if self._stop.wait(PUBLISH_SECONDS):
                break
        try:
            presence.withdraw(KIND)
        except redis.RedisError:
            return
