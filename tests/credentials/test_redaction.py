"""What the vault opened in this process shows in no log line, traceback or error page."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from credentials import redaction, store
from credentials.models import AuditEntry

SECRET = "canário-73"


@pytest.fixture
def held(sistemas: list[str]) -> None:
    change = store.Change(url="https://m.example", username="ana", secrets={"password": SECRET})
    store.apply("maps", change, quem="ana", acao=AuditEntry.Acao.ALTERACAO)


def fail() -> None:
    somewhere = {"nested": [store.open_many(["maps"])["maps"].secrets["password"]]}
    raise RuntimeError(f"o portal disse: {somewhere}")


def test_log_lines_and_their_tracebacks_are_masked(held: None) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(redaction.MaskingFormatter("%(levelname)s %(message)s"))
    logger = logging.Logger("teste")
    logger.addHandler(handler)
    try:
        fail()
    except RuntimeError:
        logger.exception("falhou com %s", SECRET)
    assert SECRET not in out.getvalue()
    assert "canário" not in out.getvalue()
    assert "falhou com ********" in out.getvalue()
    assert "RuntimeError" in out.getvalue()


def test_the_debug_page_shows_no_secret_in_any_variable(held: None) -> None:
    try:
        fail()
    except RuntimeError:
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
        reporter.filter = redaction.ReporterFilter()
        frames = reporter.get_traceback_data()["frames"]
    shown = str([frame["vars"] for frame in frames])
    assert "somewhere" in shown
    assert "canário" not in shown
    assert "can&aacute;rio" not in shown
    assert "\\xe1rio-73" not in shown


def test_uncaught_exceptions_are_masked(held: None, monkeypatch: pytest.MonkeyPatch) -> None:
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    redaction.install_excepthook()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert "Traceback" in err.getvalue()
    assert "canário" not in err.getvalue()


def test_the_registry_is_bounded() -> None:
    redaction.remember(f"segredo-{number}-fim" for number in range(redaction.MAX_REMEMBERED + 10))
    assert redaction.mask("segredo-0-fim") == "segredo-0-fim"
    assert redaction.mask(f"segredo-{redaction.MAX_REMEMBERED}-fim") == "********"
