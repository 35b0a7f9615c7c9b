"""`/api/caminhos`: checks folders and lets an administrador choose one on the server."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from etlhub import access
from sistemas import caminhos, pastas
from sistemas.schemas import CaminhoOut, CaminhosIn, Done, PastaIn, PastasOut

router = Router(tags=["caminhos"])


@router.get("/validar", response=list[CaminhoOut], auth=access.ver)
def check_configured(request: HttpRequest) -> list[caminhos.Status]:
    """Whether a run can use each configured folder."""
    return caminhos.validate_all()


@router.post("/validar", response=list[CaminhoOut], auth=access.administrar)
def check_given(request: HttpRequest, payload: CaminhosIn) -> list[caminhos.Status]:
    """The same for paths that are not saved yet."""
    return caminhos.validate_all(payload.caminhos)


@router.get("/pastas", response=PastasOut, auth=access.administrar)
def list_folders(request: HttpRequest, caminho: str = "") -> dict[str, Any]:
    """The folders inside `caminho`; without it, those where one may start."""
    listing = pastas.list_folders(caminho)
    folders = [{"nome": nome, "caminho": path} for nome, path in listing.pastas]
    return {"caminho": listing.caminho, "acima": listing.acima, "pastas": folders, "cortada": listing.cortada}


@router.post("/pastas", response={201: Done}, auth=access.administrar)
def make_folder(request: HttpRequest, payload: PastaIn) -> Status[dict[str, Any]]:
    """Make a folder inside `caminho`."""
    path = pastas.make_folder(payload.caminho, payload.nome)
    return Status(201, {"message": f"Pasta criada: {path}"})
