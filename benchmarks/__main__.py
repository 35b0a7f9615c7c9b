"""Runs the benchmarks and writes their summary.

    python -m benchmarks --write docs/benchmarks.md [--only latency flood …]

Each prints one JSON document with its baseline; here the figures that matter (benchmarks.registry) are put in a table.
Results are kept in `build/benchmarks/`, so one benchmark may be run again alone and the page still holds them all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from benchmarks.common import ROOT
from benchmarks.registry import BENCHMARKS, Benchmark, Figure, meets, value_at

KEPT = ROOT / "build" / "benchmarks"
LIMIT_SECONDS = 1500
FAILED_TARGET = 1
"""Exit code of a benchmark that measured, and missed its own target."""
HEAD = """\
# Benchmarks

Made by `python -m benchmarks --write docs/benchmarks.md`; each figure stands beside the baseline of its own run,
for machines are noisy. What each baseline is, the docstring of `benchmarks/<name>.py` says. `load` is the machine's load average
just before the run: above the number of its processors, other work took part of what is measured.

| figure | measured | baseline | target | benchmark | day | load |
|---|---|---|---|---|---|---|
"""


def run(benchmark: Benchmark, kept: Path = KEPT) -> None:
    """Run one benchmark and keep its result. CalledProcessError when it fails."""
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", *benchmark.arguments]
    load = psutil.getloadavg()[0]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)
    text = done.stdout.decode()
    if done.returncode not in (0, FAILED_TARGET) or "{" not in text:
        raise subprocess.CalledProcessError(done.returncode, command)
    kept.mkdir(parents=True, exist_ok=True)
    result = json.loads(text[text.index("{") :]) | {"load_before": round(load, 1)}
    (kept / f"{benchmark.name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def page(kept: Path = KEPT) -> str:
    """The summary of all kept results, as Markdown."""
    return HEAD + "".join(row + "\n" for benchmark in BENCHMARKS.values() for row in _rows(benchmark, kept))


def _rows(benchmark: Benchmark, kept: Path) -> Iterator[str]:
    path = kept / f"{benchmark.name}.json"
    if not path.is_file():
        return
    result = json.loads(path.read_text(encoding="utf-8"))
    load = str(result.get("load_before", "not recorded"))
    day = date.fromtimestamp(path.stat().st_mtime).isoformat()
    for figure in benchmark.figures:
        try:
            value_at(result, figure.at)
        except KeyError:  # kept by an earlier form of the benchmark
            yield f"| {figure.label} | run it again |  |  | `{benchmark.name}` | {day} | {load} |"
            continue
        baseline = _show(value_at(result, figure.base), figure.unit) if figure.base else ""
        value = value_at(result, figure.at)
        cells = (
            figure.label,
            _show(value, figure.unit),
            baseline,
            _target(figure, value),
            f"`{benchmark.name}`",
            day,
            load,
        )
        yield f"| {' | '.join(cells)} |"


def _target(figure: Figure, value: float) -> str:
    if not figure.target:
        return ""
    return f"{figure.target} {figure.unit}".strip() + (" ✓" if meets(value, figure.target) else " ✗ not met")


def _show(value: Any, unit: str) -> str:
    return f"{value:,} {unit}".strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--only", nargs="*", choices=sorted(BENCHMARKS), help="run these; the others' last results stay"
    )
    arguments = parser.parse_args()
    for name in BENCHMARKS if arguments.only is None else arguments.only:
        print(name, flush=True)
        run(BENCHMARKS[name])
        arguments.write.write_text(page(), encoding="utf-8")
    arguments.write.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
