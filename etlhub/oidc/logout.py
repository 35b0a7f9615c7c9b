"""The way out of a session that the provider opened: its own session can be ended there, too."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from credentials.crypto import NoKeyOpens, Sealed
from credentials.keys import keyring
from etlhub.oidc.config import enabled, name

KEY = "oidc"
PLACE = ("sessao", "id_token")
MAX_HINT = 6000
"""A longer token would make an address that servers refuse."""


@dataclass(frozen=True)
class End:
    """Where the provider's session ends, and the token that says which."""

    endpoint: str
    id_token: str = field(repr=False)


@sensitive_variables()
def remember(request: HttpRequest, end: End) -> None:
    """Keep it with the session; the token sealed, for it tells of the person."""
    hint = end.id_token if len(end.id_token) <= MAX_HINT else ""
    sealed = keyring().seal(hint, *PLACE)
    request.session[KEY] = {
        "fim": end.endpoint,
        "chave": sealed.key_id,
        "dica": base64.b64encode(sealed.data).decode(),
    }


@sensitive_variables()
def leave(request: HttpRequest) -> str:
    """End our session; the address that ends the provider's, empty when there is none."""
    kept = request.session.get(KEY)
    auth.logout(request)
    if not isinstance(kept, dict) or not kept.get("fim") or not enabled():
        return ""
    query = {"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": request.build_absolute_uri("/login")}
    try:
        hint = keyring().open(Sealed(kept["chave"], base64.b64decode(kept["dica"])), *PLACE)
    except NoKeyOpens:
        hint = ""
    if hint:
        query["id_token_hint"] = hint
    mark = "&" if "?" in kept["fim"] else "?"
    return f"{kept['fim']}{mark}{urlencode(query)}"


class Sair(LogoutView):
    """`/sair/`: a form cannot lead to another site (form-action), so the provider's way out is a link."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end = leave(request)
        if end:
            context = {
                "titulo": "Você saiu do ETL Hub",
                "texto": f"Sua sessão em {name()} continua aberta.",
                "sair": end,
                "nome": name(),
            }
            return render(request, "entrar_aviso.html", context)
        return super().post(request, *args, **kwargs)
