"""Runs a queued Execution: takes its lease, starts its process, sees it to its end (jobs.attempt), settles it (jobs.settle)."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from credentials import vault
from credentials.masking import Masker
from deploy.launcher.steps import reason
from etlhub.errors import HubError
from jobs import command, events, lifecycle, process, settle, whole
from jobs.attempt import Attempt, stopping
from jobs.mending import mend
from jobs.models import Execution, Level, State
from jobs.outcome import Outcome, Stop, judge

__all__ = ["run", "stopping"]
log = logging.getLogger(__name__)

BUG = "Falha interna do hub ao executar; veja o log do worker."
START_PAUSES = (0.5, 1.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0)
"""Seconds between tries to start a run, while disk or database do not take what that must write."""
SETTLE_PAUSES = (0.2, 0.5, 1.0)
"""Seconds between tries to write how a run ended, while the database does not take it; the last goes on."""
SETTLE_TRIES = 3600
LAST_TRIES = 5
"""Tries once this worker is asked to stop."""


def run(execution_id: int, *, actor: str = "worker", on_beat: Callable[[], None] = lambda: None) -> State | None:
    """Run a queued Execution to its end; returns its final state, None when somebody else has it or it was cancelled."""
    process.adopt_orphans()
    token = process.new_token()
    executions = _claim(execution_id, token, actor)
    if not executions:
        return None
    folder = command.temp_folder(executions[0])
    versoes: dict[str, int] = {}
    try:
        outcomes = _attempt(executions, token, folder, versoes, on_beat)
    except HubError as error:
        codigo = getattr(error, "codigo", "configuracao")
        settle.say(executions[0], Level.ERROR, error.message)
        outcomes = {each.pk: Outcome(State.ERROR, codigo, error.message) for each in executions}
    except Exception:
        log.exception("execution %s: fault of the runner", execution_id)
        outcomes = {each.pk: Outcome(State.ERROR, "interno", BUG, transient=True) for each in executions}
    finally:
        process.kill_tree(None, token)
        shutil.rmtree(folder, ignore_errors=True)
    finals = {
        each.pk: _settle(each, token, outcomes[each.pk], actor, versoes.get(each.sistema_id)) for each in executions
    }
    events.drain()
    return finals[execution_id]


def _claim(execution_id: int, token: str, actor: str) -> list[Execution]:
    """The Execution under a lease of this process (and those that share its process); none when it is not to be had."""
    now = timezone.now()
    lease: dict[str, Any] = {
        "owner_host": process.host_name(),
        "owner_boot": process.boot_id(),
        "owner_pid": os.getpid(),
        "owner_started": process.own_start_time(),
        "heartbeat_at": now,
        "started_at": now,
        "finished_at": None,
        "progresso": 0,
        "exit_code": None,
        "codigo": "",
        "motivo": "",
    }
    attempt = Execution.objects.values_list("tentativa", flat=True).filter(pk=execution_id).first() or 0
    execution = lifecycle.move(
        execution_id,
        (State.QUEUED,),
        State.RUNNING,
        actor=actor,
        reason=f"tentativa {attempt + 1}",
        run_token=token,
        tentativa=attempt + 1,
        mensagem="Iniciando",
        **lease,
    )
    return whole.claim(execution, token, **lease) if execution else []


def _attempt(
    executions: Sequence[Execution], token: str, folder: Path, versoes: dict[str, int], on_beat: Callable[[], None]
) -> dict[int, Outcome]:
    """Start the process and see it to its end. `versoes` is filled with the versions of the logins that were used."""
    why: Stop | None = None
    for pause in (*START_PAUSES, 0.0):
        try:
            attempt = _start(executions, token, folder, versoes, on_beat)
        except (DatabaseError, OSError) as error:
            log.warning("execution %s: not started yet (%s)", executions[0].pk, error)
            process.kill_tree(None, token)
            shutil.rmtree(folder, ignore_errors=True)
            mend()
        else:
            return attempt.to_the_end()
        why = Stop.SHUTDOWN if stopping.wait(pause) else _why_not(executions[0], token)
        if why:
            break
    return {each.pk: judge(None, why or Stop.FULL, 0, None, "") for each in executions}


def _why_not(execution: Execution, token: str) -> Stop | None:
    """Renews the lease; why not to go on trying, when it was lost or the run cancelled."""
    try:
        state = lifecycle.held_state(execution.pk, token, renew=True)
    except DatabaseError:
        return None
    if state == State.RUNNING:
        return None
    return Stop.CANCEL if state == State.CANCELLING else Stop.LOST


def _start(
    executions: Sequence[Execution], token: str, folder: Path, versoes: dict[str, int], on_beat: Callable[[], None]
) -> Attempt:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Our own command needs no secret to start: its interpreter comes up while the vault is read.
    child = None if settings.ETL_COMMAND else _spawn(command.own(executions), token)
    actor = f"execução {executions[0].job_id}"
    held = vault.run_secrets([each.sistema_id for each in executions], actor=actor)
    versoes.update(held.versoes)
    document = None
    if child is None:
        child = _spawn(command.external(executions, held.document, folder), token)
    else:
        document = held.document | {"execucao": command.run_section(executions[0], folder)}
    return Attempt(executions, token, child, document, Masker(held.secrets), on_beat)


def _spawn(what: command.Command, token: str) -> subprocess.Popen[bytes]:
    try:
        return process.spawn(what.argv, cwd=what.cwd, environment=process.child_environment(token))
    except OSError as error:
        raise HubError(f"Não foi possível iniciar o ETL: {reason(error)} ({what.argv[0]}).") from None


def _settle(execution: Execution, token: str, outcome: Outcome, actor: str, versao: int | None) -> State | None:
    """settle.settle, tried again while the database does not take it: nobody else knows how it ended.

    What stays undone is recovery's.
    """
    for attempt in range(SETTLE_TRIES):
        try:
            return settle.settle(execution.pk, token, outcome, actor=actor, credential_version=versao)
        except DatabaseError as error:
            log.warning("execution %s: end not written yet (%s)", execution.pk, type(error).__name__)
            mend()
        if stopping.is_set() and attempt >= LAST_TRIES:
            break
        time.sleep(SETTLE_PAUSES[min(attempt, len(SETTLE_PAUSES) - 1)])
    return None
