"""Three machines of one hub: folders of their own, names of their own, one with a clock that is wrong; files in common."""

from __future__ import annotations

import base64
import contextlib
import secrets
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg

from tests.chaos.skew import Clock
from tests.chaos.stage import CHILD, LEASE_SECONDS, Database, Machine, Stage

SKEW_SECONDS = 90
PROCESSES = {
    "alfa": ("web", "watch", "worker0"),
    "beta": ("web", "watch", "worker0"),
    "gama": ("watch", "worker0", "worker1"),
}
DOOMED = "beta"
"""The machine that is killed. `gama` is the one whose clock is ahead."""


class Cluster(Stage):
    """Use with `with`; begins with one machine (`alfa`) that has all `workers`; `spread` starts the others.

    The servers that no machine owns (Valkey here) live in a folder of their own and survive.
    """

    def __init__(self, folder: Path, postgres: str, demo_url: str, workers: int = 4) -> None:
        super().__init__(folder, postgres=postgres)
        self._demo_url, self._workers = demo_url, workers
        self.by_name: dict[str, Machine] = {}

    def _open(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name}".encode())
        url = f"{self.server.rpartition('/')[0]}/{self.name}"
        self.database = Database(url)
        self.shared = self.folder / "comum"
        self.shared.mkdir()
        self.clock = Clock(self.chaos)
        servers = Machine(self.folder / "servidores", workers=0)
        servers.folder.mkdir()
        self.machines.append(servers)
        servers.start_valkey()
        key = self.folder / "chave_de_sessao"
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48), encoding="ascii")
        common = {
            "ETL_CHAOS_DIR": str(self.chaos),
            "ETLHUB_LEASE_SECONDS": str(LEASE_SECONDS),
            "ETLHUB_RATE_LIMIT": "0",
            "DATABASE_URL": url,
            "REDIS_URL": servers.environment["REDIS_URL"],
            "ETLHUB_ARQUIVOS": str(self.shared),
            "ETLHUB_BACKUP_DIR": str(self.shared / "backups"),
            "ETLHUB_BACKUP_HORA": "0",
            "ETLHUB_SECRET_KEY_FILE": str(key),
            "ETLHUB_CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        for name in PROCESSES:
            environment = common | {"ETLHUB_HOST_NAME": name} | (self.clock.environment if name == "gama" else {})
            command = [sys.executable, str(CHILD)]
            machine = Machine(self.folder / name, etl=command, demo_url=self._demo_url, environment=environment)
            machine.folder.mkdir()
            self.machines.append(machine)
            self.by_name[name] = machine
        # The first makes the database, the others only what lies in their own folders.
        self.alfa.manage("prepare")
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda machine: machine.manage("prepare"), self.machines[2:]))
        self.clock.set(SKEW_SECONDS)
        for process in ("web", "watch", *(f"worker{number}" for number in range(self._workers))):
            self.alfa.start(process)
        self.alfa.wait_ready()

    @property
    def alfa(self) -> Machine:
        return self.by_name["alfa"]

    @property
    def webs(self) -> list[int]:
        """The ports of the web servers there are to be."""
        return [self.by_name[name].port for name, wanted in PROCESSES.items() if "web" in wanted]

    def spread(self) -> None:
        """From one machine to three, with as many workers in all."""
        self._one_worker()
        for name in ("gama", "beta"):
            self.start_machine(name)

    def _one_worker(self) -> None:
        for name in [name for name in self.alfa.processes if name.startswith("worker") and name != "worker0"]:
            self.alfa.kill(name)
            del self.alfa.processes[name]

    @contextlib.contextmanager
    def one_machine(self) -> Iterator[None]:
        """Once more with `alfa` alone and all the workers; `gama` comes back, whoever is dead stays so."""
        self.kill_machine("gama")
        for number in range(1, self._workers):
            self.alfa.start(f"worker{number}")
        yield
        self._one_worker()
        self.start_machine("gama")

    def start_machine(self, name: str) -> None:
        machine = self.by_name[name]
        for process in PROCESSES[name]:
            machine.start(process)
        if "web" in PROCESSES[name]:
            machine.wait_ready()

    def freeze(self, name: str, *, on: bool) -> None:
        """Stop all processes of a machine where they are, or let them go on."""
        for process in self._all_of(name):
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def kill_machine(self, name: str) -> int:
        """No process of that machine is left, all at once; how many there were."""
        everyone = self._all_of(name)
        for process in everyone:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for own in self.by_name[name].processes.values():
            own.wait(timeout=20)
        psutil.wait_procs(everyone, timeout=20)
        return len(everyone)

    def _all_of(self, name: str) -> list[psutil.Process]:
        everyone: list[psutil.Process] = []
        for own in self.by_name[name].processes.values():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(own.pid)
                everyone += [process, *process.children(recursive=True)]
        return everyone

    def running_on(self, name: str) -> int:
        """Executions under way that this machine owns."""
        sql = "SELECT count(*) FROM jobs_execution WHERE owner_host = ? AND status IN ('running', 'cancelling')"
        return int(self.database.rows(sql, name)[0][0])

    def finished(self) -> tuple[int, int]:
        """Executions that are over, and log lines, so far."""
        over = "SELECT count(*) FROM jobs_execution WHERE status IN ('success', 'error', 'cancelled')"
        lines = "SELECT coalesce(sum(log_seq), 0) FROM jobs_job"
        return int(self.database.rows(over)[0][0]), int(self.database.rows(lines)[0][0])
