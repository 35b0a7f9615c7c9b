"""A TCP balancer: each connection goes to the next web server that takes it. No sticky sessions, no look into what passes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Sequence

CHUNK = 64 * 1024
CONNECT_SECONDS = 2.0
STOP_SECONDS = 10.0


class Balancer:
    """`with Balancer(ports) as door`: clients talk to `door.port`, `door.url`."""

    def __init__(self, targets: Sequence[int]) -> None:
        self._targets = list(targets)
        self._next = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="balancer", daemon=True)
        self._open: dict[int, int] = {}
        self.served: Counter[int] = Counter()
        """Connections that each web server got."""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> Balancer:
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self._server = started.result(STOP_SECONDS)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)
        self._loop.close()

    def target_of(self, client_port: int) -> int | None:
        """The web server (its port) behind the connection of the client whose own port that is."""
        return self._open.get(client_port)

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), STOP_SECONDS / 2)

    async def _connect(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._targets:
            target = self._targets[self._next % len(self._targets)]
            self._next += 1
            with contextlib.suppress(OSError):
                opened = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", target), CONNECT_SECONDS)
                return target, *opened
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client_port = int(writer.get_extra_info("peername")[1])
        found = await self._connect()
        if found is None:
            writer.transport.abort()
            return
        target, inner_reader, inner_writer = found
        self.served[target] += 1
        self._open[client_port] = target
        ways = [asyncio.create_task(_pump(*way)) for way in ((reader, inner_writer), (inner_reader, writer))]
        try:
            # One side's end is the end of both, as it is when the machine behind dies.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.pop(client_port, None)
            for way in ways:
                way.cancel()
            for side in (writer, inner_writer):
                side.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(CHUNK):
            sink.write(block)
            await sink.drain()
