"""A child that dies comes back, with growing delays, and is forgiven once it was up for a while."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launcher import processes
from deploy.launcher.supervise import BackOff, Child, Spec, Supervisor
from tests.start.support import python_child, until

FOREVER = "import threading; threading.Event().wait(60)"
FAST = BackOff(first=0.01, longest=0.04, stable_after=60)


class Bench:
    """A supervisor whose words are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.supervisor = Supervisor(folder, self.said.append, back_off=FAST)

    def start(self, code: str, name: str = "filho") -> Child:
        return self.supervisor.start(Spec(name, python_child(code), dict(os.environ), self.folder))

    def until(self, condition: object, what: str) -> None:
        assert callable(condition)

        def ticked() -> object:
            self.supervisor.tick()
            return condition()

        until(ticked, what)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for child in bench.supervisor.children:
        if child.process is not None:
            processes.kill_group(child.process)


def pid(child: Child) -> int | None:
    return child.process.pid if child.process is not None else None


def test_a_killed_child_is_replaced(bench: Bench) -> None:
    child = bench.start(FOREVER)
    first = pid(child)
    assert first is not None
    os.kill(first, signal.SIGTERM)

    bench.until(lambda: pid(child) not in (None, first), "outro processo no lugar")

    assert child.failures == 1
    assert "filho terminou" in bench.said[0]
    assert "reinício em 0,0 s" in bench.said[0]


def test_delays_double_up_to_a_bound() -> None:
    back_off = BackOff(first=0.5, longest=30)
    assert [back_off.delay(failures) for failures in (1, 2, 3, 7, 8, 1000)] == [0.5, 1, 2, 30, 30, 30]


def test_a_child_that_keeps_dying_is_retried_again_and_again(bench: Bench) -> None:
    child = bench.start("raise SystemExit(3)")
    bench.until(lambda: child.failures >= 4, "quatro falhas seguidas")
    assert all("terminou (código 3)" in line for line in bench.said)


def test_failures_are_forgotten_after_a_while_up(bench: Bench) -> None:
    child = bench.start(FOREVER)
    child.failures = 5
    child.began -= FAST.stable_after
    first = pid(child)
    assert first is not None
    os.kill(first, signal.SIGTERM)

    bench.until(lambda: pid(child) not in (None, first), "outro processo no lugar")

    assert child.failures == 1


def test_a_program_that_is_missing_is_told_and_retried(bench: Bench) -> None:
    missing = Spec("ausente", [str(bench.folder / "nada")], dict(os.environ), bench.folder)
    child = bench.supervisor.start(missing)
    bench.until(lambda: child.failures >= 2, "duas tentativas")
    assert "ausente não pôde ser iniciado" in bench.said[0]


def test_output_goes_to_the_childs_file_and_its_errors_to_the_console(bench: Bench) -> None:
    code = f"print('tudo bem'); print('2026-11-24 10:00:00 ERROR hub deu errado', flush=True); {FOREVER}"
    child = bench.start(code, name="falador")
    bench.until(lambda: bench.said, "o resumo do erro")
    assert bench.said == ["  ! falador: ERROR hub deu errado"]
    assert "tudo bem" in child.output.path.read_text(encoding="utf-8")
