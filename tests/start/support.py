"""What the tests of the launcher share: conditions to wait for, sessions in a temporary folder, scripts to run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from deploy.launcher.steps import Session, Steps

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 30.0
_POLL = 0.01
_pause = threading.Event()


def until(condition: Callable[[], object], what: str, limit: float | None = None) -> None:
    """Wait until `condition` holds; the test fails when it does not by `limit` (monotonic; default: TIMEOUT from now)."""
    limit = time.monotonic() + TIMEOUT if limit is None else limit
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"esperei em vão por: {what}")
        _pause.wait(_POLL)


def session_in(folder: Path, root: Path = ROOT) -> Session:
    """A session whose data folder is `folder` and whose messages are kept."""
    session = Session(root, folder, Steps(io.StringIO()))
    session.logs.mkdir(parents=True, exist_ok=True)
    session.run_dir.mkdir(parents=True, exist_ok=True)
    return session


def messages(session: Session) -> str:
    """What the session told the user so far."""
    out = session.steps._out
    assert isinstance(out, io.StringIO)
    return out.getvalue()


def python_child(code: str) -> list[str]:
    """A child that starts fast."""
    return [sys.executable, "-I", "-S", "-c", code]


def start_script(code: str, **env: str) -> subprocess.Popen[str]:
    """Run `code` in a fresh interpreter with the project's root on its path."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def run_start(*arguments: str, python: str = sys.executable, **env: str) -> subprocess.CompletedProcess[str]:
    """`start.py` to its end."""
    return subprocess.run(
        [python, "start.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )
