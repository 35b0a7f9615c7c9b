"""Runs a command of the preparation (pip, npm, …): output to a file, a time limit, an end when the user asks for it."""

from __future__ import annotations

import os
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.launcher import processes
from deploy.launcher.steps import Interrupted, Session, reason

_POLL = 0.05
_TAIL_LINES = 12


class CommandError(Exception):
    """The command failed; `tail` holds the last lines it wrote."""

    def __init__(self, argv: Sequence[str], tail: str) -> None:
        super().__init__(f"{Path(argv[0]).name} {' '.join(argv[1:3])}: {tail}")
        self.tail = tail

    @property
    def last_line(self) -> str:
        """The line that most likely tells why."""
        lines = [line.strip() for line in self.tail.splitlines() if line.strip()]
        telling = [line for line in lines if "error" in line.lower()]
        return (telling or lines or ["sem saída"])[-1][:300]


def run(
    session: Session,
    argv: Sequence[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: str = "preparo",
    user: str | None = None,
    tail_lines: int = _TAIL_LINES,
) -> str:
    """Run to the end and return the last lines of output, which go to `logs/<log>.log`.

    CommandError when it fails or takes more than `timeout` seconds; Interrupted when the user stopped the start.
    """
    path = session.logs / f"{log}.log"
    with path.open("ab") as file:
        file.write(f"\n$ {' '.join(argv)}\n".encode())
        file.flush()
        began = file.tell()
        try:
            process = processes.spawn(argv, cwd=cwd or session.root, env=env or os.environ, stdout=file, user=user)
        except OSError as error:
            raise CommandError(argv, reason(error)) from None
        try:
            ended = _ended(session, process, timeout)
        finally:
            processes.kill_group(process)
    tail = _tail(path, began, tail_lines)
    if not ended:
        raise CommandError(argv, f"{tail}\nerror: demorou mais de {timeout:.0f} s")
    if process.returncode != 0:
        raise CommandError(argv, tail)
    return tail


def _ended(session: Session, process: subprocess.Popen[bytes], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            process.wait(_POLL)
        except subprocess.TimeoutExpired:
            if session.stop.is_set():
                raise Interrupted from None
        else:
            return True
    return False


def _tail(path: Path, began: int, count: int) -> str:
    with path.open("rb") as file:
        file.seek(began)
        lines = deque(file, maxlen=count)
    return b"".join(lines).decode("utf-8", "replace").strip()
