"""What the live tests share: say what each sistema's scripted ETL does, read frames until something is seen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from websockets.sync.client import ClientConnection

PASSWORD = "Senha-Secreta-41!"
Frame = dict[str, Any]


def program(client: httpx.Client, sistema: str, code: str) -> None:
    """What the scripted ETL (fake_etl.py) shall do for this sistema."""
    login = {"url": "http://127.0.0.1:9", "username": code, "password": PASSWORD}
    group, _, name = sistema.partition("_")
    client.post("/api/credentials", json={group: {name: login} if name else login}).raise_for_status()


def execute(client: httpx.Client, *sistemas: str, **more: Any) -> int:
    answer = client.post("/api/execute", json={"sistemas": list(sistemas), **more})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["job_id"])


def finished(client: httpx.Client, job: int, seconds: float = 60) -> dict[str, Any]:
    """The job, when it has ended."""
    limit = time.monotonic() + seconds
    while True:
        data: dict[str, Any] = client.get(f"/api/jobs/{job}").json()
        if data["status"] not in ("pending", "running"):
            return data
        assert time.monotonic() < limit, data
        time.sleep(0.05)


def frames(socket: ClientConnection, seconds: float = 30) -> Iterator[Frame]:
    """Frames as they come; TimeoutError after `seconds` in all."""
    limit = time.monotonic() + seconds
    while True:
        yield json.loads(socket.recv(timeout=max(limit - time.monotonic(), 0.01)))


def until(socket: ClientConnection, wanted: Callable[[Frame], bool], seconds: float = 30) -> list[Frame]:
    """All frames up to and with the first that is wanted."""
    seen = []
    for frame in frames(socket, seconds):
        seen.append(frame)
        if wanted(frame):
            return seen
    raise AssertionError("no frame")


def completes(job: int) -> Callable[[Frame], bool]:
    return lambda frame: frame["type"] == "job_complete" and frame["payload"]["job_id"] == job


def lines(seen: list[Frame], job: int) -> list[dict[str, Any]]:
    """The log payloads of a job, single or batched, in the order they came."""
    out = []
    for frame in seen:
        if frame["type"] == "log":
            out.append(frame["payload"])
        elif frame["type"] == "logs":
            out.extend(frame["payload"])
    return [each for each in out if each["job_id"] == job]
