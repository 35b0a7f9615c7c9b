"""Counts per key in Redis over a sliding window, so that a limit holds across processes. Redis away: nobody is locked out."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import redis

from etlhub.redis_client import client

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5.0
"""After a failure Redis is not asked for this long: each asking could wait for its time limit."""
_not_before = 0.0


def take(limits: Mapping[str, int], window: int) -> int:
    """Count one for each key; 0, or when a key is over its limit within `window` seconds, how many seconds to wait.

    What is refused does not count. The window slides: the last whole one weighs in by the part that still overlaps.
    """
    number, passed = divmod(time.time(), window)

    def count(pipe: Any) -> None:
        for key in limits:
            name = _name(key)
            pipe.incr(f"{name}:{number:.0f}")
            pipe.expire(f"{name}:{number:.0f}", 2 * window)
            pipe.get(f"{name}:{number - 1:.0f}")

    answers = _ask(count)
    if not answers:
        return 0
    share = passed / window
    waits = [
        _wait(int(answers[3 * place]), int(answers[3 * place + 2] or 0), limit, share) * window
        for place, limit in enumerate(limits.values())
    ]
    if max(waits) <= 0:
        return 0
    _ask(lambda pipe: [pipe.decr(f"{_name(key)}:{number:.0f}") for key in limits])
    return max(math.ceil(max(waits)), 1)


def _wait(now: int, before: int, limit: int, share: float) -> float:
    """How much of a window must pass until `limit` holds; `share` of the present one is over."""
    if before * (1 - share) + now <= limit:
        return 0.0
    if now > limit:
        return 1 - share + (1 - limit / now)
    return 1 - (limit - now) / before - share


def give_back(keys: list[str], window: int) -> None:
    """Take back what `take` has just counted."""
    number = time.time() // window

    def count(pipe: Any) -> None:
        for key in keys:
            pipe.decr(f"{_name(key)}:{number:.0f}")
            pipe.expire(f"{_name(key)}:{number:.0f}", 2 * window)

    _ask(count)


def reset(keys: list[str], window: int) -> None:
    """Forget what was counted for each key."""
    number = time.time() // window
    names = [f"{_name(key)}:{each:.0f}" for key in keys for each in (number, number - 1)]
    _ask(lambda pipe: pipe.delete(*names))


def _name(key: str) -> str:
    # A mistyped login may be a password: only its hash goes to Redis.
    return "etlhub:limite:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _ask(fill: Callable[[Any], object]) -> list[Any]:
    """What Redis answers to a pipeline; nothing while it is away."""
    global _not_before
    if time.monotonic() < _not_before:
        return []
    try:
        with client().pipeline(transaction=False) as pipe:
            fill(pipe)
            return list(pipe.execute())
    except redis.RedisError as error:
        _not_before = time.monotonic() + PAUSE_SECONDS
        log.warning("limits not counted: %s", type(error).__name__)
        return []
