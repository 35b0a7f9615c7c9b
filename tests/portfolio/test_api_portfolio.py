"""`/api/portfolio`: the contract's shapes, evolution, holdings, comparison."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portfolio.loading import load_carteira
from tests.portfolio.events import carteira, days, sha

LFT = {"classe": "rf", "ativo": "LFT 2029", "quantidade": "10", "preco": "100", "valor": "1000.00"}


@pytest.fixture
def carteiras(catalogo: None) -> None:
    """Two funds; IPÊ ROXO on ten days, JACARANDÁ on two."""
    for day in days("2026-11-10", 10):
        load_carteira(carteira(data=day))
    for day in ("2026-11-10", "2026-11-12"):
        load_carteira(carteira(fundo="JACARANDÁ FI", cnpj=None, data=day, posicoes=[LFT]))


def get(client: Client, path: str = "", **query: str) -> Any:
    answer = client.get(f"/api/portfolio{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_before_anything_was_collected_all_is_empty(visualizador: Client) -> None:
    assert get(visualizador) == {
        "fundo": None,
        "data": None,
        "fundos": [],
        "posicoes": [],
        "evolucao": [],
        "carteira": [],
        "carteira_total": 0,
        "datas": [],
    }


@pytest.mark.usefixtures("carteiras")
def test_all_funds_with_the_contracts_totals(visualizador: Client) -> None:
    body = get(visualizador)
    assert [fundo["fundo"] for fundo in body["fundos"]] == ["IPÊ ROXO FIDC", "JACARANDÁ FI"]
    first = body["fundos"][0]
    assert first["patrimonio"] == 207798.45
    assert first["composicao"] == {"caixa": 1000.0, "rf": 154207.7, "rv": 2741.0, "credito": 50000.0, "cpr": -150.25}
    assert (body["fundos"][1]["data"], body["data"]) == ("2026-11-12", "2026-11-19")
    assert len(body["posicoes"]) == 12
    assert body["evolucao"][0]["patrimonio"] == 208798.45
    assert body["carteira"] == []


@pytest.mark.usefixtures("carteiras")
def test_one_fund_has_evolution_and_holdings(visualizador: Client) -> None:
    body = get(visualizador, fundo="IPÊ ROXO FIDC", data="2026-11-14")
    assert (body["fundo"], body["data"]) == ("IPÊ ROXO FIDC", "2026-11-14")
    assert body["posicoes"][0] == {
        "fundo": "IPÊ ROXO FIDC",
        "data": "2026-11-10",
        "pos_caixa": 1000.0,
        "pos_rf": 154207.7,
        "pos_rv": 2741.0,
        "pos_dir_cred": 50000.0,
        "pos_cpr": -150.25,
    }
    assert [row["data"] for row in body["evolucao"]] == days("2026-11-10", 5)
    assert body["evolucao"][0]["cota"] == 1.41200001
    assert body["carteira_total"] == 5
    assert [row["ativo"] for row in body["carteira"]][:2] == ["LFT 2029", "DC-AV"]
    assert body["carteira"][0]["percentual"] == pytest.approx(74.2102, abs=1e-4)
    assert body["datas"][0] == "2026-11-19"


@pytest.mark.usefixtures("carteiras")
def test_a_fund_is_found_by_cnpj_and_by_a_day_without_carteira(visualizador: Client) -> None:
    assert get(visualizador, fundo="99.999.101/0001-70")["fundo"] == "IPÊ ROXO FIDC"
    body = get(visualizador, fundo="JACARANDÁ FI", data="2026-11-15")
    assert body["data"] == "2026-11-12"
    empty = get(visualizador, fundo="JACARANDÁ FI", data="2026-11-01")
    assert (empty["data"], empty["carteira"]) == (None, [])


@pytest.mark.usefixtures("carteiras")
def test_evolution_of_a_range(visualizador: Client) -> None:
    body = get(visualizador, fundo="IPÊ ROXO FIDC", de="2026-11-12", ate="13/11/2026")
    assert [row["data"] for row in body["evolucao"]] == ["2026-11-12", "2026-11-13"]


@pytest.mark.usefixtures("carteiras")
def test_two_sistemas_of_one_fund_are_not_counted_twice(visualizador: Client) -> None:
    load_carteira(carteira(data="2026-11-19", sistema="qore", posicoes=[{**LFT, "valor": "5.00"}], fonte=sha("qore")))
    body = get(visualizador)
    assert body["evolucao"][-1]["patrimonio"] == 207798.45
    assert get(visualizador, sistema="qore")["fundos"][0]["patrimonio"] == 5.0


@pytest.mark.usefixtures("carteiras")
def test_compares_two_dates(visualizador: Client) -> None:
    bought = {"classe": "rv", "ativo": "CIPX3", "quantidade": "5", "valor": "50.00"}
    load_carteira(
        carteira(
            fundo="JACARANDÁ FI", data="2026-11-20", posicoes=[{**LFT, "quantidade": "5", "valor": "500.00"}, bought]
        )
    )
    body = get(visualizador, "/comparar", fundo="JACARANDÁ FI", de="2026-11-13", ate="2026-11-20")
    assert (body["de"], body["ate"]) == ("2026-11-12", "2026-11-20")
    assert body["patrimonio"] == {"de": 1000.0, "ate": 550.0, "variacao": -450.0, "percentual": -45.0}
    assert body["classes"]["rv"] == {"de": 0.0, "ate": 50.0, "variacao": 50.0, "percentual": None}
    assert [(row["ativo"], row["situacao"], row["variacao"]) for row in body["ativos"]] == [
        ("LFT 2029", "alterado", -500.0),
        ("CIPX3", "novo", 50.0),
    ]
    back = get(visualizador, "/comparar", fundo="JACARANDÁ FI", de="2026-11-10", ate="2026-11-12")
    assert [row["situacao"] for row in back["ativos"]] == ["igual"]


@pytest.mark.usefixtures("carteiras")
@pytest.mark.parametrize(
    ("query", "status", "campo"),
    [
        ("?fundo=NADA", 404, None),
        ("?sistema=nada", 404, None),
        ("?data=2026-13-01", 422, "data"),
        ("?de=2026-11-20&ate=2026-11-10", 422, "ate"),
        ("?de=2000-01-01&ate=2026-11-10", 422, "de"),
        (f"?fundo={'x' * 201}", 422, "fundo"),
        ("/comparar?fundo=JACARANDÁ FI&de=2026-11-10", 422, "ate"),
        ("/comparar?de=2026-11-10&ate=2026-11-10", 422, "fundo"),
        ("/comparar?fundo=JACARANDÁ FI&de=2026-11-12&ate=2026-11-10", 422, "ate"),
        ("/comparar?fundo=JACARANDÁ FI&de=2020-01-02&ate=2026-11-10", 404, None),
        ("/export?formato=pdf", 422, "formato"),
        ("/export?fundo=NADA", 404, None),
    ],
)
def test_what_is_wrong_is_said(visualizador: Client, query: str, status: int, campo: str | None) -> None:
    answer = visualizador.get(f"/api/portfolio{query}")
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["detail"]
    if campo:
        assert [item["campo"] for item in body["campos"]] == [campo]


@pytest.mark.django_db
def test_nothing_without_a_login(client: Client) -> None:
    for path in ("", "/comparar", "/export"):
        assert client.get(f"/api/portfolio{path}").status_code == 401
