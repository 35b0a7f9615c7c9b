"""Takes a wish to run, checks every field of it, and makes the Job with its Executions. API, admin and command all call it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from structlog.contextvars import get_contextvars

from credentials import vault
from etlhub.errors import Conflict, FieldError, Invalid, NotFound
from jobs import dispatch, lifecycle, logbook, queries
from jobs.models import FINAL, Execution, Job, Level, State
from sistemas import calendario
from sistemas.models import Periodo, Sistema

log = logging.getLogger(__name__)

MAX_SISTEMAS = 100
MIN_DATE, MAX_DATE = date(1990, 1, 1), date(2100, 12, 31)
BAD_DATE = "data inválida: use AAAA-MM-DD ou DD/MM/AAAA"


@dataclass(frozen=True)
class RunRequest:
    """What to run. Dates as text (`YYYY-MM-DD` or `DD/MM/YYYY`); None or "" = the default period."""

    sistemas: Sequence[str]
    dry_run: bool = False
    limpar: bool = False
    baixar_de_novo: bool = False
    insistir: bool = False
    data_inicial: str | None = None
    data_final: str | None = None
    opcoes: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def as_params(self) -> dict[str, Any]:
        """The object as posted, kept with the Job so that it can be run again."""
        return {
            "sistemas": list(self.sistemas),
            "dry_run": self.dry_run,
            "limpar": self.limpar,
            "baixar_de_novo": self.baixar_de_novo,
            "data_inicial": self.data_inicial,
            "data_final": self.data_final,
            "opcoes": {key: dict(value) for key, value in self.opcoes.items()},
        }


def parse_date(text: str) -> date:
    """`YYYY-MM-DD` or `DD/MM/YYYY`; ValueError otherwise."""
    form = "%d/%m/%Y" if re.fullmatch(r"\d{2}/\d{2}/\d{4}", text) else "%Y-%m-%d"
    if form == "%Y-%m-%d" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(BAD_DATE)
    day = datetime.strptime(text, form).date()
    if not MIN_DATE <= day <= MAX_DATE:
        raise ValueError(BAD_DATE)
    return day


def submit(
    request: RunRequest,
    *,
    user: User | None,
    type: Job.Type = Job.Type.PIPELINE,
    retry_of: Job | None = None,
    start: bool = True,
) -> Job:
    """Make the Job and let start what may. Raises Invalid with every wrong field; then nothing is stored or started."""
    errors: list[FieldError] = []
    sistemas = _sistemas(request.sistemas, errors)
    first, last = _period(request, errors)
    _check_opcoes(request.opcoes, sistemas, errors)
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        job = Job.objects.create(
            type=type,
            params=request.as_params(),
            data_inicial=first,
            data_final=last,
            dry_run=request.dry_run,
            limpar=request.limpar,
            baixar_de_novo=request.baixar_de_novo,
            created_by=user,
            request_id=str(get_contextvars().get("request_id", "")),
            retry_of=retry_of,
        )
        Execution.objects.bulk_create(
            Execution(
                job=job,
                sistema=sistema,
                ordem=index,
                opcoes=_opcoes(sistema) | dict(request.opcoes.get(sistema.pk, {})),
                tentativas_max=sistema.tentativas,
                insistir=request.insistir,
                mensagem="Aguardando",
            )
            for index, sistema in enumerate(sistemas)
        )
        refused = _refuse(job, insist=request.insistir)
    for execution, why in refused:  # a refused sistema has no run that could say it in the log
        logbook.note(job.pk, execution.pk, Level.ERROR, execution.sistema.nome, why)
    # Within an HTTP request this line also carries the request's id: what ties the two together.
    log.info("job %s submitted: %s", job.pk, ", ".join(sistema.pk for sistema in sistemas))
    if start:
        _dispatch()
    return job


def _dispatch() -> None:
    """Start what may. What was asked for stands already: a failure here must not look as if it did not."""
    try:
        dispatch.dispatch()
    except DatabaseError as error:
        log.warning("not dispatched yet, the watchman will: %s", type(error).__name__)


def retry(job_id: int, *, user: User | None, only_failed: bool = False, insist: bool = False) -> Job:
    """Run a finished job's parameters again: all its sistemas, or only those that did not end well."""
    former = queries.get_job(job_id)
    executions = list(former.executions.all())
    if any(State(each.status) not in FINAL for each in executions):
        raise Conflict("A execução ainda não terminou.")
    if only_failed:
        executions = [each for each in executions if each.status != State.SUCCESS]
        if not executions:
            raise Conflict("Nenhum sistema desta execução falhou.")
    params = former.params
    request = RunRequest(
        sistemas=[each.sistema_id for each in executions],
        dry_run=former.dry_run,
        limpar=former.limpar,
        baixar_de_novo=former.baixar_de_novo,
        insistir=insist,
        data_inicial=former.data_inicial.isoformat() if former.data_inicial else None,
        data_final=former.data_final.isoformat() if former.data_final else None,
        opcoes={each.sistema_id: each.opcoes for each in executions if each.opcoes} or params.get("opcoes", {}),
    )
    return submit(request, user=user, type=Job.Type(former.type), retry_of=former)


def _sistemas(ids: Sequence[str], errors: list[FieldError]) -> list[Sistema]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        errors.append(FieldError("sistemas", "escolha ao menos um sistema"))
    if len(wanted) > MAX_SISTEMAS:
        errors.append(FieldError("sistemas", f"sistemas demais (no máximo {MAX_SISTEMAS})"))
        return []
    known = Sistema.objects.prefetch_related("opcoes").in_bulk(wanted)
    for sistema_id in wanted:
        if sistema_id not in known:
            errors.append(FieldError("sistemas", f"sistema desconhecido: {sistema_id[:60]}"))
        elif not known[sistema_id].ativo:
            errors.append(FieldError("sistemas", f"sistema desativado: {known[sistema_id].nome}"))
    return sorted((known[each] for each in wanted if each in known), key=lambda each: (each.ordem, each.pk))


def _period(request: RunRequest, errors: list[FieldError]) -> tuple[date | None, date | None]:
    days: dict[str, date | None] = {"data_inicial": None, "data_final": None}
    for name in days:
        text = getattr(request, name)
        if text in (None, ""):
            continue
        try:
            days[name] = parse_date(text)
        except ValueError:
            errors.append(FieldError(name, BAD_DATE))
    first, last = days["data_inicial"], days["data_final"]
    if first and last and last < first:
        errors.append(FieldError("data_final", "a data final é anterior à data inicial"))
    if first is None and last is None:
        return _default_period()
    return first or last, last


def _default_period() -> tuple[date | None, date | None]:
    saved = Periodo.objects.first()
    if saved and not saved.usar_d1_anbima and saved.data_inicial:
        return saved.data_inicial, saved.data_final or saved.data_inicial
    return calendario.d1(), None  # nobody gave a final date: JCOT then looks back, as when only a day is given


def _opcoes(sistema: Sistema) -> dict[str, bool]:
    return {opcao.nome: opcao.valor for opcao in sistema.opcoes.all()}


def _check_opcoes(
    opcoes: Mapping[str, Mapping[str, bool]], sistemas: Sequence[Sistema], errors: list[FieldError]
) -> None:
    declared = {sistema.pk: _opcoes(sistema) for sistema in sistemas}
    for sistema_id, values in opcoes.items():
        if sistema_id not in declared:
            errors.append(FieldError(f"opcoes.{sistema_id[:60]}", "este sistema não faz parte do pedido"))
            continue
        unknown = [name for name in values if name not in declared[sistema_id]]
        errors += [FieldError(f"opcoes.{sistema_id}.{name[:60]}", "opção que este sistema não tem") for name in unknown]


def _refuse(job: Job, *, insist: bool) -> list[tuple[Execution, str]]:
    """Settle at once what cannot succeed, so that a wrong password is never tried twice by itself; each with the reason."""
    refused = []
    problems = vault.check_startable(list(job.executions.values_list("sistema_id", flat=True)), insist=insist)
    for execution in job.executions.select_related("sistema"):
        if problem := problems.get(execution.sistema_id):
            lifecycle.move(
                execution.pk,
                (State.PENDING,),
                State.ERROR,
                actor="hub",
                reason=problem.codigo,
                codigo=problem.codigo,
                motivo=problem.message[:1000],
                mensagem=problem.message[:500],
            )
            refused.append((execution, problem.message))
    return refused


def cancel(job_id: int, *, actor: str, sistema_id: str | None = None) -> str:
    """Cancel a job, or one sistema of it; returns what to tell the user. NotFound, or Conflict when it has ended."""
    found = queries.get_job(job_id).executions.all()
    if sistema_id:
        found = found.filter(sistema_id=sistema_id)
    if not found.exists():
        raise NotFound("Execução não encontrada.")
    changed = sum(lifecycle.cancel_execution(pk, actor=actor) for pk in found.values_list("pk", flat=True))
    if not changed:
        if found.filter(status=State.CANCELLING).exists():
            return f"O cancelamento da execução {job_id} já foi pedido."
        raise Conflict("A execução já terminou.")
    _dispatch()
    return f"Cancelamento da execução {job_id} pedido."
