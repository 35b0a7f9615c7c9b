"""The RQ worker of the hub: runs each task in its own process, without a fork.

What is heavy or unsafe is in another process anyway (the ETL), so a work horse would add its start to every run and make
Linux and Windows differ. Asked to stop, it ends the run under way and settles it, instead of waiting for hours.
"""

from __future__ import annotations

import gc
import logging
import signal
import sys
import time
from types import FrameType
from typing import Any

import redis
from rq import SimpleWorker, worker_registration
from rq.timeouts import TimerDeathPenalty
from rq.utils import now, utcformat

from etlhub.redis_client import client
from jobs import process, runner

log = logging.getLogger(__name__)
BEAT_SECONDS = 10.0
"""Between two signs of life while a task runs."""
BEAT_TTL_SECONDS = 60
WORKER_TTL_SECONDS = 30
"""An idle worker gives a sign each 15 s (RQ: this less 15) and is forgotten 90 s after its last (RQ: this and 60)."""


class HubWorker(SimpleWorker):
    """SimpleWorker with portable timeouts, that is soon back when Redis is; `current` is this process's worker."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = 2.0
    current: HubWorker | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["worker_ttl"] = WORKER_TTL_SECONDS
        super().__init__(*args, **kwargs)
        self.hostname = process.host_name()  # as in the leases: the machine's own name, or ETLHUB_HOST_NAME
        self.next_beat = 0.0
        HubWorker.current = self
        # A flood makes and drops lists of tuples by the thousand; what lives for ever need not be looked at each time.
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)

    def _install_signal_handlers(self) -> None:
        """SIGTERM, Ctrl+C and (Windows) Ctrl+Break: once to stop in order, twice to stop at once."""
        names = ["SIGINT", "SIGTERM"] + (["SIGBREAK"] if sys.platform == "win32" else [])
        for name in names:
            signal.signal(getattr(signal, name), self.request_stop)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop taking tasks; the runner ends the one under way."""
        runner.stopping.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def set_shutdown_requested_date(self) -> None:
        """Not told to Redis: nobody reads it, and a Redis that is away would throw into whatever the signal interrupted."""

    def subscribe(self) -> None:
        """No commands over Redis: whoever reaches it must not rule the workers."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's, and made known again to a Redis that lost its data."""
        super().heartbeat(timeout, pipeline=pipeline)
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            self._make_known(self.connection, timeout or self.worker_ttl + 60)

    def get_heartbeat_ttl(self, *_: Any, **__: Any) -> int:
        """RQ's sign at a task's start would outlive a killed worker by minutes; `beat` gives the next."""
        return BEAT_TTL_SECONDS

    def _make_known(self, connection: Any, ttl: int) -> None:
        connection.hset(self.key, mapping=self.serialize() | {"state": str(self.get_state())})
        connection.expire(self.key, ttl)
        worker_registration.register(self, connection)

    def beat(self) -> None:
        """Tell Redis that this worker lives, while it runs a task.

        Over the process's own client: RQ's waits half a minute for an answer, and a Redis that hangs must not hold a run up.
        """
        connection = client()
        self.last_heartbeat = now()
        connection.hset(self.key, "last_heartbeat", utcformat(self.last_heartbeat))
        connection.expire(self.key, BEAT_TTL_SECONDS)
        if not connection.hexists(self.key, "birth"):
            self._make_known(connection, BEAT_TTL_SECONDS)


def beat() -> None:
    """HubWorker.beat of this process, if it is a worker and it is time; a Redis that is away is no matter here."""
    worker, moment = HubWorker.current, time.monotonic()
    if worker is None or moment < worker.next_beat:
        return
    worker.next_beat = moment + BEAT_SECONDS
    try:
        worker.beat()
    except redis.RedisError as error:
        log.warning("worker heartbeat not sent: %s", type(error).__name__)
