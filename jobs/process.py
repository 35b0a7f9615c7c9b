"""The operating system's side of a run: start a process in a group of its own, know it again, end its whole tree.

POSIX: a session of its own, and a marker in the environment by which grandchildren that left the session are found.
Windows: a Job Object that takes every descendant along, with psutil's tree for the polite first try.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import psutil
from django.conf import settings
from django.utils.crypto import salted_hmac

from jobs import winjob

WINDOWS = sys.platform == "win32"
MARKER = "ETLHUB_RUN"
"""Environment variable that every process of a run inherits; its value is the run's token (no secret)."""

# What a child may see of our environment. The rest (keys, DATABASE_URL, REDIS_URL, …) is none of its business.
ALLOWED = frozenset(
    """
    PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP SHELL DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_RUNTIME_DIR
    SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES
    PROGRAMFILES(X86) PROGRAMW6432 NUMBER_OF_PROCESSORS USERNAME USERDOMAIN HOMEDRIVE HOMEPATH VIRTUAL_ENV
    HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE PLAYWRIGHT_BROWSERS_PATH
    LD_LIBRARY_PATH
    """.split()
)
ALLOWED_PREFIXES = ("ETL_", "LC_")
NEVER = frozenset({"ETL_MASTER_KEY", "ETL_COMMAND"})


def new_token() -> str:
    """A run's token, which only this hub can have made (`is_our_token`): 16 random digits and their signature."""
    number = secrets.token_hex(8)
    return number + _signature(number)


def is_our_token(token: str) -> bool:
    """Whether this hub made it, be its run long forgotten: another hub on this machine has runs of its own."""
    return hmac.compare_digest(_signature(token[:16]), token[16:])


def _signature(number: str) -> str:
    database = settings.DATABASES["default"]
    place = "|".join(str(database.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))
    return salted_hmac("jobs.process", f"{place}|{number}", algorithm="sha256").hexdigest()[:16]


def child_environment(token: str = "") -> dict[str, str]:
    """The environment of an ETL process: an allow-list of ours, UTF-8 and unbuffered, and the run's marker."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in NEVER and (name.upper() in ALLOWED or name.startswith(ALLOWED_PREFIXES))
    }
    environment |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    if token:
        environment[MARKER] = token
    return environment


def spawn(
    argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], stdin: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start `argv` in a group of its own, stderr going along with stdout. Raises OSError when it cannot be started."""
    process = subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=dict(environment),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=not WINDOWS,
        creationflags=winjob.CREATION_FLAGS,
    )
    winjob.assign(process)
    return process


def adopt_orphans() -> None:
    """Linux: orphaned grandchildren become children of this process, so that its tree holds them (prctl 36)."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError):
            ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)


def ask_to_stop(process: subprocess.Popen[bytes], token: str) -> None:
    """The polite request: SIGTERM to the whole tree; Ctrl+Break to the group on Windows."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            process.send_signal(signal.CTRL_BREAK_EVENT)
        return
    for member in tree(process.pid, token):
        with contextlib.suppress(psutil.Error):
            member.terminate()


def kill_tree(process: subprocess.Popen[bytes] | None, token: str, *, wait: float = 5.0) -> int:
    """Kill every process of the run and wait (at most `wait` seconds) until they are gone. Returns how many were left."""
    deadline = time.monotonic() + wait
    if process is not None:
        winjob.terminate(process)
    while True:
        left = tree(process.pid if process else None, token)
        for member in left:
            with contextlib.suppress(psutil.Error):
                member.kill()
        if process is not None:
            process.poll()
        if not left or time.monotonic() > deadline:
            return len(left)
        psutil.wait_procs(left, timeout=0.2)


def children() -> set[int]:
    """The pids of this process's children."""
    if sys.platform == "linux":
        # proc(5): each thread's own; a fiftieth of the time of looking at every process there is.
        with contextlib.suppress(OSError):
            lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
            if lists:
                return {int(pid) for each in lists for pid in each.split()}
    return {child.pid for child in psutil.Process().children()}


def end_adopted(before: set[int]) -> None:
    """End what a run left to this process (`adopt_orphans`), even without the marker, and collect what has ended.

    `before`: the children this process had before the run. Only for a process that does one run at a time.
    """
    if WINDOWS:
        return
    adopted = [child for child in psutil.Process().children() if child.pid not in before]
    for child in adopted:
        with contextlib.suppress(psutil.Error):
            for member in [*child.children(recursive=True), child]:
                member.kill()
    psutil.wait_procs(adopted, timeout=2)


def tree(pid: int | None, token: str) -> list[psutil.Process]:
    """The live processes of a run: the tree below `pid`, its session, and whoever carries the marker."""
    found: dict[int, psutil.Process] = {}
    if pid:
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(pid)
            for member in [root, *root.children(recursive=True)]:
                found[member.pid] = member
    for member in marked([token]) if token else ():
        found[member.pid] = member
    return [member for member in found.values() if _alive(member)]


def marked(tokens: Iterable[str] | None = None) -> list[psutil.Process]:
    """Processes that carry one of `tokens` (None: any token) as their marker; their value is `marker_of`."""
    wanted = None if tokens is None else frozenset(tokens)
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and (value := marker_of(process)) and (wanted is None or value in wanted)
    ]


def marker_of(process: psutil.Process) -> str:
    """The run's token that `process` inherited, or ""."""
    try:
        return process.environ().get(MARKER, "")
    except (psutil.Error, OSError, RuntimeError):
        return ""


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@cache
def host_name() -> str:
    """This machine's name in leases; ETLHUB_HOST_NAME where two machines of one hub would have the same."""
    return (os.environ.get("ETLHUB_HOST_NAME") or socket.gethostname())[:100]


@cache
def boot_id() -> str:
    """Names this boot of the machine: pids of an earlier one mean nothing."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else str(int(psutil.boot_time()))


@cache
def own_start_time() -> float:
    return start_time(os.getpid()) or 0.0


def start_time(pid: int) -> float | None:
    """When the living process `pid` started, in seconds of a clock that nobody sets; None when there is no such process.

    Linux: seconds since boot (proc(5), field 22). psutil's would move with the machine's clock and two readings differ.
    """
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else int(fields[19]) / os.sysconf("SC_CLK_TCK")
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def is_same_process(pid: int, started: float) -> bool:
    """Whether `pid` is alive and the process that started then (`start_time`)."""
    now = start_time(pid)
    return now is not None and abs(now - started) < 0.05
