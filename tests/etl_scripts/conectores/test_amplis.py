"""AMPLIS by plain HTTP: three (REAG) or two (Master) CSV reports, a PDF a business day."""

from __future__ import annotations

import pytest

from ..comando.bancada import Bancada

DIAS = ("--data-final", "24/11/2026")


def test_reag_brings_three_reports_and_a_pdf_a_day(bancada: Bancada) -> None:
    saida = bancada.rodar("amplis_reag", *DIAS, data="23/11/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261123_20261124.csv", "ar.csv", "cp1.csv"]
    assert bancada.arquivos("pdf") == ["CarteiraDiaria_20261123.pdf", "CarteiraDiaria_20261124.pdf"]
    assert {item["situacao"] for item in saida.artefatos} == {"novo"}
    assert saida.resultado["codigo"] == "ok"
    carteiras = saida.do_tipo("carteira")
    assert {item["data"] for item in carteiras} == {"2026-11-23", "2026-11-24"}
    assert all(item["posicoes"] for item in carteiras)
    assert bancada.sobras() == []


def test_master_keeps_its_payables_as_cp2(bancada: Bancada) -> None:
    saida = bancada.rodar("amplis_master", "--no-pdf")

    assert saida.codigo == 0
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261124.csv", "cp2.csv"]
    assert bancada.arquivos("pdf") == []


def test_the_two_logins_do_not_overwrite_each_other(bancada: Bancada) -> None:
    bancada.rodar("amplis_reag", "--no-pdf")
    saida = bancada.rodar("amplis_master", "--no-pdf")

    assert saida.codigo == 0
    assert bancada.arquivos("csv") == [
        "CarteiraDiaria_20261124 (1).csv", "CarteiraDiaria_20261124.csv", "ar.csv", "cp1.csv", "cp2.csv",
    ]  # fmt: skip


def test_pdfs_are_filed_by_what_they_say_inside(bancada: Bancada) -> None:
    de_para = [{"fundo": "Araucária FIC FIM", "pasta": "Fundos/Araucaria"}, {"fundo": "PAU-BRASIL FIA", "pasta": "Pau"}]
    saida = bancada.rodar("amplis_reag", "--no-csv", de_para=de_para)

    assert saida.codigo == 0
    arquivos = bancada.arquivos("pdf")
    assert (
        "Fundos/Araucaria/06. Carteiras/2026/11 - Novembro/24.11 - Carteira Diária - ARAUCÁRIA FIC FIM.pdf" in arquivos
    )
    assert "Pau/06. Carteiras/2026/11 - Novembro/24.11 - Carteira Diária - PAU-BRASIL FIA.pdf" in arquivos
    assert "não está no De-Para" in saida.texto


def test_a_second_run_asks_the_portal_for_nothing(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_reag")
    bancada.portal.requests.clear()
    segunda = bancada.rodar("amplis_reag", manifesto=primeira.manifesto())

    assert segunda.codigo == 0
    assert segunda.artefatos == []
    assert list(bancada.portal.requests) == []


def test_a_file_that_went_missing_is_fetched_again(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_reag")
    (bancada.base / "csv" / "ar.csv").unlink()
    segunda = bancada.rodar("amplis_reag", manifesto=primeira.manifesto())

    assert [item["nome"] for item in segunda.artefatos] == ["ar.csv"]
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261124.csv", "ar.csv", "cp1.csv"]


def test_the_same_content_again_is_not_a_new_file(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_reag", "--no-pdf")
    segunda = bancada.rodar("amplis_reag", "--no-pdf", manifesto=primeira.manifesto(), baixar_de_novo=True)

    assert [item["situacao"] for item in segunda.artefatos] == ["inalterado"] * 3
    assert len(bancada.arquivos("csv")) == 3


def test_no_data_is_said_and_is_no_error(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "sem_dados")
    saida = bancada.rodar("amplis_reag")

    assert saida.codigo == 0
    assert saida.resultado["codigo"] == "sem_dados"
    assert saida.artefatos == []


def test_a_fund_that_the_portal_leaves_out_is_named(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "fundo_falha", "IPER")
    saida = bancada.rodar("amplis_reag", "--no-pdf")

    assert saida.codigo == 0
    assert "IPÊ ROXO FIDC: não veio em carteira" in saida.texto


@pytest.mark.parametrize(
    ("falha", "parametros", "codigo", "saida_esperada"),
    [
        ("senha_incorreta", {}, "senha_incorreta", 1),
        ("senha_expirada", {}, "senha_expirada", 1),
        ("conta_bloqueada", {}, "conta_bloqueada", 1),
        ("manutencao", {}, "manutencao", 75),
        ("manutencao", {"codigo_http": "200"}, "manutencao", 75),
        ("erro_500", {}, "portal_fora", 75),
    ],
)
def test_what_keeps_us_out_is_told_apart(
    bancada: Bancada, falha: str, parametros: dict[str, str], codigo: str, saida_esperada: int
) -> None:
    bancada.portal.faults.set("amplis_reag", falha, None, **parametros)
    saida = bancada.rodar("amplis_reag")

    assert (saida.resultado["codigo"], saida.codigo) == (codigo, saida_esperada)
    assert saida.resultado["motivo"]
    assert bancada.arquivos("csv") == []


def test_a_wrong_password_is_never_tried_twice(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "senha_incorreta")
    bancada.rodar("amplis_reag")

    assert sum("POST /amplis_reag/login.jsf" in pedido for pedido in bancada.portal.requests) == 1


def test_a_portal_that_fails_at_first_is_tried_again(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "erro_500", vezes=2)
    saida = bancada.rodar("amplis_reag", "--no-pdf")

    assert saida.codigo == 0
    assert len(saida.artefatos) == 3


def test_a_session_lost_half_way_is_opened_again(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "sessao_expirada", 4, vezes=1)
    saida = bancada.rodar("amplis_reag", "--no-pdf")

    assert saida.codigo == 0
    assert "Entrando de novo" in saida.texto
    assert len(saida.artefatos) == 3
