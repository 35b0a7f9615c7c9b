"""The metrics of jobs, executions, log, files and credentials, from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Min, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from credentials.models import Credential
from jobs import queries
from jobs.models import Artifact, Execution, Job, JobStatus, State, open_in
from sistemas.models import Sistema

Metric = Any
WINDOW = timedelta(hours=24)
MAX_DURATIONS = 20_000
"""Runs that the durations are taken from, at most; the newest."""
QUANTILES = (0.5, 0.95)


def collect() -> Iterator[Metric]:
    """Every metric of this subject; a DatabaseError is the caller's."""
    yield from _jobs()
    yield from _executions()
    yield from _durations()
    yield from _queue()
    yield from _leases()
    yield from _log()
    yield from _artifacts()
    refused = GaugeMetricFamily("etlhub_credentials_refused", "Senhas que o portal recusou.", labels=["sistema"])
    for sistema_id in Credential.objects.exclude(recusada_codigo="").values_list("pk", flat=True):
        refused.add_metric([sistema_id], 1)
    yield refused


def _jobs() -> Iterator[Metric]:
    found = GaugeMetricFamily("etlhub_jobs", "Execuções pedidas, por status.", labels=["status"])
    counts = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    for status in JobStatus:
        found.add_metric([status], counts.get(status, 0))
    yield found


def _executions() -> Iterator[Metric]:
    states = GaugeMetricFamily("etlhub_executions", "Execuções por sistema e estado.", labels=["sistema", "estado"])
    rows = Execution.objects.order_by().values_list("sistema_id", "status").annotate(n=Count("pk"))
    for sistema_id, status, count in rows:
        states.add_metric([sistema_id, status], count)
    yield states
    errors = CounterMetricFamily(
        "etlhub_execution_errors",
        "Erros por sistema e código (senha_incorreta, portal_fora…).",
        labels=["sistema", "codigo"],
    )
    failed = Execution.objects.filter(status=State.ERROR).order_by()
    for sistema_id, codigo, count in failed.values_list("sistema_id", "codigo").annotate(n=Count("pk")):
        errors.add_metric([sistema_id, codigo or "desconhecido"], count)
    yield errors
    last = GaugeMetricFamily(
        "etlhub_execution_last_success_timestamp_seconds", "Quando cada sistema terminou bem.", labels=["sistema"]
    )
    for sistema_id in Sistema.objects.values_list("pk", flat=True):
        if moment := queries.last_good(sistema_id):
            last.add_metric([sistema_id], moment.timestamp())
    yield last


def _durations() -> Iterator[Metric]:
    found = GaugeMetricFamily(
        "etlhub_execution_duration_seconds", "Duração nas últimas 24 horas.", labels=["sistema", "quantile"]
    )
    recent = Execution.objects.filter(finished_at__gte=timezone.now() - WINDOW, started_at__isnull=False)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    rows = recent.order_by("-pk").values_list("sistema_id", "started_at", "finished_at")[:MAX_DURATIONS]
    for sistema_id, start, end in rows:
        if start and end:
            seconds[sistema_id].append((end - start).total_seconds())
    for sistema_id, values in sorted(seconds.items()):
        values.sort()
        for quantile in QUANTILES:
            found.add_metric([sistema_id, str(quantile)], values[min(int(len(values) * quantile), len(values) - 1)])
    yield found


def _queue() -> Iterator[Metric]:
    waiting = Execution.objects.filter(open_in(State.PENDING, State.QUEUED))
    row = waiting.aggregate(n=Count("pk"), oldest=Min("created_at"))
    age = (timezone.now() - row["oldest"]).total_seconds() if row["oldest"] else 0.0
    yield GaugeMetricFamily("etlhub_queue_waiting", "Execuções que aguardam.", value=row["n"])
    yield GaugeMetricFamily("etlhub_queue_age_seconds", "Idade da execução que aguarda há mais tempo.", value=age)


def _leases() -> Iterator[Metric]:
    held = GaugeMetricFamily("etlhub_worker_leases", "Execuções em andamento, por máquina.", labels=["host"])
    age = GaugeMetricFamily(
        "etlhub_worker_lease_age_seconds", "Idade do sinal mais velho, por máquina.", labels=["host"]
    )
    running = Execution.objects.filter(open_in(State.RUNNING, State.CANCELLING)).order_by()
    for host, count, oldest in running.values_list("owner_host").annotate(n=Count("pk"), at=Min("heartbeat_at")):
        held.add_metric([host], count)
        if oldest:
            age.add_metric([host], (timezone.now() - oldest).total_seconds())
    yield from (held, age)


def _log() -> Iterator[Metric]:
    row = Job.objects.aggregate(all=Sum("log_seq"), kept=Sum(F("log_seq") - F("log_first") + 1))
    yield CounterMetricFamily("etlhub_log_lines", "Linhas de log recebidas desde sempre.", value=row["all"] or 0)
    yield GaugeMetricFamily("etlhub_log_lines_kept", "Linhas de log guardadas.", value=row["kept"] or 0)


def _artifacts() -> Iterator[Metric]:
    files = GaugeMetricFamily("etlhub_artifacts", "Arquivos coletados.", labels=["sistema", "situacao"])
    size = GaugeMetricFamily("etlhub_artifact_bytes", "Tamanho dos arquivos coletados.", labels=["sistema", "situacao"])
    rows = Artifact.objects.order_by().values_list("sistema_id", "situacao")
    for sistema_id, situacao, count, total in rows.annotate(n=Count("pk"), total=Sum("tamanho")):
        files.add_metric([sistema_id, situacao], count)
        size.add_metric([sistema_id, situacao], total or 0)
    yield from (files, size)
