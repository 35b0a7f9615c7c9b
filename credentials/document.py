"""The credentials document as the API shows and takes it (CONTRACT section 4): masked out, merged in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from credentials import funds, store
from credentials.masking import MASK
from credentials.models import AuditEntry
from credentials.parsing import Asked, parse
from credentials.sections import ALWAYS_SHOWN, DOCUMENT_VERSION, WITH_TOTP, WITHOUT_LOGIN, put
from credentials.vault import problem_of, refusal
from etlhub.errors import HubError, Invalid, NotFound
from sistemas.models import Sistema


class Stale(HubError):
    """Somebody else saved since the sender read the document."""

    status = 412


@dataclass(frozen=True)
class Saved:
    """What a save did: the fields that changed, by path, and the document's new tag."""

    changed: list[str]
    etag: str


def masked_document() -> dict[str, Any]:
    """The whole document, every held secret as the mask, what is empty as ""."""
    names = _names()
    held = store.look_many(names)
    with_funds = funds.sections(names)
    document: dict[str, Any] = {"version": DOCUMENT_VERSION}
    for sistema_id, nome in names.items():
        put(document, sistema_id, _masked(sistema_id, nome, held[sistema_id]) | with_funds.get(sistema_id, {}))
    document["paths"] = funds.paths()
    document["fundos"] = {"selecionados": funds.general()}
    return document


def masked_section(sistema_id: str) -> dict[str, Any]:
    """One sistema's section, masked; NotFound when there is no such sistema."""
    nome = _names().get(sistema_id)
    if nome is None:
        raise NotFound("Sistema não encontrado.")
    return _masked(sistema_id, nome, store.look_many([sistema_id])[sistema_id]) | funds.section(sistema_id)


def etag() -> str:
    """Changes with every change of the document, of a masked secret too. Quoted, as HTTP wants it."""
    held = store.look_many(_names())
    state = [
        [[sistema_id, row.versao, row.url, row.username] for sistema_id, row in held.items()],
        funds.sections(held),
        funds.paths(),
        funds.general(),
    ]
    return f'"{hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]}"'


@sensitive_variables()
def save_document(data: Any, *, actor: str, address: str = "", if_match: str | None = None) -> Saved:
    """Merge `data` into what is held, all or nothing.

    Raises Invalid with every wrong field, Stale when `if_match` is given and is not the present tag.
    """
    with transaction.atomic():
        # One save at a time, so that the tag is still true when we write. (SQLite: the transaction itself is enough.)
        known = [row.pk for row in Sistema.objects.select_for_update(no_key=True).order_by("pk")]
        if if_match and if_match.strip() != "*" and etag() not in _tags(if_match):
            raise Stale("As credenciais foram alteradas por outra pessoa. Recarregue a página e refaça a alteração.")
        asked, errors = parse(data, known, funds.paths())
        if errors:
            raise Invalid(errors)
        changed = write(asked, quem=actor, origem=address, acao=AuditEntry.Acao.ALTERACAO)
        return Saved(changed, etag())


@sensitive_variables()
def write(asked: Asked, *, quem: str, acao: AuditEntry.Acao, origem: str = "") -> list[str]:
    """Write a checked document; returns the paths that changed. Call it inside a transaction."""
    changed: list[str] = []
    for sistema_id, change in asked.changes.items():
        touched = store.apply(sistema_id, change, quem=quem, acao=acao, origem=origem)
        changed += [f"{sistema_id}.{name}" for name in touched]
    for sistema_id, given in asked.funds.items():
        changed += [f"{sistema_id}.{name}" for name in funds.save_section(sistema_id, given)]
    changed += [f"paths.{name}" for name in funds.save_paths(asked.paths)]
    if asked.general is not None and funds.save_general(asked.general):
        changed.append("fundos.selecionados")
    return changed


def situations() -> dict[str, dict[str, Any]]:
    """For each sistema whether it can log in: `{situacao, mensagem, recusada_em, tem_totp}`."""
    names = _names()
    found = {}
    for sistema_id, held in store.look_many(names).items():
        problem = problem_of(sistema_id, names[sistema_id], held)
        if problem is None and held.recusa:
            problem = refusal(names[sistema_id], held.recusa)
        found[sistema_id] = {
            "situacao": problem.codigo if problem else "ok",
            "mensagem": problem.message if problem else "",
            "recusada_em": held.recusa.recusada_em.isoformat() if held.recusa and held.recusa.recusada_em else None,
            "tem_totp": "totp" in held.campos,
            "sem_login": sistema_id in WITHOUT_LOGIN,
        }
    return found


def _masked(sistema_id: str, nome: str, held: store.Held) -> dict[str, Any]:
    shown = [*ALWAYS_SHOWN, *(["totp"] if sistema_id in WITH_TOTP else [])]
    section: dict[str, Any] = {"url": held.url, "username": held.username}
    section |= dict.fromkeys(shown, "")
    section |= dict.fromkeys(held.campos, MASK)
    problem = problem_of(sistema_id, nome, held) if held.lost else None
    if problem is None and held.recusa:
        problem = refusal(nome, held.recusa)
    if problem:
        section["problema"] = {"codigo": problem.codigo, "mensagem": problem.message}
    return section


def _names() -> dict[str, str]:
    return dict(Sistema.objects.values_list("pk", "nome"))


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
