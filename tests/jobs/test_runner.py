"""A run from its process to its settled state, with real processes."""

from __future__ import annotations

import errno
import queue
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import LazySettings
from django.db import OperationalError

from jobs import attempt, command, lifecycle, logbook, pipe, process, runner
from jobs.models import Execution, Job, JobStatus, Level, State, Transition
from jobs.protocol import Line
from tests.jobs.conftest import PASSWORD, MakeExecution, in_thread, lines_of, texts_of, wait_until


def test_every_line_is_stored_in_order_and_numbered_from_one(make_execution: MakeExecution) -> None:
    execution = make_execution("say(5000)")
    assert runner.run(execution.pk) == State.SUCCESS
    lines = lines_of(execution.job_id)
    assert [line.seq for line in lines] == list(range(1, 5001))
    assert [line.mensagem for line in lines] == [f"linha {n}" for n in range(1, 5001)]
    job = Job.objects.get(pk=execution.job_id)
    assert (job.status, job.log_seq) == (JobStatus.COMPLETED, 5000)


def test_the_command_gets_the_contracts_arguments(make_execution: MakeExecution) -> None:
    code = "print('ARGS', *ARGS)"
    execution = make_execution(
        code, "maps", dry_run=True, limpar=True, data_inicial="2026-11-23", data_final="2026-11-24"
    )
    execution.opcoes = {"excel": False, "pdf": True, "ativo": True, "passivo": False}
    execution.save()
    execution.job.refresh_from_db()
    assert runner.run(execution.pk) == State.SUCCESS
    text = texts_of(execution.job_id)[0]
    for part in (
        "--sistemas maps",
        "--data-inicial 23/11/2026",
        "--data-final 24/11/2026",
        "--limpar",
        "--dry-run",
        "--maps-no-excel",
        "--maps-no-passivo",
    ):
        assert part in text
    assert "--maps-no-pdf" not in text


def test_the_config_file_is_private_and_gone_afterwards(make_execution: MakeExecution) -> None:
    code = "import os; p=ARGS[ARGS.index('--config')+1]; print('MODE', oct(os.stat(p).st_mode & 0o777), p)"
    execution = make_execution(code)
    runner.run(execution.pk)
    _, mode, path = texts_of(execution.job_id)[0].split("MODE")[1].split(" ")
    assert mode == "0o600" or sys.platform == "win32"
    assert not Path(path).exists()


def test_a_password_that_the_etl_prints_is_masked(make_execution: MakeExecution) -> None:
    execution = make_execution("print('senha:', SECTION['password'])")
    runner.run(execution.pk)
    assert texts_of(execution.job_id) == ["[INFO] [STDOUT] senha: ********"]
    assert PASSWORD not in "".join(texts_of(execution.job_id))


def test_the_environment_of_the_etl_holds_nothing_of_the_hubs(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ETLHUB_SECRET_KEY", "ETLHUB_CREDENTIAL_KEYS", "DATABASE_URL", "REDIS_URL", "ETL_MASTER_KEY"):
        monkeypatch.setenv(name, "segredo-do-hub")
    execution = make_execution("print(*(f'{k}={v}' for k, v in os.environ.items()))")
    runner.run(execution.pk)
    text = texts_of(execution.job_id)[0]
    assert "segredo-do-hub" not in text
    assert "PYTHONUNBUFFERED=1" in text
    assert process.MARKER in text


def test_a_failure_tells_its_exit_code_and_last_error(make_execution: MakeExecution) -> None:
    execution = make_execution("print('[ERROR] [FIDC] Portal fora do ar'); sys.exit(3)")
    assert runner.run(execution.pk) == State.ERROR
    execution.refresh_from_db()
    assert execution.exit_code == 3
    assert "código de saída 3" in execution.motivo
    assert "Portal fora do ar" in execution.motivo
    assert Job.objects.get(pk=execution.job_id).error_message.startswith("FIDC: ")


def test_stderr_is_read_along(make_execution: MakeExecution) -> None:
    execution = make_execution("raise ValueError('não deu')")
    assert runner.run(execution.pk) == State.ERROR
    lines = lines_of(execution.job_id)
    assert lines[0].mensagem.startswith("Traceback")
    assert {line.level for line in lines} == {Level.ERROR}
    assert lines[-1].mensagem == "ValueError: não deu"


def test_a_transient_failure_is_tried_again_later(make_execution: MakeExecution) -> None:
    execution = make_execution("sys.exit(75)", tries=2)
    assert runner.run(execution.pk) == State.PENDING
    execution.refresh_from_db()
    assert execution.not_before is not None
    reason = "O ETL terminou com falha (código de saída 75)."
    assert execution.mensagem == f"Tentativa 1 de 2 falhou; nova em 30 s. Motivo: {reason}"
    Execution.objects.filter(pk=execution.pk).update(status=State.QUEUED)
    assert runner.run(execution.pk) == State.ERROR
    moves = [(each.origem, each.destino, each.tentativa) for each in Transition.objects.filter(execution=execution)]
    assert moves == [
        ("queued", "running", 1),
        ("running", "pending", 1),
        ("queued", "running", 2),
        ("running", "error", 2),
    ]


def test_a_message_delivered_twice_runs_once(make_execution: MakeExecution) -> None:
    execution = make_execution("say(1)")
    assert runner.run(execution.pk) == State.SUCCESS
    assert runner.run(execution.pk) is None
    assert len(lines_of(execution.job_id)) == 1


def test_a_command_that_does_not_exist_is_told_in_words(make_execution: MakeExecution, settings: LazySettings) -> None:
    settings.ETL_COMMAND = ["/nao/existe/python", "main.py"]
    execution = make_execution("pass")
    assert runner.run(execution.pk) == State.ERROR
    execution.refresh_from_db()
    assert "Não foi possível iniciar o ETL" in execution.motivo


def test_silence_is_warned_of_and_then_ended(make_execution: MakeExecution) -> None:
    execution = make_execution("say(1); time.sleep(60)")
    execution.sistema.limite_silencio_segundos = 1
    execution.sistema.save()
    assert runner.run(execution.pk) == State.ERROR
    execution.refresh_from_db()
    assert execution.codigo == "sem_saida"
    assert any("Sem saída há" in text for text in texts_of(execution.job_id))


def test_the_time_limit_ends_a_run_that_goes_on_talking(make_execution: MakeExecution) -> None:
    execution = make_execution("\nwhile True: say(1); time.sleep(0.02)")
    execution.sistema.limite_segundos = 1
    execution.sistema.save()
    assert runner.run(execution.pk) == State.ERROR
    execution.refresh_from_db()
    assert execution.codigo == "tempo_esgotado"


def test_the_line_limit_of_a_job_ends_in_one_clear_line(make_execution: MakeExecution, settings: LazySettings) -> None:
    settings.MAX_LINES_PER_JOB = 3000
    execution = make_execution("say(20000)")
    assert runner.run(execution.pk) == State.SUCCESS
    texts = texts_of(execution.job_id)
    assert len(texts) == 3001
    assert "Limite de 3.000 linhas" in texts[-1]
    with pytest.raises(logbook.LogFull):  # another sistema of the same job
        logbook.append(execution.job_id, None, [Line(int(Level.INFO), "OUTRO", "uma linha")])
    assert texts_of(execution.job_id) == texts


def test_a_child_that_closes_its_output_is_waited_for(make_execution: MakeExecution) -> None:
    code = "say(1); os.close(1); os.close(2); time.sleep(0.5); os._exit(4)"
    execution = make_execution(code)
    assert runner.run(execution.pk) == State.ERROR
    execution.refresh_from_db()
    assert execution.exit_code == 4


def test_a_grandchild_that_holds_the_output_is_ended(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "ORPHANED_PIPE_SECONDS", 0.3)
    code = "import subprocess as s; p=s.Popen([sys.executable,'-c','import time;time.sleep(99)']); print(p.pid)"
    execution = make_execution(code)
    assert runner.run(execution.pk) == State.SUCCESS
    assert not psutil.pid_exists(int(lines_of(execution.job_id)[0].mensagem))


@pytest.mark.django_db(transaction=True)
def test_cancelling_ends_the_whole_tree_even_what_ignores_sigterm_and_left_the_session(
    make_execution: MakeExecution,
) -> None:
    code = (
        "import subprocess as s, signal as g; g.signal(g.SIGTERM, g.SIG_IGN)\n"
        "c='import signal as g,time;g.signal(g.SIGTERM,g.SIG_IGN);time.sleep(99)'\n"
        "p=s.Popen([sys.executable,'-c',c],start_new_session=True); print(p.pid); time.sleep(99)"
    )
    execution = make_execution(code)
    thread = in_thread(lambda: runner.run(execution.pk))
    line = wait_until(lambda: lines_of(execution.job_id))[0]
    assert lifecycle.cancel_execution(execution.pk, actor="ana")
    thread.join(15)
    execution.refresh_from_db()
    assert (execution.status, execution.codigo) == (State.CANCELLED, "cancelado")
    assert not psutil.pid_exists(int(line.mensagem))
    assert process.marked([execution.run_token]) == []


@pytest.mark.django_db(transaction=True)
def test_cancelling_what_has_already_ended_well_leaves_its_success(
    make_execution: MakeExecution, tmp_path: Path
) -> None:
    """The process ended by itself; the wish to cancel came in before that was written."""
    gate = tmp_path / "gate"
    execution = make_execution(f"say(1); wait_for({str(gate)!r})")
    thread = in_thread(lambda: runner.run(execution.pk))
    wait_until(lambda: lines_of(execution.job_id))
    gate.touch()
    wait_until(lambda: Execution.objects.get(pk=execution.pk).status != State.RUNNING)
    assert not lifecycle.cancel_execution(execution.pk, actor="ana")
    thread.join(15)
    execution.refresh_from_db()
    assert execution.status == State.SUCCESS


@pytest.mark.django_db(transaction=True)
def test_a_worker_asked_to_stop_ends_its_run_as_interrupted(make_execution: MakeExecution) -> None:
    execution = make_execution("say(1); time.sleep(99)")
    thread = in_thread(lambda: runner.run(execution.pk))
    wait_until(lambda: lines_of(execution.job_id))
    runner.stopping.set()
    thread.join(15)
    execution.refresh_from_db()
    assert execution.status == State.ERROR
    assert execution.motivo.startswith("interrompido")


def test_the_marker_finds_a_process_that_left_the_tree() -> None:
    token = secrets.token_hex(16)
    environment = process.child_environment(token)
    grandchild = "subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)'],start_new_session=True)"
    code = f"import subprocess,sys;print({grandchild}.pid)"
    child = process.spawn([sys.executable, "-c", code], cwd=Path.cwd(), environment=environment)
    assert child.stdout
    pid = int(child.stdout.readline())
    child.wait(timeout=20)
    assert [found.pid for found in process.marked([token])] == [pid]
    process.kill_tree(child, token)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.django_db(transaction=True)
def test_a_worker_asked_to_stop_while_the_database_takes_nothing_says_that_lines_are_missing(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "LAST_WAIT_SECONDS", 0.1)
    execution = make_execution("\nwhile True: say(1); time.sleep(0.01)")
    real, full = logbook._store, threading.Event()

    def store(*arguments: Any) -> int:
        if full.is_set():
            raise OperationalError("database or disk is full")
        return real(*arguments)

    monkeypatch.setattr(logbook, "_store", store)
    thread = in_thread(lambda: runner.run(execution.pk))
    wait_until(lambda: lines_of(execution.job_id))
    full.set()
    runner.stopping.set()
    thread.join(20)
    execution.refresh_from_db()
    assert (execution.status, execution.codigo) == (State.ERROR, "interrompido")
    assert "faltam as últimas linhas" in execution.motivo


@pytest.mark.django_db(transaction=True)
def test_lines_that_waited_for_the_database_after_the_process_ended_are_all_stored(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is long gone when the database takes its lines; what is still in the pipe must not be given up."""
    monkeypatch.setattr(attempt, "GIVE_UP_SECONDS", 0.2)
    monkeypatch.setattr(attempt, "ORPHANED_PIPE_SECONDS", 0.1)
    monkeypatch.setattr(pipe, "JOIN_BYTES", 512)
    monkeypatch.setattr(pipe, "CHUNK_BYTES", 512)
    store, get, calls = logbook._store, pipe.Reader.get, []

    def slow(*arguments: Any) -> int:
        time.sleep(0.02)
        return store(*arguments)

    def hesitant(self: pipe.Reader, timeout: float) -> bytes:
        calls.append(1)
        if len(calls) % 2:
            raise queue.Empty  # the reading thread had no turn yet
        return get(self, timeout)

    monkeypatch.setattr(logbook, "_store", slow)
    monkeypatch.setattr(pipe.Reader, "get", hesitant)
    execution = make_execution("say(2500)")
    assert runner.run(execution.pk) == State.SUCCESS
    assert len(lines_of(execution.job_id)) == 2500


def test_a_start_waits_for_a_disk_that_is_full(make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "START_PAUSES", (0.01,) * 5)
    real, tries = command.external, []

    def external(*arguments: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(command, "external", external)
    execution = make_execution("say(1)")
    assert runner.run(execution.pk) == State.SUCCESS
    assert len(tries) == 3


@pytest.mark.django_db(transaction=True)
def test_a_run_that_waits_for_the_disk_can_be_cancelled(
    make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(command, "external", full)
    execution = make_execution("say(1)")
    thread = in_thread(lambda: runner.run(execution.pk))
    wait_until(lambda: Execution.objects.get(pk=execution.pk).status == State.RUNNING)
    assert lifecycle.cancel_execution(execution.pk, actor="ana")
    thread.join(20)
    execution.refresh_from_db()
    assert (execution.status, execution.codigo) == (State.CANCELLED, "cancelado")
