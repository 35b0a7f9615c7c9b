"""A file that is not what was asked for goes to quarantine with its reason, and is never filed as good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..comando.bancada import Bancada, Saida

FORA = "fora_da_pasta"


def conferir_quarentena(bancada: Bancada, saida: Saida, dito: str) -> None:
    artefato, *_ = [item for item in saida.artefatos if item["situacao"] == "quarentena"]
    assert dito in artefato["motivo"]
    guardado = Path(artefato["caminho"])
    assert guardado.is_relative_to(bancada.base / "dados" / "quarentena")
    assert guardado.stat().st_size == artefato["tamanho"]
    assert dito in Path(f"{guardado}.motivo.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("falha", "parametros", "dito"),
    [
        ("data_errada", {}, "a data pedida é 24/11/2026, mas o arquivo é de 23/11/2026"),
        ("fundo_errado", {}, "o fundo pedido é “SERINGUEIRA FIDC NP”"),
        ("vazio", {}, "O arquivo veio vazio."),
        ("meio_arquivo", {"modo": "curto"}, "O arquivo não pôde ser lido"),
    ],
)
def test_the_stock_of_one_fund_is_refused_and_the_other_comes(
    bancada: Bancada, falha: str, parametros: dict[str, Any], dito: str
) -> None:
    bancada.portal.faults.set("fidc", falha, None, fundo="SERI", **parametros)
    saida = bancada.rodar("fidc")

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "parcial"
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]
    conferir_quarentena(bancada, saida, dito)


def test_positions_that_do_not_add_up(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_master", "soma_errada", fundo="SERI")
    saida = bancada.rodar("amplis_master", "--no-pdf")

    assert bancada.arquivos("csv") == ["cp2.csv"]
    conferir_quarentena(bancada, saida, "mas o patrimônio informado é")


def test_a_page_in_place_of_the_file_is_kept_for_who_has_to_look(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "html_no_lugar", fundo="SERI")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 1
    assert "o portal mostrou uma página no lugar do arquivo: “Não foi possível gerar o arquivo”" in saida.texto
    (pagina,) = (bancada.base / "dados" / "artefatos" / "exec-7").glob("*.html")
    assert "Não foi possível gerar o arquivo" in pagina.read_text(encoding="utf-8")


@pytest.mark.parametrize("sistema", ["fidc", "amplis_master"])
def test_half_a_file_is_fetched_again(bancada: Bancada, sistema: str) -> None:
    bancada.portal.faults.set(sistema, "meio_arquivo", "corte", vezes=1)
    saida = bancada.rodar(sistema)

    assert saida.codigo == 0
    assert "Nova tentativa" in saida.texto
    assert {item["situacao"] for item in saida.artefatos} == {"novo"}


def test_half_a_file_for_ever_is_an_error_that_may_pass(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "meio_arquivo", "corte", fundo="SERI")
    saida = bancada.rodar("fidc")

    assert saida.codigo == 75
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]
    assert bancada.sobras() == []


@pytest.mark.parametrize(
    "nome",
    [f"../../../{FORA}.csv", f"..\\..\\{FORA}.csv", f"/tmp/{FORA}.csv", f"C:\\{FORA}.csv", f"{FORA}.csv\x00.exe"],
)
def test_a_hostile_name_stays_in_its_folder(bancada: Bancada, nome: str) -> None:
    bancada.portal.faults.set("fidc", "nome_malicioso", nome)
    saida = bancada.rodar("fidc", "--fidc-fundos", '["SERINGUEIRA FIDC NP"]')

    assert saida.codigo == 0
    (arquivo,) = bancada.arquivos("fidc")
    assert FORA in arquivo
    assert "/" not in arquivo
    assert not list(bancada.base.parent.glob(f"*{FORA}*"))


@pytest.mark.parametrize(
    ("falha", "dito"),
    [("zip_bomba", "se expande demais"), ("zip_travessia", "sairia da pasta"), ("vazio", "vazio")],
)
def test_a_hostile_zip_gives_nothing_out(bancada: Bancada, falha: str, dito: str) -> None:
    bancada.portal.faults.set("qore", falha)
    saida = bancada.rodar("qore", "--qore-lote-pdf", "--qore-no-excel", "--qore-fundos", '["ARAU"]')

    assert saida.codigo == 1
    assert bancada.arquivos("qore_pdf") == []
    conferir_quarentena(bancada, saida, dito)
    assert not list(bancada.base.rglob(f"{FORA}*"))


def test_a_bomb_inside_a_workbook(bancada: Bancada) -> None:
    bancada.portal.faults.set("qore", "zip_bomba")
    saida = bancada.rodar("qore", "--qore-no-pdf", "--qore-fundos", '["ARAU"]')

    assert saida.codigo == 1
    assert bancada.arquivos("qore_excel") == []
    conferir_quarentena(bancada, saida, "se expande demais")


@pytest.mark.parametrize(
    ("sistema", "argumentos"),
    [("amplis_reag", ()), ("maps", ("--maps-fundos", '["PAU-BRASIL FIA"]', "--maps-no-passivo")), ("trustee", ())],
)
def test_a_page_in_place_of_one_file_does_not_lose_the_way_to_the_next(
    bancada: Bancada, sistema: str, argumentos: tuple[str, ...]
) -> None:
    bancada.portal.faults.set(sistema, "html_no_lugar", vezes=1)
    saida = bancada.rodar(sistema, *argumentos)

    assert saida.codigo == 0, saida.texto
    assert "mostrou uma página no lugar do arquivo" in saida.texto


def test_a_fund_that_was_not_asked_for_in_a_file_of_many(bancada: Bancada) -> None:
    bancada.portal.faults.set("amplis_reag", "fundo_errado", fundo="PAUB")
    saida = bancada.rodar("amplis_reag", "--no-pdf")

    assert saida.codigo == 1
    conferir_quarentena(bancada, saida, "um fundo que não foi pedido: SERINGUEIRA FIDC NP")


def test_a_program_s_extension_is_not_taken_over(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "nome_malicioso", "relatorio.exe")
    bancada.rodar("fidc", "--fidc-fundos", '["SERINGUEIRA FIDC NP"]')

    assert bancada.arquivos("fidc") == ["relatorio.exe.csv"]
