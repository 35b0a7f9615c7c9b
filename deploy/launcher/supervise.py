"""Keeps children running: restarts what dies with growing delays, and stops all of them in time."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.launcher import processes
from deploy.launcher.logs import Output
from deploy.launcher.processes import Identity
from deploy.launcher.steps import reason

TICK = 0.2
# Together under the 10 s within which everything must be gone.
GRACE = 6.0
LAST_GRACE = 1.5
_POLL = 0.02
_DRAIN = 0.5


@dataclass(frozen=True)
class BackOff:
    """Seconds before the first restart, the longest wait, and the uptime after which failures are forgotten."""

    first: float = 0.5
    longest: float = 30.0
    stable_after: float = 60.0

    def delay(self, failures: int) -> float:
        """The wait before the restart after so many failures in a row (1 is the first)."""
        return float(min(self.longest, self.first * 2 ** min(failures - 1, 30)))


@dataclass(frozen=True)
class Spec:
    """A child to keep running. `last`: stopped after the others, which need it to the end."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    last: bool = False
    death_signal: int = 9


@dataclass
class Child:
    """A supervised child and how it fared."""

    spec: Spec
    output: Output
    process: subprocess.Popen[bytes] | None = None
    identity: Identity | None = None
    reader: threading.Thread | None = None
    began: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)


class Supervisor:
    """Used from one thread only, which must live as long as the children (see processes.spawn)."""

    def __init__(
        self,
        logs: Path,
        console: Callable[[str], None],
        *,
        back_off: BackOff | None = None,
        on_change: Callable[[list[Identity]], None] = lambda _: None,
    ) -> None:
        self.children: list[Child] = []
        self._logs = logs
        self._console = console
        self._back_off = back_off or BackOff()
        self._on_change = on_change

    def start(self, spec: Spec) -> Child:
        """Start a child and keep it running from now on."""
        child = Child(spec, Output(spec.name, self._logs, self._console))
        self.children.append(child)
        self._launch(child)
        return child

    def tick(self) -> None:
        """Notice who died and restart who is due."""
        now = time.monotonic()
        processes.reap_orphans(child.process for child in self.children if child.process is not None)
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._died(child, now)
            if child.process is None and child.due <= now:
                self._launch(child)

    def run(self, stop: threading.Event) -> None:
        """Supervise until `stop` is set."""
        while not stop.wait(TICK):
            self.tick()

    def stop(self, *, between: Callable[[list[int]], None] = lambda _: None) -> None:
        """Ask all to end, end who does not; `between` is called with the pids left to the last round."""
        first = [child for child in self.children if not child.spec.last]
        last = [child for child in self.children if child.spec.last]
        _end(first, GRACE)
        between([child.process.pid for child in last if child.process is not None])
        _end(last, LAST_GRACE)
        self._on_change([])

    def _launch(self, child: Child) -> None:
        spec = child.spec
        child.began = time.monotonic()
        try:
            process = processes.spawn(
                spec.argv, cwd=spec.cwd, env=spec.env, stdout=subprocess.PIPE, death_signal=spec.death_signal
            )
        except OSError as error:
            self._wait_before_restart(child, f"não pôde ser iniciado ({reason(error)})", child.began)
            return
        child.process = process
        child.identity = processes.identify(process.pid)
        if process.stdout is not None:
            child.reader = child.output.follow(process.stdout)
        self._on_change([one.identity for one in self.children if one.identity is not None])

    def _died(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process is not None else None
        child.process, child.identity = None, None
        if now - child.began >= self._back_off.stable_after:
            child.failures = 0
        self._wait_before_restart(child, f"terminou (código {code})", now)

    def _wait_before_restart(self, child: Child, what: str, now: float) -> None:
        child.failures += 1
        delay = self._back_off.delay(child.failures)
        child.due = now + delay
        seconds = f"{delay:.1f}".replace(".", ",")
        self._console(f"  ! {child.spec.name} {what}; reinício em {seconds} s. Detalhes em {child.output.path}")


def _end(children: list[Child], grace: float) -> None:
    """Ask, ask again half-way (an RQ worker then drops its job), and kill the groups of those still there."""
    living = [child.process for child in children if child.process is not None]
    for _ in range(2):
        for process in living:
            processes.ask_to_stop(process)
        living = _still_living(living, grace / 2)
    for process in living:
        processes.kill_group(process)
    _still_living(living, _DRAIN)
    deadline = time.monotonic() + _DRAIN
    for child in children:
        if child.reader is not None:
            child.reader.join(max(0.0, deadline - time.monotonic()))
        child.process, child.identity = None, None


def _still_living(living: list[subprocess.Popen[bytes]], seconds: float) -> list[subprocess.Popen[bytes]]:
    deadline = time.monotonic() + seconds
    living = [process for process in living if process.poll() is None]
    while living and time.monotonic() < deadline:
        time.sleep(_POLL)
        living = [process for process in living if process.poll() is None]
    return living
