"""This process's last line of defence: what the vault opened here never leaves in a log line or a traceback.

The registry holds secrets in memory only, the latest ones; jobs' output has its own Masker per run.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import ItemsView, Iterable
from threading import Lock
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
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
    """Lets another formatter do its work, traceback included, then masks the whole."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return mask(self._inner.format(record))


class ReporterFilter(SafeExceptionReporterFilter):
    """Error reports (DEBUG page, e-mail): masks inside every shown variable, wherever a secret ended up."""

    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE|SENHA|TOTP|CHAVE|FRASE|CREDENTIAL|_URL",
        flags=re.IGNORECASE,
    )

    def is_active(self, request: HttpRequest | None) -> bool:  # noqa: ARG002
        """Always: Django's own shows everything with DEBUG on."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> MultiValueDict[str, str]:
        return self._cleansed(MultiValueDict(super().get_post_parameters(request)))

    def get_cleansed_multivaluedict(self, request: HttpRequest, multivaluedict: Any) -> Any:
        return self._cleansed(super().get_cleansed_multivaluedict(request, multivaluedict))

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {name: _masked_value(self.cleanse_setting(name, value)) for name, value in variables}.items()

    def _cleansed(self, fields: MultiValueDict[str, Any]) -> MultiValueDict[str, Any]:
        """By name, for what was typed is not yet known to the registry; and by value."""
        shown: MultiValueDict[str, Any] = MultiValueDict()
        for name, values in fields.lists():
            secret = self.hidden_settings.search(name)
            shown.setlist(name, [self.cleansed_substitute if secret else mask(str(value)) for value in values])
        return shown


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


def install() -> None:
    """Mask this process's log handlers, error reports and uncaught exceptions. Called once, when Django is set up.

    Done here and not in the settings, so that no configuration of logging can leave it out.
    """
    settings.DEFAULT_EXCEPTION_REPORTER_FILTER = f"{__name__}.{ReporterFilter.__name__}"
    loggers = [logging.root, *(each for each in logging.root.manager.loggerDict.values())]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            if not isinstance(handler.formatter, MaskingFormatter):
                handler.setFormatter(MaskingFormatter(handler.formatter))
    sys.excepthook = _show_masked
    _no_core_dumps()


def _show_masked(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))


def _no_core_dumps() -> None:
    """A core file of a crashed process, or of a run it started (they inherit the limit), would hold secrets in clear."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
