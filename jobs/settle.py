"""The end of an attempt: another try where the failure allows it, else the final state, with its reason in the log."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from credentials import vault
from jobs import lifecycle, logbook
from jobs.models import Execution, Level, State
from jobs.outcome import Outcome

BACKOFF_FACTOR = 2
MAX_BACKOFF_SECONDS = 3600
SAID = ("interrompido", "sem_gravacao", "tempo_esgotado", "sem_saida", "cancelado")
"""Ends that the hub brought about: its log says so, for the ETL's own lines do not."""
REJECTIONS = ("senha_incorreta", "senha_expirada", "conta_bloqueada")


def say(execution: Execution, level: Level, mensagem: str) -> None:
    """One line of the hub's own in the job's log, under the sistema's name."""
    logbook.note(execution.job_id, execution.pk, level, execution.sistema.nome, mensagem)


def settle(
    execution_id: int, token: str | None, outcome: Outcome, *, actor: str, credential_version: int | None = None
) -> State | None:
    """Write how an attempt ended; returns the state it is in now, None when `token` no longer holds it.

    `credential_version` is that of the login that was used: a refusal says nothing of a newer one.
    """
    execution = Execution.objects.select_related("sistema").filter(pk=execution_id).first()
    if execution is None or execution.status not in (State.RUNNING, State.CANCELLING):
        return None
    if token is not None and execution.run_token != token:
        return None
    if outcome.codigo in REJECTIONS:
        vault.mark_rejected(
            execution.sistema_id, outcome.codigo, outcome.motivo, versao=credential_version, actor=actor
        )
    elif outcome.state == State.SUCCESS:
        vault.clear_rejected(execution.sistema_id)
    if (
        outcome.transient
        and execution.tentativa < execution.tentativas_max
        and _again(execution, token, outcome, actor)
    ):
        return State.PENDING
    execution.refresh_from_db(fields=["status"])  # it may have been cancelled at this moment
    target = State.CANCELLED if outcome.state == State.ERROR and execution.status == State.CANCELLING else outcome.state
    # Together, so that of two who settle only the one who does it says it, and the job's last line comes before its end.
    with transaction.atomic():
        moved = lifecycle.move(
            execution_id,
            (State.RUNNING, State.CANCELLING),
            target,
            actor=actor,
            reason=outcome.motivo,
            token=token,
            exit_code=outcome.exit_code,
            codigo=outcome.codigo,
            motivo=outcome.motivo[:1000],
            mensagem=outcome.motivo[:500],
            resumo=outcome.resumo,
            progresso=100 if target == State.SUCCESS else execution.progresso,
        )
        if moved and target != State.SUCCESS and outcome.codigo in SAID:
            say(execution, Level.WARN if target == State.CANCELLED else Level.ERROR, outcome.motivo)
    return State(moved.status) if moved else None


def _again(execution: Execution, token: str | None, outcome: Outcome, actor: str) -> bool:
    """Put it back in the queue, later each time."""
    base = execution.sistema.espera_tentativa_segundos
    pause = min(base * BACKOFF_FACTOR ** (execution.tentativa - 1), MAX_BACKOFF_SECONDS)
    tries = f"Tentativa {execution.tentativa} de {execution.tentativas_max}"
    text = f"{tries} falhou; nova em {pause} s. Motivo: {outcome.motivo}"
    with transaction.atomic():
        moved = lifecycle.move(
            execution.pk,
            (State.RUNNING,),
            State.PENDING,
            actor=actor,
            reason=text,
            token=token,
            not_before=timezone.now() + timedelta(seconds=pause),
            exit_code=outcome.exit_code,
            codigo=outcome.codigo,
            motivo=outcome.motivo[:1000],
            mensagem=text[:500],
        )
        if moved:
            say(execution, Level.WARN, text)
    return moved is not None
