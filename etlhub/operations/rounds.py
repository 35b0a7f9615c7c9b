"""What the watchman does for operations at each of its rounds: says that it lives, sees to the daily backup."""

from __future__ import annotations

import contextlib
import logging
import time

import redis

from etlhub.operations import presence
from etlhub.operations.daily import Daily

log = logging.getLogger(__name__)
SIGN_SECONDS = 5.0


class Rounds:
    """`tick` at each round, `stop` at the end. Neither waits nor raises for what is not the watchman's own work."""

    def __init__(self) -> None:
        self._daily = Daily()
        self._signed = float("-inf")

    def tick(self) -> None:
        now = time.monotonic()
        if now - self._signed >= SIGN_SECONDS:
            self._signed = now
            with contextlib.suppress(redis.RedisError):
                presence.announce("vigia")
        try:
            self._daily.tick()
        except OSError as error:
            log.warning("daily backup put off: %s", error)

    def stop(self) -> None:
        with contextlib.suppress(redis.RedisError):
            presence.withdraw("vigia")
        self._daily.stop()
