"""What the vault opened in this process shows in no log line, traceback or error page."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
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
    handler.setFormatter(redaction.MaskingFormatter(logging.Formatter("%(levelname)s %(message)s")))
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
    redaction.install()
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


def test_the_project_s_own_handlers_are_masked() -> None:
    handlers = [
        *logging.root.handlers,
        *logging.getLogger("django").handlers,
        *logging.getLogger("django.server").handlers,
    ]
    ours = [handler for handler in handlers if type(handler).__module__.startswith(("logging", "django"))]
    assert ours
    assert all(isinstance(handler.formatter, redaction.MaskingFormatter) for handler in ours)


@pytest.mark.parametrize("debug", [True, False])
def test_what_was_just_typed_shows_in_no_error_report(debug: bool, settings: LazySettings) -> None:
    settings.DEBUG = debug
    request = RequestFactory().post("/admin/", {"password": "recém-digitada", "nome": "visível"})

    def view(given: HttpRequest) -> None:
        fields, body = given.POST, {"maps": {"password": "recém-digitada"}}
        raise RuntimeError(f"{len(fields)} {len(body)}")

    try:
        view(request)
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info())
    text = reporter.get_traceback_text() + reporter.get_traceback_html()
    assert "recém-digitada" not in text
    assert "rec\\xe9m" not in text
    assert "visível" in text
