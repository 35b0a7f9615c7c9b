"""The browser's way through the provider: there with state, nonce and PKCE; back with a code; and out again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from etlhub import audit, throttle
from etlhub.errors import HubError, NotFound, TooMany
from etlhub.login import TRIES_OF_ADDRESS, WINDOW_SECONDS, too_many
from etlhub.oidc import accounts, idtoken, logout, provider
from etlhub.oidc.config import LOGIN_PATH, Config, Misconfigured, config, enabled

log = logging.getLogger(__name__)

RETURN_PATH = f"{LOGIN_PATH}retorno/"
COOKIE = "etlhub_oidc"
SALT = "etlhub.oidc"
FLOW_SECONDS = 600
"""Between leaving for the provider and coming back."""
NOT_STARTED = "Este login não foi começado neste navegador, ou demorou demais. Comece de novo."
NOT_BELIEVED = (
    "A resposta do provedor de login não pôde ser confirmada. Comece de novo; se repetir, avise o administrador."
)
CANCELLED = "O provedor de login não autorizou a entrada."
MAX_TEXT = 4096


class Failed(HubError):
    """This login ends here. `reason` is for the log and the audit."""

    def __init__(self, message: str, reason: str, status: int = 400) -> None:
        super().__init__(message)
        self.reason, self.status = reason, status


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    try:
        wanted = _config()
        found = provider.discover(wanted)
    except HubError as error:
        return _refuse(request, error, audited=False)
    flow = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "next": safe_next(request, request.GET.get("next", "")),
        "redirect_uri": request.build_absolute_uri(RETURN_PATH),
    }
    challenge = base64.urlsafe_b64encode(hashlib.sha256(flow["verifier"].encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": wanted.client_id,
        "redirect_uri": flow["redirect_uri"],
        "scope": wanted.escopos,
        "state": flow["state"],
        "nonce": flow["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in found.authorization_endpoint else "?"
    response = HttpResponseRedirect(f"{found.authorization_endpoint}{mark}{urlencode(query)}")
    # Signed and this browser's only: the server keeps nothing of who has not come in yet.
    response.set_signed_cookie(
        COOKIE, json.dumps(flow), salt=SALT, max_age=FLOW_SECONDS, path=LOGIN_PATH,
        httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@require_GET
@never_cache
@sensitive_variables()
def back(request: HttpRequest) -> HttpResponse:
    """The browser comes back: judge what it brings and open a session."""
    place = f"endereco:{request.META.get('REMOTE_ADDR', '')}"
    try:
        wanted = _config()
        if wait := throttle.take({place: TRIES_OF_ADDRESS}, WINDOW_SECONDS):
            raise too_many(wait)
        flow = _flow(request)
        user, end = _identify(request, wanted, flow)
    except HubError as error:
        return _refuse(request, error)
    throttle.give_back([place], WINDOW_SECONDS)
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    logout.remember(request, end)
    _note(request, user.get_username(), 200, "Bem-vindo.")
    response = HttpResponseRedirect(safe_next(request, str(flow["next"])))
    response.delete_cookie(COOKIE, path=LOGIN_PATH, samesite="Lax")
    return response


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Where to go after the login: a path of this site, else the start."""
    here = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if here and wanted.startswith("/") and len(wanted) <= MAX_TEXT // 2 else "/"


def _config() -> Config:
    if not enabled():
        raise NotFound("O login pelo provedor da empresa não está configurado.")
    return config()


def _flow(request: HttpRequest) -> dict[str, Any]:
    """What `start` gave this browser, once the state that came back is the one of then."""
    kept = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=FLOW_SECONDS)
    if kept is None:
        raise Failed(NOT_STARTED, "sem cookie")
    flow: dict[str, Any] = json.loads(kept)
    if not hmac.compare_digest(request.GET.get("state", "").encode("utf-8", "replace"), str(flow["state"]).encode()):
        raise Failed(NOT_STARTED, "state")
    return flow


@sensitive_variables()
def _identify(request: HttpRequest, wanted: Config, flow: dict[str, Any]) -> tuple[Any, logout.End]:
    code = request.GET.get("code", "")
    if not code or len(code) > MAX_TEXT:
        raise Failed(CANCELLED, f"provedor: {audit.plain(request.GET.get('error', 'sem código'), 60)}", 403)
    found = provider.discover(wanted)
    if request.GET.get("iss", found.issuer) != found.issuer:
        raise Failed(NOT_BELIEVED, "iss", 403)
    try:
        tokens = provider.exchange(
            wanted, found, code=code, verifier=str(flow["verifier"]), redirect_uri=str(flow["redirect_uri"])
        )
        token = str(tokens.get("id_token", ""))
        claims = idtoken.verify(wanted, found, token, str(flow["nonce"]))
    except provider.CodeRefused as error:
        raise Failed(NOT_BELIEVED, f"código recusado: {error}", 403) from None
    except idtoken.BadToken as error:
        raise Failed(NOT_BELIEVED, f"token: {error}", 403) from None
    if not accounts.claim_values(claims, wanted.claim):
        # Some providers keep the token small and tell the rest on request; it must be of the same person.
        more = provider.userinfo(found, str(tokens.get("access_token", "")))
        claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    return accounts.user_for(wanted, found.issuer, claims), logout.End(found.end_session_endpoint, token)


def _refuse(request: HttpRequest, error: HubError, *, audited: bool = True) -> HttpResponse:
    """A page with the sentence; log and audit know more."""
    reason = getattr(error, "reason", "") or error.message
    user = getattr(error, "user", None)
    level = logging.ERROR if isinstance(error, (Misconfigured, provider.ProviderAway)) else logging.WARNING
    log.log(level, "oidc login refused: %s", audit.plain(reason, 300))
    if audited and not isinstance(error, (NotFound, TooMany)):
        _note(request, user.get_username() if user else "", error.status, reason)
    sentence = provider.AWAY if isinstance(error, Misconfigured) else error.message
    response = render(
        request, "entrar_aviso.html", {"titulo": "Não foi possível entrar", "texto": sentence}, status=error.status
    )
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    response.delete_cookie(COOKIE, path=LOGIN_PATH, samesite="Lax")
    return response


def _note(request: HttpRequest, usuario: str, status: int, mensagem: str) -> None:
    origin = str(request.META.get("REMOTE_ADDR", ""))[:60]
    audit.note(
        "entrou",
        usuario=usuario,
        via="OIDC",
        origem=origin,
        rota=f"GET {request.path}"[:200],
        status=status,
        mensagem=mensagem,
    )
