"""Sentry and OpenTelemetry, each only where its variables are set and its package is installed; nothing secret leaves.

Sentry: SENTRY_DSN. OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP). requirements-extra.txt has their packages.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from structlog.contextvars import get_contextvars

from credentials.redaction import mask

log = logging.getLogger(__name__)
MAX_DEPTH = 20
BOUND = ("request_id", "job_id", "execution_id")
"""What is bound for the log lines goes along with reports and spans, so that one leads to the other."""

_tracer: Any = None


def start() -> None:
    """Called once, when Django is set up; a package that is missing or fails never keeps the hub from starting."""
    for variable, begin in (("SENTRY_DSN", _sentry), ("OTEL_EXPORTER_OTLP_ENDPOINT", _opentelemetry)):
        if not os.environ.get(variable):
            continue
        try:
            begin()
        except ImportError as error:
            log.warning("%s is set, but the package %s is not installed", variable, error.name)
        except Exception as error:
            log.warning("%s is set, but it does not start: %s", variable, type(error).__name__)


def _sentry() -> None:
    sdk = importlib.import_module("sentry_sdk")
    sdk.init(
        dsn=os.environ["SENTRY_DSN"],
        release=f"etlhub@{settings.VERSION}",
        environment=os.environ.get("SENTRY_ENVIRONMENT", "production"),
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=lambda event, _hint: scrub(event | {"tags": _tags(event)}),
        before_send_transaction=lambda event, _hint: scrub(event),
        before_breadcrumb=lambda crumb, _hint: scrub(crumb),
    )


def _tags(event: Mapping[str, Any]) -> dict[str, Any]:
    return {**(event.get("tags") or {}), **{name: str(value) for name, value in _bound().items()}}


def _opentelemetry() -> None:
    global _tracer
    sdk = importlib.import_module("opentelemetry.sdk.trace")
    export = importlib.import_module("opentelemetry.sdk.trace.export")
    otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    resources = importlib.import_module("opentelemetry.sdk.resources")
    trace = importlib.import_module("opentelemetry.trace")
    django = importlib.import_module("opentelemetry.instrumentation.django")
    importlib.import_module(
        "opentelemetry.instrumentation.asgi"
    )  # without it the requests of an ASGI server are not seen
    resource = resources.Resource.create({"service.name": "etlhub", "service.version": settings.VERSION})
    provider = sdk.TracerProvider(resource=resource)
    provider.add_span_processor(export.BatchSpanProcessor(_scrubbing(otlp.OTLPSpanExporter, sdk.ReadableSpan)()))
    trace.set_tracer_provider(provider)
    django.DjangoInstrumentor().instrument()
    _tracer = trace.get_tracer("etlhub")


def _scrubbing(exporter: type[Any], span_class: type[Any]) -> type[Any]:
    """That exporter, which sends no attribute, event, name or status as it is but masked."""

    class Scrubbing(exporter):  # type: ignore[misc]  # its base is known only where it is installed
        def export(self, spans: Sequence[Any]) -> Any:
            return super().export([_scrubbed(span, span_class) for span in spans])

    return Scrubbing


def _scrubbed(span: Any, span_class: type[Any]) -> Any:
    events = [type(each)(mask(each.name), scrub(dict(each.attributes)), each.timestamp) for each in span.events]
    status = type(span.status)(span.status.status_code, mask(span.status.description or "") or None)
    return span_class(
        name=mask(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=scrub(dict(span.attributes)),
        events=events,
        links=span.links,
        kind=span.kind,
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


@contextlib.contextmanager
def span(name: str) -> Iterator[None]:
    """A span of ours around what is done here, with what is bound; nothing where OpenTelemetry is off."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name):
        annotate()
        yield


def annotate() -> None:
    """Give the current span what is bound now (`etlhub.request_id` and so on)."""
    if _tracer is not None:
        trace = importlib.import_module("opentelemetry.trace")
        trace.get_current_span().set_attributes({f"etlhub.{name}": value for name, value in _bound().items()})


def _bound() -> dict[str, Any]:
    bound = get_contextvars()
    return {name: bound[name] for name in BOUND if bound.get(name) is not None}


def scrub(value: Any, depth: int = 0) -> Any:
    """`value` with the vault's secrets masked in every text, keys included; too deep a nesting is cut off."""
    if isinstance(value, str):
        return mask(value)
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {scrub(key, depth + 1): scrub(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(item, depth + 1) for item in value]
    return value
