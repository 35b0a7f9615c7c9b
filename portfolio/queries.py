"""What is read of the carteiras: funds and their totals, a fund's evolution and holdings, the difference of two dates.

Only `preferida` carteiras are read, unless a sistema is named: then that sistema's. Amounts leave as floats (BRL) for JSON.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, FloatField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast

from etlhub.errors import FieldError, Invalid, NotFound
from portfolio.models import Carteira, Classe, Fundo
from sistemas.calendario import today
from sistemas.models import Sistema

YEAR = timedelta(days=366)
MAX_SPAN = timedelta(days=366 * 10)
MAX_POSICOES = 2000
"""Holdings, and `CarteiraPosicao` rows of all funds, in one answer; the export has them all."""
ALL_FUNDS_SPAN = timedelta(days=31)
MAX_FUNDOS = 5000
MAX_DATAS = 3000
CLASSES = ("caixa", "rf", "rv", "credito", "cpr")
QUOTA = ("patrimonio", "cota", "quantidade_cotas")
POS_NAMES = dict(zip(CLASSES, ("pos_caixa", "pos_rf", "pos_rv", "pos_dir_cred", "pos_cpr"), strict=True))


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def carteiras(sistema: str | None = None) -> QuerySet[Carteira]:
    """The carteiras that reads show. NotFound for a sistema that does not exist."""
    if sistema and not Sistema.objects.filter(pk=sistema).exists():
        raise NotFound(f"Sistema não encontrado: {sistema[:60]}.")
    return Carteira.objects.filter(sistema_id=sistema) if sistema else Carteira.objects.filter(preferida=True)


def find_fundo(nome: str) -> Fundo:
    """By name or CNPJ. NotFound when no carteira of it was ever read."""
    text = " ".join(nome.split())
    fundo = Fundo.objects.filter(nome=text).first() or Fundo.objects.filter(nome__iexact=text).first()
    digits = "".join(char for char in text if char.isalnum())
    if fundo is None and len(digits) == 14:
        fundo = Fundo.objects.filter(cnpj=digits.upper()).first()
    if fundo is None:
        raise NotFound(f"Nenhuma carteira do fundo “{text[:80]}” foi coletada ainda.")
    return fundo


def overview(
    *, fundo: str | None, data: date | None, de: date | None, ate: date | None, sistema: str | None
) -> dict[str, Any]:
    """The answer of `GET /api/portfolio`; see the schema PortfolioOut."""
    base = carteiras(sistema)
    chosen = find_fundo(fundo) if fundo else None
    mine = base.filter(fundo=chosen) if chosen else base
    day = _last_day(mine, data)
    first, last = period(de, ate, day, span=YEAR)
    held = mine.filter(data=day).first() if chosen and day else None
    history = evolution(mine, first, last, one_fund=chosen is not None)
    return {
        "fundo": chosen.nome if chosen else None,
        "data": day,
        "fundos": latest_totals(sistema, data or _last_day(base, None)),
        "posicoes": [_pos_row(chosen.nome, row) for row in history] if chosen else last_month(base, day),
        "evolucao": history,
        "carteira": holdings(held) if held else [],
        "carteira_total": held.n_posicoes if held else 0,
        "datas": list(mine.order_by("-data").values_list("data", flat=True).distinct()[:MAX_DATAS]),
    }


def _last_day(rows: QuerySet[Carteira], data: date | None) -> date | None:
    """The newest date with a carteira, not after `data`."""
    if data:
        rows = rows.filter(data__lte=data)
    return rows.order_by("-data").values_list("data", flat=True).first()


def period(de: date | None, ate: date | None, day: date | None, *, span: timedelta) -> tuple[date, date]:
    """The range asked for; default: `span` up to `ate` or `day`. Invalid when it is reversed or too long."""
    last = ate or day or today()
    first = de or last - span
    if last < first:
        raise Invalid([FieldError("ate", "a data final é anterior à data inicial")])
    if last - first > MAX_SPAN:
        raise Invalid([FieldError("de", "período longo demais (no máximo 10 anos)")])
    return first, last


def latest_totals(sistema: str | None, day: date | None) -> list[dict[str, Any]]:
    """The contract's `CarteiraTotal` of each fund, by its newest carteira up to `day`; the largest first."""
    if day is None:
        return []
    newest = carteiras(sistema).filter(fundo=OuterRef("pk"), data__lte=day).order_by("-data").values("pk")[:1]
    ids = Fundo.objects.annotate(newest=Subquery(newest)).filter(newest__isnull=False).values("newest")
    rows = Carteira.objects.filter(pk__in=ids).order_by("-patrimonio", "fundo__nome")
    found = rows.values_list("fundo__nome", "fundo__cnpj", "data", "sistema_id", *_as_floats(*QUOTA, *CLASSES))
    return [
        {"fundo": nome, "cnpj": cnpj, "data": when, "sistema": origin}
        | dict(zip(QUOTA, values, strict=False))
        | {"composicao": dict(zip(CLASSES, values[len(QUOTA) :], strict=True))}
        for nome, cnpj, when, origin, *values in found[:MAX_FUNDOS]
    ]


def _as_floats(*names: str) -> list[Cast]:
    """Columns as floats: they end as JSON numbers, and SQLite's way to Decimal costs more than the query."""
    return [Cast(name, FloatField()) for name in names]


def last_month(rows: QuerySet[Carteira], day: date | None) -> list[dict[str, Any]]:
    """`CarteiraPosicao` of all funds in the month up to `day`, newest first, at most MAX_POSICOES."""
    if day is None:
        return []
    found = rows.filter(data__range=(day - ALL_FUNDS_SPAN, day)).order_by("-data", "fundo_id")[:MAX_POSICOES]
    return [
        _pos_row(nome, {"data": when, **dict(zip(CLASSES, values, strict=True))})
        for nome, when, *values in found.values_list("fundo__nome", "data", *_as_floats(*CLASSES))
    ]


def _pos_row(nome: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"fundo": nome, "data": row["data"]} | {POS_NAMES[classe]: row[classe] for classe in CLASSES}


def evolution(rows: QuerySet[Carteira], first: date, last: date, *, one_fund: bool) -> list[dict[str, Any]]:
    """Per date: patrimônio and classes (and quota) of one fund, or their sums over all funds. Oldest first."""
    found = rows.filter(data__range=(first, last)).order_by("data")
    if one_fund:
        fields = (*QUOTA, *CLASSES)
        return [
            {"data": when, **dict(zip(fields, values, strict=True))}
            for when, *values in found.values_list("data", *_as_floats(*fields))
        ]
    summed = ("patrimonio", *CLASSES)
    sums = {f"soma_{name}": Sum(column) for name, column in zip(summed, _as_floats(*summed), strict=True)}
    return [
        {"data": when, "cota": None, "quantidade_cotas": None}
        | {name: round(value, 2) for name, value in zip(summed, values, strict=True)}
        for when, *values in found.values("data").annotate(**sums).values_list("data", *sums)
    ]


def holdings(carteira: Carteira) -> list[dict[str, Any]]:
    """The carteira's positions, the largest first; `percentual` of the patrimônio. At most MAX_POSICOES."""
    rows = carteira.posicoes.order_by(F("valor").desc(), "id")[:MAX_POSICOES]
    whole = carteira.patrimonio
    return [
        {
            "classe": row.classe,
            "classe_nome": Classe(row.classe).label,
            "ativo": row.ativo,
            "quantidade": number(row.quantidade),
            "preco": number(row.preco),
            "valor": float(row.valor),
            "percentual": float(row.valor / whole * 100) if whole else None,
        }
        for row in rows
    ]
