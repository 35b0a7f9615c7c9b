"""The invented figures: they add up, they move, they are the same for ever."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from etl_scripts.demo_portal.calendario import is_business_day, last_business_days
from etl_scripts.demo_portal.data import CENT, carteira_of, history, known
from etl_scripts.demo_portal.funds import BY_SIGLA, CLASSES, FUNDS, Fund, check_digits, find_fund

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("fund", FUNDS, ids=lambda f: f.sigla)
def test_sixty_days_add_up(fund: Fund) -> None:
    days = history(TODAY)
    assert len(days) == 60
    assert days[-1] == date(2026, 11, 24)
    found = [carteira_of(fund, day) for day in days]
    for c in found:
        assert sum((p.valor for p in c.posicoes), Decimal(0)) == c.patrimonio
        assert sum((c.total(classe) for classe in CLASSES), Decimal(0)) == c.patrimonio
        assert abs(c.cota * c.quantidade_cotas - c.patrimonio) <= CENT
        assert sum((h.quantidade for h in c.cotistas), Decimal(0)) == c.quantidade_cotas
        assert all(p.valor == round(p.quantidade * p.preco, 2) for p in c.posicoes if p.quantidade and p.preco)
        assert c.total("caixa") > 0
    assert len({c.cota for c in found}) == 60
    assert any(h.movimento for c in found for h in c.cotistas)


def test_movements_explain_the_quantities() -> None:
    days = history(TODAY)
    for before, after in pairwise(days):
        first, second = (carteira_of(BY_SIGLA["JACA"], day) for day in (before, after))
        assert first.quantidade_cotas + sum(h.movimento for h in second.cotistas) == second.quantidade_cotas


def test_figures_are_fixed() -> None:
    carteira = carteira_of(BY_SIGLA["IPER"], date(2019, 3, 14))
    carteira_of.cache_clear()
    assert carteira_of(BY_SIGLA["IPER"], date(2019, 3, 14)) == carteira
    assert carteira_of(BY_SIGLA["ARAU"], date(2026, 11, 24)).patrimonio == Decimal("83132291.16")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 25), False),
        (date(2026, 11, 20), False),
        (date(2023, 11, 20), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 17), False),
        (date(2026, 2, 18), True),
        (date(2026, 6, 4), False),
        (date(2026, 1, 25), False),
        (date(2024, 1, 25), True),
        (date(2009, 12, 30), False),
    ],
)
def test_what_is_known_when(day: date, expected: bool) -> None:
    assert known(day, TODAY) is expected


def test_the_year_has_the_business_days_that_anbima_counts() -> None:
    assert sum(is_business_day(date(2024, 1, 1) + timedelta(days=n)) for n in range(366)) == 253
    assert last_business_days(date(2026, 2, 19), 2) == [date(2026, 2, 13), date(2026, 2, 18)]


def test_funds_are_well_formed_and_found_by_any_name() -> None:
    assert len({f.cnpj for f in FUNDS}) == len({f.sigla for f in FUNDS}) == 6
    for fund in FUNDS:
        assert re.fullmatch(r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", fund.cnpj_formatado)
        assert fund.cnpj[-2:] == check_digits(fund.cnpj[:12], (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
        for text in (fund.nome.lower(), fund.sigla, fund.cnpj, fund.cnpj_formatado, fund.codigo):
            assert find_fund(text) is fund
    assert find_fund("outro") is None
