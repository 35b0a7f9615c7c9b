"""Sentry and OpenTelemetry, each only where its variables are set and its package is installed; nothing secret leaves.

Sentry: SENTRY_DSN and `pip install sentry-sdk`. OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT and
`pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http opentelemetry-instrumentation-django`.
"""

from __future__ import annotations

import importlib
import logging
import os
from typing import Any

from django.conf import settings

from credentials.redaction import mask

log = logging.getLogger(__name__)
MAX_DEPTH = 20


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
        before_send=lambda event, _hint: scrub(event),
        before_send_transaction=lambda event, _hint: scrub(event),
        before_breadcrumb=lambda crumb, _hint: scrub(crumb),
    )


def _opentelemetry() -> None:
    sdk = importlib.import_module("opentelemetry.sdk.trace")
    export = importlib.import_module("opentelemetry.sdk.trace.export")
    otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    resources = importlib.import_module("opentelemetry.sdk.resources")
    trace = importlib.import_module("opentelemetry.trace")
    django = importlib.import_module("opentelemetry.instrumentation.django")
    resource = resources.Resource.create({"service.name": "etlhub", "service.version": settings.VERSION})
    provider = sdk.TracerProvider(resource=resource)
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    django.DjangoInstrumentor().instrument()


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
