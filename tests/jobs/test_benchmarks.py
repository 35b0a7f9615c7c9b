"""The summary of the benchmarks: it holds all of them, and says which targets were met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as summary
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
