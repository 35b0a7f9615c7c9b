"""JCOT, BRITECH, TRUSTEE and CVM by plain HTTP."""

from __future__ import annotations

from datetime import date

import pytest

from ..comando.bancada import Bancada


def test_jcot_brings_one_workbook_of_the_period(bancada: Bancada) -> None:
    saida = bancada.rodar("jcot", "--data-final", "24/11/2026", data="23/11/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("jcot") == ["PosicaoCotista_20261123_20261124.xlsx"]
    (artefato,) = saida.artefatos
    assert (artefato["data_inicial"], artefato["data"]) == ("2026-11-23", "2026-11-24")


def test_jcot_without_a_final_date_looks_ten_days_back(bancada: Bancada) -> None:
    saida = bancada.rodar("jcot")

    assert saida.codigo == 0
    assert bancada.arquivos("jcot") == ["PosicaoCotista_20261114_20261124.xlsx"]


def test_jcot_accepts_the_dialog_of_a_long_period(bancada: Bancada) -> None:
    saida = bancada.rodar("jcot", "--data-final", "24/11/2026", data="01/10/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("jcot") == ["PosicaoCotista_20261001_20261124.xlsx"]


def test_jcot_says_no_data(bancada: Bancada) -> None:
    bancada.portal.faults.set("jcot", "sem_dados")
    saida = bancada.rodar("jcot")

    assert (saida.codigo, saida.resultado["codigo"]) == (0, "sem_dados")


@pytest.mark.parametrize("base_total", [True, False])
def test_britech_saves_its_five_queries_under_their_short_names(bancada: Bancada, base_total: bool) -> None:
    saida = bancada.rodar("britech", opcoes={"base_total": base_total})

    assert saida.codigo == 0
    assert bancada.arquivos("britech") == ["hc.xlsx", "lh.xlsx", "pc.xlsx", "pf.xlsx", "sc.xlsx"]
    sufixo = "base_total" if base_total else "3_meses"
    assert {item["relatorio"] for item in saida.artefatos} == {f"{n}_{sufixo}" for n in ("sc", "hc", "pc", "lh", "pf")}


def test_trustee_brings_every_file_of_the_list(bancada: Bancada) -> None:
    saida = bancada.rodar("trustee")

    assert saida.codigo == 0
    assert len(bancada.arquivos("trustee")) == 16
    assert {item["formato"] for item in saida.artefatos} >= {"csv_carteira", "pdf_carteira", "anbima_401", "anbima_50"}


def test_trustee_again_and_of_some_funds_only(bancada: Bancada) -> None:
    primeira = bancada.rodar("trustee", acesso={"fundos_selecionados": ["PAU-BRASIL FIA"]})
    assert len(primeira.artefatos) == 4
    segunda = bancada.rodar("trustee", manifesto=primeira.manifesto())

    assert segunda.codigo == 0
    assert len(segunda.artefatos) == 12
    assert "PAU-BRASIL FIA" not in {item["fundo"] for item in segunda.artefatos}


def test_trustee_with_a_choice_of_none_brings_none(bancada: Bancada) -> None:
    saida = bancada.rodar("trustee", acesso={"fundos_selecionados": [], "usar_todos": False})
    assert saida.resultado["codigo"] == "configuracao"
    assert "Nenhum fundo foi selecionado" in saida.texto
    assert saida.artefatos == []


def test_trustee_goes_on_after_a_fund_that_fails(bancada: Bancada) -> None:
    bancada.portal.faults.set("trustee", "fundo_falha", "PAUB")
    saida = bancada.rodar("trustee")

    assert saida.codigo == 1
    assert len(bancada.arquivos("trustee")) == 12


def test_cvm_brings_each_month_and_goes_on_where_it_broke_off(bancada: Bancada) -> None:
    bancada.portal.faults.set("cvm", "meio_arquivo", "corte", vezes=2)
    saida = bancada.rodar("cvm", "--data-final", "05/10/2026", data="20/09/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("cvm") == ["inf_diario_fi_202609.zip", "inf_diario_fi_202610.zip"]
    assert "Nova tentativa" not in saida.texto


def test_cvm_has_no_month_to_come(bancada: Bancada) -> None:
    saida = bancada.rodar("cvm", data="10/12/2026")

    assert (saida.codigo, saida.resultado["codigo"]) == (0, "sem_dados")


def test_cvm_under_maintenance_says_so(bancada: Bancada) -> None:
    bancada.portal.faults.set("cvm", "manutencao")
    saida = bancada.rodar("cvm")

    assert (saida.codigo, saida.resultado["codigo"]) == (75, "manutencao")


def test_cvm_old_layout_and_a_closed_month_is_not_fetched_again(bancada: Bancada) -> None:
    primeira = bancada.rodar("cvm", data="15/03/2021")
    bancada.portal.requests.clear()
    segunda = bancada.rodar("cvm", data="15/03/2021", manifesto=primeira.manifesto())

    assert (primeira.codigo, segunda.codigo) == (0, 0)
    assert list(bancada.portal.requests) == []
    assert primeira.artefatos[0]["data"] == date(2021, 3, 31).isoformat()


UM_SO = {"maps": ("--maps-fundos", '["ARAUCÁRIA FIC FIM"]'), "qore": ("--qore-fundos", '["ARAU"]')}
COM_LOGIN = ("amplis_reag", "amplis_master", "maps", "fidc", "jcot", "britech", "qore", "trustee")


@pytest.mark.parametrize("sistema", COM_LOGIN)
@pytest.mark.parametrize(
    ("falha", "parametros", "dito"),
    [
        ("sessao_expirada", {"pedidos": 4, "vezes": 1}, "Entrando de novo"),
        ("meio_arquivo", {"modo": "corte", "vezes": 1}, "Nova tentativa"),
        ("erro_500", {"vezes": 1}, "Nova tentativa"),
    ],
)
def test_every_sistema_gets_over_what_passes(
    bancada: Bancada, sistema: str, falha: str, parametros: dict[str, object], dito: str
) -> None:
    bancada.portal.faults.set(sistema, falha, None, **parametros)
    saida = bancada.rodar(sistema, *UM_SO.get(sistema, ()))

    assert saida.codigo == 0, saida.texto
    assert dito in saida.texto
    assert {item["situacao"] for item in saida.artefatos} == {"novo"}
    assert bancada.sobras() == []


@pytest.mark.parametrize("sistema", ["maps", "qore", "jcot", "trustee"])
def test_a_file_of_another_date_is_never_filed(bancada: Bancada, sistema: str) -> None:
    bancada.portal.faults.set(sistema, "data_errada", 20)
    saida = bancada.rodar(sistema, *UM_SO.get(sistema, ()))

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "arquivo_invalido"
    assert {item["situacao"] for item in saida.artefatos} == {"quarentena"}
