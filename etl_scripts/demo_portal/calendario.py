"""Business days by ANBIMA's calendar: no weekend, national holiday, Carnaval (Monday, Tuesday) or Corpus Christi."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
_BANK_ONLY = frozenset({"Carnival", "Corpus Christi"})


@lru_cache(maxsize=200)
def holidays_of(year: int) -> frozenset[date]:
    """The ANBIMA holidays of one year."""
    from holidays.countries.brazil import Brazil  # imported late: a third of a second that a start need not pay

    public = Brazil(years=year, language="en_US")
    optional = Brazil(years=year, categories=("optional",), language="en_US")
    return frozenset(public) | frozenset(day for day, name in optional.items() if name in _BANK_ONLY)


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays_of(day.year)


def previous_business_day(day: date) -> date:
    """The last business day before `day`."""
    day -= ONE_DAY
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def business_days(first: date, last: date) -> Iterator[date]:
    """Business days of the closed period, in order."""
    day = first
    while day <= last:
        if is_business_day(day):
            yield day
        day += ONE_DAY


def last_business_days(before: date, count: int) -> list[date]:
    """The `count` business days before `before`, oldest first."""
    days: list[date] = []
    while len(days) < count:
        before = previous_business_day(before)
        days.append(before)
    return days[::-1]
