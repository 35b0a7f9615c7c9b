"""Counts tries per key in Redis, so that the limit holds across processes. Redis away: nobody is locked out."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable

import redis

from etlhub.errors import TooMany
from etlhub.redis_client import client

log = logging.getLogger(__name__)
WINDOW_SECONDS = 300
MAX_TRIES = 10


def _name(key: str) -> str:
    # A mistyped login may be a password: only its hash goes to Redis.
    return "etlhub:tentativas:" + hashlib.sha256(key.encode()).hexdigest()


def check(keys: Iterable[str], sentence: str, *, limit: int = MAX_TRIES) -> None:
    """Raise TooMany when any key has reached `limit` tries within the window; `{espera}` in `sentence` is filled."""
    for key in keys:
        try:
            tries = client().get(_name(key))
            left = client().ttl(_name(key))
        except redis.RedisError as error:
            log.warning("throttle not counted: %s", type(error).__name__)
            return
        if tries is not None and int(tries) >= limit:
            wait = max(int(left), 1)
            raise TooMany(sentence.format(espera=f"{wait // 60 + 1} min" if wait >= 60 else f"{wait} s"), wait)


def count(keys: Iterable[str], *, window: int = WINDOW_SECONDS) -> None:
    """One try more for each key; forgotten `window` seconds after the first."""
    try:
        for key in keys:
            with client().pipeline() as pipe:
                pipe.incr(_name(key))
                pipe.expire(_name(key), window, nx=True)
                pipe.execute()
    except redis.RedisError as error:
        log.warning("throttle not counted: %s", type(error).__name__)


def reset(keys: Iterable[str]) -> None:
    """Forget the tries of each key."""
    try:
        client().delete(*[_name(key) for key in keys])
    except redis.RedisError as error:
        log.warning("throttle not reset: %s", type(error).__name__)
