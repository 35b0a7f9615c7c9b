"""daphne with back-pressure: a send to a WebSocket, or of a part of an answer, waits while the client does not read.

daphne itself hands everything to the transport at once, so a client that stops reading would grow the server's memory
without bound. Here the transport tells us when its buffer is full, and the application's `send` waits.
"""

from __future__ import annotations

import asyncio
from typing import Any

from daphne import server as daphne_server
from daphne.endpoints import build_endpoint_description_strings
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from etlhub.http_limits import BoundedRequest, CountedFactory

STALLED_SECONDS = 60
"""A client that takes nothing for this long is cut off; it reconnects and reads on from where it was."""
MAX_FRAME_BYTES = 64 * 1024
"""Clients send only small requests."""
BULKY = ("websocket.send", "http.response.body")
"""What an application sends as much of as it likes."""
MAX_WAITING = 100
"""Frames of one client that wait for the consumer."""
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Holds for what we send too (jobs.events keeps far below)."""


@implementer(IPushProducer)
class PacedProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne ships no types
    """A WebSocket connection that knows whether its transport takes more."""

    def onOpen(self) -> None:  # noqa: N802  (autobahn's name)
        self._writable = asyncio.Event()
        self._writable.set()
        # The HTTP channel stays registered after the upgrade; it would stop reading, not writing.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)
        super().onOpen()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        """Hand a message on; cut off who sends a large one in pieces, or more than the consumer can read."""
        if len(payload) > MAX_FRAME_BYTES or self.application_queue.qsize() >= MAX_WAITING:
            self.dropConnection(abort=True)
        else:
            super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803
        if hasattr(self, "_writable"):
            self._writable.set()
        super().onClose(wasClean, code, reason)

    def pauseProducing(self) -> None:  # noqa: N802  (twisted's name)
        self._writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._writable.set()

    def stopProducing(self) -> None:  # noqa: N802
        self._writable.set()

    async def drained(self) -> None:
        """Return when the transport takes more; cut the connection when it does not for STALLED_SECONDS."""
        if not hasattr(self, "_writable") or self._writable.is_set():
            return
        try:
            await asyncio.wait_for(self._writable.wait(), STALLED_SECONDS)
        except TimeoutError:
            self.transport.abortConnection()


class PacedServer(daphne_server.Server):  # type: ignore[misc]
    """daphne's server whose sends wait for their client."""

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if message["type"] in BULKY and isinstance(protocol, (PacedProtocol, BoundedRequest)):
            await protocol.drained()


def serve(application: Any, host: str, port: int) -> None:
    """Listen on `host`:`port` until SIGTERM or Ctrl+C. Raises SystemExit when the port cannot be had."""
    WebSocketFactory.protocol = PacedProtocol
    daphne_server.HTTPFactory = CountedFactory
    server = PacedServer(
        application=application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        http_timeout=120,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        ping_interval=20,
        ping_timeout=30,
        server_name="",
        verbosity=0,
    )
    server.run()
    if not server.listening_addresses:
        raise SystemExit(f"Não foi possível abrir {host}:{port}: a porta já está em uso ou não é permitida.")
