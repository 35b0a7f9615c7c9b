"""A `carteira` event is stored once, whole, and only when it adds up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from etlhub.errors import Invalid
from portfolio.loading import load_carteira, remove_carteira
from portfolio.models import Carteira, Fundo, Posicao
from tests.portfolio.events import carteira, days, sha

pytestmark = pytest.mark.usefixtures("catalogo")


def test_stores_positions_and_totals_by_class() -> None:
    loaded = load_carteira(carteira())
    row = Carteira.objects.get()
    assert row == loaded
    assert (row.fundo.nome, row.fundo.cnpj, row.sistema_id) == ("IPÊ ROXO FIDC", "99999101000170", "amplis_reag")
    assert row.patrimonio == Decimal("207798.45")
    assert (row.caixa, row.rf, row.rv) == (Decimal("1000.00"), Decimal("154207.70"), Decimal("2741.00"))
    assert (row.credito, row.cpr) == (Decimal("50000.00"), Decimal("-150.25"))
    assert row.cota == Decimal("1.41200001")
    assert (row.n_posicoes, row.preferida) == (5, True)
    first = Posicao.objects.get(ativo="LFT 2029")
    assert (first.classe, first.quantidade, first.preco) == ("rf", Decimal(10), Decimal("15420.77"))


def test_the_same_file_again_changes_nothing() -> None:
    load_carteira(carteira())
    ids = set(Posicao.objects.values_list("pk", flat=True))
    changed_at = Carteira.objects.get().carregada_em
    load_carteira(carteira())
    assert set(Posicao.objects.values_list("pk", flat=True)) == ids
    assert Carteira.objects.get().carregada_em == changed_at


def test_another_file_takes_the_place_of_the_former() -> None:
    load_carteira(carteira())
    new = {"classe": "caixa", "ativo": "CONTA", "valor": "10.00"}
    load_carteira(carteira(fonte=sha("novo"), posicoes=[new], patrimonio="10.00", cota=None))
    row = Carteira.objects.get()
    assert (row.patrimonio, row.rf, row.cota, row.n_posicoes) == (Decimal(10), Decimal(0), None, 1)
    assert list(Posicao.objects.values_list("ativo", flat=True)) == ["CONTA"]


def test_of_two_sistemas_the_whole_fund_is_preferred_then_the_most_detailed() -> None:
    stock = [{"classe": "credito", "ativo": f"DC {n}", "valor": "1.00"} for n in range(50)]
    receivables = load_carteira(carteira(sistema="fidc", posicoes=stock, cota=None, quantidade_cotas=None))
    assert receivables.preferida
    fund = load_carteira(carteira(sistema="amplis_reag"))
    assert fund.preferida
    assert not Carteira.objects.get(pk=receivables.pk).preferida
    rough = [{"classe": "rf", "ativo": "TUDO", "valor": "207798.45"}]
    assert not load_carteira(carteira(sistema="qore", posicoes=rough)).preferida
    remove_carteira(fund)
    assert Carteira.objects.get(preferida=True).sistema_id == "qore"


def test_a_report_without_positions_keeps_what_it_says() -> None:
    row = load_carteira(carteira(posicoes=[], patrimonio="123.45"))
    assert (row.patrimonio, row.n_posicoes, row.rf) == (Decimal("123.45"), 0, Decimal(0))


def test_sums_may_differ_by_a_cent_a_line_and_no_more() -> None:
    load_carteira(carteira(patrimonio="207798.50"))
    with pytest.raises(Invalid) as caught:
        load_carteira(carteira(data="2026-11-24", patrimonio="207798.51"))
    assert "difere do patrimônio em -0,06" in caught.value.message


def test_values_are_rounded_to_what_is_kept() -> None:
    item = {"classe": "rf", "ativo": "X", "quantidade": "1.123456789", "preco": "2", "valor": "2.245"}
    load_carteira(carteira(posicoes=[item], patrimonio="2.25"))
    row = Posicao.objects.get()
    assert (row.valor, row.quantidade) == (Decimal("2.25"), Decimal("1.12345679"))


@pytest.mark.parametrize(
    ("changes", "campo"),
    [
        ({"sistema": "nada"}, "sistema"),
        ({"fundo": "  "}, "fundo"),
        ({"fundo": "x" * 201}, "fundo"),
        ({"fundo": "A\x00B"}, "fundo"),
        ({"cnpj": "123"}, "cnpj"),
        ({"data": "23/11/2026"}, "data"),
        ({"data": None}, "data"),
        ({"fonte": "abc"}, "fonte"),
        ({"patrimonio": "1.234,56"}, "patrimonio"),
        ({"patrimonio": "NaN"}, "patrimonio"),
        ({"patrimonio": None, "posicoes": []}, "patrimonio"),
        ({"patrimonio": "1e20"}, "patrimonio"),
        ({"cota": 1.5}, "cota"),
        ({"quantidade_cotas": "muitas"}, "quantidade_cotas"),
        ({"posicoes": {}}, "posicoes"),
        ({"posicoes": ["x"], "patrimonio": "0"}, "posicoes.0"),
        ({"posicoes": [{"classe": "outra", "ativo": "A", "valor": "1"}]}, "posicoes.0.classe"),
        ({"posicoes": [{"classe": "rf", "ativo": "", "valor": "1"}]}, "posicoes.0.ativo"),
        ({"posicoes": [{"classe": "rf", "ativo": "A"}], "patrimonio": "0"}, "posicoes.0.valor"),
        ({"posicoes": [{"classe": "rf", "ativo": "A", "valor": "1", "preco": True}]}, "posicoes.0.preco"),
    ],
)
def test_a_wrong_event_names_its_field_and_stores_nothing(changes: dict[str, Any], campo: str) -> None:
    with pytest.raises(Invalid) as caught:
        load_carteira(carteira(**changes))
    assert [field.campo for field in caught.value.fields] == [campo]
    assert not Fundo.objects.exists()
    assert not Carteira.objects.exists()


def test_many_errors_are_cut_short() -> None:
    with pytest.raises(Invalid) as caught:
        load_carteira(carteira(posicoes=[{}] * 5000, patrimonio="0"))
    assert len(caught.value.fields) == 20


def test_a_failure_half_way_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    load_carteira(carteira())

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("queda")

    monkeypatch.setattr(Posicao.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        load_carteira(carteira(fonte=sha("novo")))
    assert Posicao.objects.count() == 5
    assert Carteira.objects.get().fonte == carteira()["fonte"]


@pytest.mark.django_db(transaction=True)
def test_sistemas_that_load_one_fund_at_once_leave_one_preferred() -> None:
    def load(sistema: str) -> None:
        try:
            for day in days("2026-11-02", 5):
                load_carteira(carteira(sistema=sistema, data=day))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(load, ("amplis_reag", "qore", "maps")))
    assert Carteira.objects.count() == 15
    assert Posicao.objects.count() == 75
    preferred = Carteira.objects.filter(preferida=True).values_list("data", flat=True)
    assert sorted(f"{day}" for day in preferred) == days("2026-11-02", 5)


def test_a_report_without_a_stated_total_has_the_sum_of_its_positions() -> None:
    items = [
        {"classe": "credito", "ativo": "CEDENTE A", "valor": "100.10"},
        {"classe": "credito", "ativo": "PDD", "valor": "-0.10"},
    ]
    row = load_carteira(carteira(posicoes=items, patrimonio=None, cota=None, quantidade_cotas=None))
    assert row.patrimonio == Decimal("100.00")
