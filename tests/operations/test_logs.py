"""The hub's own log: JSON on demand, each line with its request or run, never a secret."""

from __future__ import annotations

import importlib
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from structlog.contextvars import bound_contextvars, get_contextvars

from credentials import redaction
from etl_scripts.demo_portal import DemoPortal
from etlhub.operations import logs, telemetry
from jobs import process, runner, stats, tasks
from jobs.models import Execution, Job, State
from sistemas import catalogue
from tests.hub import Hub, wait_until
from tests.jobs.live import finished, program


def line(json_lines: bool, act: Any) -> str:
    """What a logger of that form writes while `act` runs."""
    config = logs.config(json_lines=json_lines, level="INFO")
    form = logs.json_formatter() if json_lines else logging.Formatter(config["formatters"]["plain"]["format"])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.WithContext())
    handler.setFormatter(redaction.MaskingFormatter(form))
    logger = logging.getLogger("teste.de.log")
    logger.addHandler(handler)
    try:
        act(logger)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


def test_a_json_line_carries_what_is_bound() -> None:
    def act(logger: logging.Logger) -> None:
        with bound_contextvars(job_id=3, execution_id=12):
            logger.warning("não gravei %s", "ainda")

    found = json.loads(line(True, act))
    assert found["event"] == "não gravei ainda"
    assert (found["job_id"], found["execution_id"], found["level"], found["logger"]) == (
        3,
        12,
        "warning",
        "teste.de.log",
    )
    assert found["timestamp"].endswith("Z")
    assert line(False, act).rstrip().endswith("teste.de.log não gravei ainda [execution_id=12 job_id=3]")


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_secret_is_masked_in_message_and_traceback(json_lines: bool) -> None:
    secret = 'Senha"Sécreta\\41'

    def act(logger: logging.Logger) -> None:
        try:
            raise ValueError(f"recusou {secret}")
        except ValueError:
            logger.exception("login com %s", secret)

    redaction.remember([secret])
    try:
        text = line(json_lines, act)
    finally:
        redaction.forget()
    assert "********" in text
    assert "ValueError" in text
    assert "Sécreta" not in text
    assert "S\\u00e9creta" not in text


def test_error_reports_that_leave_the_house_are_masked() -> None:
    redaction.remember(["segredo-41"])
    try:
        event = telemetry.scrub({"a": ["x segredo-41 y", {"segredo-41": 1}], "n": 3, "t": ("segredo-41",)})
    finally:
        redaction.forget()
    assert event == {"a": ["x ******** y", {"********": 1}], "n": 3, "t": ["********"]}


def test_what_is_named_but_not_installed_only_warns(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SENTRY_DSN", "https://chave@sentry.exemplo/1")
    monkeypatch.setattr(importlib, "import_module", _missing)
    telemetry.start()
    assert "sentry_sdk is not installed" in caplog.text


def _missing(name: str) -> None:
    raise ModuleNotFoundError(name=name)


@pytest.mark.django_db(transaction=True)
def test_a_worker_says_in_each_line_which_run_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.seed()
    execution = Execution.objects.create(job=Job.objects.create(params={}), sistema_id="fidc", status=State.QUEUED)
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(runner, "run", lambda *_args, **_more: seen.append(get_contextvars()))
    tasks.run_execution(execution.pk)
    assert seen == [{"job_id": execution.job_id, "execution_id": execution.pk}]
    assert get_contextvars() == {}


def test_request_and_run_can_be_followed_through_the_processes(hub: Hub) -> None:
    with hub.client() as client:
        program(client, "jcot", "say(1); sys.exit(3)")
        body = {"sistemas": ["jcot"]}
        answer = client.post("/api/execute", json=body, headers={"X-Request-ID": "pedido-42"})
        assert answer.headers["X-Request-ID"] == "pedido-42"
        job = answer.json()["job_id"]
        made = client.get("/api/health", headers={"X-Request-ID": "duas\tpalavras"}).headers["X-Request-ID"]
        assert len(made) == 16
        assert finished(client, job)["request_id"] == "pedido-42"

    def submitted() -> list[dict[str, Any]]:
        return [each for each in _lines(hub.folder / "web.log") if each["event"].startswith(f"job {job} submitted")]

    wait_until(submitted, what="the line that ties request and job")
    assert submitted()[0]["request_id"] == "pedido-42"

    def worked() -> list[dict[str, Any]]:
        return [each for each in _lines(hub.folder / "worker0.log") if each.get("job_id") == job]

    wait_until(worked, what="the worker's line of that run")
    last = worked()[-1]
    assert (last["request_id"], last["event"][:10]) == ("pedido-42", "execution ")
    assert last["execution_id"] > 0


def test_the_etl_command_is_told_the_request_in_its_document_alone(tmp_path: Path) -> None:
    with (
        DemoPortal() as portal,
        Hub(tmp_path / "dados", workers=1, demo_url=portal.base_url) as own,
        own.client() as client,
    ):
        body = {"sistemas": ["jcot"]}
        answer = client.post("/api/execute", json=body, headers={"X-Request-ID": "pedido-43"})
        told = finished(client, answer.json()["job_id"])["logs"]
    assert "[DEBUG] [SISTEMA] Pedido pedido-43, tentativa 1" in told
    assert "pedido-43" not in str(process.child_environment("ficha"))


def test_a_fault_of_ours_is_told_with_the_number_that_its_log_has(
    admin: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_days: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stats, "stats", breaks)
    admin.raise_request_exception = False
    answer = admin.get("/api/stats", headers={"X-Request-ID": "pedido-44"})
    assert answer.status_code == 500
    assert answer.json()["ocorrencia"] == answer.headers["X-Request-ID"] == "pedido-44"
    assert "(ocorrência pedido-44)" in answer.json()["detail"]
    assert "unexpected error pedido-44" in caplog.text


def _lines(path: Path) -> list[dict[str, Any]]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(row) for row in rows if row.startswith("{")]
