"""The two ends of a process's pipes: a reader with a bounded queue, a writer that never blocks its caller."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Mapping
from typing import Any

CHUNK_BYTES = 64 * 1024
QUEUE_CHUNKS = 16
JOIN_BYTES = 512 * 1024


class Reader:
    """Reads a process's output in a thread (a pipe cannot be waited on with a timeout on Windows), at most 1 MiB ahead."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._queue: queue.Queue[bytes] = queue.Queue(QUEUE_CHUNKS)
        self._closed = threading.Event()
        stdout = child.stdout
        assert stdout is not None  # noqa: S101  (jobs.process.spawn always pipes it)
        self._file = stdout
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)
        self._thread.start()
        self._ended = False

    def get(self, timeout: float) -> bytes:
        """What has come, joined up to JOIN_BYTES; b"" at the end of the output. queue.Empty when nothing came in time."""
        if self._ended:
            return b""
        parts = [self._queue.get(timeout=timeout)]
        size = len(parts[0])
        while parts[-1] and size < JOIN_BYTES:
            try:
                parts.append(self._queue.get_nowait())
            except queue.Empty:
                break
            size += len(parts[-1])
        if not parts[-1]:
            self._ended = True
        return b"".join(parts)

    def close(self) -> None:
        """Stop reading and free the pipe; what was not taken is dropped."""
        self._closed.set()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                while True:
                    self._queue.get_nowait()
            self._thread.join(timeout=0.05)
            if self._thread.is_alive() and self._queue.empty():
                break  # blocked in read: somebody outside our reach holds the pipe; the thread is a daemon
        else:
            self._file.close()

    def _read(self) -> None:
        descriptor = self._file.fileno()
        while not self._closed.is_set():
            try:
                chunk = os.read(descriptor, CHUNK_BYTES)
            except OSError:
                chunk = b""
            self._queue.put(chunk)
            if not chunk:
                return


class Writer:
    """Writes lines of JSON to a process's stdin in a thread: a child that does not read must not hold us up."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._queue: queue.Queue[bytes | None] = queue.Queue(64)
        self._file = child.stdin
        self._closed = False
        threading.Thread(target=self._write, name="writer", daemon=True).start()

    def send(self, document: Mapping[str, Any]) -> None:
        """One line of JSON, UTF-8."""
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(json.dumps(document, ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        """Close stdin after what was sent: to our own ETL command this says that the hub is gone."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(None)

    def _write(self) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError, ValueError):
            while (data := self._queue.get()) is not None:
                self._file.write(data)
                self._file.flush()
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
