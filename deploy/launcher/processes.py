"""The operating system's side of children: start one in its own group, tell it from another, end its whole tree.

Linux: own session, parent-death signal, child subreaper. Windows: Job Object. Elsewhere: process groups only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    from deploy.launcher import winapi

    _job = winapi.Job()

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MARKER = "ETLHUB_LAUNCH"
# In the environment of what is the user's and not ours (the browser that was opened for him).
NOT_OURS = "ETLHUB_NOT_OURS"
_SWEEPS = 60
_SWEEP_PAUSE = 0.02
_PS_TIMEOUT = 5.0


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started_at(self.pid) == self.started


def started_at(pid: int) -> str | None:
    """When the living process `pid` started, as an opaque text; None when there is no such process."""
    if sys.platform == "win32":
        created = winapi.creation_time(pid)
        return None if created is None else str(created)
    if sys.platform == "linux":
        fields = _stat(pid)
        return None if fields is None or fields[0] == "Z" else f"{_boot_id()}/{fields[19]}"
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=_PS_TIMEOUT
    )
    return found.stdout.strip() or None


def identify(pid: int) -> Identity | None:
    """The identity of the living process `pid`."""
    started = started_at(pid)
    return None if started is None else Identity(pid, started)


def spawn(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | IO[Any] | None,
    death_signal: int = signal.SIGTERM,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child with stderr joined to stdout and no stdin, that does not outlive this process.

    On Linux the parent-death signal is tied to the calling thread, which must therefore outlive the child.
    """
    options: dict[str, Any] = {"cwd": cwd, "env": dict(env), "stdin": subprocess.DEVNULL, "stdout": stdout}
    options["stderr"] = subprocess.STDOUT
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | winapi.CREATE_SUSPENDED
        process = subprocess.Popen(list(argv), creationflags=flags, **options)
        _job.adopt_and_resume(int(process._handle))  # type: ignore[attr-defined]
        return process
    if user is not None:
        options |= {"user": user, "group": user, "extra_groups": []}
    hook = _dies_with_parent(death_signal) if sys.platform == "linux" else None
    return subprocess.Popen(list(argv), start_new_session=True, preexec_fn=hook, **options)


def ask_to_stop(process: subprocess.Popen[bytes]) -> None:
    """The polite request: SIGTERM, or Ctrl+Break on Windows."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.terminate()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a child and its process group at once (on Windows: the child; the Job Object holds the rest)."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        elif process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours, so that none is out of reach when the hub stops."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own: Iterable[subprocess.Popen[bytes]]) -> None:
    """Collect adopted processes that ended; the exit codes of `own` are left to their Popen."""
    if sys.platform != "linux":
        return
    mine = {process.pid: process for process in own}
    for _ in range(4096):
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None:
            return
        if found.si_pid in mine:
            mine[found.si_pid].poll()
        else:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(found.si_pid, 0)


def end_everything(keep: Collection[int] = ()) -> None:
    """End every descendant of this process, whatever session it moved to, but those in `keep`.

    Called once all children were asked to stop; `keep` is not known to a Job Object, so Windows does nothing with it.
    """
    if sys.platform == "win32":
        if not keep:
            _job.terminate()
        return
    if sys.platform != "linux":
        return
    for _ in range(_SWEEPS):
        living = [pid for pid in descendants(os.getpid()) if pid not in keep and not _is_foreign(pid)]
        for pid in living:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not living:
            return
        _collect(living)
        time.sleep(_SWEEP_PAUSE)


def descendants(pid: int) -> list[int]:
    """The living processes below `pid` (Linux)."""
    children: dict[int, list[int]] = {}
    for number in _all_pids():
        fields = _stat(number)
        if fields is not None and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(number)
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def kill_leftovers(children: Iterable[Identity], marker: str) -> int:
    """End what a killed start left running: its known children and, on Linux, all that carry its mark. How many."""
    ended = 0
    for child in children:
        if child.alive():
            with contextlib.suppress(OSError):
                if sys.platform == "win32":
                    os.kill(child.pid, signal.SIGTERM)
                else:
                    os.killpg(child.pid, signal.SIGKILL)
                ended += 1
    if sys.platform == "linux":
        wanted = f"{MARKER}={marker}".encode()
        for pid in _all_pids():
            if pid != os.getpid() and wanted in _environ(pid) and identify(pid) is not None:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    ended += 1
    return ended


def _dies_with_parent(death_signal: int) -> Callable[[], None]:
    """A hook for the child between fork and exec; everything it needs is looked up before."""
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def hook() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return hook


def _collect(pids: Iterable[int]) -> None:
    """Take the exit codes of killed children of ours, without waiting for them."""
    if sys.platform == "win32":
        return
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names are all we need


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat from the third on (state, parent, …); the second may hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _is_foreign(pid: int) -> bool:
    return f"{NOT_OURS}=1".encode() in _environ(pid)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
