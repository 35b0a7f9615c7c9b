"""A TCP relay between browser and hub whose connections can be cut, as a pulled cable or a proxy would cut them."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 60.0
# With this a close sends a reset at once, as no polite end would.
_RESET = struct.pack("ii", 1, 0)


class Relay:
    """`with Relay(port) as relay:` listens on `relay.port` and leads to `port`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> int:
        """Reset every connection that stands; how many there were."""
        with self._lock:
            open_now, self._open = self._open, set()
        for each in open_now:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                each.shutdown(socket.SHUT_RD)
            each.close()
        return len(open_now) // 2

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                hub = socket.create_connection(("127.0.0.1", self._target), TIMEOUT_SECONDS)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, hub}
            for source, sink in ((client, hub), (hub, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            source.settimeout(TIMEOUT_SECONDS)
            while block := source.recv(CHUNK):
                sink.sendall(block)
        with self._lock:
            self._open -= {source, sink}
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
