"""ANBIMA's business days: weekdays that are no national holiday. A city's holidays do not count for fund quotas."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from etlhub.errors import FieldError, Invalid

ONE_DAY = timedelta(days=1)
MARGIN = timedelta(days=31)
MAX_DAYS = 3 * 366
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""The years that the calendar answers for; other dates raise ValueError."""

_MARKET = ("Carnaval", "Corpus Christi")
"""Optional by law, holidays for the market. Ash Wednesday is a business day."""


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def feriados(ano: int) -> dict[date, str]:
    """The holidays of a year with their Portuguese names, in order. Do not change the dict: it is shared."""
    from holidays import country_holidays  # slow to import, and only dates need it

    if not FIRST_YEAR <= ano <= LAST_YEAR:
        raise ValueError(f"o calendário vai de {FIRST_YEAR} a {LAST_YEAR}")
    national = country_holidays("BR", years=ano, categories=("public",), language="pt_BR")
    optional = country_holidays("BR", years=ano, categories=("optional",), language="pt_BR")
    market = {day: name for day, name in optional.items() if name.startswith(_MARKET)}
    return dict(sorted((dict(national) | market).items()))


def is_dia_util(day: date) -> bool:
    """Whether `day` is a business day."""
    return day.weekday() < 5 and day not in feriados(day.year)


def previous(day: date, n: int = 1) -> date:
    """The `n`-th business day before `day`; `n = 0` is `day` itself or, when it is none, the one before it."""
    if n == 0:
        return day if is_dia_util(day) else previous(day)
    while n > 0:
        day -= ONE_DAY
        n -= is_dia_util(day)
    return day


def between(first: date, last: date) -> list[date]:
    """The business days from `first` to `last`, both included."""
    span = (last - first).days + 1
    return [day for offset in range(span) if is_dia_util(day := first + offset * ONE_DAY)]


def today() -> date:
    """Today in Brazil (`TIME_ZONE`), whatever the machine's zone."""
    return timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def d1(day: date | None = None) -> date:
    """D-1: the business day before `day` (default today)."""
    return previous(day or today())


def d2(day: date | None = None) -> date:
    """D-2, for portals that have not processed D-1 yet."""
    return previous(day or today(), 2)


def describe(first: date | None, last: date | None) -> dict[str, Any]:
    """Business days and holidays from `first` to `last` (default: 31 days around today), and today's D-1 and D-2."""
    first = first or (last or today()) - MARGIN
    last = last or max(first, today()) + MARGIN
    if last < first:
        raise Invalid([FieldError("fim", "a data final é anterior à data inicial")])
    if (last - first).days > MAX_DAYS:
        raise Invalid([FieldError("fim", f"período longo demais (no máximo {MAX_DAYS} dias)")])
    names = {day: name for year in range(first.year, last.year + 1) for day, name in feriados(year).items()}
    return {
        "dias_uteis": between(first, last),
        "feriados": [{"data": day, "nome": name} for day, name in names.items() if first <= day <= last],
        "d1": d1(),
        "d2": d2(),
    }


def default_period() -> tuple[date, date]:
    """The period of a run that names none: D-1 to D-1."""
    day = d1()
    return day, day
