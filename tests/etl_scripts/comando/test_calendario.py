"""Business days against ANBIMA's published holidays."""

from __future__ import annotations

from datetime import date

import pytest

from etl_scripts import calendario

ANBIMA = {
    2023: "01-01 02-20 02-21 04-07 04-21 05-01 06-08 09-07 10-12 11-02 11-15 12-25",
    2024: "01-01 02-12 02-13 03-29 04-21 05-01 05-30 09-07 10-12 11-02 11-15 11-20 12-25",
    2025: "01-01 03-03 03-04 04-18 04-21 05-01 06-19 09-07 10-12 11-02 11-15 11-20 12-25",
    2026: "01-01 02-16 02-17 04-03 04-21 05-01 06-04 09-07 10-12 11-02 11-15 11-20 12-25",
    2027: "01-01 02-08 02-09 03-26 04-21 05-01 05-27 09-07 10-12 11-02 11-15 11-20 12-25",
}


@pytest.mark.parametrize("ano", ANBIMA)
def test_the_holidays_are_those_of_anbima(ano: int) -> None:
    assert calendario.feriados(ano) == {date.fromisoformat(f"{ano}-{dia}") for dia in ANBIMA[ano].split()}


def test_city_holidays_and_the_last_of_december_are_business_days() -> None:
    assert calendario.dia_util(date(2027, 1, 25))  # São Paulo's
    assert calendario.dia_util(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("dia", "quantos", "anterior"),
    [
        (date(2026, 11, 25), 1, date(2026, 11, 24)),
        (date(2026, 11, 23), 1, date(2026, 11, 19)),
        (date(2026, 11, 25), 2, date(2026, 11, 23)),
        (date(2027, 1, 4), 1, date(2026, 12, 31)),
    ],
)
def test_d_minus_n(dia: date, quantos: int, anterior: date) -> None:
    assert calendario.dia_util_anterior(dia, quantos) == anterior


def test_a_period_of_holidays_has_no_day() -> None:
    assert calendario.dias_uteis(date(2026, 2, 14), date(2026, 2, 17)) == []
