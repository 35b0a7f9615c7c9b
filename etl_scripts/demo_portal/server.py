"""The HTTP server of the demonstration: sockets, cookies, bodies and answers; what is served lives in `portals`."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from urllib.parse import urlsplit

from .constants import MAX_BODY_BYTES, MAX_REMEMBERED_REQUESTS, SOCKET_TIMEOUT_SECONDS
from .faults import FaultBoard
from .home import Home
from .portals.base import Portal
from .portals.catalogue import make_portals
from .web import Fields, Request, Response, redirect
from .world import Settings, World

# The real pages have these addresses at their root, and their links are known by them; here each leads to its portal.
ROOT_ALIASES = {"/pegasusgestores": "/maps/pegasusgestores", "/reports/": "/fidc/reports/"}
# A header with a line end would be two headers.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows this option would let two servers share one port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], owner: DemoPortal) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; anything else is a defect of ours: shown, and kept in `problems`."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.owner.problems.append(f"{type(error).__name__}: {error}")
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class DemoPortal:
    """All the portals on one port. `with DemoPortal() as portal:` starts and stops it; `url("fidc")` is an address."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, settings: Settings | None = None) -> None:
        self.world = World(settings or Settings())
        self.portals: dict[str, Portal] = make_portals(self.world)
        self.home = Home(self)
        self.requests: deque[str] = deque(maxlen=MAX_REMEMBERED_REQUESTS)
        self.problems: deque[str] = deque(maxlen=MAX_REMEMBERED_REQUESTS)  # what went wrong in these pages themselves
        self.host = host
        self._server = _Server((host, port), self)
        self.port = int(self._server.server_address[1])
        self._thread: threading.Thread | None = None

    @property
    def faults(self) -> FaultBoard:
        return self.world.faults

    @property
    def delivered(self) -> Counter[str]:
        """How many files each sistema has handed over."""
        return self.world.delivered

    @property
    def settings(self) -> Settings:
        return self.world.settings

    @property
    def base_url(self) -> str:
        """`http://host:port`, without a final slash."""
        shown = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104 - only compared
        return f"http://{shown}:{self.port}"

    def url(self, sistema: str) -> str:
        """The address of a portal, with a final slash. Raises KeyError when there is no such portal."""
        return f"{self.base_url}/{self.portals[sistema].sistema}/"

    def reset(self) -> None:
        """Turns all faults off and forgets sessions, queues and counts."""
        self.faults.clear()
        self.requests.clear()
        self.problems.clear()
        self.delivered.clear()
        for portal in self.portals.values():
            portal.reset()

    def start(self) -> None:
        """Serves in a thread of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo-portal", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stops serving and lets go of port and temporary files; safe to call twice."""
        self.world.stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(timeout=5)
            self._thread = None
        self._server.server_close()
        for portal in self.portals.values():
            portal.reset()

    def __enter__(self) -> DemoPortal:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "PortalDemonstracao/1.0"
    sys_version = ""
    timeout = SOCKET_TIMEOUT_SECONDS
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_DELETE = do_GET  # noqa: N815 - the base class names them so

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the requests are kept in `DemoPortal.requests`."""

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        url = urlsplit(self.path)
        owner = self.server.owner
        owner.requests.append(f"{self.command} {url.path}")
        try:
            query, form = Fields(url.query), Fields(body.decode("utf-8", "replace"))
        except ValueError:
            self._send(Response(400))
            return
        for root, target in ROOT_ALIASES.items():
            if url.path.startswith(root):
                rest = url.path[len(root) :] + (f"?{url.query}" if url.query else "")
                self._send(redirect(target + rest))
                return
        sistema, _, rest = url.path.lstrip("/").partition("/")
        portal = owner.portals.get(sistema)
        if portal is None:
            self._send(
                owner.home.handle(self.command, url.path, query, form, body, self.headers.get("Content-Type", ""))
            )
            return
        if not url.path.startswith(f"/{sistema}/"):
            self._send(redirect(f"/{sistema}/"))
            return
        self._serve_portal(portal, f"/{rest}", query, form)

    def _serve_portal(self, portal: Portal, path: str, query: Fields, form: Fields) -> None:
        session = portal.sessions.open(self._cookie(portal.cookie))
        base = f"/{portal.sistema}"
        answer = portal.handle(
            Request(
                self.command, path, base, query, form, dict(self.headers.items()), session, self.headers.get("Host", "")
            )
        )
        if session.is_new:
            answer.headers.append(
                ("Set-Cookie", f"{portal.cookie}={session.key}; Path={base}/; HttpOnly; SameSite=Lax")
            )
        self._send(answer)

    def _cookie(self, name: str) -> str | None:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        except CookieError:
            return None
        return found.value if found is not None else None

    def _read_body(self) -> bytes | None:
        """The request's body; None when it was refused already."""
        text = self.headers.get("Content-Length") or "0"
        length = int(text) if text.isdigit() else MAX_BODY_BYTES + 1
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(Response(413))
            return None
        return self.rfile.read(length)

    def _send(self, answer: Response) -> None:
        body = answer.body
        length = answer.length if answer.length is not None else (len(body) if isinstance(body, bytes) else None)
        chunked = length is None and self.request_version != "HTTP/1.0"
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, _CONTROL.sub(" ", value.encode("latin-1", "replace").decode("latin-1")))
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is not None:
            self.send_header("Content-Length", str(length))
        if answer.cut_after is not None or (length is None and not chunked):
            self.close_connection = True
        self.end_headers()
        if self.command == "HEAD":
            return
        if isinstance(body, bytes):
            self.wfile.write(body)
        else:
            self._send_stream(body, chunked, answer.cut_after)

    def _send_stream(self, body: Iterator[bytes], chunked: bool, cut_after: int | None) -> None:
        sent = 0
        for block in body:
            if self.server.owner.world.stopping.is_set():
                self.close_connection = True
                return
            if cut_after is not None:
                block = block[: cut_after - sent]
            if block:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
            sent += len(block)
            if cut_after is not None and sent >= cut_after:
                return
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
