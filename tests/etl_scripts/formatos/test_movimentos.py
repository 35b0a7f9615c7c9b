"""Reports without positions: which funds and dates they are of, and that every line can be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl_scripts.demo_portal import files_britech, files_csv, files_pdf, files_xlsx
from etl_scripts.demo_portal.data import carteira_of
from etl_scripts.demo_portal.funds import FUNDS
from etl_scripts.formatos import ErroDeLeitura, conferir, ler

from .fabrica import ARAUCARIA, DIA, TODAS

MES = tuple(carteira_of(FUNDS[0], date(2026, 11, dia)) for dia in (3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19))
PERIODO = (date(2026, 11, 1), date(2026, 11, 30))


def gravar(pasta: Path, dados: bytes) -> Path:
    (pasta / "relatorio").write_bytes(dados)
    return pasta / "relatorio"


def test_aplicacao_e_resgate(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_csv.movements_csv(MES)))
    assert leitura.formato == "amplis_ar"
    assert leitura.linhas == sum(len(files_csv.movement_lines(carteira)) for carteira in MES)
    assert {carteira.fundo for carteira in leitura.fundos} == {FUNDS[0].nome}
    assert all(not carteira.posicoes for carteira in leitura.fundos)
    assert conferir(leitura, FUNDS[0].nome, PERIODO) == []


def test_contas_a_pagar(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_csv.payables_csv(TODAS)))
    assert (leitura.formato, leitura.linhas) == ("amplis_cp", sum(len(c.of_class("cpr")) for c in TODAS))
    assert [carteira.cnpj for carteira in leitura.fundos] == [fundo.cnpj for fundo in FUNDS]


@pytest.mark.parametrize(
    ("de", "para", "coluna", "motivo"),
    [
        (b"24/11/2026;CPR02", b"24/13/2026;CPR02", "Data", "não existe no calendário"),
        (b"CPR02", b"CPR02;x", "Valor", "não é um número"),
    ],
)
def test_bad_line(de: bytes, para: bytes, coluna: str, motivo: str, tmp_path: Path) -> None:
    dados = files_csv.payables_csv([ARAUCARIA]).replace(de, para)
    with pytest.raises(ErroDeLeitura, match=motivo) as info:
        ler(gravar(tmp_path, dados))
    assert (info.value.linha, info.value.coluna) == (3, coluna)


def test_cut_line(tmp_path: Path) -> None:
    dados = files_csv.payables_csv([ARAUCARIA])
    with pytest.raises(ErroDeLeitura, match="cortado"):
        ler(gravar(tmp_path, dados[: dados.rindex(b"JUROS")]))
    with pytest.raises(ErroDeLeitura, match="no meio de um valor"):
        ler(gravar(tmp_path, dados[:-3]))


def test_jcot_adds_up_the_quotas_of_each_fund(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_xlsx.cotistas_xlsx([(carteira, 1) for carteira in TODAS])))
    assert leitura.formato == "xlsx_cotistas"
    assert conferir(leitura, data=DIA) == []
    for lida, original in zip(leitura.fundos, TODAS, strict=True):
        assert (lida.fundo, lida.cota) == (original.fundo.nome, original.cota)
        assert abs((lida.quantidade_cotas or 0) - original.quantidade_cotas) < Decimal("1e-6")


def test_maps_passivo(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_xlsx.passivo_xlsx(ARAUCARIA)))
    assert leitura.formato == "xlsx_cotistas"
    assert leitura.linhas == len(ARAUCARIA.cotistas)
    assert conferir(leitura, ARAUCARIA.fundo.nome, DIA) == []


def test_line_whose_quotas_do_not_give_its_value(tmp_path: Path) -> None:
    linhas: list[tuple[str | int | float | date, ...]] = [
        ("Fundo", "Data", "Cotista", "Quantidade de Cotas", "Valor da Cota", "Valor Bruto"),
        ("F", DIA, "A", 100, 1.5, 150),
        ("F", DIA, "B", 100, 1.5, 151),
    ]
    leitura = ler(gravar(tmp_path, files_xlsx.workbook([("Posição", linhas)])))
    assert conferir(leitura) == ["linha 3: 100 cotas × 1,5 não dá o valor informado, R$ 151,00"]


def test_quota_history(tmp_path: Path) -> None:
    linhas: list[tuple[str | float | date, ...]] = [("Carteira", "Data Histórico", "Cota", "PL", "Quantidade")]
    linhas += [("F", date(2026, 11, dia), 1.5, 300, 200) for dia in (23, 24)]
    leitura = ler(gravar(tmp_path, files_xlsx.workbook([("hc", linhas)])))
    assert [(c.data.day, c.cota, c.patrimonio, c.quantidade_cotas) for c in leitura.fundos] == [
        (23, Decimal("1.5"), Decimal(300), Decimal(200)),
        (24, Decimal("1.5"), Decimal(300), Decimal(200)),
    ]
    assert conferir(leitura, "F", (date(2026, 11, 23), DIA)) == []


@pytest.mark.parametrize(
    ("tipo", "formato"),
    [
        ("sc", "xlsx_cotistas"),
        ("pc", "xlsx_cotistas"),
        ("hc", "xlsx_tabela"),
        ("lh", "xlsx_tabela"),
        ("pf", "xlsx_carteira"),
    ],
)
def test_britech_results(tipo: str, formato: str, tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_britech.result_xlsx(tipo, TODAS)))
    assert leitura.formato == formato
    assert {carteira.fundo for carteira in leitura.fundos} == {fundo.nome for fundo in FUNDS}
    assert conferir(leitura, data=DIA) == []
    for lida, original in zip(leitura.fundos, TODAS, strict=True):
        if tipo == "pf":
            assert lida.soma == original.patrimonio
        elif tipo != "lh":
            assert abs((lida.quantidade_cotas or 0) - original.quantidade_cotas) < Decimal("1e-6")
        if tipo == "hc":
            assert (lida.cota, lida.patrimonio) == (original.cota, original.patrimonio)


def test_pdf_of_the_carteira(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_pdf.carteira_pdf(TODAS)))
    assert leitura.formato == "pdf_carteira"
    assert conferir(leitura, data=DIA) == []
    for lida, original in zip(leitura.fundos, TODAS, strict=True):
        assert (lida.fundo, lida.cnpj) == (original.fundo.nome, original.fundo.cnpj)
        assert (lida.patrimonio, lida.cota) == (original.patrimonio, original.cota)
        assert sum(lida.totais.values()) == original.patrimonio


def test_pdf_of_aplicacao_e_resgate(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, files_pdf.movements_pdf(MES[0].data, MES[-1].data, MES)))
    assert leitura.formato == "pdf_aplicacao_resgate"
    assert [(c.fundo, c.data) for c in leitura.fundos] == [(FUNDS[0].nome, MES[-1].data)]
    assert conferir(leitura, FUNDS[0].nome, PERIODO) == []
