"""How many requests a minute each user, token or address may make, by role; counted in Redis, so across processes.

The setting ETLHUB_RATE_LIMIT multiplies all of them; 0 takes them away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from etlhub import access, throttle
from etlhub.access import Papel
from etlhub.errors import TooMany
from etlhub.security import SAFE_METHODS

MINUTE = 60
LIMITS = {
    Papel.NENHUM: (1200, 240),
    Papel.VISUALIZADOR: (3000, 300),
    Papel.OPERADOR: (6000, 1200),
    Papel.ADMINISTRADOR: (6000, 1200),
}
"""Reading and changing requests a minute. Far above what the interface asks for; who is not logged in counts by address."""
PAGES = ("/admin", "/entrar", "/sair")
PAGES_LIMIT = 600
"""Of Django's own pages, by address."""


def check(request: HttpRequest) -> None:
    """Count this request; TooMany when its maker is over the limit."""
    papel = access.papel_in(request)
    changing = request.method not in SAFE_METHODS
    _take(f"{_who(request)}:{'escrita' if changing else 'leitura'}", LIMITS[papel][changing])


def _who(request: HttpRequest) -> str:
    token = getattr(request.user, "api_token_id", None)
    if token:
        return f"token:{token}"
    return f"usuario:{request.user.pk}" if request.user.pk else f"endereco:{request.META.get('REMOTE_ADDR', '')}"


def _take(key: str, limit: int) -> None:
    if settings.RATE_LIMIT <= 0:
        return
    if wait := throttle.take({key: max(int(limit * settings.RATE_LIMIT), 1)}, MINUTE):
        raise TooMany(f"Pedidos demais em pouco tempo. Espere {wait} s e tente de novo.", wait)


def limited(run: Callable[..., Any]) -> Callable[..., Any]:
    """Around every operation of the API, before its guard and its parameters."""

    def refusal(request: HttpRequest) -> HttpResponse | None:
        try:
            check(request)
        except TooMany as error:
            from etlhub.api import on_hub_error

            return on_hub_error(request, error)
        return None

    if iscoroutinefunction(run):

        @wraps(run)
        async def run_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return await sync_to_async(refusal)(request) or await run(request, *args, **kwargs)

        return run_async

    @wraps(run)
    def run_sync(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return refusal(request) or run(request, *args, **kwargs)

    return run_sync


class PagesMiddleware:
    """The same for Django's own pages: login and admin."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(PAGES):
            try:
                await sync_to_async(_take)(f"paginas:{request.META.get('REMOTE_ADDR', '')}", PAGES_LIMIT)
            except TooMany as error:
                response = HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
                response["Retry-After"] = str(error.retry_after)
                return response
        return await self.get_response(request)
