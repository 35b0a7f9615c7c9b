"""`/api/tokens`: each user's own API tokens; administrators see and revoke everyone's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from etlhub import access, tokens
from etlhub.login import Done, own_user

router = Router(tags=["tokens"], auth=access.ver)
TokenId = Annotated[int, Field(ge=1, lt=1 << 31)]
PapelName = Literal["visualizador", "operador", "administrador"]


class TokenIn(Schema):
    nome: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    papel: PapelName = "visualizador"
    dias: Annotated[int, Field(ge=1, le=tokens.MAX_DAYS)] = 90


class TokenOut(Schema):
    id: int
    nome: str
    dono: str
    prefixo: str
    papel: PapelName
    criado_em: datetime
    expira_em: datetime
    usado_em: datetime | None
    valido: bool


class TokenMade(Done):
    token: TokenOut
    segredo: str


def _shape(token: Any) -> dict[str, Any]:
    return {
        "id": token.pk,
        "nome": token.nome,
        "dono": token.user.get_username(),
        "prefixo": token.prefixo,
        "papel": access.Papel(token.papel).name.lower(),
        "criado_em": token.criado_em,
        "expira_em": token.expira_em,
        "usado_em": token.usado_em,
        "valido": token.valid,
    }


def _all(request: HttpRequest) -> bool:
    return access.papel_of(request.user) is access.Papel.ADMINISTRADOR


@router.get("", response=list[TokenOut])
def list_tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """The tokens that are not revoked, newest first; their text is not among it."""
    return [_shape(token) for token in tokens.visible(own_user(request), every=_all(request))[:500]]


@router.post("", response=TokenMade)
def create_token(request: HttpRequest, payload: TokenIn) -> dict[str, Any]:
    """Make a token of one's own. `segredo` is its text: it is shown this once and kept nowhere."""
    token, text = tokens.create(own_user(request), nome=payload.nome, papel=payload.papel, dias=payload.dias)
    message = f"Token {token.nome} criado. Copie-o agora: ele não será mostrado de novo."
    return {"message": message, "token": _shape(token), "segredo": text}


@router.delete("/{token_id}", response=Done)
def revoke_token(request: HttpRequest, token_id: TokenId) -> dict[str, Any]:
    """End a token at once; its WebSockets close within seconds."""
    token = tokens.revoke(token_id, own_user(request), every=_all(request))
    return {"message": f"Token {token.nome} revogado."}
