"""pydantic's findings as Portuguese sentences, one a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from etlhub.errors import FieldError

SENTENCES = {
    "missing": "campo obrigatório",
    "string_type": "deve ser um texto",
    "string_too_long": "texto longo demais (no máximo {max_length} caracteres)",
    "string_too_short": "texto curto demais (no mínimo {min_length} caracteres)",
    "int_type": "deve ser um número inteiro",
    "int_parsing": "deve ser um número inteiro",
    "int_from_float": "deve ser um número inteiro",
    "float_parsing": "deve ser um número",
    "bool_type": "deve ser verdadeiro ou falso",
    "bool_parsing": "deve ser verdadeiro ou falso",
    "list_type": "deve ser uma lista",
    "dict_type": "deve ser um objeto",
    "model_type": "deve ser um objeto",
    "model_attributes_type": "deve ser um objeto",
    "too_long": "itens demais (no máximo {max_length})",
    "too_short": "itens de menos (no mínimo {min_length})",
    "greater_than_equal": "deve ser no mínimo {ge}",
    "greater_than": "deve ser maior que {gt}",
    "less_than_equal": "deve ser no máximo {le}",
    "less_than": "deve ser menor que {lt}",
    "extra_forbidden": "campo desconhecido",
    "literal_error": "valor fora dos permitidos: {expected}",
    "enum": "valor fora dos permitidos: {expected}",
    "date_from_datetime_parsing": "data inválida: use AAAA-MM-DD ou DD/MM/AAAA",
    "date_parsing": "data inválida: use AAAA-MM-DD ou DD/MM/AAAA",
    "date_type": "data inválida: use AAAA-MM-DD ou DD/MM/AAAA",
    "json_invalid": "JSON inválido",
}
# Where ninja found a value, and the names our operations give to a whole body: neither is a field of the reader's.
_PLACES = frozenset({"body", "query", "path", "header", "form", "file"})
_WHOLE = frozenset({"payload", "data", "filters"})


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """One FieldError for each of pydantic's `errors()`, in its order."""
    return [_field_error(error) for error in errors]


def _field_error(error: Mapping[str, Any]) -> FieldError:
    parts = [str(part) for part in error.get("loc", ())]
    place = parts.pop(0) if parts and parts[0] in _PLACES else ""
    if place == "body" and parts and parts[0] in _WHOLE:
        parts.pop(0)
    kind, context = str(error.get("type", "")), dict(error.get("ctx") or {})
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", " ou ")
    if kind == "missing" and place == "body" and not parts:
        message = "o corpo do pedido está vazio"
    elif kind == "value_error":
        message = str(context.get("error") or error.get("msg", "valor inválido"))
    else:
        try:
            message = SENTENCES.get(kind, "valor inválido").format(**context)
        except KeyError:
            message = "valor inválido"
    return FieldError(".".join(parts), message)
