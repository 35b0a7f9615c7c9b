"""Eight sistemas side by side through the real hub, against the same one after another in one process.

    python -m benchmarks.coleta [--ritmo 1000] [--data AAAA-MM-DD]

Baseline: our own ETL command called once for all eight, without the hub, in a browser: the way of the predecessor, whose
single Python process drives one browser through one portal after another. Both ways are measured over both transports,
each with portals and folders of its own, so that what comes of running side by side and what of plain HTTP can be told
apart. Over one transport side by side can never beat `times_sooner_at_most`: all the baseline's time over that of its
longest sistema, for one sistema's pages come one after another.

The pace: a page or file of the demonstration portals takes `--ritmo` milliseconds, 1000 by default (a redirect none).
Nobody here can time the real portals. A second lies between what the web's usual measure calls a good first byte (0.8 s)
and a poor one (1.8 s), and it is little for pages that draw up a report while one waits. FIDC reports are ready at the
second look, three seconds apart. One business day, all funds, all reports.

Prints JSON: seconds, the ratios, CPU seconds of all processes but the portals', and the peak of memory by part, as PSS
(what processes share is counted once). Exit code 1 when the target (4 times sooner than the predecessor's way) is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from benchmarks.common import ROOT, hub, report
from tests.hub import wait_until

SISTEMAS: Final = ("amplis_reag", "amplis_master", "maps", "fidc", "jcot", "britech", "qore", "trustee")
PATHS: Final = ("csv", "pdf", "maps", "fidc", "jcot", "britech", "qore_excel", "qore_pdf", "trustee")
TARGET: Final = 4.0
LIMIT_SECONDS: Final = 1200
SAMPLE_SECONDS: Final = 1.0
LOGIN: Final = {"username": "demo", "password": "demo-2026", "totp": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}
BROWSERS: Final = ("chrom", "msedge", "node")


@contextlib.contextmanager
def portals(pace: int, today: date) -> Iterator[str]:
    """The demonstration portals in a process of their own; their address."""
    with tempfile.TemporaryDirectory(prefix="etlhub-portals-") as folder:
        ready = Path(folder) / "pronto"
        options = ["--ritmo", str(pace), "--hoje", today.isoformat(), "--ready-file", str(ready)]
        command = [sys.executable, "-m", "etl_scripts.demo_portal", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_until(ready.is_file, what="portals")
            yield ready.read_text(encoding="utf-8").strip()
        finally:
            process.terminate()
            process.wait(10)


class Watch:
    """Peak memory by part and CPU seconds of all processes below some, while it is open."""

    def __init__(self, roots: dict[int, str]) -> None:
        self._roots = roots  # pid -> part
        self._cpu: dict[tuple[int, float], float] = {}
        self._before = self._cpu_now()
        self.peak: Counter[str] = Counter()
        self.processes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def cpu_seconds(self) -> float:
        return round(sum(self._cpu.values()) - self._before, 1)

    def _cpu_now(self) -> float:
        for process, _part in self._all():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                self._cpu[(process.pid, process.create_time())] = times.user + times.system
        return sum(self._cpu.values())

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        used: Counter[str] = Counter()
        found = self._all()
        for process, part in found:
            with contextlib.suppress(psutil.Error, OSError):
                used[part] += memory(process)
        self._cpu_now()
        used["total"] = sum(used.values())
        self.processes = max(self.processes, len(found))
        for part, size in used.items():
            self.peak[part] = max(self.peak[part], size)

    def _all(self) -> list[tuple[psutil.Process, str]]:
        found: list[tuple[psutil.Process, str]] = []
        for pid, part in self._roots.items():
            with contextlib.suppress(psutil.Error):
                root = psutil.Process(pid)
                found += [(root, part), *((child, _part_of(child)) for child in root.children(recursive=True))]
        return found

    def figures(self) -> dict[str, Any]:
        mib = {f"{part}_mib": round(size / 2**20, 1) for part, size in sorted(self.peak.items())}
        return {"cpu_seconds": self.cpu_seconds, "processes": self.processes, "peak": mib}


def _part_of(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        if process.name().lower().startswith(BROWSERS):
            return "browsers"
    return "etl"


def memory(process: psutil.Process) -> int:
    """Bytes: PSS where the system tells it, else what is the process's alone."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.uss))


def one_after_another(address: str, transport: str, day: date) -> dict[str, Any]:
    """Our ETL command for all sistemas in one process, from a configuration file, without the hub."""
    with tempfile.TemporaryDirectory(prefix="etlhub-serial-") as folder:
        base = Path(folder)
        config = base / "config.json"
        config.write_text(json.dumps(_document(address, base)), encoding="utf-8")
        days = ["--data-inicial", f"{day:%d/%m/%Y}", "--data-final", f"{day:%d/%m/%Y}"]
        command = [sys.executable, "main.py", "--config", str(config), "--sistemas", *SISTEMAS, *days]
        environment = os.environ | {"ETL_TRANSPORTE": transport}
        ends = [time.perf_counter()]
        process = subprocess.Popen(
            command, cwd=ROOT / "etl_scripts", stdout=subprocess.PIPE, env=environment, encoding="utf-8"
        )
        with Watch({process.pid: "etl"}) as watch:
            said = []
            for line in process.stdout or ():
                said.append(line)
                if line.startswith("[SUCCESS]"):  # a sistema's last line
                    ends.append(time.perf_counter())
            code = process.wait(LIMIT_SECONDS)
        assert code == 0, "".join(said)[-3000:]
        each = {name: round(end - start, 1) for name, (start, end) in zip(SISTEMAS, pairwise(ends), strict=True)}
        return {"seconds": round(ends[-1] - ends[0], 1), "sistemas": each, "files": _files(base), **watch.figures()}


def _document(address: str, base: Path) -> dict[str, Any]:
    document: dict[str, Any] = {"version": "2.0", "execucao": {"pasta_dados": str(base / "dados")}, "paths": {}}
    for path in PATHS:
        (base / "downloads" / path).mkdir(parents=True)
        document["paths"][path] = str(base / "downloads" / path)
    for sistema in SISTEMAS:
        login = LOGIN | {"url": f"{address}/{sistema}/"}
        group, _, name = sistema.partition("_")
        document.setdefault(group, {}).update({name: login} if name else login)
    return document


def _files(base: Path) -> int:
    return sum(path.is_file() for path in (base / "downloads").rglob("*"))


def side_by_side(address: str, transport: str, day: date) -> dict[str, Any]:
    """One job of all sistemas through a whole hub with eight workers."""
    environment = {"ETL_TRANSPORTE": transport}
    with hub(etl=None, workers=len(SISTEMAS), demo_url=address, environment=environment) as running:
        roots = {process.pid: "workers" if "worker" in name else "hub" for name, process in running.processes.items()}
        with running.client() as client, Watch(roots) as watch:
            body = {"sistemas": SISTEMAS, "data_inicial": day.isoformat(), "data_final": day.isoformat()}
            started = time.perf_counter()
            job = client.post("/api/execute", json=body).raise_for_status().json()["job_id"]
            ended = wait_until(lambda: _ended(client, job), LIMIT_SECONDS, "job at its end")
            seconds = time.perf_counter() - started
        assert ended["status"] == "completed", json.dumps(ended, ensure_ascii=False)[:3000]
        each = {part["sistema_id"]: round(part["duracao_segundos"], 1) for part in ended["sistemas"]}
        return {
            "seconds": round(seconds, 1),
            "sistemas": each,
            "files": _files(running.folder),
            **watch.figures(),
        }


def _ended(client: httpx.Client, job: int) -> dict[str, Any] | None:
    """The job without its log, when it has ended; four looks a second: more would be the benchmark's own load."""
    time.sleep(0.25)
    data: dict[str, Any] = client.get(f"/api/jobs/{job}", params={"logs": "false"}).raise_for_status().json()
    return data if data["status"] not in ("pending", "running") else None


def compare(transport: str, pace: int, day: date) -> dict[str, Any]:
    """Both ways over one transport."""
    today = day + timedelta(days=1)
    with portals(pace, today) as address:
        serial = _told(transport, one_after_another(address, transport, day))
    with portals(pace, today) as address:
        beside = _told(transport, side_by_side(address, transport, day))
    assert serial["files"] == beside["files"], (serial, beside)
    return {
        "one_after_another": serial,
        "side_by_side": beside,
        "times_sooner": round(serial["seconds"] / beside["seconds"], 2),
        "times_sooner_at_most": round(serial["seconds"] / max(serial["sistemas"].values()), 2),
    }


def _told(transport: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Each measure as it comes, on stderr: the whole takes a quarter of an hour."""
    print(transport, json.dumps(figures), file=sys.stderr, flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ritmo", type=int, default=1000, metavar="MS", help="what a page of a portal takes")
    parser.add_argument("--data", type=date.fromisoformat, default=date(2026, 11, 24))
    asked = parser.parse_args()
    http, browser = (compare(transport, asked.ritmo, asked.data) for transport in ("http", "navegador"))
    ratio = round(browser["one_after_another"]["seconds"] / http["side_by_side"]["seconds"], 2)
    figures = {"http": http, "navegador": browser, "times_sooner_than_predecessor": ratio, "target": TARGET}
    report("coleta", pace_ms=asked.ritmo, **figures)
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
