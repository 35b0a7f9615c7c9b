"""Sistemas as users see and set them: list, toggle, opções, order, default period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from etlhub.errors import FieldError, Invalid, NotFound
from sistemas import calendario
from sistemas.models import Opcao, Periodo, Sistema

CONFIG_VERSION = "2.0"


def get_sistema(sistema_id: str) -> Sistema:
    """The sistema with its opções; NotFound when there is none."""
    sistema = Sistema.objects.prefetch_related("opcoes").filter(pk=sistema_id).first()
    if sistema is None:
        raise NotFound(f"Sistema não encontrado: {sistema_id[:60]}.")
    return sistema


def list_sistemas(*, only_active: bool = False, with_fundos: bool = False) -> dict[str, dict[str, Any]]:
    """Every sistema in order, as the contract's `{id: Sistema}`."""
    rows = Sistema.objects.prefetch_related("opcoes", *(["fundos"] if with_fundos else []))
    if only_active:
        rows = rows.filter(ativo=True)
    status = _live_status()
    return {row.pk: describe(row, status.get(row.pk), with_fundos=with_fundos) for row in rows}


def show_sistema(sistema_id: str) -> dict[str, Any]:
    """One sistema as the contract's `Sistema`, with its fundos."""
    return describe(get_sistema(sistema_id), _live_status().get(sistema_id), with_fundos=True)


def _live_status() -> Mapping[str, Any]:
    from jobs.queries import live_status  # jobs builds on sistemas, so not at import time

    return live_status()


def describe(sistema: Sistema, live: Any, *, with_fundos: bool = False) -> dict[str, Any]:
    """The contract's `Sistema`; `fundos` only when asked for and there are some (there may be thousands)."""
    shape: dict[str, Any] = {
        "id": sistema.pk,
        "nome": sistema.nome,
        "descricao": sistema.descricao,
        "icone": sistema.icone,
        "ativo": sistema.ativo,
        "ordem": sistema.ordem,
        "opcoes": {opcao.nome: opcao.valor for opcao in sistema.opcoes.all()},
        "status": live.status if live else "IDLE",
        "progresso": live.progresso if live else 0,
        "mensagem": live.mensagem if live else "",
        "ultima_execucao": live.ultima_execucao if live else None,
        "job_id": live.job_id if live else None,
    }
    if with_fundos and (fundos := list(sistema.fundos.all())):
        shape["fundos"] = [{"nome": fundo.nome, "selecionado": fundo.selecionado} for fundo in fundos]
    return shape


def toggle(sistema_id: str, ativo: bool) -> Sistema:
    """Switch a sistema on or off."""
    sistema = get_sistema(sistema_id)
    if sistema.ativo != ativo:
        sistema.ativo = ativo
        sistema.save(update_fields=["ativo"])
        touch()
    return sistema


def set_opcao(sistema_id: str, nome: str, valor: bool) -> Sistema:
    """Set one opção; Invalid when the sistema does not declare it."""
    sistema = get_sistema(sistema_id)
    if error := _undeclared(sistema, nome, "opcao"):
        raise Invalid([error])
    Opcao.objects.filter(sistema=sistema, nome=nome).update(valor=valor)
    touch()
    return get_sistema(sistema_id)


def _undeclared(sistema: Sistema, nome: str, campo: str) -> FieldError | None:
    declared = [opcao.nome for opcao in sistema.opcoes.all()]
    if nome in declared:
        return None
    which = f"as opções dele são {', '.join(declared)}" if declared else "ele não tem opções"
    return FieldError(campo, f"o sistema {sistema.nome} não tem a opção “{nome[:40]}”: {which}")


@transaction.atomic
def reorder(ids: list[str]) -> None:
    """Put the sistemas in this order; those not named keep theirs, after the named ones."""
    known = list(Sistema.objects.values_list("pk", flat=True))
    unknown = [each for each in ids if each not in known]
    if unknown:
        raise Invalid([FieldError("ids", f"sistema desconhecido: {each[:60]}") for each in unknown])
    wanted = list(dict.fromkeys(ids))
    order = wanted + [each for each in known if each not in wanted]
    Sistema.objects.bulk_update([Sistema(pk=pk, ordem=n) for n, pk in enumerate(order, start=1)], ["ordem"])
    touch()


def save_states(states: Mapping[str, Mapping[str, Any]]) -> list[FieldError]:
    """Write `{id: {ativo?, opcoes?}}` (the form of `sistemas_state.json`); returns what is wrong instead of raising.

    The caller holds the transaction and rolls it back when anything is wrong.
    """
    errors: list[FieldError] = []
    known = Sistema.objects.prefetch_related("opcoes").in_bulk(list(states))
    for sistema_id, state in states.items():
        sistema = known.get(sistema_id)
        if sistema is None:
            errors.append(FieldError(f"sistemas.{sistema_id[:60]}", "sistema desconhecido"))
            continue
        if state.get("ativo") is not None and sistema.ativo != state["ativo"]:
            sistema.ativo = state["ativo"]
            sistema.save(update_fields=["ativo"])
        errors += _save_opcoes(sistema, state.get("opcoes") or {})
    return errors


def _save_opcoes(sistema: Sistema, opcoes: Mapping[str, bool]) -> Iterable[FieldError]:
    current = {opcao.nome: opcao for opcao in sistema.opcoes.all()}
    for nome, valor in opcoes.items():
        if error := _undeclared(sistema, nome, f"sistemas.{sistema.pk}.opcoes.{nome[:40]}"):
            yield error
        elif current[nome].valor != valor:
            current[nome].valor = valor
            current[nome].save(update_fields=["valor"])


def periodo() -> dict[str, Any]:
    """The contract's `periodo`. With D-1 on, the dates are today's D-1."""
    saved = Periodo.objects.filter(pk=1).first() or Periodo(pk=1)
    first, last = saved.data_inicial, saved.data_final
    if saved.usar_d1_anbima or first is None:
        first, last = calendario.default_period()
    return {"dataInicial": first, "dataFinal": last or first, "usarD1Anbima": saved.usar_d1_anbima}


def save_periodo(first: date | None, last: date | None, usar_d1: bool) -> None:
    """Set the default period. With D-1 on, the dates kept for when it is off stay as they are."""
    if first and last and last < first:
        raise Invalid([FieldError("periodo.dataFinal", "a data final é anterior à data inicial")])
    saved, _ = Periodo.objects.get_or_create(pk=1)
    saved.usar_d1_anbima = usar_d1
    if not usar_d1:
        saved.data_inicial, saved.data_final = first, last
    saved.save()


def touch() -> None:
    """Note that the configuration changed now."""
    if not Periodo.objects.filter(pk=1).update(alterado_em=timezone.now()):
        Periodo.objects.create(pk=1)


def changed_at() -> datetime | None:
    """When sistemas, period or credentials last changed."""
    from credentials.models import Credential

    newest = [
        Periodo.objects.aggregate(at=Max("alterado_em"))["at"],
        Credential.objects.aggregate(at=Max("alterado_em"))["at"],
    ]
    return max((at for at in newest if at), default=None)
