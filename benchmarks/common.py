"""What the benchmarks share: a hub of their own, percentiles, one JSON document on stdout."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.hub import Hub  # noqa: E402

FAKE_ETL = ROOT / "tests" / "jobs" / "fake_etl.py"
SCRIPTED = [sys.executable, str(FAKE_ETL)]


@contextlib.contextmanager
def hub(
    *,
    etl: list[str] | None = SCRIPTED,
    workers: int = 2,
    demo_url: str = "",
    environment: dict[str, str] | None = None,
) -> Iterator[Hub]:
    """A whole hub on a temporary data folder; its ETL is the scripted one unless told otherwise, None = the hub's own."""
    with (
        tempfile.TemporaryDirectory(prefix="etlhub-bench-") as folder,
        Hub(Path(folder), workers=workers, etl=etl, demo_url=demo_url, environment=environment) as running,
    ):
        yield running


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0-1) of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, 95th and 99th percentile, and the extremes."""
    shares = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    out = {name: round(percentile(values, share), digits) for name, share in shares.items()}
    return out | {"min": round(min(values), digits), "max": round(max(values), digits), "n": len(values)}


def resident_mib(pid: int) -> float:
    """Resident memory of a process, in MiB."""
    return round(psutil.Process(pid).memory_info().rss / 2**20, 1)


def report(name: str, **figures: Any) -> None:
    """Print the result: one JSON document."""
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    print(json.dumps({"benchmark": name, "machine": machine, **figures}, indent=2, ensure_ascii=False))
