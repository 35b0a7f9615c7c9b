"""Random work: what each sistema's child shall do, jobs that are asked for and some that are cancelled."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.stage import Stage

SISTEMAS = ("amplis_reag", "amplis_master", "maps", "fidc", "jcot", "britech", "qore", "trustee")
PASSWORD = "Segredo-Do-Caos-77!"
MAX_OPEN = 10
"""Jobs that wait or run at once, at most: the work is there for the faults, not to wear the machine out."""

Program = list[list[Any]]


def prepare(stage: Stage, client: httpx.Client) -> None:
    """A password for each sistema (the oracle looks for it), and a retry policy for half of them."""
    for sistema in SISTEMAS:
        login = {"url": "http://127.0.0.1:9", "username": "robo", "password": PASSWORD}
        group, _, name = sistema.partition("_")
        client.post("/api/credentials", json={group: {name: login} if name else login}).raise_for_status()
    stage.database.write("UPDATE sistemas_sistema SET espera_tentativa_segundos = 1")
    stage.database.write("UPDATE sistemas_sistema SET tentativas = 3 WHERE id IN ('fidc', 'jcot', 'qore', 'maps')")


def random_program(rng: random.Random) -> Program:
    """Steps of tests.chaos.child; most speak a while, some misbehave."""
    steps: Program = []
    if rng.random() < 0.2:
        steps.append(["deaf"])
    if rng.random() < 0.15:
        steps.append([rng.choice(["fork", "daemon"])])
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.55:
            steps.append(["pace", rng.randint(20, 300), rng.choice([0.001, 0.005, 0.02])])
        elif kind < 0.75:
            steps.append(["flood", rng.choice([500, 5_000, 20_000])])
        elif kind < 0.85:
            steps.append(["garbage", rng.choice([200, 5_000, 50_000])])
        elif kind < 0.9:
            steps.append(["progress", 200])
        elif kind < 0.93:
            steps.append(["big", 10_000_000])
        else:
            steps.append(["sleep", round(rng.uniform(0.2, 3.0), 2)])
    end = rng.random()
    if end < 0.08:
        steps.append(["hang"])
    elif end < 0.12:
        steps.append(["stubborn"])
    elif end < 0.2:
        steps += [["close"], ["sleep", round(rng.uniform(0.1, 1.5), 2)]]
    elif end < 0.35:
        steps.append(["exit", rng.choice([1, 3, 75, 75])])
    return steps


class Work:
    """Asks for jobs over the API; a hub that is away is no matter."""

    def __init__(self, stage: Stage, client: httpx.Client, rng: random.Random) -> None:
        self._stage, self._client, self._rng = stage, client, rng
        self.jobs: list[int] = []

    def submit(self) -> int | None:
        """A job of a few sistemas; None when it was not to be had now."""
        if len(self.open_jobs()) >= MAX_OPEN:
            return None
        chosen = self._rng.sample(SISTEMAS, self._rng.randint(1, 4))
        for sistema in chosen:
            write_program(self._stage.chaos, sistema, random_program(self._rng))
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
            answer = self._client.post("/api/execute", json={"sistemas": chosen}, timeout=8)
            job = int(answer.json()["job_id"])
            self.jobs.append(job)
            return job
        return None

    def cancel_one(self) -> bool:
        """Cancel some job that is not over."""
        jobs = self.open_jobs()
        return bool(jobs) and self.cancel(self._rng.choice(jobs))

    def cancel(self, job: int) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return self._client.post(f"/api/cancel/{job}", timeout=8).status_code == 200
        return False

    def open_jobs(self) -> list[int]:
        sql = "SELECT id FROM jobs_job WHERE status IN ('pending', 'running') ORDER BY id"
        return [row[0] for row in self._stage.database.rows(sql)]


def write_program(folder: Path, sistema: str, steps: Program) -> None:
    """Whole or not at all, for a child may be reading."""
    path = folder / "programs" / f"{sistema}.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(steps), encoding="utf-8")
    draft.replace(path)
