"""What Django itself refuses, in our words: JSON below /api, a plain sentence elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from etlhub.operations import requests

SENTENCES = {
    400: "Pedido malformado ou enviado a um endereço que não é o do ETL Hub.",
    403: "Pedido recusado: recarregue a página e tente de novo.",
    404: "Endereço não encontrado.",
    405: "Método não permitido neste endereço.",
    500: "Erro interno do servidor. Tente de novo; se repetir, avise o suporte.",
}


def _answer(request: HttpRequest, status: int, more: str = "") -> HttpResponse:
    sentence = SENTENCES[status] + more
    if request.path.startswith("/api"):
        body = {"detail": sentence, "message": sentence, "status": "error", "success": False}
        return JsonResponse(body, status=status)
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, f" Ocorrência {requests.current()}.")


def method_not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    """`allow` is the answer's Allow header: the methods that would do."""
    response = _answer(request, 405)
    response["Allow"] = allow
    return response
