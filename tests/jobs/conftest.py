"""Executions that run a scripted ETL (fake_etl.py)."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from credentials import store
from credentials.models import AuditEntry
from jobs import dispatch, recovery, runner
from jobs.models import Execution, Job, LogEntry, State
from sistemas import catalogue

FAKE_ETL = Path(__file__).with_name("fake_etl.py")
PASSWORD = "Senha-Secreta-41!"
DEAD_PID = 2**22 - 3

MakeExecution = Callable[..., Execution]


def set_login(sistema_id: str, code: str) -> None:
    """What the scripted ETL shall do for this sistema: Python statements."""
    change = store.Change(url="http://127.0.0.1:9", username=code, secrets={"password": PASSWORD})
    store.apply(sistema_id, change, quem="teste", acao=AuditEntry.Acao.ALTERACAO)


@pytest.fixture(autouse=True)
def _engine(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ETL_COMMAND = [sys.executable, str(FAKE_ETL)]
    settings.CANCEL_GRACE_SECONDS = 0.5
    monkeypatch.setattr(dispatch, "enqueue", lambda _pk: True)
    runner.stopping.clear()
    yield
    runner.stopping.clear()


@pytest.fixture
def make_execution(db: None) -> MakeExecution:
    """Make a queued Execution whose ETL does `code`; more keywords go to the Job."""
    catalogue.seed()

    def make(
        code: str, sistema: str = "fidc", *, status: State = State.QUEUED, tries: int = 1, **job: Any
    ) -> Execution:
        set_login(sistema, code)
        parent = Job.objects.create(params={"sistemas": [sistema]}, **job)
        return Execution.objects.create(job=parent, sistema_id=sistema, status=status, tentativas_max=tries)

    return make


def lines_of(job_id: int) -> list[LogEntry]:
    return list(LogEntry.objects.filter(id__gt=job_id << 32, id__lt=(job_id + 1) << 32).order_by("id"))


def texts_of(job_id: int) -> list[str]:
    return [str(line) for line in lines_of(job_id)]


def wait_until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer of `condition`; fails after `seconds`."""
    limit = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > limit:
            pytest.fail("condition not met in time")
        time.sleep(0.01)


def in_thread(action: Callable[[], Any]) -> threading.Thread:
    """Run `action` beside the test, with a database connection of its own that is closed at the end."""

    def body() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def fresh_watch() -> Iterator[None]:
    """A watchman that has seen nothing yet."""
    recovery._seen.clear()
    yield
    recovery._seen.clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the watchman's own clock is put forward by: `clock[0] += 10`."""
    forward = [0.0]
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + forward[0])
    return forward
