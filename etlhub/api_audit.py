"""`GET /api/auditoria`: what was done, newest first, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from etlhub import access
from etlhub.models import AuditoriaAcao
from jobs.reading import day_range

router = Router(tags=["auditoria"], auth=access.administrar)
Text = Annotated[str, Field(max_length=150)]


class AcaoOut(Schema):
    id: int
    em: datetime
    usuario: str
    via: str
    origem: str
    acao: str
    rota: str
    alvo: str
    dados: dict[str, Any]
    status: int
    mensagem: str


class AuditoriaOut(Schema):
    auditoria: list[AcaoOut]
    total: int
    limit: int
    offset: int


@router.get("", response=AuditoriaOut)
def list_actions(
    request: HttpRequest,
    usuario: Text | None = None,
    acao: Text | None = None,
    de: str | None = None,
    ate: str | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """Actions of a user, of a kind, of some days (both included)."""
    since, until = day_range(de, ate)
    found = AuditoriaAcao.objects.all()
    filters = {"usuario__iexact": usuario, "acao__icontains": acao, "em__gte": since, "em__lt": until}
    found = found.filter(**{name: value for name, value in filters.items() if value is not None})
    page = list(found[offset : offset + limit])
    return {"auditoria": page, "total": found.count(), "limit": limit, "offset": offset}
