"""`/api/auth/segundo-fator`: each user's own authenticator app."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from etlhub import access, login, second_factor, sessions
from etlhub.errors import Conflict, FieldError, Invalid
from etlhub.login import Done, own_user

router = Router(tags=["acesso"], auth=access.ver)
Senha = Annotated[str, Field(max_length=4096)]
Codigo = Annotated[str, Field(max_length=login.CODE_LENGTH)]


class Situacao(Schema):
    """`disponivel`: the account has a password here; `exigido`: administrators must have one and this is one."""

    ativo: bool
    disponivel: bool
    exigido: bool
    desde: datetime | None
    codigos_restantes: int


class ComSenha(Schema):
    senha: Senha


class ComCodigo(Schema):
    codigo: Codigo


class ComSenhaECodigo(Schema):
    senha: Senha
    codigo: Codigo = ""


class Inicio(Done):
    segredo: str
    qr: str


class Codigos(Done):
    codigos: list[str]


@router.get("", response=Situacao)
def state(request: HttpRequest) -> dict[str, Any]:
    """Whether it is on, and how many recovery codes are left."""
    user = own_user(request)
    factor = second_factor.active(user)
    return {
        "ativo": factor is not None,
        "disponivel": second_factor.applies_to(user),
        "exigido": access.second_factor_required(user),
        "desde": factor.confirmado_em if factor else None,
        "codigos_restantes": factor.codigos.filter(usado_em=None).count() if factor else 0,
    }


@router.post("/iniciar", response=Inicio)
def begin(request: HttpRequest, payload: ComSenha) -> dict[str, Any]:
    """Make a secret for the app. `segredo` and `qr` (an SVG as data URI) are shown this once. Nothing is on yet."""
    second_factor.check_free(own_user(request))
    user = login.confirm_identity(request, payload.senha)
    made = second_factor.begin(user)
    return {"message": "Leia o código QR com o aplicativo.", "segredo": made.secret, "qr": made.qr}


@router.post("/confirmar", response=Codigos)
def confirm(request: HttpRequest, payload: ComCodigo) -> dict[str, Any]:
    """Switch it on with the app's first code. `codigos` are the recovery codes, shown this once; other sessions end."""
    user = own_user(request)
    login.count_code(user)
    codes = second_factor.confirm(user, payload.codigo)
    if codes is None:
        raise Invalid([FieldError("codigo", "o código não é este: confira o relógio do aparelho")])
    login.forget_codes(user)
    sessions.end_all(user, but=request.session.session_key)
    return {"message": "Segundo fator ligado; as outras sessões foram encerradas.", "codigos": codes}


@router.post("/codigos", response=Codigos)
def new_codes(request: HttpRequest, payload: ComSenhaECodigo) -> dict[str, Any]:
    """New recovery codes, shown this once; the former ones are worth nothing any more."""
    user = login.confirm_identity(request, payload.senha, payload.codigo)
    factor = second_factor.active(user)
    if factor is None:
        raise Conflict("O segundo fator está desligado.")
    return {"message": "Códigos novos; os anteriores não valem mais.", "codigos": second_factor.fresh_codes(factor)}


@router.post("/desligar", response=Done)
def switch_off(request: HttpRequest, payload: ComSenhaECodigo) -> dict[str, Any]:
    """Take it away, with password and code. Not where administrators must have one."""
    user = login.confirm_identity(request, payload.senha, payload.codigo)
    if access.second_factor_required(user):
        raise Conflict("O segundo fator é obrigatório para administradores.")
    if not second_factor.remove(user):
        raise Conflict("O segundo fator já está desligado.")
    return {"message": "Segundo fator desligado."}
