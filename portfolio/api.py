"""`/api/portfolio`: funds, composition, evolution, holdings, comparison of two dates, export."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router
from pydantic import Field

from etlhub import access
from etlhub.errors import FieldError, Invalid
from portfolio import comparing, export, queries
from portfolio.schemas import CompararOut, PortfolioOut
from sistemas.schemas import Dia

router = Router(tags=["portfólio"], auth=access.ver)

Nome = Annotated[str, Field(max_length=200)]
SistemaId = Annotated[str, Field(max_length=40)]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/portfolio", response=PortfolioOut)
def read_portfolio(
    request: HttpRequest,
    fundo: Nome | None = None,
    data: Dia = None,
    de: Dia = None,
    ate: Dia = None,
    sistema: SistemaId | None = None,
) -> dict[str, Any]:
    """All funds, and of `fundo` the evolution (`de` to `ate`, default a year) and the holdings on `data`."""
    return queries.overview(fundo=fundo or None, data=data, de=de, ate=ate, sistema=sistema or None)


@router.get("/portfolio/comparar", response=CompararOut)
def compare(
    request: HttpRequest, fundo: Nome, de: Dia = None, ate: Dia = None, sistema: SistemaId | None = None
) -> dict[str, Any]:
    """What changed in a fund between two dates."""
    missing = [FieldError(name, "campo obrigatório") for name, day in (("de", de), ("ate", ate)) if day is None]
    if de is None or ate is None:
        raise Invalid(missing)
    return comparing.compare(fundo, de, ate, sistema=sistema or None)


@router.get("/portfolio/export")
def export_positions(
    request: HttpRequest,
    formato: Literal["csv", "xlsx"] = "csv",
    fundo: Nome | None = None,
    data: Dia = None,
    de: Dia = None,
    ate: Dia = None,
    sistema: SistemaId | None = None,
) -> StreamingHttpResponse:
    """The positions as a file: each fund's newest carteira up to `data`, or all from `de` to `ate`."""
    ids = export.select(fundo=fundo or None, data=data, de=de, ate=ate, sistema=sistema or None)
    if formato == "xlsx":
        export.check_xlsx(ids)
    parts = export.as_csv(ids) if formato == "csv" else export.as_xlsx(ids)
    response = StreamingHttpResponse(export.stream(parts), content_type=TYPES[formato])
    response["Content-Disposition"] = f'attachment; filename="carteiras.{formato}"'
    return response
