"""Who is alive: each process says so in Redis under a name that expires; nobody has to clean up after a dead one."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

from etlhub.redis_client import client
from jobs import process

PREFIX = "etlhub:presenca:"
TTL_SECONDS = 30


@dataclass(frozen=True)
class Sign:
    """The last sign of one process. `clock_ahead` in seconds: how far its machine's clock is ahead of ours.

    `facts`: what its machine says of itself (etlhub.operations.machines).
    """

    host: str
    pid: int
    age: float
    clock_ahead: float
    data: dict[str, Any]
    facts: dict[str, str] = field(default_factory=dict)


def announce(kind: str, data: dict[str, Any] | None = None) -> None:
    """Say that this process lives, as a `kind` (`vigia`, `web`); redis.RedisError when Redis is away."""
    from etlhub.operations import machines  # it reads signs

    facts = machines.facts()
    sign = {"host": process.host_name(), "pid": os.getpid(), "em": time.time(), "dados": data or {}, "fatos": facts}
    name = f"{PREFIX}{kind}:{sign['host']}:{sign['pid']}"
    client().set(name, json.dumps(sign), px=TTL_SECONDS * 1000)


def withdraw(kind: str) -> None:
    """This process ends in order; redis.RedisError when Redis is away."""
    client().delete(f"{PREFIX}{kind}:{process.host_name()}:{os.getpid()}")


def signs(kind: str) -> list[Sign]:
    """Every living process of that kind, on every machine; redis.RedisError when Redis is away."""
    found = []
    for name in sorted(client().scan_iter(match=f"{PREFIX}{kind}:*", count=500)):
        with client().pipeline(transaction=True) as pipe:
            pipe.get(name)
            pipe.pttl(name)
            text, left = pipe.execute()
        if text is None or left < 0:
            continue
        sign = json.loads(text)
        age = max(TTL_SECONDS - left / 1000, 0.0)
        ahead = float(sign["em"]) + age - time.time()
        found.append(
            Sign(str(sign["host"]), int(sign["pid"]), age, ahead, dict(sign["dados"]), dict(sign.get("fatos", {})))
        )
    return found
