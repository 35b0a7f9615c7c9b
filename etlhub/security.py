"""Same-origin guard for HTTP and WebSocket, and the headers of every answer.

The old build sends no CSRF token, so a state-changing request is judged by what the browser itself says of its origin
(`Sec-Fetch-Site`, else `Origin`, else `Referer`); a client that is no browser says nothing and carries no cookie of a victim.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CROSS_ORIGIN = "Pedido recusado: veio de outra página que não a do ETL Hub."
OWN_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self' {ws}; frame-ancestors 'none'; base-uri 'self'; form-action 'self';"
    " object-src 'none'"
)
# Django admin's theme (unfold) evaluates Alpine expressions; a foreign build may hold inline scripts.
LAX_CSP = OWN_CSP.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'")


def same_origin(host: str, fetch_site: str, origin: str, referer: str) -> bool:
    """Whether a browser's request comes from our own pages; `host` is what the request was sent to."""
    if fetch_site and fetch_site not in ("same-origin", "none"):
        return origin in settings.CSRF_TRUSTED_ORIGINS
    source = origin or referer
    if not source:
        return True
    parts = urlsplit(source)
    return parts.netloc == host or f"{parts.scheme}://{parts.netloc}" in settings.CSRF_TRUSTED_ORIGINS


class SameOriginMiddleware:
    """Refuses (403) an unsafe method that another site's page sent."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        headers = request.headers
        if request.method not in SAFE_METHODS and not same_origin(
            request.get_host(),
            headers.get("Sec-Fetch-Site", ""),
            headers.get("Origin", ""),
            headers.get("Referer", ""),
        ):
            body = {"detail": CROSS_ORIGIN, "message": CROSS_ORIGIN, "status": "error", "success": False}
            return JsonResponse(body, status=403)
        return await self.get_response(request)


class HeadersMiddleware:
    """Sets the security headers; the policy for scripts is strict unless the page is not ours."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        foreign = settings.REACT_BUILD_FOREIGN or request.path.startswith(("/admin", "/entrar"))
        host = request.META.get("HTTP_HOST", "")
        sockets = f"ws://{host} wss://{host}"
        if settings.REACT_BUILD_FOREIGN:
            sockets += f" http://localhost:{settings.PORT} ws://localhost:{settings.PORT}"
        response.headers.setdefault("Content-Security-Policy", (LAX_CSP if foreign else OWN_CSP).format(ws=sockets))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        return response


class SameOriginWebSocket:
    """Refuses the WebSocket handshake of another site's page."""

    def __init__(self, inner: Callable[..., Awaitable[Any]]) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name: value.decode("latin-1") for name, value in scope.get("headers", [])}
        origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
        if not same_origin(host, headers.get(b"sec-fetch-site", ""), origin, ""):
            await receive()
            await send({"type": "websocket.close", "code": 4003})
            return None
        return await self.inner(scope, receive, send)
