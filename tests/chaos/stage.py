"""A whole hub (or two machines of one) in real processes, kept running as the launcher keeps them, and its database."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg

from tests.chaos.skew import Clock
from tests.hub import Hub

CHILD = Path(__file__).with_name("child.py")
RESTART_SECONDS = 0.3
LEASE_SECONDS = 4.0
TMPFS_BYTES = 1 << 30


class Machine(Hub):
    """A hub's processes on one machine; `watch2` is a second watchman."""

    def command(self, name: str) -> list[str]:
        return super().command("watch" if name.startswith("watch") else name)


class Database:
    """What the oracle reads, past the hub's own code."""

    def __init__(self, where: str) -> None:
        self.postgres = where.startswith("postgres")
        self.where = where

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Tried again for a while: the faults hit whoever reads, too."""
        limit = time.monotonic() + 60
        while True:
            try:
                return self._rows(sql, *values)
            except (sqlite3.OperationalError, psycopg.OperationalError):
                if time.monotonic() > limit:
                    raise
            time.sleep(0.2)

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        if self.postgres:
            with psycopg.connect(self.where, autocommit=True) as connection:
                return connection.execute(sql.replace("?", "%s").encode(), values).fetchall()
        with contextlib.closing(sqlite3.connect(self.where, timeout=30)) as file:
            return file.execute(sql, values).fetchall()

    def write(self, sql: str) -> None:
        if self.postgres:
            with psycopg.connect(self.where, autocommit=True) as connection:
                connection.execute(sql.encode())
            return
        with contextlib.closing(sqlite3.connect(self.where, timeout=30)) as file, file:
            file.execute(sql)


class Stage:
    """Use with `with`. `postgres`: the URL of a server; then two machines share a database made for this stage."""

    def __init__(self, folder: Path, *, postgres: str = "", own_disk: bool = False) -> None:
        self.folder, self.server = folder, postgres
        self.chaos = folder / "chaos"
        self.name = "chaos_" + secrets.token_hex(4)
        self.own_disk = own_disk and not postgres
        self.machines: list[Machine] = []
        self.wanted: list[tuple[Machine, str]] = []
        self.held: set[str] = set()
        self.restarts = 0
        self._lock = threading.RLock()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        for name in ("programs", "journal"):
            (self.chaos / name).mkdir(parents=True)
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _open(self) -> None:
        data = self.folder / "a"
        data.mkdir()
        if self.own_disk:
            argv = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(data)]
            subprocess.run(argv, check=True, timeout=20)
        self.clock = Clock(self.chaos)
        environment = self.clock.environment | {
            "ETL_CHAOS_DIR": str(self.chaos),
            "ETLHUB_CANCEL_GRACE_SECONDS": "0.5",
            "ETLHUB_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {self.name}".encode())
            url = f"{self.server.rpartition('/')[0]}/{self.name}"
            environment |= {
                "DATABASE_URL": url,
                "ETLHUB_SECRET_KEY": secrets.token_urlsafe(48),
                "ETLHUB_CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "ETLHUB_HOST_NAME": "maquina-a",
            }
        first = Machine(data, workers=3, etl=[sys.executable, str(CHILD)], environment=environment)
        self.machines.append(first)
        first.__enter__()
        names = ["web", *(f"worker{number}" for number in range(3)), "watch"]
        if self.server:
            environment |= {
                "ETLHUB_HOST_NAME": "maquina-b",
                "REDIS_URL": first.environment["REDIS_URL"],
            }
            second = Machine(self.folder / "b", workers=2, etl=[sys.executable, str(CHILD)], environment=environment)
            second.folder.mkdir()
            self.machines.append(second)
            self.wanted += [(second, name) for name in ("worker0", "worker1", "watch")]
        else:
            names.append("watch2")
        self.wanted += [(first, name) for name in ("valkey", *names)]
        self.database = Database(environment.get("DATABASE_URL") or str(data / "etlhub.sqlite3"))
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with self._lock:
            for machine, name in self.wanted or [(each, name) for each in self.machines for name in each.processes]:
                self._signal(machine, name, signal.SIGCONT)
                self._signal(machine, name, signal.SIGKILL)
            for machine in self.machines:
                for process in machine.processes.values():
                    process.wait(timeout=20)
        for stray in self.etl_processes():
            with contextlib.suppress(psutil.Error):
                stray.kill()
        self._keep_logs()
        if self.server:
            with contextlib.suppress(psycopg.Error), psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)".encode())
        if self.own_disk:
            subprocess.run(["umount", "-l", str(self.folder / "a")], check=False, timeout=20)

    def _keep_logs(self) -> None:
        """The hub's own output outlives the disk it was written to."""
        for machine in self.machines:
            kept = self.folder / "logs" / machine.folder.name
            kept.mkdir(parents=True, exist_ok=True)
            for path in machine.folder.glob("*.log"):
                shutil.copy(path, kept)
            if not self.server:
                with contextlib.suppress(OSError):
                    shutil.copy(machine.folder / "etlhub.sqlite3", kept)

    # -- processes -----------------------------------------------------------------------------------------------------
    @property
    def hub(self) -> Machine:
        return self.machines[0]

    @property
    def valkey_folder(self) -> Path:
        return self.hub.folder / "valkey"

    def some(self, prefix: str) -> list[tuple[Machine, str]]:
        """The hub's processes whose name begins so."""
        return [(machine, name) for machine, name in self.wanted if name.startswith(prefix)]

    def signal(self, machine: Machine, name: str, how: int) -> None:
        with self._lock:
            self._signal(machine, name, how)

    @staticmethod
    def _signal(machine: Machine, name: str, how: int) -> None:
        process = machine.processes.get(name)
        if process is not None and process.poll() is None:
            with contextlib.suppress(OSError):
                process.send_signal(how)

    @contextlib.contextmanager
    def down(self, machine: Machine, name: str) -> Iterator[None]:
        """Kill one process at once; it is started again at the end."""
        key = f"{machine.folder.name}/{name}"
        with self._lock:
            self.held.add(key)
            self._signal(machine, name, signal.SIGCONT)
            self._signal(machine, name, signal.SIGKILL)
        if process := machine.processes.get(name):
            process.wait(timeout=20)
        try:
            yield
        finally:
            self.held.discard(key)

    def _keep(self) -> None:
        """Start again what has ended, as the launcher does."""
        while not self._stop.wait(0.05):
            for machine, name in self.wanted:
                process = machine.processes.get(name)
                if f"{machine.folder.name}/{name}" in self.held or (process is not None and process.poll() is None):
                    continue
                if self._stop.wait(RESTART_SECONDS if process else 0):
                    return
                with self._lock, contextlib.suppress(OSError, AssertionError):
                    if self._stop.is_set() or f"{machine.folder.name}/{name}" in self.held:
                        continue
                    machine.start_valkey() if name == "valkey" else machine.start(name)
                    self.restarts += 1

    def all_up(self) -> bool:
        """Whether every process runs (how far it has come in starting is another matter)."""
        return not self.held and all(
            (process := machine.processes.get(name)) is not None and process.poll() is None
            for machine, name in self.wanted
        )

    def etl_processes(self) -> list[psutil.Process]:
        """Live processes of runs of this stage."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                environment = process.environ()
                mine = environment.get("ETL_CHAOS_DIR") == str(self.chaos) and environment.get("ETLHUB_RUN")
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found


def can_mount() -> bool:
    """Whether a small disk of our own can be had, to be filled up."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None
