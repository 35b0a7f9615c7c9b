"""`/metrics` for Prometheus. Nearly all of it is read from the database at each scrape, so it is the same from any process."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterable, Iterator
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from etlhub import access
from etlhub.errors import HubError
from etlhub.operations import daily, job_metrics, presence, web_counters
from etlhub.operations.checks.folder import database_bytes
from jobs.queries import count_workers

Metric = Any
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def view(request: HttpRequest) -> HttpResponse:
    """For administrators (a session or an API token), and for a Prometheus on this very machine without a login."""
    if not is_local(request):
        try:
            access.check(request.user, access.Papel.ADMINISTRADOR)
        except HubError as error:
            return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def is_local(request: HttpRequest) -> bool:
    """Whether the request began on this machine; one that a proxy passed on did not, whatever its last address."""
    if any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def exposition() -> bytes:
    """Everything in Prometheus's text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HubCollector())
    return generate_latest(registry)


class HubCollector(Collector):
    """One scrape. A part that is away shows as `_up 0` and takes only its own numbers along."""

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("etlhub", "Versão do ETL Hub.", value={"version": settings.VERSION})
        yield from self._guarded("etlhub_database_up", "O banco de dados responde.", DatabaseError, self._database)
        yield from self._guarded("etlhub_redis_up", "O Redis/Valkey responde.", redis.RedisError, self._redis)
        yield gauge(
            "etlhub_data_free_bytes", "Espaço livre na pasta de dados.", shutil.disk_usage(settings.DATA_DIR).free
        )
        last = daily.newest() if settings.BACKUP_DIR else None
        if last is not None:
            when = daily.made_at(last).timestamp()
            yield gauge("etlhub_backup_last_timestamp_seconds", "Quando foi feito o último backup diário.", when)
        yield from _web()

    @staticmethod
    def _guarded(name: str, text: str, error: type[Exception], read: Any) -> Iterator[Metric]:
        try:
            found, up = list(read()), 1
        except error:
            found, up = [], 0
        yield gauge(name, text, up)
        yield from found

    @staticmethod
    def _database() -> Iterator[Metric]:
        yield gauge("etlhub_database_bytes", "Tamanho do banco de dados.", database_bytes())
        yield from job_metrics.collect()

    @staticmethod
    def _redis() -> Iterator[Metric]:
        yield gauge("etlhub_workers", "Workers ligados, em todas as máquinas.", count_workers())
        yield gauge("etlhub_watchmen", "Vigias ligados, em todas as máquinas.", len(presence.signs("vigia")))


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _web() -> Iterator[Metric]:
    """The numbers of each web process, labelled by it."""
    clients = GaugeMetricFamily("etlhub_websocket_clients", "Clientes WebSocket.", labels=["processo"])
    memory = GaugeMetricFamily("etlhub_web_resident_bytes", "Memória do processo web.", labels=["processo"])
    requests = CounterMetricFamily(
        "etlhub_http_requests", "Pedidos HTTP respondidos.", labels=["processo", "method", "status"]
    )
    times = HistogramMetricFamily(
        "etlhub_http_request_duration_seconds", "Tempo até a resposta HTTP.", labels=["processo", "method"]
    )
    for name, data in web_counters.all_processes().items():
        clients.add_metric([name], data.get("clientes", 0))
        memory.add_metric([name], data.get("memoria", 0))
        _add_requests(name, data.get("pedidos", {}), requests, times)
    yield from (clients, memory, requests, times)


def _add_requests(
    name: str, data: dict[str, dict[str, Any]], requests: CounterMetricFamily, times: HistogramMetricFamily
) -> None:
    by_method: dict[str, tuple[list[int], float]] = {}
    for key, histogram in data.items():
        method, _, status = key.partition(" ")
        counts, seconds = histogram["counts"], histogram["seconds"]
        requests.add_metric([name, method, status], sum(counts))
        before, total = by_method.get(method, ([0] * len(counts), 0.0))
        by_method[method] = ([a + b for a, b in zip(before, counts, strict=True)], total + seconds)
    for method, (counts, seconds) in by_method.items():
        limits = [*(str(limit) for limit in web_counters.BUCKETS), "+Inf"]
        buckets = [(limit, sum(counts[: index + 1])) for index, limit in enumerate(limits)]
        times.add_metric([name, method], buckets, seconds)
