"""daphne (with our back-pressure) and uvicorn under the same load: requests, 200 viewers, and clients that do not read.

    python -m benchmarks.asgi_servers [--rounds N] [--seconds N] [--viewers N] [--lines N]

daphne, which the hub uses, is the baseline; the servers take turns, for the machine's other work comes and goes. The server's
own processor time is the figure that suffers least from it. The client is another process on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import connect
from websockets.typing import Origin

from benchmarks.common import hub, report, resident_mib, spread
from benchmarks.viewers import measure
from tests.hub import Hub
from tests.jobs.live import execute, finished, program

CONNECTIONS = 16
STALLED = 10
STALL_SECONDS = 8.0
SERVERS = ("daphne", "uvicorn")
ENVIRONMENT = {
    "ETLHUB_RATE_LIMIT": "0",
    "ETLHUB_SOCKETS_PER_USER": "1000",
    "ETLHUB_SOCKETS_PER_ADDRESS": "1000",
}
ADDRESSES = {"health": "/api/health", "jobs": "/api/jobs?limit=20", "file": "/"}


def cookie_of(client: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def _ask(port: int, request: bytes, until: float, took: list[float]) -> None:
    """One keep-alive connection: asks again as soon as the answer is whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200"):
                raise ValueError(head[:100])
            if b"content-length:" in head:
                await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
            else:
                while size := int((await reader.readline()).strip(), 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            took.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has taken."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


async def requests(port: int, pid: int, cookie: str, path: str, seconds: float) -> dict[str, Any]:
    """Requests a second over CONNECTIONS connections, how long each took, and the server's own time for one."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    warm: list[float] = []
    await asyncio.gather(*(_ask(port, request, time.perf_counter() + 1, warm) for _ in range(CONNECTIONS)))
    took: list[float] = []
    began, busy = time.perf_counter(), cpu_seconds(pid)
    await asyncio.gather(*(_ask(port, request, began + seconds, took) for _ in range(CONNECTIONS)))
    rate = round(len(took) / (time.perf_counter() - began))
    return {
        "per_second": rate,
        "cpu_ms_each": round((cpu_seconds(pid) - busy) / len(took) * 1000, 2),
        "ms": spread(took),
    }


@contextmanager
def peak_of(pid: int) -> Iterator[list[float]]:
    """Fills the list with the highest resident memory (MiB) seen while the body ran."""
    peak, stop = [resident_mib(pid)], threading.Event()

    def look() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], resident_mib(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join(5)


async def _stall(running: Hub, cookie: str, job: int) -> None:
    """Clients that ask for a whole long log and then read nothing."""
    url, origin = f"ws://127.0.0.1:{running.port}/ws?logs=assinados", Origin(f"http://127.0.0.1:{running.port}")
    options: dict[str, Any] = {"additional_headers": {"Cookie": cookie}, "proxy": None, "ping_interval": None}
    sockets = [await connect(url, origin=origin, close_timeout=0.1, **options) for _ in range(STALLED)]
    for socket in sockets:
        await socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 0, "batch": True}))
        socket.transport.pause_reading()
    await asyncio.sleep(STALL_SECONDS)
    for socket in sockets:
        socket.transport.abort()


def stalled(running: Hub, client: httpx.Client, lines: int) -> dict[str, Any]:
    """How much the server's memory grows for clients that do not read what they asked for."""
    program(client, "jcot", f"say({lines}, 'x' * 100)")
    job = execute(client, "jcot")
    assert finished(client, job, 120)["status"] == "completed"
    web = running.processes["web"].pid
    before = resident_mib(web)
    with peak_of(web) as peak:
        asyncio.run(_stall(running, cookie_of(client), job))
    asked = round(STALLED * lines * 250 / 2**20)
    return {"clients": STALLED, "asked_for_mib": asked, "grew_mib": round(peak[0] - before, 1), "peak_mib": peak[0]}


def of(server: str, seconds: int, viewers: int, lines: int) -> dict[str, Any]:
    with hub(environment=ENVIRONMENT | {"ETLHUB_SERVIDOR": server}) as running, running.client() as client:
        web, cookie = running.processes["web"].pid, cookie_of(client)
        found: dict[str, Any] = {"memory_at_start_mib": resident_mib(web)}
        found["http"] = {
            name: asyncio.run(requests(running.port, web, cookie, path, seconds)) for name, path in ADDRESSES.items()
        }
        found["memory_after_requests_mib"] = resident_mib(web)
        busy = cpu_seconds(web)
        found["viewers"] = measure(running, client, viewers, 0, seconds)
        found["viewers"]["cpu_s"] = round(cpu_seconds(web) - busy, 1)
        found["not_reading"] = stalled(running, client, lines)
    return found


def least(rounds: list[dict[str, Any]]) -> dict[str, float]:
    """The best turn of each figure: other work on the machine only ever adds."""
    return {
        "cpu_ms_of_jobs_list": min(each["http"]["jobs"]["cpu_ms_each"] for each in rounds),
        "cpu_ms_of_a_page": min(each["http"]["file"]["cpu_ms_each"] for each in rounds),
        "jobs_list_p99_ms": min(each["http"]["jobs"]["ms"]["p99"] for each in rounds),
        "viewers_cpu_s": min(each["viewers"]["cpu_s"] for each in rounds),
        "viewers_delay_p99_ms": min(each["viewers"]["delay_ms"]["p99"] for each in rounds),
        "memory_after_requests_mib": min(each["memory_after_requests_mib"] for each in rounds),
        "grew_for_who_does_not_read_mib": max(each["not_reading"]["grew_mib"] for each in rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="turns of each server")
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement")
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--lines", type=int, default=100_000, help="of the log that nobody reads")
    arguments = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SERVERS}
    load = [round(each, 1) for each in psutil.getloadavg()]
    for _ in range(arguments.rounds):
        for name in SERVERS:
            found[name].append(of(name, arguments.seconds, arguments.viewers, arguments.lines))
    best = {name: least(rounds) for name, rounds in found.items()}
    report("asgi_servers", load_before=load, least=best, **found)


if __name__ == "__main__":
    main()
