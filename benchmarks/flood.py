"""A flooding ETL: lines a second stored and readable, against a plain pipe -> parse -> SQLite loop in the same run.

    python -m benchmarks.flood [--lines N]

The last line is stored when the run ends; the batched client's rate is taken to the last line it receives.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.common import hub, report, resident_mib
from tests.hub import Hub
from tests.jobs.live import completes, execute, lines, program, until

LINE = re.compile(r"\[(\w+)\] \[([^\]]+)\] (.*)")
CODE = "w=sys.stdout.write;[w(f'[INFO] [TESTE] linha {n} de uma enxurrada\\n') for n in range(1,COUNT+1)]"
BATCH = 2000


def plain_loop(count: int) -> float:
    """Lines a second of the simplest program that does the same: read, parse, executemany, commit."""
    code = "import sys;" + CODE.replace("COUNT", str(count))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "plain.sqlite3", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, level TEXT, sistema TEXT, mensagem TEXT)")
        started = time.perf_counter()
        seq = 0
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            rows: list[tuple[Any, ...]] = []
            for line in child.stdout:
                seq += 1
                match = LINE.match(line)
                assert match
                rows.append((seq, *match.groups()))
                if len(rows) == BATCH:
                    _insert(database, rows)
                    rows = []
            _insert(database, rows)
        seconds = time.perf_counter() - started
        database.close()
    assert seq == count
    return count / seconds


def _insert(database: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", rows)
    database.execute("COMMIT")


class MemoryWatch:
    """The highest resident memory of some processes while it is open, above what they had at the start."""

    def __init__(self, pids: dict[str, int]) -> None:
        self.pids = pids
        self.idle = {name: resident_mib(pid) for name, pid in pids.items()}
        self.peak = dict(self.idle)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for name, pid in self.pids.items():
                self.peak[name] = max(self.peak[name], resident_mib(pid))

    def above_idle(self) -> dict[str, float]:
        return {name: round(self.peak[name] - self.idle[name], 1) for name in self.pids}


def flood(running: Hub, count: int, *, watched: bool) -> dict[str, Any]:
    pids = {name: process.pid for name, process in running.processes.items() if name[:4] in ("work", "web")}
    with running.client() as client, running.socket(client, "?logs=assinados") as socket, MemoryWatch(pids) as memory:
        program(client, "fidc", CODE.replace("COUNT", str(count)))
        job = execute(client, "fidc")
        received = [0]
        if watched:
            socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 0, "batch": True}))

        def end(frame: dict[str, Any]) -> bool:
            got = lines([frame], job)
            if got:
                assert got[0]["seq"] == received[0] + 1, "gap"
                received[0] = got[-1]["seq"]
            return completes(job)(frame)

        until(socket, end, 600)
        seen_at = time.time()
        data = client.get(f"/api/jobs/{job}", params={"logs": "false"}).json()
    assert data["log_linhas"] == count, data["log_linhas"]
    assert not watched or received[0] == count, received
    seconds = data["duracao_segundos"]
    from datetime import datetime

    started = datetime.fromisoformat(data["started_at"]).timestamp()
    above = memory.above_idle()
    figures = {
        "stored_lines_per_s": round(count / seconds),
        "memory_above_idle_mib": above,
        "worker_above_idle_mib": max(mib for name, mib in above.items() if name != "web"),
    }
    if watched:
        figures["client_lines_per_s"] = round(count / (seen_at - started))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    count = parser.parse_args().lines
    plain = [plain_loop(count // 2)]
    with hub() as running:
        flood(running, 20_000, watched=False)
        alone = flood(running, count, watched=False)
        watched = flood(running, count, watched=True)
    plain.append(plain_loop(count // 2))
    base = sum(plain) / len(plain)
    share = round(alone["stored_lines_per_s"] / base, 3)
    report("flood", lines=count, plain_loop_lines_per_s=round(base), alone=alone, watched=watched, share_of_plain=share)


if __name__ == "__main__":
    main()
