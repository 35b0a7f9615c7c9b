"""`/api/me`: the routines and preferences of who asks. A token reads them; only their owner in person changes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from etlhub import access
from etlhub.login import own_user
from sistemas import pessoal
from sistemas.models import Preferencias
from sistemas.schemas import Done

router = Router(tags=["pessoal"], auth=access.ver)

Id = Annotated[str, StringConstraints(min_length=1, max_length=40)]
RotinaId = Annotated[int, Field(ge=1, lt=1 << 31)]
Opcoes = Annotated[dict[Id, bool], Field(max_length=40)]
Nome = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Tema = Literal["light", "dark", "system"]


class RotinaIn(BaseModel):
    """`opcoes`: of each sistema that is run, the opções as they are to be set."""

    nome: Nome
    sistemas: Annotated[list[Id], Field(max_length=100)]
    opcoes: Annotated[dict[Id, Opcoes], Field(max_length=100)] = {}
    usar_d1: bool = True
    simular: bool = False


class RotinaOut(RotinaIn):
    model_config = ConfigDict(from_attributes=True)

    id: int


class RotinasOut(BaseModel):
    rotinas: list[RotinaOut]
    limite: int


class RotinaDone(Done):
    rotina: RotinaOut


class PreferenciasIn(BaseModel):
    """What is absent stays as it is."""

    tema: Tema | None = None
    avisos: bool | None = None
    quebrar_linhas: bool | None = None


class PreferenciasOut(BaseModel):
    """Null where nothing was chosen yet."""

    tema: Tema | None
    avisos: bool | None
    quebrar_linhas: bool | None


def _owner(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker: AUTH_USER_MODEL is Django's own)
    return request.user


@router.get("/rotinas", response=RotinasOut)
def read_rotinas(request: HttpRequest) -> dict[str, Any]:
    """One's own routines, in the order they were made."""
    return {"rotinas": pessoal.rotinas(_owner(request)), "limite": pessoal.MAX_ROTINAS}


@router.post("/rotinas", response=RotinaDone)
def save_rotina(request: HttpRequest, payload: RotinaIn) -> dict[str, Any]:
    """Keep a routine; it takes the place of the one of that name."""
    rotina = pessoal.save_rotina(own_user(request), **payload.model_dump())
    return {"message": f"Rotina “{rotina.nome}” salva.", "rotina": rotina}


@router.delete("/rotinas/{rotina_id}", response=Done)
def delete_rotina(request: HttpRequest, rotina_id: RotinaId) -> dict[str, Any]:
    """Forget a routine of one's own."""
    return {"message": f"Rotina “{pessoal.delete_rotina(own_user(request), rotina_id)}” apagada."}


@router.get("/preferencias", response=PreferenciasOut)
def read_preferences(request: HttpRequest) -> dict[str, Any]:
    """How who asks wants the interface."""
    return _shape(pessoal.preferences(_owner(request)))


@router.patch("/preferencias", response=PreferenciasOut)
def save_preferences(request: HttpRequest, payload: PreferenciasIn) -> dict[str, Any]:
    """Set some preferences; answers with all of them."""
    return _shape(pessoal.save_preferences(own_user(request), **payload.model_dump(exclude_none=True)))


def _shape(kept: Preferencias) -> dict[str, Any]:
    return {"tema": kept.tema or None, "avisos": kept.avisos, "quebrar_linhas": kept.quebrar_linhas}
