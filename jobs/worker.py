"""The RQ worker of the hub: runs each task in its own process, without a fork.

What is heavy or unsafe is in another process anyway (the ETL), so a work horse would add its start to every run and make
Linux and Windows differ. Asked to stop, it ends the run under way and settles it, instead of waiting for hours.
"""

from __future__ import annotations

import gc
import logging
import signal
import sys
from types import FrameType
from typing import Any

from rq import SimpleWorker
from rq.timeouts import TimerDeathPenalty

from jobs import runner

log = logging.getLogger(__name__)
BEAT_TTL_SECONDS = 60


class HubWorker(SimpleWorker):
    """SimpleWorker with portable timeouts; `current` is this process's worker."""

    death_penalty_class = TimerDeathPenalty
    current: HubWorker | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

    def beat(self) -> None:
        """Tell Redis that this worker lives, while it runs a task."""
        self.heartbeat(BEAT_TTL_SECONDS)


def beat() -> None:
    """HubWorker.beat of this process, if it is a worker; a Redis that is away is no matter here."""
    import redis

    try:
        if HubWorker.current is not None:
            HubWorker.current.beat()
    except redis.RedisError as error:
        log.warning("worker heartbeat not sent: %s", type(error).__name__)
