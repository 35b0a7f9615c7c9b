"""The same carteira, from whatever format it comes in, is the same: fund, date, figures, positions, classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl_scripts.demo_portal import files_csv, files_xlsx, files_xml
from etl_scripts.demo_portal.data import Carteira
from etl_scripts.formatos import CarteiraLida, ErroDeLeitura, conferir, descobrir_formato, ler

from .fabrica import ARAUCARIA, DIA, TODAS, xml_50, xml_401

ESCRITORES: dict[str, Callable[[Carteira], bytes]] = {
    "csv_carteira": lambda carteira: files_csv.carteira_csv([carteira]),
    "xlsx_carteira": files_xlsx.ativo_xlsx,
    "anbima_401": xml_401,
    "anbima_50": xml_50,
    "anbima_401 do portal": files_xml.position_401,
    "anbima_50 do portal": files_xml.position_50,
}


def gravar(pasta: Path, dados: bytes, nome: str = "arquivo") -> Path:
    caminho = pasta / nome
    caminho.write_bytes(dados)
    return caminho


def assert_mesma(lida: CarteiraLida, original: Carteira) -> None:
    assert (lida.fundo, lida.data, lida.cnpj) == (original.fundo.nome, original.data, original.fundo.cnpj)
    assert lida.patrimonio == original.patrimonio
    assert lida.cota == original.cota
    # A spreadsheet keeps 15 to 17 digits.
    assert abs((lida.quantidade_cotas or 0) - original.quantidade_cotas) < Decimal("1e-7")
    assert lida.soma == original.patrimonio
    assert Counter(p.valor for p in lida.posicoes) == Counter(p.valor for p in original.posicoes)
    for classe in ("caixa", "credito", "cpr", "rv", "rf"):
        assert sum(p.valor for p in lida.posicoes if p.classe == classe) == original.total(classe), classe


@pytest.mark.parametrize("formato", ESCRITORES)
@pytest.mark.parametrize("carteira", TODAS, ids=lambda carteira: carteira.fundo.sigla)
def test_same_carteira_in_every_format(formato: str, carteira: Carteira, tmp_path: Path) -> None:
    if "anbima" in formato and carteira.fundo.is_fidc and formato != "anbima_50":
        carteira = ARAUCARIA  # 4.01 has no element for direitos creditórios, and the portal gives no such file
    caminho = gravar(tmp_path, ESCRITORES[formato](carteira))
    leitura = ler(caminho)
    assert leitura.formato == formato.split()[0]
    assert leitura.linhas == len(carteira.posicoes) + (formato == "csv_carteira")
    assert len(leitura.fundos) == 1
    assert_mesma(leitura.fundos[0], carteira)
    assert conferir(leitura, carteira.fundo.nome, DIA) == []
    assert conferir(leitura, carteira.fundo.cnpj_formatado, DIA) == []


@pytest.mark.parametrize("codificacao", ["latin-1", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separador", [";", "\t", "|"])
def test_csv_encoding_and_separator_are_found_out(codificacao: str, separador: str, tmp_path: Path) -> None:
    texto = files_csv.carteira_csv(TODAS).decode("latin-1").replace(";", separador)
    leitura = ler(gravar(tmp_path, texto.encode(codificacao)))
    assert [carteira.fundo for carteira in leitura.fundos] == [carteira.fundo.nome for carteira in TODAS]
    for lida, original in zip(leitura.fundos, TODAS, strict=True):
        assert_mesma(lida, original)


def test_plain_table_in_any_column_order(tmp_path: Path) -> None:
    texto = (
        "Valor (R$);Extra;Nome do Ativo;Classe;CARTEIRA;Data da Posição;PATRIMÔNIO LÍQUIDO\n"
        "1.000,50;x;LFT 2029;Títulos Públicos;FUNDO A;24/11/2026;900,50\n"
        "(100,00);y;Taxa de administração;Contas a Pagar;FUNDO A;24/11/2026;900,50\n"
        "7,00;z;Saldo;Caixa;FUNDO B;24/11/2026;7,00\n"
        "TOTAL;;;;;;\n"
    )
    leitura = ler(gravar(tmp_path, texto.encode("utf-8")))
    assert [(c.fundo, c.patrimonio, [(p.classe, p.valor) for p in c.posicoes]) for c in leitura.fundos] == [
        ("FUNDO A", Decimal("900.50"), [("rf", Decimal("1000.50")), ("cpr", Decimal("-100.00"))]),
        ("FUNDO B", Decimal("7.00"), [("caixa", Decimal("7.00"))]),
    ]
    assert conferir(leitura) == []


def test_error_says_file_line_and_column(tmp_path: Path) -> None:
    linhas = files_csv.carteira_csv([ARAUCARIA]).decode("latin-1").split("\r\n")
    linhas[6] = linhas[6].replace(",", "x")
    caminho = gravar(tmp_path, "\r\n".join(linhas).encode("latin-1"), "carteira.csv")
    with pytest.raises(ErroDeLeitura) as info:
        ler(caminho)
    erro = info.value
    assert (erro.arquivo, erro.linha, erro.coluna) == ("carteira.csv", 7, "Valor")
    assert "não é um número no formato brasileiro" in erro.mensagem
    assert str(erro).startswith("carteira.csv, linha 7, coluna Valor: ")


def test_error_in_a_spreadsheet_names_the_cell(tmp_path: Path) -> None:
    linhas: list[tuple[str | int | date, ...]] = [
        ("Fundo", "FUNDO A"),
        ("Data", DIA),
        ("Renda Fixa",),
        ("Ativo", "Quantidade", "Valor"),
        ("LFT", 1, "abc"),
    ]
    caminho = gravar(tmp_path, files_xlsx.workbook([("Carteira", linhas)]), "ativo.xlsx")
    with pytest.raises(ErroDeLeitura, match="não é um número") as info:
        ler(caminho)
    assert (info.value.linha, info.value.coluna) == (5, "C5")


@pytest.mark.parametrize("escritor", [xml_401, xml_50])
def test_error_in_xml_names_line_and_element(escritor: Callable[[], bytes], tmp_path: Path) -> None:
    dados = escritor()
    ruim = dados.replace(str(ARAUCARIA.patrimonio).encode(), b"oitenta")
    with pytest.raises(ErroDeLeitura, match="não é um número com ponto decimal") as info:
        ler(gravar(tmp_path, ruim))
    assert info.value.linha
    assert info.value.coluna in ("header/patliq", "SctiesBalAcctgRpt/AcctBaseCcyTtlAmts/TtlHldgsValOfStmt/Amt")


def test_401_takes_tributos_off_unless_only_gross_closes(tmp_path: Path) -> None:
    liquida = ler(gravar(tmp_path, xml_401(tributos=Decimal("10.00"))))
    assert conferir(liquida) == []
    assert liquida.avisos == []
    bruta = ler(gravar(tmp_path, xml_401(tributos=Decimal("10.00"), liquido=False)))
    assert conferir(bruta) == []
    assert "sem descontar os tributos" in bruta.avisos[0]


def test_401_signs_and_every_kind_of_asset(tmp_path: Path) -> None:
    ativos = """<acoes><codativo>AAAA3</codativo><qtdisponivel>10</qtdisponivel><puposicao>2</puposicao>
<valorfindisp>20</valorfindisp><classeoperacao>V</classeoperacao></acoes>
<acoes><codativo>BBBB3</codativo><qtdisponivel>5</qtdisponivel><valorfindisp>9</valorfindisp><classeoperacao>T</classeoperacao></acoes>
<futuros><ativo>DI1</ativo><quantidade>3</quantidade><vlajuste>-7.50</vlajuste><classeoperacao>V</classeoperacao></futuros>
<swap><cetipbmf>SW1</cetipbmf><vlmercadoativo>100</vlmercadoativo><vlmercadopassivo>90</vlmercadopassivo></swap>
<cotas><isin>BR1</isin><qtdisponivel>2</qtdisponivel><qtgarantia>1</qtgarantia><puposicao>1.5</puposicao></cotas>
<opcoesderiv><ativo>OP</ativo><quantidade>4</quantidade><valorfinanceiro>6</valorfinanceiro><classeoperacao>V</classeoperacao></opcoesderiv>"""
    cabeca = "<header><nome>F</nome><dtposicao>20261124</dtposicao><vlcotasresgatar>1</vlcotasresgatar></header>"
    xml = f"<arquivoposicao_4_01><fundo>{cabeca}{ativos}</fundo></arquivoposicao_4_01>"
    leitura = ler(gravar(tmp_path, xml.encode()))
    valores = {posicao.ativo: (posicao.quantidade, posicao.valor) for posicao in leitura.fundos[0].posicoes}
    assert valores == {
        "AAAA3": (-10, -20),
        "DI1": (-3, Decimal("-7.50")),
        "SW1": (None, 10),
        "BR1": (3, Decimal("4.50")),
        "OP": (-4, -6),
        "COTAS A RESGATAR": (None, -1),
    }
    assert "tomadas em empréstimo" in leitura.avisos[0]


def test_50_in_the_anbima_envelope_is_recognised(tmp_path: Path) -> None:
    assert descobrir_formato(gravar(tmp_path, xml_50(raiz="PosicaoAtivosCarteira"))) == "anbima_50"


def test_unknown_class_is_an_error_not_a_guess(tmp_path: Path) -> None:
    texto = "Fundo:;F\nData:;24/11/2026\nBloco Estranho\nAtivo;Valor\nQwerty;1,00\n"
    with pytest.raises(ErroDeLeitura, match="não sei a que classe pertence “Qwerty”"):
        ler(gravar(tmp_path, texto.encode()))
