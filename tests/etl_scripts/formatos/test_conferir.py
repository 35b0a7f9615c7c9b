"""Each check of `conferir`: the asked fund and date, the sum to a cent a line, quota x quantity."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl_scripts.demo_portal import files_britech, files_csv, files_xlsx
from etl_scripts.demo_portal.data import with_wrong_sum
from etl_scripts.formatos import CarteiraLida, ErroDeLeitura, Leitura, Posicao, conferir, ler

from .fabrica import ARAUCARIA, DIA, TODAS

NOME = "ALFA FUNDO DE INVESTIMENTO MULTIMERCADO"


def leitura(**mudancas: object) -> Leitura:
    campos: dict[str, object] = {
        "patrimonio": Decimal("300.00"),
        "cota": Decimal("1.50000000"),
        "quantidade_cotas": Decimal(200),
        "posicoes": [
            Posicao("rf", "A", None, None, Decimal("100.00")),
            Posicao("rv", "B", None, None, Decimal("200.00")),
        ],
    }
    carteira = CarteiraLida(NOME, DIA, "11222333000181", **(campos | mudancas))  # type: ignore[arg-type]  # a test's own
    return Leitura("csv_carteira", [carteira], 2)


@pytest.mark.parametrize(
    "fundo", [NOME, "Alfa Fundo de Investimento Multimercado", "ALFA FIM", "11.222.333/0001-81", None]
)
def test_the_fund_asked_for(fundo: str | None) -> None:
    assert conferir(leitura(), fundo, DIA) == []


@pytest.mark.parametrize("fundo", ["BETA FIM", "ALFA FIM II", "ALFA", "11.222.333/0002-62", ""])
def test_another_fund(fundo: str) -> None:
    assert conferir(leitura(), fundo) == [f"o fundo pedido é “{fundo}”, mas o arquivo é de “{NOME}”"]


def test_more_funds_than_asked_for(tmp_path: Path) -> None:
    caminho = tmp_path / "c.csv"
    caminho.write_bytes(files_csv.carteira_csv(TODAS))
    problemas = conferir(ler(caminho), ARAUCARIA.fundo.nome)
    assert len(problemas) == 1
    assert "além do fundo pedido" in problemas[0]


@pytest.mark.parametrize("pedida", [DIA, (DIA, DIA), (date(2026, 11, 1), date(2026, 11, 30))])
def test_the_date_asked_for(pedida: date | tuple[date, date]) -> None:
    assert conferir(leitura(), data=pedida) == []


@pytest.mark.parametrize("pedida", [date(2026, 11, 23), (date(2026, 10, 1), date(2026, 10, 31))])
def test_another_date(pedida: date | tuple[date, date]) -> None:
    problemas = conferir(leitura(), data=pedida)
    assert len(problemas) == 1
    assert "mas o arquivo é de 24/11/2026" in problemas[0]


@pytest.mark.parametrize(("patrimonio", "certo"), [("300.02", True), ("299.98", True), ("300.03", False), ("1", False)])
def test_sum_within_a_cent_a_line(patrimonio: str, certo: bool) -> None:
    problemas = conferir(leitura(patrimonio=Decimal(patrimonio), cota=None))
    assert (problemas == []) is certo
    if not certo:
        assert "as posições somam R$ 300,00" in problemas[0]


def test_half_a_carteira_has_no_patrimonio(tmp_path: Path) -> None:
    inteira = files_csv.carteira_csv([ARAUCARIA])
    (tmp_path / "c.csv").write_bytes(inteira[: inteira.index(b"PATRIM")])
    (problema,) = conferir(ler(tmp_path / "c.csv"), ARAUCARIA.fundo.nome, DIA)
    assert "não informa o patrimônio" in problema


def test_totals_stand_for_positions_that_were_not_read() -> None:
    assert conferir(leitura(posicoes=[], totais={"RF": Decimal(100), "RV": Decimal(200)})) == []
    assert len(conferir(leitura(posicoes=[], totais={"RF": Decimal(100)}))) == 1


@pytest.mark.parametrize(
    ("cota", "quantidade", "certo"),
    [
        ("1.50000000", "200.00005", True),
        ("1.50000000", "200.1", False),
        ("1.5000", "199.998", True),  # four decimals cannot tell more
        ("1", "300", True),
        ("1", "310", False),  # few decimals are no excuse for 3 %
    ],
)
def test_quota_times_quantity(cota: str, quantidade: str, certo: bool) -> None:
    problemas = conferir(leitura(cota=Decimal(cota), quantidade_cotas=Decimal(quantidade)))
    assert (problemas == []) is certo
    if not certo:
        assert "cota × quantidade dá R$" in problemas[0]


def test_nothing_read_is_a_problem() -> None:
    assert conferir(Leitura("csv_carteira")) == ["o arquivo não tem nenhum dado"]


def test_problems_are_bounded() -> None:
    muitas = Leitura("x", [CarteiraLida("F", date(2020, 1, 1)) for _ in range(5000)], 5000)
    assert len(conferir(muitas, data=DIA)) < 60


def test_wrong_sum_of_a_portal(tmp_path: Path) -> None:
    caminho = tmp_path / "a.xlsx"
    caminho.write_bytes(files_xlsx.ativo_xlsx(with_wrong_sum(ARAUCARIA, Decimal("1234.56"))))
    (problema,) = conferir(ler(caminho), ARAUCARIA.fundo.nome, DIA)
    assert "diferença de R$ 1.234,56" in problema


def test_block_total_that_does_not_match_its_lines(tmp_path: Path) -> None:
    texto = "Fundo:;F\nData:;24/11/2026\nRENDA FIXA\nAtivo;Valor\nLFT;1,00\nLTN;2,00\nTotal Renda Fixa;4,00\n"
    texto += "Patrimônio Líquido:;3,00\n"
    (tmp_path / "c.csv").write_text(texto, encoding="utf-8")
    assert conferir(ler(tmp_path / "c.csv")) == [
        "linha 7: o total de “RENDA FIXA” é R$ 4,00, mas as linhas somam R$ 3,00"
    ]


@pytest.mark.parametrize(
    "dados",
    [
        files_csv.carteira_csv([ARAUCARIA, ARAUCARIA]),
        files_csv.payables_csv([ARAUCARIA, ARAUCARIA]),
        files_xlsx.ativo_xlsx(ARAUCARIA, 2),
        files_xlsx.passivo_xlsx(ARAUCARIA, 2),
        *(files_britech.result_xlsx(tipo, [ARAUCARIA, ARAUCARIA]) for tipo in files_britech.RESULTS),
    ],
    ids=["carteira", "contas", "ativo", "passivo", *files_britech.RESULTS],
)
def test_a_block_delivered_twice_is_noticed(dados: bytes, tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_bytes(dados)
    problemas = conferir(ler(tmp_path / "arquivo"), ARAUCARIA.fundo.nome, DIA)
    assert "todas as linhas aparecem 2 vezes" in problemas[0]


def test_error_survives_pickling() -> None:
    erro = pickle.loads(pickle.dumps(ErroDeLeitura(Path("/x/y/carteira.csv"), 3, "Valor", "ruim")))
    assert str(erro) == "carteira.csv, linha 3, coluna Valor: ruim"
