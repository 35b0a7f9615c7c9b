"""Rounds of random faults during random work, each judged when its harm is healed."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.chaos import faults as all_faults
from tests.chaos import oracle as judge
from tests.chaos import work as all_work
from tests.chaos.clients import Client, Follower, Listener
from tests.chaos.faults import Fault
from tests.chaos.stage import Stage
from tests.hub import PASSWORD, wait_until

READY_SECONDS = 240.0
"""Long, for where others use the machine too."""
FOLLOWERS = 3
LISTENERS = 2
AT_ONCE = 3
"""Faults that may be under way side by side."""


@dataclass
class Report:
    """What was done to the hub and what became of it."""

    seed: int
    database: str
    faults: Counter[str] = field(default_factory=Counter)
    verdict: judge.Verdict = field(default_factory=judge.Verdict)
    rounds: int = 0
    jobs: int = 0
    runs: int = 0
    lines: int = 0
    seconds: float = 0.0
    absent: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "database": self.database,
            "rounds": self.rounds,
            "faults": sum(self.faults.values()),
            "faults_by_kind": dict(self.faults.most_common()),
            "faults_absent": self.absent,
            "jobs": self.jobs,
            "runs": self.runs,
            "lines": self.lines,
            "checks": sum(self.verdict.checks.values()),
            "checks_by_kind": dict(self.verdict.checks),
            "slowest_settling_seconds": round(self.verdict.slowest_settling, 1),
            "seconds": round(self.seconds),
            "failures": self.verdict.failures,
        }


class Campaign:
    """The rounds on one stage."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.rng = stage, random.Random(seed)
        self.report = Report(seed, "postgresql, two machines" if stage.server else "sqlite")
        self.faults = all_faults.faults_for(stage)
        self.report.absent = all_faults.absent_from(self.faults)
        self.oracle = judge.Oracle(stage, self.report.verdict)
        self._busy: set[str] = set()
        self._under_way: list[threading.Thread] = []

    def run(self, faults: int, seconds: float, *, a_round: int = 25) -> Report:
        """Rounds until so many faults were done or the time is over; the round under way is always judged."""
        began = time.monotonic()
        with (
            httpx.Client(base_url=self.stage.hub.url, timeout=30, trust_env=False) as client,
            self._listeners(client) as who,
        ):
            work = all_work.Work(self.stage, client, self.rng)
            while sum(self.report.faults.values()) < faults and time.monotonic() - began < seconds:
                self._round(work, client, who, min(a_round, faults - sum(self.report.faults.values())))
            self.report.jobs = len(work.jobs)
        self.report.runs = len(list((self.stage.chaos / "journal").iterdir()))
        self.report.lines = self.stage.database.rows("SELECT count(*) FROM jobs_logentry")[0][0]
        self.report.seconds = time.monotonic() - began
        return self.report

    @contextlib.contextmanager
    def _listeners(self, client: httpx.Client) -> Iterator[list[Listener]]:
        client.post("/api/auth/login", json={"username": "admin", "password": PASSWORD}).raise_for_status()
        all_work.prepare(self.stage, client)
        who = [
            Listener(self.stage.hub, client.cookies, self.rng.randrange(1 << 30), self._newest_job)
            for _ in range(LISTENERS)
        ]
        for each in who:
            each.start()
        try:
            yield who
        finally:
            _leave(who)

    def _newest_job(self) -> int:
        return int(self.stage.database.rows("SELECT coalesce(max(id), 0) FROM jobs_job")[0][0])

    def _round(self, work: all_work.Work, client: httpx.Client, listeners: list[Listener], faults: int) -> None:
        self.report.rounds += 1
        failed = len(self.report.verdict.failures)
        followers: list[Follower] = []
        judge.calm(listeners, still=False)
        for _ in range(faults):
            for _ in range(self.rng.randint(0, 2)):
                job = work.submit()
                if job and len(followers) < FOLLOWERS:
                    followers.append(Follower(self.stage.hub, client.cookies, self.rng.randrange(1 << 30), job))
                    followers[-1].start()
            self._do(self.rng.choices(self.faults, [fault.weight for fault in self.faults])[0], work)
            time.sleep(self.rng.uniform(0, 0.7))
        for thread in self._under_way:
            thread.join(timeout=60)
        self._under_way.clear()
        clients: list[Client] = [*followers, *listeners]
        judge.calm(clients, still=True)
        wait_until(self._returned, READY_SECONDS, "the hub's return")
        self.oracle.wait_settled()
        self.oracle.wait_final(work.cancel, work.open_jobs, patience=12)
        self.oracle.wait_clean()
        self.oracle.judge(followers, listeners)
        _leave(followers)
        for failure in self.report.verdict.failures[failed:]:
            failure["round"] = str(self.report.rounds)

    def _do(self, fault: Fault, work: all_work.Work) -> None:
        """Start a fault beside those under way, unless one of its kind is."""
        while len(self._under_way) >= AT_ONCE or (fault.resource == "all" and self._busy) or "all" in self._busy:
            self._under_way = [thread for thread in self._under_way if thread.is_alive()]
            time.sleep(0.05)
        if fault.resource in self._busy:
            return
        self.report.faults[fault.name] += 1
        if fault.resource:
            self._busy.add(fault.resource)
        thread = threading.Thread(target=self._act, args=(fault, work, random.Random(self.rng.random())), daemon=True)
        self._under_way.append(thread)
        thread.start()

    def _act(self, fault: Fault, work: all_work.Work, rng: random.Random) -> None:
        try:
            fault.act(self.stage, work, rng)
        except Exception as error:  # a fault that fails to be done is told, not counted as done
            self.report.faults[f"{fault.name} (not done: {type(error).__name__})"] += 1
            self.report.faults[fault.name] -= 1
        finally:
            self._busy.discard(fault.resource)

    def _returned(self) -> bool:
        """All processes run and the web server says that it is ready."""
        if not self.stage.all_up():
            return False
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.stage.hub.port}/api/health/ready", timeout=5).status_code == 200
        return False


def _leave(clients: list[Any]) -> None:
    for each in clients:
        each.leave()
    for each in clients:
        each.join(timeout=10)


def campaign(folder: Path, seed: int, faults: int, seconds: float, postgres: str = "") -> Report:
    """One campaign on a stage of its own in `folder`."""
    from tests.chaos.stage import can_mount

    with Stage(folder, postgres=postgres, own_disk=can_mount()) as stage:
        return Campaign(stage, seed).run(faults, seconds)
