"""WebSocket clients that follow jobs, vanish and come back, and remember what they were told."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol

import httpx
import websockets.sync.client as websocket_client
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

Frame = dict[str, Any]
_ERRORS = (OSError, WebSocketException, TimeoutError, ValueError)


class Door(Protocol):
    """Where clients come in: a hub's web server, or what stands before several."""

    @property
    def port(self) -> int: ...

    @property
    def url(self) -> str: ...


class Client(threading.Thread):
    """One browser: connects again whenever it was cut off, until `leave`."""

    def __init__(self, hub: Door, cookies: httpx.Cookies, seed: int, query: str = "") -> None:
        super().__init__(daemon=True)
        self._url = f"ws://localhost:{hub.port}/ws{query}"
        self._headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        self._origin = Origin(hub.url)
        self.rng = random.Random(seed)
        self.errors: list[str] = []
        self.sessions = 0
        self.connected = False
        self.last_frame = self.last_error = ""
        self.calm = False
        """Stays where it is, while the oracle asks what it knows."""
        self._left = threading.Event()

    def leave(self) -> None:
        self._left.set()

    def run(self) -> None:
        while not self._left.is_set():
            try:
                self._session()
            except _ERRORS as error:
                self.last_error = f"{time.time():.1f} {type(error).__name__} {error}"[:200]
            self.connected = False
            self._left.wait(self.rng.uniform(0.05, 0.5))

    def _session(self) -> None:
        options: dict[str, Any] = {"additional_headers": self._headers, "origin": self._origin, "max_size": None}
        with websocket_client.connect(self._url, open_timeout=10, close_timeout=1, proxy=None, **options) as connection:
            self.sessions += 1
            self.connected = True
            self.opened(connection)
            until = time.monotonic() + self.stay()
            while not self._left.is_set() and (self.calm or time.monotonic() < until):
                with contextlib.suppress(TimeoutError):
                    text = str(connection.recv(timeout=0.2))
                    self.last_frame = f"{time.time():.1f} {text[:120]}"
                    self.take(json.loads(text))
                if self.rng.random() < 0.002:
                    self.whim(connection)
            if self.rng.random() < 0.5:
                connection.socket.shutdown(socket.SHUT_RDWR)  # gone without a word

    def story(self) -> str:
        """How it fares, for whoever asks what went wrong."""
        state = "connected" if self.connected else "not connected"
        alive = "" if self.is_alive() else ", its thread has ended"
        last = f"last frame {self.last_frame}, last error {self.last_error}"
        return f"{self.sessions} sessions, {state}{alive}, {last}; {self.errors[:3]}"

    def stay(self) -> float:
        """Seconds until it vanishes."""
        return self.rng.uniform(0.3, 6.0)

    def opened(self, connection: websocket_client.ClientConnection) -> None:
        """A new connection stands."""

    def take(self, frame: Frame) -> None:
        """A frame came."""

    def whim(self, connection: websocket_client.ClientConnection) -> None:
        """Now and then, between two frames."""


class Follower(Client):
    """Follows one job from its first line; after each return it goes on from the last line it got."""

    def __init__(self, hub: Door, cookies: httpx.Cookies, seed: int, job: int) -> None:
        super().__init__(hub, cookies, seed, "?logs=assinados")
        self.job = job
        self.got: list[tuple[int, str]] = []
        self.completed = False
        self.whims = 3
        self.asking = False
        """Has subscribed and was not answered yet."""

    def opened(self, connection: websocket_client.ClientConnection) -> None:
        after = self.got[-1][0] if self.got else 0
        self.asking = True
        wish = {"type": "subscribe", "job_id": self.job, "after": after, "batch": self.rng.random() < 0.7}
        connection.send(json.dumps(wish))

    def take(self, frame: Frame) -> None:
        kind, payload = frame["type"], frame["payload"]
        if kind == "subscribed":
            # It asked again on the same connection: what it has from there on comes once more.
            self.asking = False
            del self.got[payload["after"] :]
        elif kind in ("log", "logs"):
            for line in [payload] if kind == "log" else payload:
                if line["job_id"] == self.job:
                    self._line(line["seq"], line["mensagem"])
        elif kind == "job_complete" and payload["job_id"] == self.job:
            self.completed = True

    def whim(self, connection: websocket_client.ClientConnection) -> None:
        """Ask again from somewhere earlier while lines are on their way."""
        if self.asking or self.calm or not self.whims:
            return
        self.asking = True
        self.whims -= 1
        after = self.rng.randrange(len(self.got) + 1)
        connection.send(json.dumps({"type": "subscribe", "job_id": self.job, "after": after, "batch": False}))

    def _line(self, seq: int, text: str) -> None:
        last = self.got[-1][0] if self.got else 0
        if seq != last + 1 and len(self.errors) < 20:
            self.errors.append(f"job {self.job}: {seq} after {last}")
        self.got.append((seq, text))


class Listener(Client):
    """The existing build: sends nothing, hears everything. Each connection must be without gap from its first line on."""

    def __init__(self, hub: Door, cookies: httpx.Cookies, seed: int, newest_job: Callable[[], int]) -> None:
        super().__init__(hub, cookies, seed)
        self._newest_job = newest_job
        self.last: dict[int, int] = {}
        self.states: dict[int, tuple[int, str]] = {}
        self.completions: dict[int, int] = defaultdict(int)
        self.newest_at_open = 0
        """Jobs after this one began while it listened: it must have heard their first line."""

    def stay(self) -> float:
        return self.rng.uniform(3.0, 15.0)

    def opened(self, connection: websocket_client.ClientConnection) -> None:
        self.newest_at_open = 1 << 62
        connection.send('{"type":"ping"}')  # answered once the hub has noted where this client begins
        self.last, self.states = {}, {}
        self.completions = defaultdict(int)

    def take(self, frame: Frame) -> None:
        kind, payload = frame["type"], frame["payload"]
        if kind == "pong":
            self.newest_at_open = self._newest_job()
        elif kind == "log":
            self._line(payload["job_id"], payload["seq"])
        elif kind == "status":
            version, _ = self.states.get(payload["execution_id"], (-1, ""))
            if payload["versao"] < version:
                self.errors.append(f"execution {payload['execution_id']}: version {payload['versao']} after {version}")
            self.states[payload["execution_id"]] = (payload["versao"], payload["estado"])
        elif kind == "job_complete":
            job = payload["job_id"]
            self.completions[job] += 1
            if self.completions[job] > 1:
                self.errors.append(f"job {job}: told complete {self.completions[job]} times")

    def _line(self, job: int, seq: int) -> None:
        last = self.last.get(job, 0 if job > self.newest_at_open else None)
        if last is not None and seq != last + 1 and len(self.errors) < 20:
            self.errors.append(f"job {job}: {seq} after {last}")
        if self.completions.get(job):
            self.errors.append(f"job {job}: line {seq} after its completion")
        self.last[job] = seq
