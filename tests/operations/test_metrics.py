"""What Prometheus reads: true numbers, the same from any process, for administrators and this machine only."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from etlhub.access import Papel
from etlhub.operations import metrics, web_counters
from jobs.models import Artifact, Execution, Job, State
from tests.conftest import client_of
from tests.hub import Hub, wait_until
from tests.jobs.live import execute, finished, program


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return samples(text)[name, tuple(sorted(labels.items()))]


def test_the_numbers_are_those_of_the_database(catalogo: None) -> None:
    now = timezone.now()
    job = Job.objects.create(params={}, log_seq=1200, log_first=201, status="error")
    times = {"started_at": now - timedelta(seconds=90), "finished_at": now}
    Execution.objects.create(job=job, sistema_id="maps", status=State.ERROR, codigo="senha_incorreta", **times)
    done = Execution.objects.create(job=job, sistema_id="fidc", status=State.SUCCESS, **times)
    waiting = Execution.objects.create(job=job, sistema_id="jcot")
    Execution.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(minutes=5))
    Artifact.objects.create(job=job, execution=done, sistema_id="fidc", nome="a", caminho="/a", tamanho=10, sha256="0")
    text = metrics.exposition().decode()
    assert value(text, "etlhub_jobs", status="error") == 1
    assert value(text, "etlhub_jobs", status="running") == 0
    assert value(text, "etlhub_executions", sistema="jcot", estado="pending") == 1
    assert value(text, "etlhub_execution_errors_total", sistema="maps", codigo="senha_incorreta") == 1
    assert value(text, "etlhub_execution_duration_seconds", sistema="fidc", quantile="0.5") == pytest.approx(90)
    assert value(text, "etlhub_queue_age_seconds") == pytest.approx(300, abs=30)
    assert value(text, "etlhub_log_lines_total") == 1200
    assert value(text, "etlhub_log_lines_kept") == 1000
    assert value(text, "etlhub_artifact_bytes", sistema="fidc", situacao="novo") == 10
    assert value(text, "etlhub_database_up") == 1
    assert value(text, "etlhub_redis_up") == 0


def test_only_administrators_and_this_machine_may_read(catalogo: None) -> None:
    assert Client().get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 401
    proxied = Client().get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert proxied.status_code == 401
    for papel, status in ((Papel.OPERADOR, 403), (Papel.ADMINISTRADOR, 200)):
        assert client_of(papel).get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == status
    assert Client().post("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 405


def test_requests_fall_into_their_buckets() -> None:
    times = web_counters.Times()
    for seconds in (0.001, 0.005, 0.3, 60.0):
        times.add(seconds)
    assert times.counts[0] == 2
    assert times.counts[web_counters.BUCKETS.index(0.5)] == 1
    assert times.counts[-1] == 1


def test_a_running_hub_tells_of_its_workers_clients_and_requests(hub: Hub) -> None:
    with hub.client() as client:
        program(client, "fidc", "say(40)")
        finished(client, execute(client, "fidc"))
        with hub.socket(client) as socket:
            socket.send('{"type":"subscribe","job_id":1}')
            socket.recv(timeout=10)

            def scrape() -> str:
                return httpx.get(f"{hub.url}/metrics", timeout=10).raise_for_status().text

            def clients() -> list[float]:
                return [v for (name, _), v in samples(scrape()).items() if name == "etlhub_websocket_clients"]

            wait_until(lambda: clients() == [1.0], what="one client in the metrics")
        text = scrape()
    assert value(text, "etlhub_workers") == 1
    assert value(text, "etlhub_redis_up") == 1
    assert value(text, "etlhub_log_lines_total") >= 40
    posted = [
        v
        for (name, labels), v in samples(text).items()
        if name == "etlhub_http_requests_total" and ("method", "POST") in labels
    ]
    assert sum(posted) >= 3


def test_two_web_processes_are_told_apart_from_either(hub: Hub) -> None:
    other = Hub(hub.folder, environment=hub.environment | {"ETLHUB_PORT": "0"})
    other.redis_port, other.environment["ETLHUB_PORT"] = hub.redis_port, str(other.port)
    other.start("web")
    try:
        other.processes = {"web": other.processes["web"]}
        other.wait_ready()

        def processes() -> int:
            text = httpx.get(f"{hub.url}/metrics", timeout=10).text
            return len([key for key in samples(text) if key[0] == "etlhub_websocket_clients"])

        wait_until(lambda: processes() == 2, what="both web processes")
    finally:
        other.__exit__()
    wait_until(lambda: processes() == 1, what="the one that ended is gone")
