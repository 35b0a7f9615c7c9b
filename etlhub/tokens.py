"""API tokens: `Authorization: Bearer etlhub_…` lets a script in as its owner, for HTTP below /api and for the WebSocket."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from etlhub.access import LIMIT, Papel, papel_of
from etlhub.errors import Conflict, FieldError, Invalid, NotFound

PREFIX = "etlhub_"
SHOWN = len(PREFIX) + 6
"""How much of a token is kept readable, to tell one from another."""
MAX_DAYS = 366
MAX_PER_USER = 50
USED_SECONDS = 60
"""How exact the time of the last use is."""


def bearer_of(header: str) -> str:
    """The token in an Authorization header; empty when there is none of ours."""
    kind, _, value = header.partition(" ")
    value = value.strip()
    return value if kind.lower() == "bearer" and value.startswith(PREFIX) and len(value) <= 100 else ""


def user_of(token: str) -> User | AnonymousUser:
    """The owner, lowered to the token's role; nobody when the token is unknown, expired or revoked."""
    from etlhub.models import ApiToken

    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    found = ApiToken.objects.select_related("user").filter(sha256=digest).first()
    if found is None or not found.valid or not found.user.is_active:
        return AnonymousUser()
    now = timezone.now()
    if found.usado_em is None or now - found.usado_em > timedelta(seconds=USED_SECONDS):
        with contextlib.suppress(DatabaseError):  # a busy database must not cost the request
            ApiToken.objects.filter(pk=found.pk).update(usado_em=now)
    user = found.user
    setattr(user, LIMIT, Papel(found.papel))
    user.api_token_id, user.api_token_prefixo = found.pk, found.prefixo  # type: ignore[attr-defined]
    return user


class TokenMiddleware:
    """Below /api the token, when there is one, says who asks; never the cookie beside it."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = bearer_of(request.headers.get("Authorization", ""))
        if token and request.path.startswith(("/api/", "/metrics")):
            request.user = SimpleLazyObject(lambda: user_of(token))  # type: ignore[assignment]
        return await self.get_response(request)


class TokenWebSocket:
    """ASGI, within AuthMiddlewareStack: the same for the WebSocket."""

    def __init__(self, inner: Callable[..., Awaitable[Any]]) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        for name, value in scope.get("headers", []):
            if name == b"authorization" and (token := bearer_of(value.decode("latin-1"))):
                scope = {**scope, "user": await database_sync_to_async(user_of)(token)}
        return await self.inner(scope, receive, send)


def create(user: User, *, nome: str, papel: str, dias: int) -> tuple[Any, str]:
    """A new token of `user` and its text, which is kept nowhere. Invalid when the role is above the owner's."""
    from etlhub.models import ApiToken

    wanted = {each.name.lower(): each for each in list(Papel)[1:]}.get(papel)
    if wanted is None:
        raise Invalid([FieldError("papel", "deve ser visualizador, operador ou administrador")])
    if wanted > papel_of(user):
        raise Invalid([FieldError("papel", "não pode ser maior que o seu")])
    if visible(user, every=False).filter(expira_em__gt=timezone.now()).count() >= MAX_PER_USER:
        raise Conflict(f"Você já tem {MAX_PER_USER} tokens válidos: revogue um antes de criar outro.")
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        nome=nome.strip(),
        prefixo=text[:SHOWN],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        papel=int(wanted),
        expira_em=timezone.now() + timedelta(days=dias),
    )
    return token, text


def visible(user: User, *, every: bool) -> Any:
    """The tokens that are not revoked: of `user`, or `every` one."""
    from etlhub.models import ApiToken

    found = ApiToken.objects.select_related("user").filter(revogado_em=None)
    return found if every else found.filter(user=user)


def revoke(token_id: int, user: User, *, every: bool) -> Any:
    """End a token now; NotFound when `user` may not see it."""
    token = visible(user, every=every).filter(pk=token_id).first()
    if token is None:
        raise NotFound("Token não encontrado.")
    token.revogado_em = timezone.now()
    token.save(update_fields=["revogado_em"])
    return token
