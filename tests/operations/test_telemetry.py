"""Error reports and traces reach a collector of the test's own, say whose request it was, and hold no secret."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.hub import Hub, wait_until
from tests.jobs.live import finished, program
from tests.operations.conftest import FAKE_ETL

SECRET = "Segredo-Que-Fica-41!"


class Collector:
    """Takes what Sentry's and OpenTelemetry's clients send, over HTTP on the loopback."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                packed = self.headers.get("Content-Encoding") == "gzip"
                outer.bodies.append((self.path, gzip.decompress(body) if packed else body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"")

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    @contextmanager
    def open(self) -> Iterator[Collector]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def spans(self) -> list[dict[str, Any]]:
        """Every span received: its name and attributes."""
        found = []
        for path, body in list(self.bodies):
            if path == "/v1/traces":
                message = ExportTraceServiceRequest.FromString(body)
                for resource in message.resource_spans:
                    for scope in resource.scope_spans:
                        found += [
                            {"name": span.name}
                            | {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
                            for span in scope.spans
                        ]
        return found

    def reports(self) -> list[dict[str, Any]]:
        """Every error event received."""
        found = []
        for path, body in list(self.bodies):
            if path.startswith("/api/7/"):
                lines = [json.loads(line) for line in body.splitlines() if line.startswith(b"{")]
                found += [line for line in lines if "event_id" in line and "level" in line]
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Collector]]:
    with Collector().open() as collector:
        environment = {
            "SENTRY_DSN": f"http://publica@127.0.0.1:{collector.port}/7",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        folder = tmp_path_factory.mktemp("telemetria")
        with Hub(folder / "dados", etl=FAKE_ETL, workers=1, environment=environment) as hub:
            yield hub, collector


def test_a_request_and_its_run_are_traced_under_one_id(watched: tuple[Hub, Collector]) -> None:
    hub, collector = watched
    with hub.client() as client:
        program(client, "jcot", "say(1)")
        answer = client.post("/api/execute", json={"sistemas": ["jcot"]}, headers={"X-Request-ID": "pedido-7"})
        job = answer.json()["job_id"]
        assert finished(client, job)["status"] == "completed"

    def seen() -> set[str]:
        return {each["name"] for each in collector.spans() if each.get("etlhub.request_id") == "pedido-7"}

    wait_until(lambda: len(seen()) == 2, what="the spans of web server and worker")
    assert seen() == {"POST api/execute", "execução"}
    run = next(each for each in collector.spans() if each["name"] == "execução")
    assert run["etlhub.job_id"] == job


def test_a_secret_in_an_address_is_masked_in_its_span(watched: tuple[Hub, Collector]) -> None:
    hub, collector = watched
    with hub.client() as client:
        login = {"url": "http://127.0.0.1:9", "username": "robo", "password": SECRET}
        client.post("/api/credentials", json={"britech": login}).raise_for_status()
        client.get(f"/api/jobs?sistema={SECRET}&marca=1")
        client.get(f"/api/nada/{SECRET}")

    def seen() -> list[dict[str, Any]]:
        return [each for each in collector.spans() if "********" in str(each)]

    wait_until(lambda: len(seen()) >= 2, what="both spans")
    assert SECRET.encode() not in b"".join(body for _, body in collector.bodies)


def test_an_error_report_names_the_run_and_holds_no_secret(watched: tuple[Hub, Collector]) -> None:
    hub, collector = watched
    with hub.client() as client:
        login = {"url": "http://127.0.0.1:9", "username": "robo", "password": SECRET}
        client.post("/api/credentials", json={"britech": login}).raise_for_status()
    # A process of the hub that has opened the secret, and in which it gets into an exception.
    code = (
        "import logging\n"
        "from structlog.contextvars import bind_contextvars\n"
        "from credentials import vault\n"
        "secret = next(iter(vault.run_secrets(['britech'], actor='teste').secrets))\n"
        "bind_contextvars(job_id=12, request_id='pedido-8')\n"
        "try:\n"
        "    raise ValueError('o portal recusou ' + secret)\n"
        "except ValueError:\n"
        "    logging.getLogger('jobs.runner').exception('execution 5: fault with %s', secret)\n"
    )
    done = hub.manage("shell", "-c", code)
    assert "********" in done.stderr
    wait_until(collector.reports, what="the report")
    report = collector.reports()[-1]
    assert report["tags"]["request_id"] == "pedido-8"
    assert report["tags"]["job_id"] == "12"
    assert report["exception"]["values"][0]["value"] == "o portal recusou ********"
    assert report["release"].startswith("etlhub@")
    everything = b"".join(body for _, body in collector.bodies)
    assert SECRET.encode() not in everything
    assert b'"vars"' not in everything


def test_what_a_client_sees_does_not_depend_on_a_collector(tmp_path: Path) -> None:
    """Nobody listens there: the hub works all the same."""
    environment = {"SENTRY_DSN": "http://publica@127.0.0.1:9/7", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with Hub(tmp_path / "dados", etl=FAKE_ETL, workers=1, environment=environment) as hub, hub.client() as client:
        program(client, "jcot", "say(1)")
        job = client.post("/api/execute", json={"sistemas": ["jcot"]}).json()["job_id"]
        assert finished(client, job)["status"] == "completed"
