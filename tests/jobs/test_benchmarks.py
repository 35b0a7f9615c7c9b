"""The summary of the benchmarks: it holds all of them, and says which targets were met."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as summary
from benchmarks import large_history
from benchmarks.common import ROOT
from benchmarks.registry import BENCHMARKS, Benchmark, Figure, meets

SHARED = {"__init__", "__main__", "common", "registry"}


def test_every_benchmark_is_in_the_summary() -> None:
    found = {path.stem for path in Path(summary.__file__).parent.glob("*.py")} - SHARED
    assert found == set(BENCHMARKS)


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [(50, "≤ 50", True), (50.1, "≤ 50", False), (0.49, "≥ 0.5", False), (9e4, "≥ 1,000", True)],
)
def test_a_target_is_met_or_not(value: float, target: str, met: bool) -> None:
    assert meets(value, target) is met


def test_each_row_shows_the_figure_beside_its_baseline_and_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Figure("rate", "ours.rate", "lines/s", "plain.rate", "≥ 1,000"), Figure("share", "share", target="≥ 0.5")]
    monkeypatch.setattr(
        summary, "BENCHMARKS", {"x": Benchmark("x", rows), "not_run_yet": Benchmark("not_run_yet", rows)}
    )
    result: dict[str, Any] = {"ours": {"rate": 12345}, "plain": {"rate": 54321}, "share": 0.3}
    (tmp_path / "x.json").write_text(json.dumps(result), encoding="utf-8")
    table = summary.page(tmp_path).splitlines()
    assert table[-2].startswith("| rate | 12,345 lines/s | 54,321 lines/s | ≥ 1,000 lines/s ✓ | `x` | ")
    assert table[-1].startswith("| share | 0.3 |  | ≥ 0.5 ✗ not met | `x` | ")


def test_the_long_past_is_written_in_the_tables_as_they_are(tmp_path: Path) -> None:
    """Straight SQL knows nothing of a column that a migration adds."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"ETLHUB_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "etlhub.settings"}
    environment |= {"ETLHUB_DOTENV": os.devnull}
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, check=True, timeout=120)
    large_history.build(tmp_path, jobs=20, lines=200)
    database = sqlite3.connect(tmp_path / "etlhub.sqlite3")
    tables = ("jobs_job", "jobs_execution", "jobs_logentry")
    rows = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    database.close()
    assert rows == [20, 80, 200]
