"""Which figures of which benchmark the summary shows, and what each is to reach. A new benchmark adds its entry here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the summary. `at` and `base` are dotted paths into the benchmark's JSON; `target` is `≤ 50` or `≥ 0.5`."""

    label: str
    at: str
    unit: str = ""
    base: str = ""
    target: str = ""


@dataclass(frozen=True)
class Benchmark:
    """`python -m benchmarks.<name> <arguments>` and its rows."""

    name: str
    figures: Sequence[Figure]
    arguments: Sequence[str] = ()


def value_at(data: Any, path: str) -> Any:
    """The value that a dotted path leads to. KeyError when there is none."""
    for part in path.split("."):
        data = data[part]
    return data


def meets(value: float, target: str) -> bool:
    """Whether `value` is within `target`."""
    bound = float(target[1:].replace(",", ""))
    return value <= bound if target[0] == "≤" else value >= bound


def _history(label: str, page: str) -> Figure:
    return Figure(
        f"100,000 jobs: {label}, p95", f"large.ms.{page}.p95", "ms", f"baseline.ms.{page}.p95", target="≤ 100"
    )


def _round(label: str, name: str) -> Figure:
    at = f"engine_ms.{name}.p95"
    return Figure(f"100,000 jobs: one {label}, p95", f"large.{at}", "ms", f"baseline.{at}")


LATENCY = Benchmark(
    "latency",
    [
        Figure("POST to first line, p50", "bare_etl.post_to_first_line_ms.p50", "ms", "bare_etl.bare_python_ms.p50"),
        Figure(
            "POST to first line, p95",
            "bare_etl.post_to_first_line_ms.p95",
            "ms",
            "bare_etl.bare_python_ms.p95",
            target="≤ 300",
        ),
        Figure("the same above a bare interpreter, p50", "bare_etl.above_bare_ms.p50", "ms", target="≤ 50"),
        Figure("the hub's own ETL above a bare interpreter, p50", "own_etl.above_bare_ms.p50", "ms", target="≤ 50"),
        Figure("line to client at 100 lines/s, p50", "line_to_client_ms.100_lines_per_s.p50", "ms", target="≤ 10"),
        Figure("line to client at 100 lines/s, p99", "line_to_client_ms.100_lines_per_s.p99", "ms", target="≤ 50"),
        Figure("line to client at 1,000 lines/s, p50", "line_to_client_ms.1000_lines_per_s.p50", "ms", target="≤ 10"),
        Figure("line to client at 1,000 lines/s, p99", "line_to_client_ms.1000_lines_per_s.p99", "ms", target="≤ 50"),
    ],
    ["--runs", "30"],
)
FLOOD = Benchmark(
    "flood",
    [
        Figure("flood: stored", "alone.stored_lines_per_s", "lines/s", "plain_loop_lines_per_s"),
        Figure("flood: share of the plain loop", "share_of_plain", target="≥ 0.5"),
        Figure("flood: worker's memory above idle", "alone.worker_above_idle_mib", "MiB", target="≤ 80"),
        Figure("watched flood: stored", "watched.stored_lines_per_s", "lines/s", "plain_loop_lines_per_s"),
        Figure("watched flood: at the client", "watched.client_lines_per_s", "lines/s", "watched.stored_lines_per_s"),
    ],
    ["--lines", "1000000"],
)
VIEWERS = Benchmark(
    "viewers",
    [
        Figure(
            "200 viewers, 20 not reading: delay p99",
            "crowd.delay_ms.p99",
            "ms",
            "baseline_one_viewer.delay_ms.p99",
            target="≤ 250",
        ),
        Figure("200 viewers: gaps", "crowd.gaps", base="baseline_one_viewer.gaps", target="≤ 0"),
        Figure("200 viewers: web server's memory", "crowd.web_memory_mib.after", "MiB", "crowd.web_memory_mib.before"),
    ],
)
DISPATCH = Benchmark(
    "dispatch",
    [
        Figure(
            f"dispatch of one execution, {jobs:,} jobs waiting, p50",
            f"{jobs}_jobs_waiting.ms_per_execution.p50",
            "ms",
            "10_jobs_waiting.ms_per_execution.p50",
        )
        for jobs in (100, 1000)
    ],
)
LARGE_HISTORY = Benchmark(
    "large_history",
    [
        Figure("100,000 jobs: lines of log", "large.log_lines", base="baseline.log_lines"),
        Figure("100,000 jobs: time to build them", "large.build_s", "s", target="≤ 600"),
        Figure("100,000 jobs: queries that use no index", "large.plans_without_index", target="≤ 0"),
        _history("list", "jobs_list"),
        _history("list of one sistema", "jobs_of_a_sistema"),
        _history("list of what failed", "jobs_failed"),
        _history("job page", "job_page"),
        _history("page of a log", "job_log_page"),
        _history("errors of a log", "job_log_errors"),
        _history("statistics", "stats"),
        _round("dispatch", "dispatch"),
        _round("look for what died", "what_died"),
        _round("look for what changed, for live clients", "what_changed"),
    ],
)
PORTFOLIO = Benchmark(
    "portfolio",
    [
        Figure("positions", "posicoes"),
        Figure(
            "a year of one fund out of them, API, p95",
            "api_ms.p95",
            "ms",
            "referencia_sql_puro_ms.p95",
            target="≤ 200",
        ),
        Figure("one carteira loaded, p95", "carga_de_uma_carteira_ms.p95", "ms"),
    ],
)
FIDC_CSV = Benchmark(
    "fidc_csv",
    [
        Figure("FIDC estoque, 10^6 rows: time", "nosso.segundos", "s", "polars.segundos"),
        Figure("FIDC estoque: speed as a share of plain polars", "razao", target="≥ 0.6"),
        Figure("FIDC estoque: peak memory", "nosso.pico_mb", "MB", "polars.pico_mb", target="≤ 300"),
    ],
)
COLETA = Benchmark(
    "coleta",
    [
        Figure(
            "8 sistemas side by side; baseline: the predecessor's way, a browser, one after another",
            "http.side_by_side.seconds",
            "s",
            "navegador.one_after_another.seconds",
        ),
        Figure("how many times sooner than that", "times_sooner_than_predecessor", target="≥ 4"),
        Figure("the same over HTTP both ways", "http.times_sooner", base="http.times_sooner_at_most"),
        Figure("the same in a browser both ways", "navegador.times_sooner", base="navegador.times_sooner_at_most"),
        Figure(
            "peak memory of all processes, HTTP",
            "http.side_by_side.peak.total_mib",
            "MiB",
            "http.one_after_another.peak.total_mib",
        ),
        Figure(
            "peak memory of all processes, 8 browsers",
            "navegador.side_by_side.peak.total_mib",
            "MiB",
            "navegador.one_after_another.peak.total_mib",
        ),
    ],
)
ASGI = Benchmark(
    "asgi_servers",
    [
        Figure(f"uvicorn instead of daphne: {what}", f"least.uvicorn.{name}", unit, f"least.daphne.{name}")
        for what, name, unit in (
            ("processor for a list of jobs", "cpu_ms_of_jobs_list", "ms"),
            ("processor for a page", "cpu_ms_of_a_page", "ms"),
            ("list of jobs, p99", "jobs_list_p99_ms", "ms"),
            ("200 viewers, processor", "viewers_cpu_s", "s"),
            ("200 viewers, delay p99", "viewers_delay_p99_ms", "ms"),
            ("memory after requests", "memory_after_requests_mib", "MiB"),
            ("memory that grows for 10 clients who do not read", "grew_for_who_does_not_read_mib", "MiB"),
        )
    ],
)
MASKER = Benchmark(
    "masker",
    [
        Figure("masker on clean output", "medido.limpo_mb_s", "MB/s", "linha_de_base.re_mb_s", target="≥ 200"),
        Figure("masker, a secret in every 100th line", "medido.com_segredos_mb_s", "MB/s"),
    ],
)
INTERFACE = Benchmark(
    "interface",
    [
        Figure("/etl: scripts of the first load, gzip", "first_load.js_gz_kb", "kB", target="≤ 200"),
        Figure("/etl: largest paint, empty cache, p50", "lcp.ms.p50", "ms", "lcp.one_line_ms.p50", target="≤ 1,000"),
        Figure(
            "/etl: the same on a processor slowed fourfold, p50",
            "lcp_throttled.ms.p50",
            "ms",
            "lcp_throttled.one_line_ms.p50",
            target="≤ 2,500",
        ),
        Figure("log of 5,000 lines/s: tasks, p95", "flood.log.clock_ms.p95", "ms", "rest.clock_ms.p95", target="≤ 50"),
        Figure("the same, time on the processor, p95", "flood.log.cpu_ms.p95", "ms", "rest.cpu_ms.p95", target="≤ 50"),
        Figure(
            "/etl beside 5,000 lines/s: tasks, p95", "flood.etl.clock_ms.p95", "ms", "rest.clock_ms.p95", target="≤ 50"
        ),
        Figure(
            "log of 10^6 lines: first rows after a click, p50",
            "log.first_rows_after_a_click_ms.p50",
            "ms",
            target="≤ 1,000",
        ),
        Figure(
            "log of 10^6 lines: first rows, page and all, empty cache, p50",
            "log.first_rows_ms.p50",
            "ms",
            "lcp.one_line_ms.p50",
            target="≤ 1,000",
        ),
        Figure(
            "log of 10^6 lines: scrolling",
            "log.scroll.frames_per_s",
            "frames/s",
            "empty_page_scroll.frames_per_s",
            "≥ 55",
        ),
        Figure(
            "log of 10^6 lines: heap after 150 leaps", "log.heap_mib.after_leaps", "MiB", "log.heap_mib.opened", "≤ 60"
        ),
    ],
)

ALL = (LATENCY, FLOOD, VIEWERS, DISPATCH, LARGE_HISTORY, PORTFOLIO, FIDC_CSV, COLETA, MASKER, ASGI, INTERFACE)
BENCHMARKS = {benchmark.name: benchmark for benchmark in ALL}
