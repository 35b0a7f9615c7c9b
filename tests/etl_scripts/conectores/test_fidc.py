"""FIDC by plain HTTP: ask for all, wait, collect, match each file to its request."""

from __future__ import annotations

import pytest

from ..comando.bancada import Bancada

IPE, SERINGUEIRA = "IPÊ ROXO FIDC", "SERINGUEIRA FIDC NP"


def test_all_funds_of_the_portal_over_two_days(bancada: Bancada) -> None:
    saida = bancada.rodar("fidc", "--data-final", "24/11/2026", data="23/11/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("fidc") == [
        f"Estoque_{sigla}_202611{dia}.csv" for sigla in ("IPER", "SERI") for dia in ("23", "24")
    ]
    assert {(item["fundo"], item["data"]) for item in saida.artefatos} == {
        (fundo, f"2026-11-{dia}") for fundo in (IPE, SERINGUEIRA) for dia in ("23", "24")
    }
    assert {item["fundo"] for item in saida.do_tipo("carteira")} == {IPE, SERINGUEIRA}
    progresso = [item["percentual"] for item in saida.do_tipo("progresso")]
    assert progresso == sorted(progresso)


def test_only_the_chosen_funds(bancada: Bancada) -> None:
    saida = bancada.rodar("fidc", "--fidc-fundos", f'["{SERINGUEIRA.lower()}"]')

    assert saida.codigo == 0
    assert bancada.arquivos("fidc") == ["Estoque_SERI_20261124.csv"]


def test_a_fund_that_does_not_exist_does_not_stop_the_other(bancada: Bancada) -> None:
    saida = bancada.rodar("fidc", "--fidc-fundos", f'["NÃO EXISTE FIDC", "{IPE}"]')

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "parcial"
    assert "O fundo “NÃO EXISTE FIDC” não existe no portal." in saida.texto
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]


def test_a_fund_that_fails_does_not_stop_the_other(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "fundo_falha", "IPER")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "parcial"
    assert [item["pedido"] for item in saida.resultado["resumo"]["falhas"]] == [f"estoque de {IPE} (24/11/2026)"]
    assert bancada.arquivos("fidc") == ["Estoque_SERI_20261124.csv"]


def test_no_data_for_one_fund(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "sem_dados", fundo="SERI")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 0
    assert f"estoque de {SERINGUEIRA} (24/11/2026): sem dados" in saida.texto
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]


def test_a_report_that_never_gets_ready_ends_the_wait(bancada: Bancada) -> None:
    bancada.ajustes["fidc"] = {"prazo_relatorio": 0.3}
    bancada.portal.faults.set("fidc", "nunca_pronto", fundo="SERI")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 75
    assert "continua AGUARDANDO" in saida.texto
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]


@pytest.mark.parametrize("pedidos", [2, 4, 6, 8])
def test_a_session_lost_anywhere_is_opened_again(bancada: Bancada, pedidos: int) -> None:
    bancada.portal.faults.set("fidc", "sessao_expirada", pedidos, vezes=1)
    saida = bancada.rodar("fidc")

    assert saida.codigo == 0
    assert "Entrando de novo" in saida.texto
    assert len(bancada.arquivos("fidc")) == 2


def test_a_million_lines_are_checked_and_filed(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "arquivo_enorme", linhas=200_000, fundo="SERI")
    saida = bancada.rodar("fidc", "--fidc-fundos", f'["{SERINGUEIRA}"]')

    assert saida.codigo == 0
    assert saida.artefatos[0]["tamanho"] > 20_000_000


def test_a_file_beyond_the_limit_is_refused_on_the_way(bancada: Bancada) -> None:
    bancada.ajustes["fidc"] = {"tamanho_maximo_mb": 1}
    bancada.portal.faults.set("fidc", "arquivo_enorme", linhas=100_000, fundo="SERI")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 1
    assert "passa do tamanho máximo permitido (1,0 MB)" in saida.texto
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]
    assert bancada.sobras() == []


def test_choosing_no_fund_is_told_and_not_taken_for_all(bancada: Bancada) -> None:
    saida = bancada.rodar("fidc", "--fidc-fundos", "[]")

    assert saida.resultado["codigo"] == "configuracao"
    assert "Nenhum fundo foi selecionado" in saida.resultado["motivo"]


@pytest.mark.parametrize(
    "secao", [{"fundos": [IPE], "usar_todos": True}, {"fundos_selecionados": [IPE], "usar_todos": False}]
)
def test_the_section_says_which_funds(bancada: Bancada, secao: dict[str, object]) -> None:
    saida = bancada.rodar("fidc", acesso=secao)

    assert saida.codigo == 0
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]


def test_a_corrected_report_takes_the_place_of_ours(bancada: Bancada) -> None:
    fundo = ("--fidc-fundos", f'["{IPE}"]')
    bancada.portal.settings.fidc_linhas = 500
    try:
        primeira = bancada.rodar("fidc", *fundo)
    finally:
        bancada.portal.settings.fidc_linhas = 2000
    segunda = bancada.rodar("fidc", *fundo, manifesto=primeira.manifesto(), baixar_de_novo=True)
    terceira = bancada.rodar("fidc", *fundo, manifesto=[*segunda.manifesto(), *primeira.manifesto()])

    assert [item["situacao"] for item in segunda.artefatos] == ["novo"]
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]
    assert terceira.artefatos == []
