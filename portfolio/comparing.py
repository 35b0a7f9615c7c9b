"""The difference between a fund's carteiras on two dates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from etlhub.errors import FieldError, Invalid, NotFound
from portfolio.models import Carteira, Classe
from portfolio.queries import CLASSES, carteiras, find_fundo, number

MAX_ATIVOS = 5000


@dataclass
class Side:
    """One asset in one carteira; the same asset may stand in several lines, they add up."""

    quantidade: Decimal | None = None
    valor: Decimal = Decimal(0)


def compare(fundo: str, de: date, ate: date, *, sistema: str | None = None) -> dict[str, Any]:
    """What changed from `de` to `ate`; each stands for the newest carteira up to it. See the schema CompararOut."""
    if ate < de:
        raise Invalid([FieldError("ate", "a data final é anterior à data inicial")])
    found = find_fundo(fundo)
    before, after = (_newest(found.pk, found.nome, day, sistema) for day in (de, ate))
    return {
        "fundo": found.nome,
        "de": before.data,
        "ate": after.data,
        "patrimonio": change(before.patrimonio, after.patrimonio),
        "cota": change(before.cota, after.cota),
        "classes": {classe: change(getattr(before, classe), getattr(after, classe)) for classe in CLASSES},
        "ativos": _assets(before, after),
    }


def _newest(fundo_id: int, nome: str, day: date, sistema: str | None) -> Carteira:
    row = carteiras(sistema).filter(fundo_id=fundo_id, data__lte=day).order_by("-data").first()
    if row is None:
        raise NotFound(f"Não há carteira de {nome} até {day:%d/%m/%Y}.")
    return row


def change(before: Decimal | None, after: Decimal | None) -> dict[str, Any]:
    """`{de, ate, variacao, percentual}`; None where a side is unknown or the start is zero."""
    known = before is not None and after is not None
    variation = after - before if before is not None and after is not None else None
    percent = float(variation / abs(before) * 100) if known and before and variation is not None else None
    return {"de": number(before), "ate": number(after), "variacao": number(variation), "percentual": percent}


def _assets(before: Carteira, after: Carteira) -> list[dict[str, Any]]:
    """Each asset of either side; the largest variation first."""
    old, new = _sides(before), _sides(after)
    rows = [_asset(key, old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    rows.sort(key=lambda row: (-abs(row["variacao"]), row["classe"], row["ativo"]))
    return rows[:MAX_ATIVOS]


def _sides(carteira: Carteira) -> dict[tuple[str, str], Side]:
    sides: dict[tuple[str, str], Side] = defaultdict(Side)
    for classe, ativo, quantidade, valor in carteira.posicoes.values_list("classe", "ativo", "quantidade", "valor"):
        side = sides[classe, ativo]
        side.valor += valor
        if quantidade is not None:
            side.quantidade = (side.quantidade or Decimal(0)) + quantidade
    return dict(sides)


def _asset(key: tuple[str, str], old: Side | None, new: Side | None) -> dict[str, Any]:
    classe, ativo = key
    before, after = old or Side(), new or Side()
    situation = "igual" if before == after else "alterado"
    if old is None or new is None:
        situation = "novo" if old is None else "saiu"
    return {
        "classe": classe,
        "classe_nome": Classe(classe).label,
        "ativo": ativo,
        "situacao": situation,
        "quantidade_de": number(before.quantidade),
        "quantidade_ate": number(after.quantidade),
        "valor_de": float(before.valor),
        "valor_ate": float(after.valor),
        "variacao": float(after.valor - before.valor),
    }
