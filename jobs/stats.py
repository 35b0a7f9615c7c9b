"""The numbers of the dashboard, each from an indexed range of Executions or Jobs."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from credentials import vault
from jobs import events, queries
from jobs.models import ACTIVE, FINAL, Execution, Job, JobStatus, open_in
from sistemas.models import Sistema

SAMPLE = 300
"""Newest runs that mean and percentile are taken from: enough for both, and no more to read however long the past is."""

MADE = "SELECT status, COUNT(*) FROM jobs_job WHERE created_at >= %s AND created_at < %s GROUP BY status"
"""As SQL, for it is asked once for each day: to make it of the model anew costs twice what the answer does."""
ENDED = {JobStatus.COMPLETED: "sucesso", JobStatus.ERROR: "erro", JobStatus.CANCELLED: "cancelado"}


def stats(days: int = 30) -> dict[str, Any]:
    """Everything the dashboard shows, of the last `days` days (local days; today included)."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    by_day = _by_day(since, days)
    counts, now = sum((each for _, each in by_day), Counter[str]()), by_day[-1][1]
    ended = sum(counts[name] for name in ENDED)
    running = Execution.objects.filter(open_in(*ACTIVE)).count()
    durations = _durations(Job.objects.filter(created_at__gte=since))
    workers = queries.workers_or_none()
    return {
        "hoje": {
            "execucoes": sum(now.values()),
            "sucesso": now[JobStatus.COMPLETED],
            "erro": now[JobStatus.ERROR],
            "cancelado": now[JobStatus.CANCELLED],
            "executando": now[JobStatus.RUNNING] + now[JobStatus.PENDING],
        },
        "taxa_sucesso": round(counts[JobStatus.COMPLETED] / ended, 4) if ended else None,
        "duracao_media_segundos": round(sum(durations) / len(durations), 2) if durations else None,
        "duracao_p95_segundos": durations[min(int(len(durations) * 0.95), len(durations) - 1)] if durations else None,
        "executando": running,
        "workers_ativos": workers or 0,
        "por_dia": [
            {"dia": day.isoformat()} | {name: each[status] for status, name in ENDED.items()}
            for day, each in by_day
            if any(each[status] for status in ENDED)
        ],
        "por_sistema": _by_sistema(since),
        "atencao": _attention(workers),
    }


def _durations(jobs: Any) -> list[float]:
    """Seconds, ascending, of the newest SAMPLE jobs that ran to an end."""
    ran = jobs.filter(started_at__isnull=False, finished_at__isnull=False).order_by("-id")
    pairs = ran.values_list("started_at", "finished_at")[:SAMPLE]
    return sorted(round((end - start).total_seconds(), 3) for start, end in pairs)


def _by_day(since: datetime, days: int) -> list[tuple[date, Counter[str]]]:
    """How many jobs of each status were made on each day.

    One counted index range a day: truncating each row's moment to a local day would cost a call a row on SQLite, and for a
    long range its planner reads the whole table in the order of the statuses.
    """
    adapt, out = connection.ops.adapt_datetimefield_value, []
    with connection.cursor() as cursor:
        for number in range(days):
            start = since + timedelta(days=number)
            cursor.execute(MADE, [adapt(start), adapt(start + timedelta(days=1))])
            out.append((start.date(), Counter(dict(cursor.fetchall()))))
    return out


def _by_sistema(since: datetime) -> list[dict[str, Any]]:
    rows, recent = [], timezone.now() - queries.RECENT
    for sistema in Sistema.objects.all():
        ended = Execution.objects.filter(sistema=sistema, finished_at__gte=since)
        good, bad, cancelled = (ended.filter(status=status).count() for status in FINAL)  # dearer in one query
        runs = queries.good_runs(sistema.pk, min(since, recent), SAMPLE)
        last = runs[0][1] if runs else queries.last_good(sistema.pk)
        durations = [(end - start).total_seconds() for start, end in runs if end >= since]
        rows.append(
            {
                "id": sistema.pk,
                "nome": sistema.nome,
                "execucoes": good + bad + cancelled,
                "taxa_sucesso": round(good / (good + bad), 4) if good + bad else None,
                "duracao_media_segundos": round(sum(durations) / len(durations), 2) if durations else None,
                "duracao_esperada_segundos": queries.expected_seconds(runs),
                "ultima_boa": events.iso(last) if last else None,
            }
        )
    return rows


def _attention(workers: int | None) -> list[dict[str, Any]]:
    """What somebody should look at first, each with what to do."""
    from etlhub.operations import doctor  # looks at everything, this app too: not at import time

    out: list[dict[str, Any]] = []
    if workers is None:
        out.append(_item("redis", None, "O Redis/Valkey não responde.", "Reinicie o ETL Hub ou chame o suporte."))
    elif workers == 0:
        text = "Nenhum worker está ligado: as execuções ficam na fila."
        out.append(_item("worker", None, text, "Reinicie o ETL Hub ou chame o suporte."))
    active = list(Sistema.objects.filter(ativo=True).values_list("pk", flat=True))
    for sistema_id, problem in vault.check_startable(active).items():
        out.append(_item("credencial", sistema_id, problem.message, "Corrija em Configurações › Credenciais."))
    return out + doctor.attention()


def _item(tipo: str, sistema_id: str | None, mensagem: str, acao: str) -> dict[str, Any]:
    return {"tipo": tipo, "sistema_id": sistema_id, "mensagem": mensagem, "acao": acao}
