"""`/api/fundos` and `/api/de-para`: funds, their selection, the folders of their PDFs, and imports from workbooks."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from etlhub import access
from sistemas import de_para, fundos
from sistemas.fundos import Imported
from sistemas.schemas import (
    DeParaChange,
    DeParaDone,
    DeParaIn,
    DeParaItem,
    DeParaOut,
    Done,
    FundosIn,
    FundosOut,
    ImportDone,
    ImportFundosIn,
    ImportIn,
    SelecaoIn,
)

router = Router()

FUNDOS, DE_PARA = ["fundos"], ["de-para"]
RowId = Annotated[int, Field(ge=1, lt=1 << 31)]


@router.get("/fundos", response=dict[str, FundosOut], tags=FUNDOS, auth=access.ver)
def read_fundos(request: HttpRequest, system_id: str | None = None) -> dict[str, Any]:
    """Funds by sistema id, of one or of all; `geral` is the selection that belongs to no sistema."""
    return fundos.list_fundos(system_id or None)


@router.put("/fundos/{system_id}", response=Done, tags=FUNDOS, auth=access.administrar)
def save_fundos(request: HttpRequest, system_id: str, payload: FundosIn) -> dict[str, Any]:
    """Replace the list, the selection, or "use all"; what is absent stays."""
    fundos.save_fundos(
        system_id,
        fundos=payload.fundos,
        selecionados=payload.fundos_selecionados,
        usar_todos=payload.usar_todos,
    )
    return {"message": "Fundos salvos."}


@router.post("/fundos/{system_id}/selecao", response=Done, tags=FUNDOS, auth=access.administrar)
def select_fundos(request: HttpRequest, system_id: str, payload: SelecaoIn) -> dict[str, Any]:
    """Select or clear all, or some by name."""
    fundos.select(system_id, todos=payload.todos, nomes=payload.nomes, selecionado=payload.selecionado)
    return {"message": "Seleção salva."}


@router.post("/fundos/{system_id}/importar", response=ImportDone, tags=FUNDOS, auth=access.administrar)
def import_fundos(
    request: HttpRequest,
    system_id: str,
    arquivo: File[UploadedFile],
    payload: Form[ImportFundosIn],
) -> dict[str, Any]:
    """Add the funds of an XLSX or CSV (multipart), or replace the list by them."""
    done = fundos.import_fundos(system_id, arquivo.name or "", arquivo, **payload.model_dump())
    return _imported(done, "fundos")


@router.get("/de-para", response=DeParaOut, tags=DE_PARA, auth=access.ver)
def read_de_para(request: HttpRequest) -> dict[str, Any]:
    """The whole table fundo → pasta."""
    items = de_para.rows()
    return {"itens": items, "total": len(items)}


@router.put("/de-para", response=Done, tags=DE_PARA, auth=access.administrar)
def save_de_para(request: HttpRequest, payload: DeParaIn) -> dict[str, Any]:
    """Replace the table."""
    changed = de_para.save((item.fundo, item.pasta) for item in payload.itens)
    lines = "1 linha nova ou alterada" if changed == 1 else f"{changed} linhas novas ou alteradas"
    return {"message": f"De-Para salvo: {lines}."}


@router.post("/de-para", response=DeParaDone, tags=DE_PARA, auth=access.administrar)
def add_to_de_para(request: HttpRequest, payload: DeParaItem) -> dict[str, Any]:
    """Add one fund. 422 when it has a folder already."""
    item = de_para.add(payload.fundo, payload.pasta)
    return {"message": f"Pasta de {item.fundo} incluída.", "item": item}


@router.post("/de-para/importar", response=ImportDone, tags=DE_PARA, auth=access.administrar)
def import_de_para(
    request: HttpRequest,
    arquivo: File[UploadedFile],
    payload: Form[ImportIn],
) -> dict[str, Any]:
    """Add the table of a "De Para" workbook or CSV (multipart), or replace ours by it."""
    return _imported(de_para.import_file(arquivo.name or "", arquivo, **payload.model_dump()), "linhas")


@router.put("/de-para/{item_id}", response=DeParaDone, tags=DE_PARA, auth=access.administrar)
def change_de_para(request: HttpRequest, item_id: RowId, payload: DeParaChange) -> dict[str, Any]:
    """Change one row. 409 when it is no longer as `antes` says."""
    before = payload.antes.fundo, payload.antes.pasta
    item = de_para.change(item_id, payload.fundo, payload.pasta, before=before)
    return {"message": f"Pasta de {item.fundo} salva.", "item": item}


@router.delete("/de-para/{item_id}", response=Done, tags=DE_PARA, auth=access.administrar)
def delete_from_de_para(request: HttpRequest, item_id: RowId) -> dict[str, Any]:
    """Take one fund off the table."""
    return {"message": f"{de_para.delete(item_id)} saiu do De-Para."}


def _imported(done: Imported, what: str) -> dict[str, Any]:
    message = f"{done.lidos} {what} no arquivo, {done.novos} novos ou alterados."
    return {"message": message, "lidos": done.lidos, "novos": done.novos, "avisos": done.avisos}
