"""The one NinjaAPI: its routers, and the one form every error takes: `{"detail": sentence, "campos": [{campo, mensagem}]}`."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja.errors import HttpError, ValidationError

from etlhub import access, ratelimit
from etlhub.errors import HubError, TooMany
from etlhub.openapi import HubAPI
from etlhub.operations import requests
from etlhub.validation import field_errors

log = logging.getLogger(__name__)


api = HubAPI(
    title="ETL Hub",
    version=settings.VERSION,
    auth=access.ver,
    docs_url=None,
    urls_namespace="api",
)

api.add_decorator(ratelimit.limited, mode="view")
api.add_router("", "etlhub.health.router")
api.add_router("/auth", "etlhub.login.router")
api.add_router("/auth/segundo-fator", "etlhub.api_second_factor.router")
api.add_router("/auditoria", "etlhub.api_audit.router")
api.add_router("/tokens", "etlhub.api_tokens.router")
api.add_router("", "sistemas.api.router")
api.add_router("/credentials", "credentials.api.router")
api.add_router("", "jobs.api.router")
api.add_router("", "portfolio.api.router")


def error_body(message: str, fields: list[dict[str, str]] | None = None, **more: Any) -> dict[str, Any]:
    """The JSON of every error; `status` and `success` are there because clients of commands read them."""
    body: dict[str, Any] = {"detail": message, "message": message, "status": "error", "success": False, **more}
    if fields:
        body["campos"] = fields
    return body


@api.exception_handler(HubError)
def on_hub_error(_request: HttpRequest, error: HubError) -> HttpResponse:
    fields = [{"campo": field.campo, "mensagem": field.mensagem} for field in error.fields]
    response = JsonResponse(error_body(error.message, fields, **error.more), status=error.status)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(ValidationError)
def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    from etlhub.errors import Invalid

    return on_hub_error(request, Invalid(field_errors(error.errors)))


@api.exception_handler(HttpError)
def on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    message = "O corpo do pedido não é um JSON válido." if error.status_code == 400 else str(error)
    return JsonResponse(error_body(message), status=error.status_code)


@api.exception_handler(RequestDataTooBig)
def on_too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return JsonResponse(error_body("O pedido é grande demais."), status=413)


@api.exception_handler(DataError)
def on_unstorable(_request: HttpRequest, _error: DataError) -> HttpResponse:
    """Text that passed our checks and the database has no way to hold, such as a NUL."""
    return JsonResponse(error_body("O pedido tem um valor que o banco de dados não aceita."), status=422)


def on_malformed(_request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
    return JsonResponse(error_body("O corpo do pedido está malformado ou incompleto."), status=400)


for malformed in (MultiPartParserError, SuspiciousOperation, BadRequest, UnreadablePostError):
    api.add_exception_handler(malformed, on_malformed)


@api.exception_handler(Exception)
def on_bug(_request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: the log gets the traceback under the request's id, and the user gets that id."""
    number = requests.current()
    log.error("unexpected error %s", number, exc_info=error)
    message = (
        f"Erro interno do servidor (ocorrência {number}). Tente de novo; se repetir, informe este número ao suporte."
    )
    return JsonResponse(error_body(message, ocorrencia=number), status=500)


def unknown_api(_request: HttpRequest) -> HttpResponse:
    """An address below /api that is none of ours: JSON, never the React page."""
    return JsonResponse(error_body("Endereço da API não encontrado."), status=404)
