"""Same-origin guard for HTTP and WebSocket, and the headers of every answer.

The old build sends no CSRF token, so a state-changing request is judged by what the browser itself says of its origin
(`Sec-Fetch-Site`, else `Origin`, else `Referer`); a client that is no browser says nothing and carries no cookie of a victim.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.security import SecurityMiddleware

from etlhub.error_pages import method_not_allowed
from etlhub.tokens import bearer_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CROSS_ORIGIN = "Pedido recusado: veio de outra página que não a do ETL Hub."
HOST_NAME = re.compile(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")
COMMON = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
DATA_CSP = "default-src 'none'; frame-ancestors 'none'"
# Styles are not restricted to files: the toasts and scroll locks of the interface write their own.
OWN_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    f" font-src 'self' data:; connect-src 'self' {{sockets}}; {COMMON}"
)
LOGIN_CSP = f"default-src 'none'; style-src {{style}}; img-src 'self'; {COMMON}"
# The admin's theme (unfold) evaluates Alpine expressions; it holds no inline script.
ADMIN_CSP = OWN_CSP.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
# A foreign build may hold inline scripts and fetch its fonts and pictures elsewhere; data goes to us only.
FOREIGN_CSP = (
    OWN_CSP.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'")
    .replace("style-src 'self'", "style-src 'self' https:")
    .replace("img-src 'self'", "img-src 'self' https:")
    .replace("font-src 'self'", "font-src 'self' https:")
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


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
        # A page of another site cannot set Authorization; with a cookie beside it, the cookie could be meant.
        by_token = bearer_of(headers.get("Authorization", "")) and settings.SESSION_COOKIE_NAME not in request.COOKIES
        if (
            request.method not in SAFE_METHODS
            and not by_token
            and not same_origin(
                request.get_host(),
                headers.get("Sec-Fetch-Site", ""),
                headers.get("Origin", ""),
                headers.get("Referer", ""),
            )
        ):
            body = {"detail": CROSS_ORIGIN, "message": CROSS_ORIGIN, "status": "error", "success": False}
            return JsonResponse(body, status=403)
        return await self.get_response(request)


@cache
def login_styles() -> str:
    """The hashes of the login page's own styles, as CSP source expressions."""
    page = (Path(__file__).parent / "templates" / "entrar.html").read_text(encoding="utf-8")
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def content_policy(path: str, host: str) -> str:
    """The Content-Security-Policy of the answer at `path`; `host` is what the request was sent to."""
    if path.startswith(("/api/", "/metrics")):
        return DATA_CSP
    if path.startswith("/entrar"):
        return LOGIN_CSP.format(style=login_styles())
    sockets = f"ws://{host} wss://{host}" if HOST_NAME.fullmatch(host) else ""
    if path.startswith("/admin"):
        return ADMIN_CSP.format(sockets=sockets)
    if settings.REACT_BUILD_FOREIGN:
        return FOREIGN_CSP.format(sockets=f"{sockets} http://localhost:{settings.PORT} ws://localhost:{settings.PORT}")
    return OWN_CSP.format(sockets=sockets)


class HeadersMiddleware:
    """Sets the security headers of every answer; behind TLS it sends plain requests to https.

    Does the work of Django's SecurityMiddleware and XFrameOptionsMiddleware without a thread a request.
    """

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        self.django = SecurityMiddleware(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.django.process_request(request) or await self.get_response(request)
        if response.status_code == 405:
            response = method_not_allowed(request, response.headers.get("Allow", ""))
        policy = content_policy(request.path, request.META.get("HTTP_HOST", ""))
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
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
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        origin, host = headers.get("origin", ""), headers.get("host", "")
        by_token = bearer_of(headers.get("authorization", "")) and settings.SESSION_COOKIE_NAME not in headers.get(
            "cookie", ""
        )
        if not by_token and not same_origin(host, headers.get("sec-fetch-site", ""), origin, ""):
            await receive()
            await send({"type": "websocket.close", "code": 4003})
            return None
        return await self.inner(scope, receive, send)
