"""ANBIMA business days: weekdays that are no national holiday (Carnival and Corpus Christi count, city holidays do not)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

FUSO: Final = "America/Sao_Paulo"
_FACULTATIVOS: Final = ("Carnival", "Corpus Christi")  # optional by law, holidays for the market


def hoje() -> date:
    """Today in São Paulo, whatever the machine's time zone."""
    from datetime import datetime

    try:
        return datetime.now(ZoneInfo(FUSO)).date()
    except (KeyError, OSError):  # no time zone data on this machine
        return datetime.now().astimezone().date()


@lru_cache(maxsize=64)
def feriados(ano: int) -> frozenset[date]:
    """The year's ANBIMA holidays."""
    from holidays import country_holidays

    nacionais = country_holidays("BR", years=ano, categories=("public",))
    facultativos = country_holidays("BR", years=ano, categories=("optional",), language="en_US")
    return frozenset(nacionais) | {dia for dia, nome in facultativos.items() if nome.startswith(_FACULTATIVOS)}


def dia_util(dia: date) -> bool:
    """Whether `dia` is a business day."""
    return dia.weekday() < 5 and dia not in feriados(dia.year)


def dia_util_anterior(dia: date, quantos: int = 1) -> date:
    """The business day `quantos` before `dia` (1 = D-1)."""
    while quantos > 0:
        dia -= timedelta(days=1)
        quantos -= dia_util(dia)
    return dia


def dias_uteis(inicio: date, fim: date) -> list[date]:
    """The business days from `inicio` to `fim`, both included."""
    return [dia for n in range((fim - inicio).days + 1) if dia_util(dia := inicio + timedelta(days=n))]
