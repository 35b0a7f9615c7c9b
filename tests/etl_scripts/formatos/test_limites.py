"""Hostile and hopeless files are refused at once, with a reason."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_scripts.demo_portal import files_xlsx
from etl_scripts.formatos import ErroDeLeitura, cvm, ler, limites, planilha, xml_seguro

from .fabrica import AMOSTRAS, ARAUCARIA, cvm_csv, xml_401, zipar

CSV = "inf_diario_fi_202611.csv"


def recusa(pasta: Path, dados: bytes, motivo: str, formato: str | None = None) -> ErroDeLeitura:
    caminho = pasta / "arquivo"
    caminho.write_bytes(dados)
    inicio = time.monotonic()
    with pytest.raises(ErroDeLeitura, match=motivo) as info:
        ler(caminho, formato)
    assert time.monotonic() - inicio < 10
    return info.value


def refeita(trocas: Callable[[str, bytes], bytes]) -> bytes:
    """A good spreadsheet with its parts changed."""
    saida = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files_xlsx.ativo_xlsx(ARAUCARIA))) as velha, zipfile.ZipFile(saida, "w") as nova:
        for nome in velha.namelist():
            nova.writestr(nome, trocas(nome, velha.read(nome)), zipfile.ZIP_DEFLATED)
    return saida.getvalue()


def test_missing_empty_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ErroDeLeitura, match="não pôde ser aberto"):
        ler(tmp_path / "nada")
    with pytest.raises(ErroDeLeitura, match="não é um arquivo"):
        ler(tmp_path)
    recusa(tmp_path, b"", "está vazio")


@pytest.mark.parametrize(
    ("dados", "motivo"),
    [
        (b"<html><body>Erro</body></html>", "página da internet"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "página da internet"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "formato antigo"),
        (b"<outro/>", "não é um arquivo de posição"),
        (b"PK\x03\x04lixo", "corrompido"),
        (b"so uma frase", "nenhum formato conhecido"),
        (b"\x00\x01\x02\x03;", "nenhum formato conhecido"),
    ],
)
def test_not_a_file_of_ours(dados: bytes, motivo: str, tmp_path: Path) -> None:
    recusa(tmp_path, dados, motivo)


def test_unknown_format_name(tmp_path: Path) -> None:
    recusa(tmp_path, b"x", "não existe", "planilha_magica")


@pytest.mark.parametrize("formato", ["anbima_401", "anbima_50"])
@pytest.mark.parametrize(
    "prologo",
    [
        '<!DOCTYPE a [<!ENTITY x "boa">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;">]>',
    ],
)
def test_xml_with_a_dtd(formato: str, prologo: str, tmp_path: Path) -> None:
    dados = AMOSTRAS[formato]()
    fim = dados.index(b"?>") + 2
    entidade = b"&x;" if "ENTITY x" in prologo else b""
    corpo = dados[fim:].replace(b"ARAUC", entidade + b"ARAUC")
    recusa(tmp_path, dados[:fim] + prologo.encode() + corpo, "DTD|malformado", formato)


def test_xml_too_deep(tmp_path: Path) -> None:
    recusa(
        tmp_path, b"<arquivoposicao_4_01>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</arquivoposicao_4_01>", "malformado"
    )


def test_xml_with_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_seguro, "MAX_ELEMENTOS", 50)
    recusa(tmp_path, xml_401(), "passa de 50 elementos")


def test_xml_cut_short(tmp_path: Path) -> None:
    dados = xml_401()
    assert recusa(tmp_path, dados[: len(dados) // 2], "cortado").linha


def test_spreadsheet_bomb(tmp_path: Path) -> None:
    recusa(tmp_path, refeita(lambda n, d: d + b" " * 50_000_000 if "sheet1" in n else d), "se expande demais")


def test_spreadsheet_with_a_cell_far_away(tmp_path: Path) -> None:
    def longe(nome: str, dados: bytes) -> bytes:
        celula = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return dados.replace(b"</sheetData>", celula) if "sheet1" in nome else dados

    recusa(tmp_path, refeita(longe), "colunas")


@pytest.mark.parametrize(
    "linha",
    [
        b'<row r="9"><c' + b" " * 3000 + b'r="XFD9"><v>1</v></c></row>',
        b'<row r="9"><c x=">" r="XFD9"><v>1</v></c></row>',
        b"<row r='9'><c r='XFD9'><v>1</v></c></row>",
        b'<row r="9">' + b"<c><v>1</v></c>" * 600 + b"</row>",
        b'<row r="9"><c r="B1048576"><v>1</v></c></row>' + b'<row r="8"><c r="AZ9"/></row>',
    ],
)
def test_spreadsheet_that_hides_how_wide_it_is(linha: bytes, tmp_path: Path) -> None:
    dados = refeita(lambda n, d: d.replace(b"</sheetData>", linha + b"</sheetData>") if "sheet1" in n else d)
    recusa(tmp_path, dados, "colunas|inválidas")


def test_spreadsheet_with_entities_or_odd_references(tmp_path: Path) -> None:
    recusa(tmp_path, refeita(lambda n, d: b"<!DOCTYPE x>" + d if "sheet1" in n else d), "fora do padrão")
    recusa(tmp_path, refeita(lambda n, d: d.replace(b'r="A1"', b'r="&#65;1"') if "sheet1" in n else d), "inválidas")


def test_spreadsheet_that_is_damaged(tmp_path: Path) -> None:
    dados = files_xlsx.ativo_xlsx(ARAUCARIA)
    recusa(tmp_path, dados[: len(dados) // 2], "corrompido|cortad")
    recusa(tmp_path, dados.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml", 1), "corrompida")
    recusa(tmp_path, refeita(lambda n, d: d[: len(d) // 2] if "sheet1" in n else d), "corrompida")


def test_spreadsheet_with_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planilha, "MAX_PARTES", 3)
    recusa(tmp_path, files_xlsx.ativo_xlsx(ARAUCARIA), "mais de 3 partes")


def test_zip_bomb_in_place_of_the_informe(tmp_path: Path) -> None:
    recusa(tmp_path, zipar({CSV: cvm_csv(3) + b"0" * 60_000_000}), "se expande demais")


def test_zip_with_other_things(tmp_path: Path) -> None:
    recusa(tmp_path, zipar({"a.txt": b"x"}), "não contém")
    recusa(tmp_path, zipar({"a.csv": b"x", "b.csv": b"y"}), "um CSV e tem 2", "cvm_informe")


def test_zip_cut_short(tmp_path: Path) -> None:
    dados = zipar({CSV: cvm_csv(3000)})
    recusa(tmp_path, dados[:-100], "corrompido")


def test_content_larger_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cvm, "MAX_BYTES_GRANDE", 1000)
    recusa(tmp_path, cvm_csv(100), "limite deste formato|passa de")


def test_time_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limites.Prazo.__init__, "__defaults__", (-1.0,))
    for formato in ("fidc_estoque", "xlsx_carteira", "pdf"):
        recusa(tmp_path, AMOSTRAS[formato](), "foi interrompida", formato)


def test_pdf_without_text_or_fund(tmp_path: Path) -> None:
    recusa(tmp_path, b"%PDF-1.4\n%%EOF", "PDF")


def test_importing_the_package_loads_no_heavy_library() -> None:
    codigo = (
        "import sys, etl_scripts.formatos;"
        "print([m for m in ('polars', 'lxml', 'openpyxl', 'python_calamine', 'pypdf', 'django') if m in sys.modules])"
    )
    saida = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True, timeout=60, check=True)
    assert saida.stdout.strip() == "[]"
