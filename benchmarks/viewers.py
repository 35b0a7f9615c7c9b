"""200 viewers of one job at 100 lines/s, 20 of whom stop reading: delay, gaps, and the web server's memory.

    python -m benchmarks.viewers [--viewers N] [--stalled N] [--seconds N]

The baseline is the same job with one viewer, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.common import hub, report, resident_mib, spread
from tests.hub import Hub
from tests.jobs.live import execute, program

RATE = 100


class Viewer:
    """One browser: counts gaps and notes how long after its writing each line came."""

    def __init__(self, job: int, *, stalled: bool = False) -> None:
        self.job, self.stalled = job, stalled
        self.seen = self.gaps = 0
        self.delays: list[float] = []

    async def watch(self, socket: ClientConnection, count: int) -> None:
        await socket.send(json.dumps({"type": "subscribe", "job_id": self.job, "after": 0, "batch": True}))
        if self.stalled:
            socket.transport.pause_reading()
            return
        while self.seen < count:
            frame = json.loads(await socket.recv())
            now = time.time()
            for line in frame["payload"] if frame["type"] == "logs" else ():
                self.gaps += line["seq"] != self.seen + 1
                self.seen = line["seq"]
                self.delays.append((now - float(line["mensagem"])) * 1000)


async def crowd(running: Hub, cookie: str, job: int, viewers: int, stalled: int, count: int) -> list[Viewer]:
    url, origin = f"ws://127.0.0.1:{running.port}/ws?logs=assinados", Origin(f"http://127.0.0.1:{running.port}")
    everyone = [Viewer(job, stalled=number < stalled) for number in range(viewers)]

    async def one(viewer: Viewer, started: asyncio.Event) -> None:
        async with connect(
            url, additional_headers={"Cookie": cookie}, origin=origin, proxy=None, open_timeout=60, max_size=None
        ) as socket:
            await viewer.watch(socket, count)
            if viewer.stalled:
                await started.wait()

    done = asyncio.Event()
    tasks = [asyncio.create_task(one(viewer, done)) for viewer in everyone]
    readers = [task for task, viewer in zip(tasks, everyone, strict=True) if not viewer.stalled]
    await asyncio.wait_for(asyncio.gather(*readers), timeout=300)
    done.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    return everyone


def measure(running: Hub, client: httpx.Client, viewers: int, stalled: int, seconds: int) -> dict[str, Any]:
    count = RATE * seconds
    warm = 8  # seconds for all to connect before the first line
    code = f"t=time.time()+{warm}\nfor n in range({count}):\n time.sleep(max(t+n/{RATE}-time.time(),0))\n print(time.time())"
    program(client, "fidc", f"exec({code!r})")
    job = execute(client, "fidc")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    web = running.processes["web"].pid
    before = resident_mib(web)
    everyone = asyncio.run(crowd(running, cookie, job, viewers, stalled, count))
    readers = [viewer for viewer in everyone if not viewer.stalled]
    return {
        "viewers": viewers,
        "not_reading": stalled,
        "delay_ms": spread([delay for viewer in readers for delay in viewer.delays]),
        "gaps": sum(viewer.gaps for viewer in readers),
        "lines_each": count,
        "web_memory_mib": {"before": before, "after": resident_mib(web)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--stalled", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=15)
    arguments = parser.parse_args()
    limits = {"ETLHUB_SOCKETS_PER_USER": "1000", "ETLHUB_SOCKETS_PER_ADDRESS": "1000"}
    with hub(environment=limits) as running, running.client() as client:
        one = measure(running, client, 1, 0, arguments.seconds)
        many = measure(running, client, arguments.viewers, arguments.stalled, arguments.seconds)
    report("viewers", rate_lines_per_s=RATE, baseline_one_viewer=one, crowd=many)


if __name__ == "__main__":
    main()
