"""What is read of jobs: lists, logs, statistics, the live status of each sistema. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from etlhub.errors import NotFound
from etlhub.redis_client import client
from jobs import events, process
from jobs.models import ACTIVE, JOB_OPEN, SEQ_BITS, Artifact, Execution, Job, Level, LogEntry, State, open_in
from sistemas.models import Sistema

LOG_PAGE = 1000
MAX_LOG_PAGE = 5000
FEW_RUNS = 2000
RECENT = timedelta(days=60)
INLINE_LOG_LINES = 2000
"""A job's `logs` text in a list holds at most this many last lines; the whole is at /logs and /logs/download."""


@dataclass(frozen=True)
class LiveStatus:
    """How a sistema stands, by one of its Executions. `status` in IDLE RUNNING SUCCESS ERROR CANCELLED."""

    status: str = "IDLE"
    progresso: int = 0
    mensagem: str = ""
    ultima_execucao: datetime | None = None
    job_id: int | None = None
    execution_id: int | None = None
    estado: str = ""


def live_status() -> dict[str, LiveStatus]:
    """By sistema id; a sistema that never ran is not in it. An index lookup a sistema.

    The Execution that tells: the one under way, else the first that waits, else the last.
    """
    waiting = Execution.objects.filter(open_in(State.PENDING)).order_by().values_list("sistema_id")
    first = dict(waiting.annotate(first=Min("pk")))
    first |= dict(Execution.objects.filter(open_in(*ACTIVE)).values_list("sistema_id", "pk"))
    ids = [
        shown
        for sistema_id in Sistema.objects.values_list("pk", flat=True)
        if (shown := first.get(sistema_id) or _last(sistema_id))
    ]
    return {
        each.sistema_id: LiveStatus(
            status=events.WIRE_STATUS[State(each.status)],
            progresso=each.progresso,
            mensagem=each.mensagem,
            ultima_execucao=each.finished_at or each.started_at or each.created_at,
            job_id=each.job_id,
            execution_id=each.pk,
            estado=each.status,
        )
        for each in Execution.objects.filter(pk__in=ids)
    }


def _last(sistema_id: str) -> int | None:
    last: int | None = Execution.objects.filter(sistema_id=sistema_id).aggregate(last=Max("pk"))["last"]
    return last


def active_executions(limit: int) -> list[Execution]:
    """What has not ended, for the snapshot that a new client gets: of each sistema what is under way, or next, comes last.

    A client that knows sistemas alone (the predecessor's build) then shows that, and not what waits behind it.
    """
    under_way = list(Execution.objects.filter(open_in(*ACTIVE)).order_by("pk"))
    waiting = Execution.objects.filter(open_in(State.PENDING)).order_by("pk")[: max(limit - len(under_way), 0)]
    return [*reversed(waiting), *under_way]


def unfinished_jobs() -> QuerySet[Job]:
    return Job.objects.filter(status__among=JOB_OPEN)


def last_ended() -> list[Execution]:
    """The last Execution of each sistema where it has ended: the state that a client which was away may have missed."""
    ended = [live for live in live_status().values() if live.status not in ("IDLE", "RUNNING")]
    ids = [live.execution_id for live in ended if live.execution_id is not None]
    return list(Execution.objects.filter(pk__in=ids).order_by("pk"))


def get_job(job_id: int) -> Job:
    """NotFound when there is none."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound("Execução não encontrada.")
    return job


def jobs(
    *,
    status: str | None = None,
    sistema: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Job]:
    """Newest first; the filters narrow it."""
    found = Job.objects.order_by("-id")
    if status:
        found = found.filter(status=status)
    if sistema:
        runs = Execution.objects.filter(sistema_id=sistema).order_by()
        # Few: look those jobs up. Many: going back from the newest job, a page is soon full.
        many = runs[FEW_RUNS : FEW_RUNS + 1].exists()
        of_sistema = Exists(runs.filter(job_id=OuterRef("pk"))) if many else Q(pk__in=runs.values("job_id"))
        found = found.filter(of_sistema)
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    return found


def job_page(
    *,
    status: str | None,
    sistema: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> tuple[list[Job], int]:
    """Some of `jobs`, with what `job_dict` needs of each, and how many there are in all."""
    found = jobs(status=status, sistema=sistema, since=since, until=until)
    page = found.select_related("created_by").prefetch_related("executions__sistema")[offset : offset + limit]
    if sistema and not (status or since or until):  # a sistema is once in a job: its runs are counted in their index
        return list(page), Execution.objects.filter(sistema_id=sistema).count()
    return list(page), found.count()


def log_lines(
    job_id: int,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = LOG_PAGE,
    level: int | None = None,
    sistema: str | None = None,
    q: str | None = None,
    newest: bool = False,
) -> list[LogEntry]:
    """A job's lines with `after < seq < before`, in order; at most `limit`; the last ones instead when `newest`."""
    base = job_id << SEQ_BITS
    found = LogEntry.objects.filter(id__gt=base + max(after, 0), id__lt=base + (before or (1 << SEQ_BITS)))
    if level is not None:
        found = found.filter(level=level)
    if sistema:
        found = found.filter(sistema=sistema)
    if q:
        found = found.filter(mensagem__icontains=q)
    if newest:
        return list(found.order_by("-id")[:limit])[::-1]
    return list(found.order_by("id")[:limit])


def log_text(job: Job, *, last: int | None = None) -> Iterator[str]:
    """A job's log as text, a line an entry: `[LEVEL] [SISTEMA] mensagem`; read in pages, so memory stays bounded.

    Up to the line that was the last when `job` was read: a job that writes faster than we read would never end.
    """
    after = max(job.log_seq - last, 0) if last else 0
    names = {int(level): level.label for level in Level}
    while page := log_lines(job.pk, after=after, before=job.log_seq + 1, limit=MAX_LOG_PAGE):
        yield "".join(f"[{names[each.level]}] [{each.sistema}] {each.mensagem}\n" for each in page)
        after = page[-1].seq


def queue_positions() -> dict[int, int]:
    """Place in the line (1 = next) of each waiting Execution of the first few hundred, by its id."""
    waiting = Execution.objects.filter(open_in(State.PENDING, State.QUEUED)).order_by("pk")
    places: dict[str, int] = {}
    out = {}
    for pk, sistema_id in waiting.values_list("pk", "sistema_id")[:500]:
        places[sistema_id] = places.get(sistema_id, 0) + 1
        out[pk] = places[sistema_id]
    return out


def count_workers() -> int:
    """RQ workers that are alive, on every machine; redis.RedisError when Redis is away."""
    return len(living_workers())


def living_workers() -> list[str]:
    """The machine of each living RQ worker; redis.RedisError when Redis is away.

    RQ's own list keeps the name of a killed worker for long. Its key expires soon, by Redis' clock and not the machines';
    on this machine the process itself is looked at.
    """
    from rq import Worker

    redis_client: Any = client()
    with redis_client.pipeline(transaction=False) as pipe:
        for name in sorted(Worker.all_keys(connection=redis_client)):
            pipe.hmget(name, "hostname", "pid")
        answers = pipe.execute()
    hosts = []
    for host, pid in answers:
        here = host == process.host_name().encode()
        if host and not (here and pid and process.start_time(int(pid)) is None):
            hosts.append(host.decode())
    return hosts


def workers_or_none() -> int | None:
    """count_workers, None when Redis does not say."""
    try:
        return count_workers()
    except redis.RedisError:
        return None


def artifacts(job_id: int) -> QuerySet[Artifact]:
    return Artifact.objects.filter(job_id=job_id).order_by("pk")


def good_runs(sistema_id: str, since: datetime, limit: int) -> list[tuple[datetime, datetime]]:
    """Start and end of the sistema's newest runs that ended well after `since`, the newest first."""
    good = Execution.objects.filter(sistema_id=sistema_id, status=State.SUCCESS, finished_at__gte=since)
    pairs = good.order_by("-finished_at").values_list("started_at", "finished_at")[:limit]
    return [(start, end) for start, end in pairs if start and end]


def last_good(sistema_id: str) -> datetime | None:
    """When the sistema last ended well; one index lookup."""
    good = Execution.objects.filter(sistema_id=sistema_id, status=State.SUCCESS)
    last: datetime | None = good.aggregate(last=Max("finished_at"))["last"]
    return last


def expected_seconds(runs: Sequence[tuple[datetime, datetime]]) -> float | None:
    """Median duration of the newest of `good_runs` (at most 15, of RECENT); None without any."""
    since = timezone.now() - RECENT
    values = sorted(round((end - start).total_seconds(), 3) for start, end in runs[:15] if end > since)
    return values[len(values) // 2] if values else None


def seq_of_level(job_id: int, level: int) -> int | None:
    """The first line of that level or above (for a link to what went wrong)."""
    base = job_id << SEQ_BITS
    first = LogEntry.objects.filter(Q(id__gt=base), Q(id__lt=base + (1 << SEQ_BITS)), level__gte=level).first()
    return first.seq if first else None


def job_dict(job: Job, *, logs: bool = True) -> dict[str, Any]:
    """A Job in the contract's shape. `logs` adds its text (INLINE_LOG_LINES at most)."""
    positions = queue_positions() if job.finished_at is None else {}
    return {
        "id": job.pk,
        "type": job.type,
        "status": job.status,
        "params": job.params,
        "sistemas": [execution_dict(each, positions) for each in job.executions.all()],
        "logs": "".join(log_text(job, last=INLINE_LOG_LINES)) if logs else "",
        "log_linhas": job.log_seq,
        "error_message": job.error_message or None,
        "created_at": events.iso(job.created_at),
        "started_at": events.iso(job.started_at) if job.started_at else None,
        "finished_at": events.iso(job.finished_at) if job.finished_at else None,
        "duracao_segundos": events.duration(job),
        "data_inicial": job.data_inicial.isoformat() if job.data_inicial else None,
        "data_final": job.data_final.isoformat() if job.data_final else None,
        "dry_run": job.dry_run,
        "limpar": job.limpar,
        "request_id": job.request_id or None,
        "pedido_por": job.created_by.get_username() if job.created_by else None,
        "repete": job.retry_of_id,
    }


def execution_dict(each: Execution, positions: dict[int, int]) -> dict[str, Any]:
    """One sistema within a job."""
    return {
        "execution_id": each.pk,
        "sistema_id": each.sistema_id,
        "nome": each.sistema.nome,
        "status": events.WIRE_STATUS[State(each.status)],
        "estado": each.status,
        "versao": each.version,
        "progresso": each.progresso,
        "mensagem": each.mensagem,
        "tentativa": each.tentativa,
        "tentativas_max": each.tentativas_max,
        "posicao_fila": positions.get(each.pk),
        "opcoes": each.opcoes,
        "started_at": events.iso(each.started_at) if each.started_at else None,
        "finished_at": events.iso(each.finished_at) if each.finished_at else None,
        "duracao_segundos": events.duration(each),
        "exit_code": each.exit_code,
        "codigo": each.codigo,
        "motivo": each.motivo,
        "resumo": each.resumo,
        "plano": each.plano,
        "codigo_pedido": each.pedido_codigo,
    }
