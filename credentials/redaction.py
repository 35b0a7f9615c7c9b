"""This process's last line of defence: what the vault opened here never leaves in a log line or a traceback.

The registry holds secrets in memory only, the latest ones; jobs' output has its own Masker per run.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import ItemsView, Iterable
from threading import Lock
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.debug import sensitive_variables

from credentials.masking import Masker

MAX_REMEMBERED = 500
_lock = Lock()
_known: dict[str, None] = {}
_masker: Masker | None = None


@sensitive_variables()
def remember(secrets: Iterable[str]) -> None:
    """Mask these from now on in this process; the oldest are forgotten beyond MAX_REMEMBERED."""
    global _masker
    with _lock:
        for secret in secrets:
            if secret and secret not in _known:
                _known[secret] = None
                _masker = None
        while len(_known) > MAX_REMEMBERED:
            del _known[next(iter(_known))]


def forget() -> None:
    """Empty the registry (a test's secrets must not mask the next one's words)."""
    global _masker
    with _lock:
        _known.clear()
        _masker = None


def mask(text: str) -> str:
    """`text` without any secret that this process has opened."""
    global _masker
    with _lock:
        if _masker is None:
            _masker = Masker(_known)
        masker = _masker
    return masker.mask(text)


class MaskingFormatter(logging.Formatter):
    """Formats as usual, traceback included, then masks the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class ReporterFilter(SafeExceptionReporterFilter):
    """Error reports (DEBUG page, e-mail): masks inside every shown variable, wherever a secret ended up."""

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {name: _masked_value(value) for name, value in variables}.items()


class _Shown:
    """A value that shows as this text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _masked_value(value: Any) -> Any:
    try:
        shown = repr(value)
    except Exception:
        return value
    masked = mask(shown)
    return value if masked == shown else _Shown(masked)


def install_excepthook() -> None:
    """Uncaught exceptions of a command are printed masked."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = hook
