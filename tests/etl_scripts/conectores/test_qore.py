"""QORE by plain HTTP: one file a day, or a ZIP of the period."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ..comando.bancada import Bancada, terminar

DIAS = ("--data-final", "24/11/2026")
ARAU = ("--qore-fundos", '["ARAU"]')


def test_a_pdf_and_a_workbook_a_fund_and_day(bancada: Bancada) -> None:
    saida = bancada.rodar("qore", *DIAS, "--qore-fundos", '["ARAUCÁRIA FIC FIM", "IPER"]', data="23/11/2026")

    assert saida.codigo == 0
    for chave, tipo in (("qore_pdf", "pdf"), ("qore_excel", "xlsx")):
        assert bancada.arquivos(chave) == [
            f"202611{dia}_{sigla}.{tipo}" for dia in ("23", "24") for sigla in ("ARAU", "IPER")
        ]
    assert {item["fundo"] for item in saida.artefatos} == {"ARAUCÁRIA FIC FIM", "IPÊ ROXO FIDC"}


def test_each_table_of_dates_is_opened_once(bancada: Bancada) -> None:
    bancada.portal.requests.clear()
    saida = bancada.rodar("qore", *DIAS, "--qore-fundos", '["ARAU", "IPER"]', data="19/11/2026")

    assert len(saida.artefatos) == 2 * 2 * 3
    paginas = list(bancada.portal.requests)
    for sigla in ("ARAU", "IPER"):
        assert paginas.count(f"GET /qore/fundos/{sigla}") == 1
        assert [paginas.count(f"GET /qore/fundos/{sigla}/carteira/{tipo}") for tipo in ("pdf", "excel")] == [1, 1]


def test_the_batch_gives_the_same_files(bancada: Bancada) -> None:
    saida = bancada.rodar("qore", *DIAS, *ARAU, "--qore-lote-pdf", "--qore-lote-excel", data="19/11/2026")

    assert saida.codigo == 0
    dias = ("20261119", "20261123", "20261124")
    assert bancada.arquivos("qore_pdf") == [f"{dia}_ARAU.pdf" for dia in dias]
    assert bancada.arquivos("qore_excel") == [f"{dia}_ARAU.xlsx" for dia in dias]
    assert sorted({item["data"] for item in saida.artefatos}) == ["2026-11-19", "2026-11-23", "2026-11-24"]


def test_a_second_batch_is_not_asked_for(bancada: Bancada) -> None:
    lote = ("--qore-lote-pdf", "--qore-no-excel")
    primeira = bancada.rodar("qore", *DIAS, *ARAU, *lote, data="23/11/2026")
    segunda = bancada.rodar("qore", *DIAS, *ARAU, *lote, data="23/11/2026", manifesto=primeira.manifesto())

    assert segunda.codigo == 0
    assert segunda.artefatos == []


def test_a_day_missing_from_the_batch_is_named(bancada: Bancada) -> None:
    bancada.portal.faults.set("qore", "sem_dados", data="2026-11-23")
    saida = bancada.rodar("qore", *DIAS, *ARAU, "--qore-lote-pdf", "--qore-no-excel", data="19/11/2026")

    assert saida.codigo == 0
    assert "não veio no lote de carteira_pdf: 23/11/2026" in saida.texto
    assert len(bancada.arquivos("qore_pdf")) == 2


def test_a_repeated_member_is_one_file(bancada: Bancada) -> None:
    bancada.portal.faults.set("qore", "duplicado")
    saida = bancada.rodar("qore", *ARAU, "--qore-lote-pdf", "--qore-no-excel")

    assert saida.codigo == 0
    assert bancada.arquivos("qore_pdf") == ["20261124_ARAU.pdf"]


def test_no_data_and_a_failing_fund(bancada: Bancada) -> None:
    bancada.portal.faults.set("qore", "sem_dados", fundo="ARAU")
    bancada.portal.faults.set("qore", "fundo_falha", "IPER")
    saida = bancada.rodar("qore", "--qore-no-excel")

    assert saida.codigo == 1
    assert "carteira_pdf de ARAUCÁRIA FIC FIM (24/11/2026): sem dados" in saida.texto
    assert "Erro ao processar o fundo" in saida.texto
    assert len(bancada.arquivos("qore_pdf")) == 4


def livro(pasta: Path) -> Path:
    arquivo = pasta / "BD.xlsx"
    trabalho = openpyxl.Workbook()
    folha = trabalho.active
    assert folha is not None
    folha.title = "BD"
    for nome, portal in (("Fundo", "Portal"), ("PAUB", "QORE"), ("ARAU", "MAPS"), ("VITÓRIA-RÉGIA FIC FIM CP", "Qore")):
        folha.append([nome, *[None] * 8, portal])
    trabalho.save(arquivo)
    return arquivo


def test_the_workbook_says_which_funds(bancada: Bancada) -> None:
    documento = bancada.documento("qore")
    documento["paths"]["bd_xlsx"] = str(livro(bancada.base))
    argumentos = ("--sistemas", "qore", "--qore-no-excel", "--data-inicial", "24/11/2026")
    saida = terminar(bancada.iniciar(documento, *argumentos))

    assert saida.codigo == 0
    assert bancada.arquivos("qore_pdf") == ["20261124_PAUB.pdf", "20261124_VITO.pdf"]


@pytest.mark.parametrize(("arquivo", "codigo"), [("nao-existe.xlsx", "caminho"), ("outra.xlsx", "configuracao")])
def test_a_workbook_that_does_not_serve_is_said_at_once(bancada: Bancada, arquivo: str, codigo: str) -> None:
    openpyxl.Workbook().save(bancada.base / "outra.xlsx")
    documento = bancada.documento("qore")
    documento["paths"]["bd_xlsx"] = str(bancada.base / arquivo)
    saida = terminar(bancada.iniciar(documento, "--sistemas", "qore", "--data-inicial", "24/11/2026"))

    assert saida.resultado["codigo"] == codigo
