"""What is done to the three machines and what must hold: work on one, on three, one dies, it comes back, files for all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import websockets.sync.client as websocket_client

from etl_scripts.demo_portal import DemoPortal
from tests.chaos.clients import Follower
from tests.chaos.oracle import Oracle, Verdict
from tests.chaos.work import SISTEMAS, prepare, write_program
from tests.growing.balancer import Balancer
from tests.growing.cluster import DOOMED, PROCESSES, SKEW_SECONDS, Cluster
from tests.hub import PASSWORD, wait_until
from tests.postgres import postgres_server

LINES = (20, 180)
"""Of each execution: so many with a pause of LINE_SECONDS after each, as from a portal, then so many at once."""
LINE_SECONDS = 0.01
FOLLOWED = 8
"""Jobs in the middle of the work that clients follow through the balancer."""
EYES = 2
"""Clients of each such job: turns being taken, both web servers get some."""
PATIENCE_SECONDS = 1800.0
DEMO_SISTEMA = "jcot"


@dataclass
class Pace:
    """How fast the work went on between two moments."""

    executions: int
    lines: int
    seconds: float

    def as_dict(self) -> dict[str, float]:
        return {
            "executions": self.executions,
            "seconds": round(self.seconds, 1),
            "executions_per_s": round(self.executions / self.seconds, 2),
            "lines_per_s": round(self.lines / self.seconds),
        }


@dataclass
class Report:
    """The document that is printed."""

    verdict: Verdict = field(default_factory=Verdict)
    figures: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        checks = {"checks": sum(self.verdict.checks.values()), "checks_by_kind": dict(self.verdict.checks)}
        return self.figures | checks | {"failures": self.verdict.failures}


class Watcher(Follower):
    """A follower that stays, and so is cut off only when its machine dies."""

    cut_at = -1
    """Lines it had when it was cut off; -1: never was."""
    client_port = 0

    def stay(self) -> float:
        return float("inf")

    def whim(self, connection: websocket_client.ClientConnection) -> None:
        """None."""

    def opened(self, connection: websocket_client.ClientConnection) -> None:
        if self.sessions > 1 and self.cut_at < 0:
            self.cut_at = len(self.got)
        self.client_port = int(connection.local_address[1])
        super().opened(connection)

    @property
    def half_way(self) -> bool:
        return self.connected and bool(self.got) and not self.completed


class Campaign:
    """On an open cluster, behind a balancer."""

    def __init__(self, cluster: Cluster, door: Balancer) -> None:
        self.cluster, self.door = cluster, door
        self.report = Report()
        self.verdict = self.report.verdict
        self.oracle = Oracle(cluster, self.verdict)
        self.watchers: list[Watcher] = []
        # A new connection for each request, so that each may reach another web server.
        self.client = httpx.Client(
            base_url=door.url, timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def run(self, jobs: int, baseline: int) -> Report:
        self.client.post("/api/auth/login", json={"username": "admin", "password": PASSWORD}).raise_for_status()
        prepare(self.cluster, self.client)
        for sistema in SISTEMAS:
            slow, fast = LINES
            write_program(self.cluster.chaos, sistema, [["pace", slow, LINE_SECONDS], ["flood", fast]])
        alone = self._work(baseline)
        self.cluster.spread()
        self._see_three()
        together = self._work(jobs, meanwhile=self._lose_one)
        self.report.figures |= {
            "machines": {name: list(processes) for name, processes in PROCESSES.items()},
            "jobs": jobs,
            "sistemas": len(SISTEMAS),
            "lines_of_an_execution": sum(LINES),
            "one_machine_before": alone.as_dict(),
            "three_machines_one_dies": together.as_dict() | self.report.figures.pop("until_death"),
        }
        self.oracle.wait_settled()
        with self.cluster.one_machine():
            self.report.figures["one_machine_after"] = self._work(baseline).as_dict()
        self.cluster.start_machine(DOOMED)
        self.oracle.wait_clean()
        self._see_three()
        self.oracle.judge(self.watchers, [])
        for watcher in self.watchers:
            watcher.leave()
        self._files()
        self._one_backup()
        self._doctor()
        served = self.door.served
        self.verdict.check("the balancer uses both web servers", len(served) == 2, lambda: str(served))
        self.report.figures["connections_of_each_web"] = sorted(served.values())
        return self.report

    # -- work ----------------------------------------------------------------------------------------------------------
    def _work(self, jobs: int, meanwhile: Callable[[int], None] | None = None) -> Pace:
        """Ask for so many jobs of all sistemas, wait until all are over."""
        before, began = self.cluster.finished(), time.monotonic()
        followed = min(FOLLOWED, jobs // 2)
        middle = range((jobs - followed) // 2, (jobs + followed) // 2) if meanwhile else range(0)
        other = threading.Thread(target=meanwhile, args=(before[0] + jobs * len(SISTEMAS) // 2,)) if meanwhile else None
        for number in range(jobs):
            answer = self.client.post("/api/execute", json={"sistemas": list(SISTEMAS)})
            answer.raise_for_status()
            if number in middle:
                self._follow(int(answer.json()["job_id"]))
        if other is not None:
            other.start()
        wait_until(lambda: not self._open(), PATIENCE_SECONDS, "all jobs over")
        after = self.cluster.finished()
        pace = Pace(after[0] - before[0], after[1] - before[1], time.monotonic() - began)
        if other is not None:
            other.join(60)
        return pace

    def _follow(self, job: int) -> None:
        for seed in range(EYES):
            watcher = Watcher(self.door, self.client.cookies, seed, job)
            self.watchers.append(watcher)
            watcher.start()

    def _open(self) -> int:
        sql = "SELECT count(*) FROM jobs_job WHERE status IN ('pending', 'running')"
        return int(self.cluster.database.rows(sql)[0][0])

    def _lose_one(self, half: int) -> None:
        """Kill the machine at half the work, while it runs something and a client looks on through it."""
        before, began = self.cluster.finished(), time.monotonic()
        wait_until(lambda: self.cluster.finished()[0] >= half, PATIENCE_SECONDS, "half the work")
        doomed = self.cluster.by_name[DOOMED]

        def through_it() -> list[Watcher]:
            return [each for each in self.watchers if each.half_way and self._web_of(each) == doomed.port]

        limit = time.monotonic() + 30
        while True:
            self.cluster.freeze(DOOMED, on=True)
            running, looking = self.cluster.running_on(DOOMED), len(through_it())
            if (running and looking) or time.monotonic() > limit:
                break
            self.cluster.freeze(DOOMED, on=False)
            time.sleep(0.05)
        after = self.cluster.finished()
        pace = Pace(after[0] - before[0], after[1] - before[1], time.monotonic() - began)
        processes = self.cluster.kill_machine(DOOMED)
        self.report.figures["until_death"] = {
            "until_death": pace.as_dict(),
            "processes_killed": processes,
            "executions_killed": running,
            "watchers_cut_half_way": looking,
        }
        self.verdict.check("the machine died at work, and before a client's eyes", bool(running and looking), str)

    def _web_of(self, watcher: Watcher) -> int | None:
        return self.door.target_of(watcher.client_port)

    # -- what must hold ------------------------------------------------------------------------------------------------
    def _see_three(self) -> None:
        """Every machine's signs are there, over whichever web server."""
        wanted = "3 com sinal de vida: 2 web, 3 vigia(s), 4 worker(s)"
        seen = ""

        def seen_all() -> bool:
            nonlocal seen
            answers = [self._get(port, "/api/health/ready").json()["checks"] for port in self.cluster.webs]
            seen = str([answer["maquinas"]["detalhe"] for answer in answers])
            return all(answer["maquinas"]["detalhe"] == wanted for answer in answers)

        # A dead worker's name stays in Redis until its machine is back and takes it out.
        with contextlib.suppress(AssertionError):
            wait_until(seen_all, 45)
        self.verdict.check("three machines are seen from each web server", wanted in seen, lambda: seen)

    def _get(self, port: int, path: str) -> httpx.Response:
        return httpx.get(f"http://localhost:{port}{path}", cookies=self.client.cookies, timeout=60, trust_env=False)

    def _files(self) -> None:
        """What a worker of one machine filed is handed out by the web servers of the others."""
        for name, machine in self.cluster.by_name.items():
            for process in [each for each in machine.processes if each.startswith("worker")]:
                machine.kill(process)
                del machine.processes[process]
            if name == "gama":
                del machine.environment["ETL_COMMAND"]
                machine.start("worker0")
        login = {"url": f"demo://{DEMO_SISTEMA}", "username": "demo", "password": "demo-2026"}
        self.client.post("/api/credentials", json={DEMO_SISTEMA: login}).raise_for_status()
        answer = self.client.post("/api/execute", json={"sistemas": [DEMO_SISTEMA]}).json()
        job = int(answer["job_id"])
        wait_until(lambda: not self._open(), 120, "the job with files")
        files = self.client.get(f"/api/jobs/{job}/artefatos").json()["artefatos"]
        good = 0
        for each in files:
            for port in self.cluster.webs:
                body = self._get(port, f"/api/artefatos/{each['id']}/download").content
                good += hashlib.sha256(body).hexdigest() == each["sha256"]
        wanted = len(files) * len(self.cluster.webs)
        log = self.client.get(f"/api/jobs/{job}").json()
        self.verdict.check(
            "every web server hands out what another machine filed",
            bool(files) and good == wanted,
            lambda: f"{good} of {wanted}; {json.dumps(log)[:1500]}",
        )
        self.report.figures["files"] = {"filed_on": "gama", "files": len(files), "downloads": good}

    def _one_backup(self) -> None:
        folder = self.cluster.shared / "backups"
        made = [machine for machine in self.cluster.by_name.values() if self._said(machine.folder, "daily backup of")]
        files = [path.name for path in folder.glob("*.zip")]
        self.verdict.check(
            "three watchmen make one daily backup", len(made) == len(files) == 1, lambda: f"{files}, {len(made)} made"
        )

    @staticmethod
    def _said(folder: Path, text: str) -> bool:
        return any(text in path.read_text(errors="replace") for path in folder.glob("*.log"))

    def _doctor(self) -> None:
        done = self.cluster.alfa.manage("doctor", "--json", check=False)
        found = json.loads(done.stdout)["verificacoes"]
        machines = [each for each in found if each["nome"] == "Máquinas"]
        well = machines and all(each["nivel"] == "ok" for each in machines if "gama" not in each["mensagem"])
        self.verdict.check("the doctor finds that the machines agree", bool(well), lambda: str(machines))
        if self.cluster.clock.possible:
            clocks = [each for each in found if each["nome"] == "Relógio"]
            told = any("gama" in each["mensagem"] and each["nivel"] == "erro" for each in clocks)
            self.verdict.check("the doctor tells which machine's clock is wrong", told, lambda: str(clocks))
            self.report.figures["clock_of_gama_ahead_seconds"] = SKEW_SECONDS


def campaign(folder: Path, jobs: int, baseline: int, postgres: str = "") -> Report:
    """One campaign on three machines of its own in `folder`."""
    with (
        postgres_server(folder, postgres) as server,
        DemoPortal() as portal,
        Cluster(folder, server, portal.base_url) as cluster,
        Balancer(cluster.webs) as door,
    ):
        return Campaign(cluster, door).run(jobs, baseline)
