"""Calls that may hang in the operating system (a dead network share) with a time limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WAIT_SECONDS = 4.0
"""How long an unreachable network share may keep an answer waiting; browsers of the predecessor give up after 5."""
MAX_HANGING = 32
"""Calls at once; one that hangs keeps its place until the system gives it up."""

_places = threading.BoundedSemaphore(MAX_HANGING)


def in_time(work: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
    """`work()`'s result or exception; TimeoutError after `seconds`. `work` runs in a thread: no database in it."""
    if not _places.acquire(blocking=False):
        raise TimeoutError("há chamadas demais à espera de pastas que não respondem")
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller
            errors.append(error)
        finally:
            _places.release()

    thread = threading.Thread(target=run, name="espera", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"sem resposta em {seconds:.0f} segundos")
    return results[0]
