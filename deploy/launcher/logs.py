"""Children's output: into rotated files, and their errors in short on the console."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

MAX_BYTES = 10 * 1024 * 1024
BACKUPS = 3
_CHUNK = 65536
_LONGEST_LINE = 4096
_ERROR = re.compile(r"\b(ERROR|CRITICAL)\b|^(?:[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Interrupt)|OSError)\b")
# The answer "not ready yet" to the launcher's own question.
_EXPECTED = "Service Unavailable: /api/health/ready"
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SUMMARY_LINES = 4
_SUMMARY_SECONDS = 30.0
_DATE = re.compile(r"^[\d\-/:., TZ+]+")


class RotatingFile:
    """A file of at most `max_bytes`; what was in it goes on to `.1`, `.2`, … A full disk loses lines, not the child."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, backups: int = BACKUPS) -> None:
        self._path, self._max_bytes, self._backups = path, max_bytes, backups
        self._file: IO[bytes] | None = None
        self._size = 0

    def write(self, data: bytes) -> None:
        """Append `data`, rotating first when it would not fit."""
        try:
            if self._file is None:
                self._open()
            if self._size and self._size + len(data) > self._max_bytes:
                self._rotate()
            if self._file is not None:
                self._file.write(data)
                self._size += len(data)
        except OSError:
            self.close()

    def close(self) -> None:
        """Let the file go; the next write opens it again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file = None

    def _open(self) -> None:
        self._file = self._path.open("ab", buffering=0)
        self._size = self._file.tell()

    def _rotate(self) -> None:
        self.close()
        for number in range(self._backups, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = self._path.with_name(f"{self._path.name}.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        self._open()


class Output:
    """Takes what one child (and its successors after a restart) writes."""

    def __init__(self, name: str, folder: Path, console: Callable[[str], None]) -> None:
        self._name = name
        self.path = folder / f"{name}.log"
        self._file = RotatingFile(self.path)
        self._console = console
        self._recent: deque[tuple[float, str]] = deque(maxlen=_SUMMARY_LINES)
        self._lock = threading.Lock()
        self.last_error = ""

    def follow(self, pipe: IO[bytes]) -> threading.Thread:
        """Read `pipe` to its end on a thread of its own."""
        thread = threading.Thread(target=self._read, args=(pipe,), name=f"log-{self._name}", daemon=True)
        thread.start()
        return thread

    def _read(self, pipe: IO[bytes]) -> None:
        rest = b""
        with contextlib.suppress(OSError, ValueError), pipe:
            while chunk := pipe.read1(_CHUNK):  # type: ignore[attr-defined]
                with self._lock:
                    self._file.write(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                rest = rest[-_LONGEST_LINE:]
                for line in lines:
                    self._look(line[-_LONGEST_LINE:].decode("utf-8", "replace"))
        if rest:
            self._look(rest.decode("utf-8", "replace"))

    def _look(self, line: str) -> None:
        """Put an error line on the console, but neither a flood of them nor the same one again and again."""
        text = _ANSI.sub("", line).strip()
        if not _ERROR.search(text) or _EXPECTED in text:
            return
        self.last_error = text[:300]
        now = time.monotonic()
        what = _DATE.sub("", self.last_error)
        recent = [(when, said) for when, said in self._recent if now - when < _SUMMARY_SECONDS]
        if len(recent) >= _SUMMARY_LINES or any(said == what for _, said in recent):
            return
        self._recent.append((now, what))
        self._console(f"  ! {self._name}: {what}")
