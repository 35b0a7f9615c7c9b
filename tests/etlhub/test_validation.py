"""Each wrong field is named as its sender knows it, in Portuguese."""

from __future__ import annotations

from typing import Any

import pytest

from etlhub.errors import FieldError
from etlhub.validation import field_errors


@pytest.mark.parametrize(
    ("error", "campo", "mensagem"),
    [
        ({"loc": ("body", "payload", "sistemas"), "type": "missing"}, "sistemas", "campo obrigatório"),
        ({"loc": ("query", "data"), "type": "date_parsing"}, "data", "data inválida: use AAAA-MM-DD ou DD/MM/AAAA"),
        ({"loc": ("file", "arquivo"), "type": "missing"}, "arquivo", "campo obrigatório"),
        ({"loc": ("path", "job_id"), "type": "int_parsing"}, "job_id", "deve ser um número inteiro"),
        ({"loc": ("query", "limit"), "type": "less_than_equal", "ctx": {"le": 500}}, "limit", "deve ser no máximo 500"),
        ({"loc": ("body", "payload", "opcoes", "maps", "pdf"), "type": "bool_type"}, "opcoes.maps.pdf", None),
        ({"loc": ("body", "payload", "x"), "type": "extra_forbidden"}, "x", "campo desconhecido"),
        ({"loc": ("body", "payload", "y"), "type": "value_error", "ctx": {"error": ValueError("muito")}}, "y", "muito"),
        (
            {"loc": ("query", "status"), "type": "literal_error", "ctx": {"expected": "'a', 'b' or 'c'"}},
            "status",
            "valor fora dos permitidos: 'a', 'b' ou 'c'",
        ),
        ({"loc": ("body", "payload", "z"), "type": "something_new"}, "z", "valor inválido"),
        ({"loc": ("body", "payload", "w"), "type": "too_long", "ctx": {}}, "w", "valor inválido"),
    ],
)
def test_a_finding_becomes_a_sentence(error: dict[str, Any], campo: str, mensagem: str | None) -> None:
    (found,) = field_errors([error])
    assert found.campo == campo
    assert mensagem is None or found == FieldError(campo, mensagem)
