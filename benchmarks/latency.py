"""POST /api/execute -> first ETL line at a WebSocket client, and line written -> client at a steady rate.

    python -m benchmarks.latency [--runs N]

The baseline of the first figure is `python -c print` started and read in the same run; the ETL is that very command, so that
what is above the baseline is the hub's: the request, the queue, the lease, the secrets, the log, the announcement.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

import httpx
from websockets.sync.client import ClientConnection

from benchmarks.common import hub, report, spread
from tests.hub import Hub
from tests.jobs.live import completes, execute, lines, program, until

BARE = [sys.executable, "-c", "print('[INFO] [TESTE] x')"]


def bare_interpreter(runs: int) -> list[float]:
    """Milliseconds from spawn to the first byte read of `python -c print`."""
    out = []
    for _ in range(runs):
        started = time.perf_counter()
        with subprocess.Popen(BARE, stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            out.append((time.perf_counter() - started) * 1000)
    return out


def first_line(client: httpx.Client, socket: ClientConnection, sistema: str) -> float:
    """Milliseconds from POST to the first log frame of the job."""
    started = time.perf_counter()
    job = execute(client, sistema)
    at: list[float] = []

    def seen(frame: dict[str, Any]) -> bool:
        if frame["type"] in ("log", "logs") and not at and lines([frame], job):
            at.append(time.perf_counter())
        return bool(at) and completes(job)(frame)

    until(socket, seen, 60)
    return (at[0] - started) * 1000


def to_first_line(running: Hub, client: httpx.Client, runs: int, sistema: str) -> dict[str, Any]:
    bare, hubs = [], []
    with running.socket(client) as socket:
        first_line(client, socket, sistema)  # the first run of a worker imports what it needs
        first_line(client, socket, sistema)
        for _ in range(runs):
            bare += bare_interpreter(1)
            hubs.append(first_line(client, socket, sistema))
    above = [mine - base for mine, base in zip(hubs, bare, strict=True)]
    return {"bare_python_ms": spread(bare), "post_to_first_line_ms": spread(hubs), "above_bare_ms": spread(above)}


def steady(running: Hub, client: httpx.Client, rate: int, seconds: float) -> dict[str, Any]:
    """Milliseconds from just before the child writes a line until the client has it."""
    count = int(rate * seconds)
    code = f"t=time.time()\nfor n in range({count}):\n time.sleep(max(t+n/{rate}-time.time(),0))\n print(time.time())"
    program(client, "fidc", f"exec({code!r})")
    delays: list[float] = []
    with running.socket(client, "?logs=assinados") as socket:
        job = execute(client, "fidc")
        socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 0, "batch": True}))

        def seen(frame: dict[str, Any]) -> bool:
            now = time.time()
            delays.extend((now - float(line["mensagem"])) * 1000 for line in lines([frame], job))
            return completes(job)(frame)

        until(socket, seen, seconds * 4 + 30)
    assert len(delays) == count, f"{len(delays)} of {count} lines"
    return spread(delays, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    with hub(etl=BARE) as running, running.client() as client:
        program(client, "fidc", "")
        bare = to_first_line(running, client, arguments.runs, "fidc")
    with hub() as running, running.client() as client:
        rates = {f"{rate}_lines_per_s": steady(running, client, rate, 8) for rate in (100, 1000)}
    with hub(etl=None) as running, running.client() as client:
        login = {"url": "http://127.0.0.1:9/", "username": "x", "password": "nenhuma-senha"}
        client.post("/api/credentials", json={"fidc": login}).raise_for_status()
        own = to_first_line(running, client, max(arguments.runs // 4, 5), "fidc")
    report("latency", bare_etl=bare, own_etl=own, line_to_client_ms=rates)


if __name__ == "__main__":
    main()
