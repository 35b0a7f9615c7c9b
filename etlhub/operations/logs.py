"""How the hub's own log looks: plain text, or JSON (structlog) with ETLHUB_LOG_JSON, each line with its request or run.

Secrets are masked over whatever comes out of here: credentials.redaction wraps every handler's formatter.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog
from structlog.contextvars import get_contextvars, merge_contextvars

PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s%(contexto)s"


class WithContext(logging.Filter):
    """Gives every record of a plain log what is bound now, as ` [execution_id=12 job_id=3]`."""

    def filter(self, record: logging.LogRecord) -> bool:
        bound = get_contextvars()
        record.contexto = f" [{' '.join(f'{name}={value}' for name, value in sorted(bound.items()))}]" if bound else ""
        return True


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON object a line: timestamp (UTC), level, logger, event, what is bound, exception as text."""
    shared: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder({structlog.processors.CallsiteParameter.PROCESS}),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def config(*, json_lines: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING."""
    form = "json" if json_lines else "plain"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"contexto": {"()": WithContext}},
        "formatters": {"plain": {"format": PLAIN}, "json": {"()": json_formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["contexto"]}},
        "root": {"handlers": ["console"], "level": level},
    }
