"""FIDC estoque and CVM informe: exact sums over many chunks, errors on their very line, memory that does not grow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl_scripts.demo_portal.data import carteira_of
from etl_scripts.demo_portal.funds import FIDC_FUNDS
from etl_scripts.formatos import ErroDeLeitura, conferir, csv_fidc, cvm, ler, lotes

from .fabrica import DIA, cvm_csv, estoque, zipar


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 4 KiB, so that a small file has many."""
    original = lotes.ler_lotes
    monkeypatch.setattr(lotes, "ler_lotes", lambda caminho, arquivo, maximo: original(caminho, arquivo, maximo, 4096))


def gravar(pasta: Path, dados: bytes) -> Path:
    (pasta / "arquivo").write_bytes(dados)
    return pasta / "arquivo"


@pytest.mark.parametrize("fundo", FIDC_FUNDS, ids=lambda fundo: fundo.sigla)
def test_estoque_adds_up_exactly_in_both_encodings(fundo: object, tmp_path: Path) -> None:
    carteira = carteira_of(FIDC_FUNDS[0] if fundo is FIDC_FUNDS[0] else FIDC_FUNDS[1], DIA)
    leitura = ler(gravar(tmp_path, estoque(2000, carteira)))
    assert (leitura.formato, leitura.linhas) == ("fidc_estoque", 2000)
    (lida,) = leitura.fundos
    assert (lida.fundo, lida.cnpj, lida.data) == (carteira.fundo.nome, carteira.fundo.cnpj, DIA)
    assert lida.soma == carteira.total("credito")
    assert {posicao.classe for posicao in lida.posicoes} == {"credito"}
    assert len(lida.posicoes) == 13  # twelve cedentes and the provision
    assert sum(posicao.quantidade or 0 for posicao in lida.posicoes) == 2000
    assert conferir(leitura, carteira.fundo.nome, DIA) == []


def linhas(quantas: int = 400) -> list[bytes]:
    return estoque(quantas).split(b"\r\n")


@pytest.mark.parametrize(
    ("coluna", "valor", "titulo", "motivo"),
    [
        (15, b"12.34", "VALOR_PRESENTE", "não é um número no formato brasileiro"),
        (15, b"1E5", "VALOR_PRESENTE", "não é um número"),
        (15, b"", "VALOR_PRESENTE", "está vazia"),
        (17, b"abc", "VALOR_PDD", "não é um número"),
        (2, b"24/13/2026", "DATA_FUNDO", "não existe no calendário"),
        (2, b"", "DATA_FUNDO", "está vazia"),
        (0, b"", "NOME_FUNDO", "está vazia"),
    ],
)
def test_bad_cell_is_found_on_its_line(coluna: int, valor: bytes, titulo: str, motivo: str, tmp_path: Path) -> None:
    todas = linhas()
    celulas = todas[333].split(b";")
    celulas[coluna] = valor
    todas[333] = b";".join(celulas)
    with pytest.raises(ErroDeLeitura, match=motivo) as info:
        ler(gravar(tmp_path, b"\r\n".join(todas)))
    assert (info.value.linha, info.value.coluna) == (334, titulo)


def test_the_first_of_two_errors_is_told_though_chunks_are_read_ahead(tmp_path: Path) -> None:
    todas = linhas()
    for linha in range(100, 400, 20):
        todas[linha] = todas[linha].replace(b";1,85;", b";", 1)
    todas[399] += b"\x00"
    with pytest.raises(ErroDeLeitura, match="colunas em vez de 30") as info:
        ler(gravar(tmp_path, b"\r\n".join(todas)))
    assert info.value.linha == 101


@pytest.mark.parametrize("celula", [b";1,85;9;", b";"])
def test_line_with_more_or_fewer_columns(celula: bytes, tmp_path: Path) -> None:
    todas = linhas()
    todas[333] = todas[333].replace(b";1,85;", celula, 1)
    with pytest.raises(ErroDeLeitura, match="colunas em vez de 30") as info:
        ler(gravar(tmp_path, b"\r\n".join(todas)))
    assert info.value.linha == 334


def test_half_a_file(tmp_path: Path) -> None:
    inteiro = estoque(400)
    with pytest.raises(ErroDeLeitura, match="cortado"):
        ler(gravar(tmp_path, inteiro[: len(inteiro) * 2 // 3]))


def test_quoted_cells_with_line_ends_and_separators(tmp_path: Path) -> None:
    corpo = "".join(f'"F";24/11/2026;"CEDENTE ""{i % 2}""; SA\nLTDA";{i},50\n' for i in range(500))
    leitura = ler(gravar(tmp_path, f"FUNDO;DATA;CEDENTE;VALOR\n{corpo}".encode()))
    assert [(p.ativo, p.quantidade) for p in leitura.fundos[0].posicoes] == [
        ('CEDENTE "0"; SA\nLTDA', Decimal(250)),
        ('CEDENTE "1"; SA\nLTDA', Decimal(250)),
    ]
    assert leitura.fundos[0].soma == sum(Decimal(i) + Decimal("0.5") for i in range(500))
    ruim = corpo.replace(";321,50", ";321.50")
    with pytest.raises(ErroDeLeitura) as info:
        ler(gravar(tmp_path, f"FUNDO;DATA;CEDENTE;VALOR\n{ruim}".encode()))
    assert info.value.linha == 2 + 321 * 2


def test_blank_lines_and_a_total_are_no_receivables(tmp_path: Path) -> None:
    texto = "FUNDO;DATA;CEDENTE;VALOR\n\nF;24/11/2026;A;1,00\n\nF;24/11/2026;A;2,00\nTOTAL;;;3,00\n"
    leitura = ler(gravar(tmp_path, texto.encode()))
    assert (leitura.linhas, leitura.fundos[0].soma) == (2, Decimal(3))


@pytest.mark.parametrize("antes", ["", "A"])  # one of them has its sample end within an "Ç"
def test_accents_in_the_header_are_read_wherever_the_sample_ends(
    antes: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lotes, "AMOSTRA", 64)
    texto = f"FUNDO;DATA REFERÊNCIA;CEDENTE;VALOR\nF;24/11/2026;{antes}{'Ç' * 300};1,00\n"
    assert ler(gravar(tmp_path, texto.encode())).fundos[0].data == DIA


def test_too_many_cedentes_are_added_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_fidc, "MAX_CEDENTES", 10)
    corpo = "".join(f"F;24/11/2026;CEDENTE {i};1,00\n" for i in range(300))
    leitura = ler(gravar(tmp_path, f"FUNDO;DATA;CEDENTE;VALOR\n{corpo}".encode()))
    assert len(leitura.fundos[0].posicoes) == 11
    assert leitura.fundos[0].soma == 300
    assert "mais de 10 cedentes" in leitura.avisos[0]


@pytest.mark.parametrize("novo", [True, False], ids=["desde 2024", "ate 2024"])
@pytest.mark.parametrize("zipado", [True, False])
def test_informe_in_both_layouts(novo: bool, zipado: bool, tmp_path: Path) -> None:
    dados = cvm_csv(500, novo=novo)
    leitura = ler(gravar(tmp_path, zipar({"inf_diario_fi_202611.csv": dados}) if zipado else dados))
    assert (leitura.formato, leitura.linhas, len(leitura.fundos)) == ("cvm_informe", 500, 500)
    primeira = leitura.fundos[0]
    assert (primeira.cnpj, primeira.data) == ("00000000000153", date(2026, 11, 1))
    assert (primeira.cota, primeira.patrimonio) == (Decimal("30.229563000000"), Decimal("1110000.25"))
    assert conferir(leitura, data=(date(2026, 11, 1), date(2026, 11, 30))) == []


def test_informe_of_the_funds_asked_for(tmp_path: Path) -> None:
    leitura = ler(gravar(tmp_path, cvm_csv(500)), cnpjs=["00.000.007/0001-53"])
    assert {carteira.cnpj for carteira in leitura.fundos} == {"00000007000153"}
    assert (leitura.linhas, len(leitura.fundos)) == (500, 20)


def test_informe_larger_than_memory_should_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cvm, "MAX_FUNDOS", 100)
    caminho = gravar(tmp_path, cvm_csv(500))
    leitura = ler(caminho)
    assert (leitura.linhas, leitura.fundos) == (500, [])
    assert "escolha os fundos pelo CNPJ" in leitura.avisos[0]
    assert sum(1 for _ in cvm.iterar(caminho)) == 500


def test_informe_that_repeats_a_fund(tmp_path: Path) -> None:
    cabeca, primeira, *resto = cvm_csv(5).split(b"\r\n")
    mesma = ler(gravar(tmp_path, b"\r\n".join([cabeca, primeira, primeira, *resto])))
    assert (mesma.linhas, len(mesma.fundos), conferir(mesma)) == (6, 5, [])
    assert "aparece mais de uma vez" in mesma.avisos[0]
    outra = primeira.replace(b";30.2295", b";31.2295")
    assert (
        "com valores diferentes" in conferir(ler(gravar(tmp_path, b"\r\n".join([cabeca, primeira, outra, *resto]))))[0]
    )


def test_informe_with_a_bad_number(tmp_path: Path) -> None:
    with pytest.raises(ErroDeLeitura, match="não é um valor válido") as info:
        ler(gravar(tmp_path, cvm_csv(500).replace(b";330.2295", b";330,2295")))
    assert (info.value.linha, info.value.coluna) == (302, "VL_QUOTA")
