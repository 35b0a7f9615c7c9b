"""Runs the benchmarks and writes their summary.

    python -m benchmarks --write docs/benchmarks.md [--only latency flood …]

Each prints one JSON document with its baseline; here the figures that matter are put in a table. Results are kept in
`build/benchmarks/`, so one benchmark may be run again alone and the page still holds them all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT

KEPT = ROOT / "build" / "benchmarks"
LIMIT_SECONDS = 900
# benchmark -> its arguments, and rows: what it is, where it stands in the JSON, unit, where its baseline stands.
Row = tuple[str, str, str, str]
BENCHMARKS: dict[str, tuple[list[str], list[Row]]] = {
    "latency": (
        ["--runs", "30"],
        [
            (
                "POST to first line at a client, p50",
                "bare_etl.post_to_first_line_ms.p50",
                "ms",
                "bare_etl.bare_python_ms.p50",
            ),
            (
                "POST to first line at a client, p95",
                "bare_etl.post_to_first_line_ms.p95",
                "ms",
                "bare_etl.bare_python_ms.p95",
            ),
            ("the same above a bare interpreter, p50", "bare_etl.above_bare_ms.p50", "ms", ""),
            ("the hub's own ETL above a bare interpreter, p50", "own_etl.above_bare_ms.p50", "ms", ""),
            ("line to client at 100 lines/s, p50", "line_to_client_ms.100_lines_per_s.p50", "ms", ""),
            ("line to client at 100 lines/s, p99", "line_to_client_ms.100_lines_per_s.p99", "ms", ""),
            ("line to client at 1,000 lines/s, p50", "line_to_client_ms.1000_lines_per_s.p50", "ms", ""),
            ("line to client at 1,000 lines/s, p99", "line_to_client_ms.1000_lines_per_s.p99", "ms", ""),
        ],
    ),
    "flood": (
        ["--lines", "1000000"],
        [
            ("flood: lines stored a second", "alone.stored_lines_per_s", "lines/s", "plain_loop_lines_per_s"),
            ("flood: share of the plain loop", "share_of_plain", "", ""),
            ("flood with a batched client: stored", "watched.stored_lines_per_s", "lines/s", "plain_loop_lines_per_s"),
            ("flood with a batched client: received", "watched.client_lines_per_s", "lines/s", ""),
        ],
    ),
    "viewers": (
        [],
        [
            ("200 viewers, 20 not reading: delay p99", "crowd.delay_ms.p99", "ms", "baseline_one_viewer.delay_ms.p99"),
            ("200 viewers: gaps", "crowd.gaps", "", "baseline_one_viewer.gaps"),
            (
                "200 viewers: web server's memory after",
                "crowd.web_memory_mib.after",
                "MiB",
                "crowd.web_memory_mib.before",
            ),
        ],
    ),
    "dispatch": (
        [],
        [
            (
                "dispatch of one execution, 100 jobs waiting, p50",
                "100_jobs_waiting.ms_per_execution.p50",
                "ms",
                "10_jobs_waiting.ms_per_execution.p50",
            ),
            (
                "dispatch of one execution, 1,000 jobs waiting, p50",
                "1000_jobs_waiting.ms_per_execution.p50",
                "ms",
                "10_jobs_waiting.ms_per_execution.p50",
            ),
        ],
    ),
    "large_history": (
        [],
        [
            ("100,000 jobs: list, p95", "large.ms.jobs_list.p95", "ms", "baseline.ms.jobs_list.p95"),
            (
                "100,000 jobs: list of one sistema, p95",
                "large.ms.jobs_of_a_sistema.p95",
                "ms",
                "baseline.ms.jobs_of_a_sistema.p95",
            ),
            ("100,000 jobs: job page, p95", "large.ms.job_page.p95", "ms", "baseline.ms.job_page.p95"),
            ("100,000 jobs: page of a log, p95", "large.ms.job_log_page.p95", "ms", "baseline.ms.job_log_page.p95"),
            ("100,000 jobs: statistics, p95", "large.ms.stats.p95", "ms", "baseline.ms.stats.p95"),
        ],
    ),
}


def run(name: str, arguments: Sequence[str]) -> None:
    """Run one benchmark and keep its result. CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        timeout=LIMIT_SECONDS,
    )
    KEPT.mkdir(parents=True, exist_ok=True)
    text = done.stdout.decode()
    (KEPT / f"{name}.json").write_text(text[text.index("{") :], encoding="utf-8")


def page() -> str:
    """The summary of all kept results, as Markdown."""
    rows = []
    for name, (_arguments, figures) in BENCHMARKS.items():
        path = KEPT / f"{name}.json"
        if not path.is_file():
            continue
        result = json.loads(path.read_text(encoding="utf-8"))
        measured = date.fromtimestamp(path.stat().st_mtime).isoformat()
        for label, where, unit, base in figures:
            baseline = f"{_show(_at(result, base))} {unit}".strip() if base else ""
            rows.append(f"| {label} | {_show(_at(result, where))} {unit} | {baseline} | `{name}` | {measured} |")
    head = [
        "# Benchmarks",
        "",
        "Made by `python -m benchmarks --write docs/benchmarks.md`; each figure stands beside the baseline of its own run,",
        "for machines are noisy. What each baseline is, the docstring of `benchmarks/<name>.py` says.",
        "",
        "| figure | measured | baseline | benchmark | day |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _at(data: Any, where: str) -> Any:
    for part in where.split("."):
        data = data[part]
    return data


def _show(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--only", nargs="*", choices=sorted(BENCHMARKS), help="run these; the others' last results stay"
    )
    arguments = parser.parse_args()
    for name in BENCHMARKS if arguments.only is None else arguments.only:
        print(name, flush=True)
        run(name, BENCHMARKS[name][0])
    arguments.write.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
