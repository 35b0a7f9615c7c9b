"""What each invented fund held on each business day.

Everything is a closed function of (fund, date): any past date can be asked for, in any order, and gives the same
figures for ever. Money has 2 decimals, quotas and quantities 8. Positions add up to the patrimônio to the cent, and
patrimônio = quota x quantity of quotas, rounded to the cent.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from .calendario import is_business_day, last_business_days, previous_business_day
from .funds import NEGATIVE_CPR, POSITIVE_CPR, Asset, Cotista, Fund

CENT = Decimal("0.01")
EIGHT = Decimal("0.00000001")
FIRST_DAY = date(2010, 1, 4)
HISTORY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Position:
    """`classe` in caixa rf rv credito cpr; `valor` in BRL; quantity and price are None where they mean nothing."""

    classe: str
    codigo: str
    ativo: str
    emissor: str
    vencimento: date | None
    quantidade: Decimal | None
    preco: Decimal | None
    valor: Decimal
    tipo: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """How many quotas a cotista has, and what changed since the business day before (positive: aplicação)."""

    cotista: Cotista
    quantidade: Decimal
    movimento: Decimal


@dataclass(frozen=True, slots=True)
class Carteira:
    fundo: Fund
    data: date
    posicoes: tuple[Position, ...]
    cotistas: tuple[Holding, ...]
    patrimonio: Decimal
    quantidade_cotas: Decimal
    cota: Decimal

    def of_class(self, classe: str) -> tuple[Position, ...]:
        return tuple(p for p in self.posicoes if p.classe == classe)

    def total(self, classe: str) -> Decimal:
        return sum((p.valor for p in self.of_class(classe)), Decimal(0))


def money(value: Decimal | float) -> Decimal:
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def unit(*parts: object) -> float:
    """A fixed pseudo-random number in [0, 1) for these words."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / float(1 << 48)


def _wave(seed: str, day: date, swing: float) -> float:
    """A smooth oscillation with a little daily noise, without memory of the days before."""
    t = day.toordinal()
    waves = sum(math.sin(t / period + 6.283 * unit(seed, period)) / i for i, period in enumerate((61, 17, 5), 1))
    return swing * (waves / 2 + 0.12 * (unit(seed, day) - 0.5))


def quota(fund: Fund, day: date) -> Decimal:
    """The quota's value, 8 decimals."""
    years = (day - FIRST_DAY).days / 365.25
    return Decimal(fund.cota0 * math.exp(fund.drift * (years - 15) + _wave(fund.sigla, day, fund.swing))).quantize(
        EIGHT
    )


def _quotas_of(fund: Fund, cotista: Cotista, day: date) -> Decimal:
    """Changes once in a fortnight, on a day that differs from one cotista to the next."""
    step = (day.toordinal() + int(14 * unit(fund.sigla, cotista.codigo))) // 14
    phase = 6.283 * unit(cotista.codigo, fund.sigla)
    return Decimal(cotista.cotas * (1 + 0.06 * math.sin(step * 0.7 + phase))).quantize(EIGHT)


def _priced(fund: Fund, asset: Asset, day: date, patrimonio: Decimal) -> Position:
    swing = 0.12 if asset.classe == "rv" else 0.01
    places = CENT if asset.classe == "rv" else EIGHT
    price = Decimal(asset.price * math.exp(_wave(asset.codigo, day, swing))).quantize(places)
    weight = asset.weight * (1 + _wave(f"{fund.sigla}{asset.codigo}", day, 0.05))
    quantity = Decimal(math.floor(float(patrimonio) * weight / float(price)))
    value = money(quantity * price)
    return Position(
        asset.classe, asset.codigo, asset.nome, asset.emissor, asset.vencimento, quantity, price, value, asset.tipo
    )


def _accruals(fund: Fund, day: date, patrimonio: Decimal) -> list[Position]:
    """Payables and receivables; they build up over the month."""
    part = Decimal(day.day) / 30
    found = [(name, -rate) for name, rate in NEGATIVE_CPR] + list(POSITIVE_CPR)
    lines = [
        Position("cpr", f"CPR{i:02d}", name, "", day + timedelta(days=35 - day.day), None, None,
                 money(patrimonio * rate * part))
        for i, (name, rate) in enumerate(found, 1)
    ]  # fmt: skip
    if fund.pdd:
        provision = -money(patrimonio * Decimal(str(fund.pdd)))
        text = "PROVISÃO PARA DEVEDORES DUVIDOSOS"
        lines.append(Position("credito", "PDD", text, "", None, None, None, provision))
    return lines


@lru_cache(maxsize=4096)
def carteira_of(fund: Fund, day: date) -> Carteira:
    """The whole carteira of a business day, whatever the calendar says about its being known already."""
    before = previous_business_day(day)
    holdings = []
    for cotista in fund.cotistas:
        now = _quotas_of(fund, cotista, day)
        holdings.append(Holding(cotista, now, now - _quotas_of(fund, cotista, before)))
    quantity = sum((h.quantidade for h in holdings), Decimal(0))
    price = quota(fund, day)
    patrimonio = money(quantity * price)
    lines = [_priced(fund, asset, day, patrimonio) for asset in fund.assets] + _accruals(fund, day, patrimonio)
    cash = patrimonio - sum((p.valor for p in lines), Decimal(0))
    account = Position("caixa", "CX001", "CONTA CORRENTE - BANCO FICTÍCIO", "BANCO FICTÍCIO", None, None, None, cash)
    return Carteira(fund, day, (account, *lines), tuple(holdings), patrimonio, quantity, price)


def known(day: date, today: date) -> bool:
    """Whether the portals have processed this date: business days since 2010, up to the day before `today`."""
    return FIRST_DAY <= day < today and is_business_day(day)


def with_wrong_sum(carteira: Carteira, difference: Decimal) -> Carteira:
    """The same with one position changed, so that the parts no longer add up to the patrimônio stated."""
    first, *rest = carteira.posicoes
    return replace(carteira, posicoes=(replace(first, valor=first.valor + difference), *rest))


def history(today: date) -> list[date]:
    """The 60 business days that the demonstration shows, oldest first."""
    return last_business_days(today, HISTORY_DAYS)
