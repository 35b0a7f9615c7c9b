"""`/api/config`, `/api/sistemas`, `/api/calendario`; the routers of folders, of funds and of what each user keeps hang below."""

from __future__ import annotations

from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Body, Router
from pydantic import BaseModel, ValidationError

from etlhub import access
from etlhub.errors import Invalid
from etlhub.validation import field_errors
from sistemas import calendario, caminhos, configuracao, services
from sistemas.models import Sistema
from sistemas.schemas import (
    CalendarioOut,
    ConfigOut,
    Dia,
    Done,
    OpcaoIn,
    OrdemIn,
    SistemaDone,
    SistemaOut,
    ToggleIn,
)

S = TypeVar("S", bound=BaseModel)

router = Router()
router.add_router("/caminhos", "sistemas.api_caminhos.router")
router.add_router("", "sistemas.api_fundos.router")
router.add_router("/me", "sistemas.api_pessoal.router")

CONFIG, SISTEMAS = ["configuração"], ["sistemas"]


@router.get("/config", response=ConfigOut, exclude_unset=True, tags=CONFIG, auth=access.ver)
def read_config(request: HttpRequest) -> dict[str, Any]:
    """The whole configuration; secrets are masked."""
    return configuracao.show()


@router.post("/config", response=Done, tags=CONFIG, auth=access.administrar)
def save_config(request: HttpRequest, payload: Body[dict[str, Any]]) -> dict[str, Any]:
    """Save the document as GET gave it, whole or part: all of it or, with 422 for each wrong field, none."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    configuracao.save(payload, actor=request.user.get_username(), address=address)
    return {"message": "Configuração salva."}


@router.get("/config/paths", response=dict[str, str], tags=CONFIG, auth=access.ver)
def read_paths(request: HttpRequest) -> dict[str, str]:
    """The configured folders, by key."""
    return caminhos.caminhos()


@router.put("/config/paths", response=Done, tags=CONFIG, auth=access.administrar)
def save_paths(request: HttpRequest, payload: Body[dict[str, str]]) -> dict[str, Any]:
    """Set the given folders, leave the others."""
    caminhos.save_caminhos(payload)
    return {"message": "Caminhos salvos."}


@router.get("/calendario", response=CalendarioOut, tags=["calendário"], auth=access.ver)
def read_calendar(request: HttpRequest, inicio: Dia = None, fim: Dia = None) -> dict[str, Any]:
    """ANBIMA's business days from `inicio` to `fim` (default: the month around today), at most three years."""
    return calendario.describe(inicio, fim)


@router.get("/sistemas", response=dict[str, SistemaOut], exclude_unset=True, tags=SISTEMAS, auth=access.ver)
def read_sistemas(request: HttpRequest) -> dict[str, Any]:
    """Every sistema, by id, in order; without its funds."""
    return services.list_sistemas()


@router.get("/sistemas/ativos", response=dict[str, SistemaOut], exclude_unset=True, tags=SISTEMAS, auth=access.ver)
def read_active(request: HttpRequest) -> dict[str, Any]:
    """The sistemas that are switched on."""
    return services.list_sistemas(only_active=True)


@router.put("/sistemas/ordem", response=Done, tags=SISTEMAS, auth=access.administrar)
def reorder(request: HttpRequest, payload: OrdemIn) -> dict[str, Any]:
    """Put the sistemas in this order."""
    services.reorder(payload.ids)
    return {"message": "Ordem salva."}


@router.get("/sistemas/{sistema_id}", response=SistemaOut, exclude_unset=True, tags=SISTEMAS, auth=access.ver)
def read_sistema(request: HttpRequest, sistema_id: str) -> dict[str, Any]:
    """One sistema, with its funds."""
    return services.show_sistema(sistema_id)


@router.patch(
    "/sistemas/{sistema_id}/toggle", response=SistemaDone, exclude_unset=True, tags=SISTEMAS, auth=access.executar
)
def toggle(
    request: HttpRequest, sistema_id: str, ativo: bool | None = None, payload: Body[dict[str, Any] | None] = None
) -> dict[str, Any]:
    """Switch a sistema on or off; `ativo` in the query, or in a JSON body."""
    wanted = _either(ToggleIn, {"ativo": ativo}, payload)
    sistema = services.toggle(sistema_id, wanted.ativo)
    return _done(sistema, f"{sistema.nome} {'ativado' if wanted.ativo else 'desativado'}.")


@router.patch(
    "/sistemas/{sistema_id}/opcao", response=SistemaDone, exclude_unset=True, tags=SISTEMAS, auth=access.executar
)
def set_opcao(
    request: HttpRequest,
    sistema_id: str,
    opcao: str | None = None,
    valor: bool | None = None,
    payload: Body[dict[str, Any] | None] = None,
) -> dict[str, Any]:
    """Set one opção; `opcao` and `valor` in the query, or in a JSON body."""
    wanted = _either(OpcaoIn, {"opcao": opcao, "valor": valor}, payload)
    sistema = services.set_opcao(sistema_id, wanted.opcao, wanted.valor)
    return _done(sistema, f"{sistema.nome}: {wanted.opcao} {'ligada' if wanted.valor else 'desligada'}.")


def _either(schema: type[S], query: dict[str, Any], body: dict[str, Any] | None) -> S:
    """The command's fields from query and body; the query wins. Invalid for what is missing or wrong."""
    given = {name: value for name, value in query.items() if value is not None}
    try:
        return schema.model_validate({**(body or {}), **given})
    except ValidationError as error:
        raise Invalid(field_errors([dict(each) for each in error.errors()])) from None


def _done(sistema: Sistema, message: str) -> dict[str, Any]:
    return {
        "success": True,
        "status": "success",
        "message": message,
        "sistema": services.show_sistema(sistema.pk),
    }
