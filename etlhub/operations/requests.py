"""Each HTTP request gets an id (taken from `X-Request-ID` or made), which its log lines and its answer carry; it is counted."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bound_contextvars, get_contextvars

from etlhub.operations import telemetry, web_counters

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# What a proxy may hand us goes into logs and headers: nothing but harmless characters.
GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def current() -> str:
    """The id of the request that is being answered; made up where there is none."""
    return str(get_contextvars().get("request_id") or secrets.token_hex(8))


class RequestMiddleware:
    """Outermost, so that it sees every answer and every line is written inside it."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        number = given if GOOD_ID.fullmatch(given) else secrets.token_hex(8)
        began = time.perf_counter()
        with bound_contextvars(request_id=number):
            telemetry.annotate()
            response = await self.get_response(request)
            took = time.perf_counter() - began
            level = logging.DEBUG if request.method in QUIET_METHODS and response.status_code < 500 else logging.INFO
            # The path alone: a query may hold what somebody searched for.
            log.log(level, "%s %s %s in %.0f ms", request.method, request.path, response.status_code, took * 1000)
        web_counters.observe(request.method or "", response.status_code, took)
        response.headers[HEADER] = number
        return response
