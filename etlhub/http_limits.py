"""What the web server puts up with below Django: how long a request may take to arrive, how large it may be, from how many.

Twisted bounds the headers itself (16 KiB, 500 lines) and answers 400. Its time limit starts anew with every byte, so that
a client that trickles is never cut; ours does not. The answers made here are JSON, like all of ours.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies import WrappingFactory
from twisted.web import http

from etlhub import address

ARRIVAL_SECONDS = 60
"""For a whole request, and as long a kept-alive connection may wait for the next one."""
JSON_BYTES = 5 * 1024 * 1024
UPLOAD_BYTES = 24 * 1024 * 1024
"""For multipart: a workbook of the largest size that is read, and its envelope."""
DRAIN_BYTES = 4 * UPLOAD_BYTES
"""A refused body is read to its end up to here, so that the client sees the answer; a longer one is cut."""
STALLED_SECONDS = 60
"""A client that takes nothing of an answer for this long is cut off."""
CONNECTIONS_PER_ADDRESS = 1024
TOO_LARGE = "O pedido é grande demais: o limite é {limit} MB."
SENTENCES = {
    400: "Pedido malformado.",
    500: "Erro interno do servidor. Tente de novo.",
    503: "O servidor demorou demais para responder. Tente de novo.",
}


def error(sentence: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Body and headers of an answer that Django does not give."""
    body = {"detail": sentence, "message": sentence, "status": "error", "success": False}
    content = json.dumps(body, ensure_ascii=False).encode()
    return content, [
        (b"Content-Type", b"application/json; charset=utf-8"),
        (b"Content-Length", str(len(content)).encode()),
        (b"X-Content-Type-Options", b"nosniff"),
        (b"Cache-Control", b"no-store"),
        (b"Connection", b"close"),
    ]


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """A request whose body is not kept beyond its limit, and whose errors are JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.arrived, self.refused = 0, False
        self.moved_at = time.monotonic()
        super().__init__(*args, **kwargs)
        self.channel.setTimeout(ARRIVAL_SECONDS)

    @property
    def limit(self) -> int:
        kinds = self.requestHeaders.getRawHeaders(b"content-type") or [b""]
        return UPLOAD_BYTES if kinds[0].lower().startswith(b"multipart/form-data") else JSON_BYTES

    def gotLength(self, length: int | None) -> None:  # noqa: N802  (twisted's name)
        self.refused = length is not None and length > self.limit
        super().gotLength(0 if self.refused else length)
        if self.refused and length is not None and length > DRAIN_BYTES:
            self._cut()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.arrived += len(data)
        self.refused = self.refused or self.arrived > self.limit
        if not self.refused:
            super().handleContentChunk(data)
        elif self.arrived > DRAIN_BYTES:
            self._cut()

    def process(self) -> Any:
        if self.refused:
            self._respond(413, TOO_LARGE.format(limit=self.limit // 2**20))
            return None
        return super().process()

    def handle_reply(self, message: dict[str, Any]) -> None:
        self.moved_at = time.monotonic()
        super().handle_reply(message)

    def check_timeouts(self) -> None:
        """An answer under way may take as long as its client reads; daphne's limit is for one that stands still.

        It is cut, not ended: an end would make what came look whole.
        """
        if not self._response_started:
            super().check_timeouts()
        elif (channel := self._channel()) is not None and time.monotonic() - self.moved_at > self.server.http_timeout:
            channel.transport.abortConnection()

    def _channel(self) -> Any:
        """The connection; None when the client has gone, for Twisted then takes the attribute away."""
        return getattr(self, "channel", None)

    async def drained(self) -> None:
        """Return when the transport takes more; cut the connection when it does not for STALLED_SECONDS."""
        channel = self._channel()
        if channel is None or channel.writable.is_set():
            return
        try:
            await asyncio.wait_for(channel.writable.wait(), STALLED_SECONDS)
        except TimeoutError:
            channel.transport.abortConnection()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:  # noqa: ARG002  (daphne's signature)
        self._respond(status, SENTENCES.get(status, "Não foi possível atender o pedido."))

    def _respond(self, status: int, sentence: str) -> None:
        content, headers = error(sentence)
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": content})

    def _cut(self) -> None:
        self.channel.transport.write(
            b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        self.channel.loseConnection()


class DeadlineChannel(http.HTTPChannel):
    """Counts the time of a request from its beginning, whatever trickles in; knows whether its transport takes more."""

    def connectionMade(self) -> None:  # noqa: N802
        self.writable = asyncio.Event()
        self.writable.set()
        super().connectionMade()  # type: ignore[no-untyped-call]

    def pauseProducing(self) -> None:  # noqa: N802
        self.writable.clear()
        super().pauseProducing()  # type: ignore[no-untyped-call]

    def resumeProducing(self) -> None:  # noqa: N802
        self.writable.set()
        super().resumeProducing()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        self.writable.set()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def resetTimeout(self) -> None:  # noqa: N802
        """A byte more is no reason to wait longer."""

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802
        """Twisted's own says nothing but the status."""
        content, headers = error(SENTENCES[400])
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        transport: Any = self.transport
        transport.write(b"HTTP/1.1 400 Bad Request\r\n" + lines + b"\r\n" + content)
        self.loseConnection()  # type: ignore[no-untyped-call]


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """daphne's factory with our channel and request."""

    protocol = DeadlineChannel

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.timeOut = ARRIVAL_SECONDS

    def buildProtocol(self, addr: IAddress | None) -> Any:  # noqa: N802
        channel = super().buildProtocol(addr)
        channel.requestFactory = BoundedRequest
        return channel


class CountedFactory(WrappingFactory):
    """At most CONNECTIONS_PER_ADDRESS of one address (a trusted proxy speaks for many)."""

    def __init__(self, server: Any) -> None:
        super().__init__(BoundedFactory(server))  # type: ignore[no-untyped-call]
        self.count: Counter[str] = Counter()

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        host = str(getattr(addr, "host", ""))
        if self.count[host] >= CONNECTIONS_PER_ADDRESS and not address.is_proxy(host):
            return None
        self.count[host] += 1
        protocol: Any = super().buildProtocol(addr)
        protocol.counted_host = host
        return protocol

    def unregisterProtocol(self, p: Any) -> None:  # noqa: N802
        super().unregisterProtocol(p)  # type: ignore[no-untyped-call]
        self.count[p.counted_host] -= 1
        if self.count[p.counted_host] <= 0:
            del self.count[p.counted_host]
