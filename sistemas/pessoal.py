"""What each user keeps for themselves, on whichever computer: routines by name, and how the interface is to be."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from etlhub.errors import FieldError, Invalid, NotFound
from sistemas.models import Preferencias, Rotina

MAX_ROTINAS = 20


def rotinas(user: User) -> list[Rotina]:
    """In the order they were made."""
    return list(Rotina.objects.filter(user=user))


def save_rotina(user: User, *, nome: str, **content: Any) -> Rotina:
    """Keep a routine; one of that name, in whichever case, is replaced. Invalid when there are too many."""
    chave = " ".join(nome.casefold().split())[:180]
    with transaction.atomic():
        own = Rotina.objects.filter(user=user)
        if not own.filter(chave=chave).exists() and own.count() >= MAX_ROTINAS:
            raise Invalid([FieldError("nome", f"você já tem {MAX_ROTINAS} rotinas: apague uma antes de salvar outra")])
        rotina, _ = Rotina.objects.update_or_create(user=user, chave=chave, defaults={"nome": nome, **content})
    return rotina


def delete_rotina(user: User, rotina_id: int) -> str:
    """Its name. NotFound for one of somebody else, too."""
    rotina = Rotina.objects.filter(user=user, pk=rotina_id).first()
    if rotina is None:
        raise NotFound("Rotina não encontrada.")
    rotina.delete()
    return rotina.nome


def preferences(user: User) -> Preferencias:
    return Preferencias.objects.filter(user=user).first() or Preferencias(user=user)


def save_preferences(user: User, **chosen: Any) -> Preferencias:
    """Set what is given, leave the rest."""
    kept, _ = Preferencias.objects.update_or_create(user=user, defaults=chosen)
    return kept
