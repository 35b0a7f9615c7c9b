"""`python -m etl_scripts.demo_portal`: starts at once, says where it is, stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from etl_scripts.demo_portal.totp import code_at

# Windows has no signal for another process but Ctrl+Break, and that only for a group of its own.
SIGNALS = ("CTRL_BREAK_EVENT",) if sys.platform == "win32" else ("SIGTERM", "SIGINT")
GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and the address it printed."""
    command = [sys.executable, "-m", "etl_scripts.demo_portal", *arguments]
    settings = {**os.environ, **environment, "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, encoding="utf-8", creationflags=GROUP
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("portal de demonstração em http://127.0.0.1:")
            yield process, line.split()[-1]
        finally:
            process.kill()


@pytest.mark.parametrize("name", SIGNALS)
def test_it_serves_and_stops(tmp_path: Path, name: str) -> None:
    ready = tmp_path / "pronto"
    faults = {"ETLHUB_DEMO_FALHAS": "qore:erro_500"}
    with running("--ritmo", "0", "--ready-file", str(ready), "--falha", "fidc:manutencao", **faults) as (
        process,
        address,
    ):
        deadline = time.monotonic() + 10
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ready.read_text(encoding="utf-8").strip() + "/" == address
        assert httpx.get(f"{address}amplis_reag/").status_code == 200
        assert httpx.get(f"{address}fidc/").status_code == 503
        assert httpx.get(f"{address}qore/").status_code == 500
        process.send_signal(getattr(signal, name))
        assert process.wait(timeout=10) == 0


def test_wrong_calls_are_explained() -> None:
    command = [sys.executable, "-m", "etl_scripts.demo_portal", "--falha", "fidc:explode"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "falha desconhecida" in done.stderr.decode("utf-8", "replace")


def test_importing_it_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys, etl_scripts.demo_portal.__main__\n"
        "print([m for m in ('fpdf', 'openpyxl', 'lxml', 'holidays', 'django', 'httpx') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "[]"


def test_one_time_codes_by_the_standards_own_examples() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [code_at(secret, t) for t in (59, 1111111109, 1234567890, 2000000000)] == [
        "287082",
        "081804",
        "005924",
        "279037",
    ]
