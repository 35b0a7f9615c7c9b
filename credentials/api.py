"""HTTP side of the vault: the masked document, its edits, the login test. No logic here."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables
from ninja import Router

from credentials import document, login_test
from credentials.schemas import DocumentOut, SavedOut, SecaoOut, SituacoesOut, TestOut
from etlhub import access
from etlhub.errors import FieldError, Invalid

router = Router(tags=["credenciais"])


@router.get("", auth=access.ver, response=DocumentOut)
def read_all(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """The whole document, masked; its version in `ETag`."""
    response["ETag"] = document.etag()
    return document.masked_document()


@router.get("/situacao", auth=access.ver, response=SituacoesOut)
def read_situations(request: HttpRequest) -> dict[str, Any]:
    """Whether each sistema can log in with what is held."""
    return {"sistemas": document.situations()}


@router.get("/{sistema_id}", auth=access.ver, response=SecaoOut, exclude_unset=True)
def read_one(request: HttpRequest, response: HttpResponse, sistema_id: str) -> dict[str, Any]:
    """One sistema's section, masked."""
    response["ETag"] = document.etag()
    return document.masked_section(sistema_id)


@router.post("", auth=access.administrar, response=SavedOut)
def save(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Merge the document in the body. 412 when `If-Match` is sent and no longer true, 422 with every wrong field."""
    saved = document.save_document(
        _body(request), actor=_who(request), address=_address(request), if_match=request.headers.get("If-Match")
    )
    response["ETag"] = saved.etag
    message = "Credenciais salvas." if saved.changed else "Nada mudou: os valores enviados já eram os salvos."
    return {"message": message, "alterados": saved.changed}


@router.post("/{sistema_id}/test", auth=access.executar, response=TestOut)
def test_login(request: HttpRequest, sistema_id: str) -> dict[str, Any]:
    """Try the login only, with the stored or the sent fields; at most 30 s."""
    outcome = login_test.run(
        sistema_id,
        _body(request, empty={}),
        actor=_who(request),
        address=_address(request),
        may_type=lambda: access.check(request.user, access.Papel.ADMINISTRADOR),
    )
    return {
        "success": outcome.ok,
        "status": "success" if outcome.ok else "error",
        "message": outcome.message,
        "codigo": outcome.codigo,
        "duracao_segundos": round(outcome.seconds, 1),
    }


@sensitive_variables()
def _body(request: HttpRequest, empty: Any = None) -> Any:
    """The JSON body. Parsed here and not by a schema: a schema's errors would carry the wrong values along."""
    if not request.body and empty is not None:
        return empty
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise Invalid([FieldError("", "o corpo do pedido não é um JSON válido")]) from None


def _who(request: HttpRequest) -> str:
    return request.user.get_username()


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
