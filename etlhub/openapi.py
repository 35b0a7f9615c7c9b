"""The NinjaAPI that tells of itself what its guards and error handlers do: who may call, and the form of every error."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from etlhub import access, ratelimit
from etlhub.errors import HubError

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
ERROR = {
    "type": "object",
    "title": "Erro",
    "required": ["detail", "message", "status", "success"],
    "properties": {
        "detail": {"type": "string", "description": "A frase para quem lê."},
        "message": {"type": "string"},
        "status": {"const": "error"},
        "success": {"const": False},
        "campos": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["campo", "mensagem"],
                "properties": {"campo": {"type": "string"}, "mensagem": {"type": "string"}},
            },
        },
    },
}


class HubAPI(NinjaAPI):
    """Serves its OpenAPI only to those who are logged in, and completes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(docs_decorator=self._guard, **options)

    def _guard(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view, assigned=())
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                ratelimit.check(request)
                access.check(request.user, access.Papel.VISUALIZADOR)
            except HubError as error:
                return self.on_exception(request, error)
            return view(request, **kwargs)

        return guarded

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        from etlhub.routes import api_routes

        schema = super().get_openapi_schema(**options)
        components = schema["components"]
        components.setdefault("schemas", {})["Erro"] = ERROR
        components["securitySchemes"] = {
            "sessao": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            "token": {"type": "http", "scheme": "bearer"},
        }
        minimum = {(route.method, route.path): route.minimum for route in api_routes()}
        error = {
            "description": "Erro",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Erro"}}},
        }
        for path, operations in schema["paths"].items():
            for method in METHODS & operations.keys():
                operation = operations[method]
                operation["responses"].setdefault("default", error)
                papel = minimum[method.upper(), path]
                if papel > access.Papel.NENHUM:
                    operation["security"] = [{"sessao": []}, {"token": []}]
                    operation["x-papel"] = papel.name.lower()
        return schema
