"""Our calendar against ANBIMA's holidays ("Feriados nacionais"), 2001 to 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sistemas import calendario

FIXED = ("01-01", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "12-25")
# Carnaval (two days), Paixão de Cristo, Corpus Christi.
MOVABLE = {
    2001: ("02-26", "02-27", "04-13", "06-14"),
    2002: ("02-11", "02-12", "03-29", "05-30"),
    2003: ("03-03", "03-04", "04-18", "06-19"),
    2004: ("02-23", "02-24", "04-09", "06-10"),
    2005: ("02-07", "02-08", "03-25", "05-26"),
    2006: ("02-27", "02-28", "04-14", "06-15"),
    2007: ("02-19", "02-20", "04-06", "06-07"),
    2008: ("02-04", "02-05", "03-21", "05-22"),
    2009: ("02-23", "02-24", "04-10", "06-11"),
    2010: ("02-15", "02-16", "04-02", "06-03"),
    2011: ("03-07", "03-08", "04-22", "06-23"),
    2012: ("02-20", "02-21", "04-06", "06-07"),
    2013: ("02-11", "02-12", "03-29", "05-30"),
    2014: ("03-03", "03-04", "04-18", "06-19"),
    2015: ("02-16", "02-17", "04-03", "06-04"),
    2016: ("02-08", "02-09", "03-25", "05-26"),
    2017: ("02-27", "02-28", "04-14", "06-15"),
    2018: ("02-12", "02-13", "03-30", "05-31"),
    2019: ("03-04", "03-05", "04-19", "06-20"),
    2020: ("02-24", "02-25", "04-10", "06-11"),
    2021: ("02-15", "02-16", "04-02", "06-03"),
    2022: ("02-28", "03-01", "04-15", "06-16"),
    2023: ("02-20", "02-21", "04-07", "06-08"),
    2024: ("02-12", "02-13", "03-29", "05-30"),
    2025: ("03-03", "03-04", "04-18", "06-19"),
    2026: ("02-16", "02-17", "04-03", "06-04"),
}
BUSINESS_DAYS = {2023: 249, 2024: 253}


def published(year: int) -> set[date]:
    days = [*FIXED, *MOVABLE[year], *(["11-20"] if year >= 2024 else [])]
    return {date.fromisoformat(f"{year}-{day}") for day in days}


@pytest.mark.parametrize("year", MOVABLE)
def test_the_years_holidays_are_those_published(year: int) -> None:
    assert set(calendario.feriados(year)) == published(year)


@pytest.mark.parametrize(("year", "count"), BUSINESS_DAYS.items())
def test_counts_the_business_days_of_a_year(year: int, count: int) -> None:
    assert len(calendario.between(date(year, 1, 1), date(year, 12, 31))) == count


def test_city_holidays_bank_days_and_ash_wednesday_are_business_days() -> None:
    for day in ("2023-01-25", "2021-07-09", "2024-02-14", "2024-12-24", "2024-12-31", "2023-11-20"):
        assert calendario.is_dia_util(date.fromisoformat(day)), day


def test_holidays_have_portuguese_names() -> None:
    names = calendario.feriados(2026)
    assert names[date(2026, 2, 16)] == "Carnaval"
    assert names[date(2026, 4, 3)] == "Sexta-feira Santa"


def test_previous_jumps_weekend_and_carnival() -> None:
    ash_wednesday = date(2026, 2, 18)
    assert calendario.previous(ash_wednesday) == date(2026, 2, 13)
    assert calendario.previous(ash_wednesday, 2) == date(2026, 2, 12)
    assert calendario.previous(date(2026, 2, 15), 0) == date(2026, 2, 13)
    assert calendario.previous(ash_wednesday, 0) == ash_wednesday


def test_between_an_empty_or_reversed_range_is_nothing() -> None:
    assert calendario.between(date(2026, 2, 14), date(2026, 2, 17)) == []
    assert calendario.between(date(2026, 2, 19), date(2026, 2, 18)) == []


def test_d1_is_counted_from_brazils_today(monkeypatch: pytest.MonkeyPatch) -> None:
    # 01:30 UTC of Tuesday is still Monday in São Paulo, so D-1 is the Friday before.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 1, 30, tzinfo=UTC))
    assert calendario.today() == date(2026, 11, 23)
    # Friday 20 November is a holiday since 2024.
    assert calendario.default_period() == (date(2026, 11, 19), date(2026, 11, 19))
    assert calendario.d2() == date(2026, 11, 18)


def test_a_year_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendário"):
        calendario.feriados(1800)
    assert calendario.between(date(2100, 12, 31), date(2100, 12, 31) + timedelta(0)) == [date(2100, 12, 31)]


def test_the_api_gives_business_days_holidays_and_d1(visualizador: Client) -> None:
    body = visualizador.get("/api/calendario?inicio=2026-02-13&fim=19/02/2026").json()
    assert body["dias_uteis"] == ["2026-02-13", "2026-02-18", "2026-02-19"]
    assert body["feriados"] == [{"data": f"2026-02-{day}", "nome": "Carnaval"} for day in (16, 17)]
    assert body["d1"] == calendario.d1().isoformat()
    assert body["d2"] == calendario.d2().isoformat()


def test_the_api_shows_the_days_around_today_when_not_told(visualizador: Client) -> None:
    days = visualizador.get("/api/calendario").json()["dias_uteis"]
    assert days[0] < calendario.today().isoformat() < days[-1]


@pytest.mark.parametrize(
    ("query", "campo"),
    [
        ("inicio=2026-02-30", "inicio"),
        ("inicio=13.02.2026", "inicio"),
        ("fim=1800-01-01", "fim"),
        ("inicio=2026-02-13&fim=2026-02-12", "fim"),
        ("inicio=2000-01-01&fim=2026-01-01", "fim"),
    ],
)
def test_the_api_refuses_a_wrong_range(visualizador: Client, query: str, campo: str) -> None:
    answer = visualizador.get(f"/api/calendario?{query}")
    assert answer.status_code == 422
    assert [item["campo"] for item in answer.json()["campos"]] == [campo]
