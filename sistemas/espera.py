"""Calls that may hang in the operating system (a dead network share), with a time limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

WAIT_SECONDS = 4.0
"""How long an unreachable network share may keep an answer waiting; browsers of the predecessor give up after 5."""
MAX_HANGING = 64
"""Calls at once; one that hangs keeps its place until the system gives it up."""

_places = threading.BoundedSemaphore(MAX_HANGING)


class _Call(Generic[T]):
    """One call in a thread of its own, for nothing can interrupt a call that waits for a dead share."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        if not _places.acquire(blocking=False):
            raise TimeoutError("há chamadas demais à espera de pastas que não respondem")
        self._thread = threading.Thread(target=self._run, name="espera", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # handed to the caller
            self._errors.append(error)
        finally:
            _places.release()

    def result(self, deadline: float) -> T:
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._errors:
            raise self._errors[0]
        if not self._results:
            raise TimeoutError("sem resposta do sistema")
        return self._results[0]


def in_time(work: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
    """`work()`'s result or exception; TimeoutError after `seconds`. `work` runs in a thread: no database in it."""
    return _Call(work).result(time.monotonic() + seconds)


def all_in_time(works: Sequence[Callable[[], T]], seconds: float = WAIT_SECONDS) -> list[T | TimeoutError]:
    """The results of all at once, in order; a TimeoutError in the place of each that has not answered after `seconds`."""
    deadline = time.monotonic() + seconds
    calls: list[_Call[T] | TimeoutError] = []
    for work in works:
        try:
            calls.append(_Call(work))
        except TimeoutError as error:
            calls.append(error)
    results: list[T | TimeoutError] = []
    for call in calls:
        try:
            results.append(call if isinstance(call, TimeoutError) else call.result(deadline))
        except TimeoutError as error:
            results.append(error)
    return results
