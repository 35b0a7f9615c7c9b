"""What the user sees while the hub starts: one line a step, with its time."""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO


class StartError(Exception):
    """Carries the one sentence that tells the user what is wrong and what to do; the exit code is then 1."""


_REASONS = {
    errno.EACCES: "permissão negada",
    errno.EPERM: "permissão negada",
    errno.ENOSPC: "disco cheio",
    errno.EROFS: "sistema de arquivos somente para leitura",
    errno.ENOTDIR: "não é uma pasta",
    errno.ENOENT: "não existe",
    errno.EISDIR: "é uma pasta",
    errno.EEXIST: "já existe um arquivo com este nome",
}


def reason(error: OSError) -> str:
    """Why the system refused, in Portuguese where it is one of the usual reasons."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


class Interrupted(Exception):
    """The user asked to stop while something was being prepared."""


class Steps:
    """Prints steps and notes; safe to use from several threads."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._lock = threading.Lock()

    def note(self, text: str) -> None:
        """One line as it is."""
        with self._lock:
            print(text, file=self._out, flush=True)

    def done(self, text: str, seconds: float) -> None:
        """A finished step."""
        self.note(f"  ✓ {text} ({_seconds(seconds)})")

    @contextmanager
    def step(self, text: str, *, slow: bool = False) -> Iterator[None]:
        """Times what runs inside and prints it when done; a slow one is announced first."""
        if slow:
            self.note(f"  … {text}")
        began = time.monotonic()
        yield
        self.done(text, time.monotonic() - began)


@dataclass(frozen=True)
class Session:
    """What every part of one start shares."""

    root: Path
    data: Path
    steps: Steps = field(default_factory=Steps)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def run_dir(self) -> Path:
        """Files of the running start: ports, configuration of Valkey, who is alive."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """What the children wrote."""
        return self.data / "logs"


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".", ",")


def use_utf8() -> None:
    """Accents must not end the program on a console or pipe with an older code page."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
