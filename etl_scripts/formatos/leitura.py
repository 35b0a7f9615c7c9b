"""`ler`: finds out what a file is, by its content and never by its name, and hands it to the parser of that format."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from ..razoes import razao
from .limites import MAX_BYTES_GRANDE, conferir_tamanho
from .modelo import ErroDeLeitura, Leitura
from .texto import AMOSTRA, descobrir_codificacao, descobrir_separador, normalizar

# Format -> module of this package whose `ler(caminho)` reads it.
_MODULOS: Final[dict[str, str]] = {
    "csv_carteira": "csv_carteira",
    "amplis_ar": "csv_amplis",
    "amplis_cp": "csv_amplis",
    "fidc_estoque": "csv_fidc",
    "cvm_informe": "cvm",
    "anbima_401": "xml_anbima4",
    "anbima_50": "xml_anbima5",
    "xlsx_carteira": "xlsx_carteira",
    "xlsx_tabela": "xlsx_tabela",
    "pdf": "pdf_texto",
}
FORMATOS: Final = tuple(_MODULOS)

_OLE2: Final = b"\xd0\xcf\x11\xe0"


def ler(caminho: Path, formato: str | None = None, *, cnpjs: Collection[str] | None = None) -> Leitura:
    """Reads a whole file into the one model.

    `formato` is one of FORMATOS, or None to find it out by the content. `cnpjs` (14 digits) narrows a CVM informe, that
    holds every fund of the country, to these. Raises ErroDeLeitura with file, line and column, in Portuguese.
    """
    caminho = Path(caminho)
    conferir_tamanho(caminho, MAX_BYTES_GRANDE)
    if formato is not None and formato not in _MODULOS:
        raise ErroDeLeitura(caminho, None, None, f"o formato “{formato}” não existe")
    try:
        nome = formato or descobrir_formato(caminho)
        modulo = import_module(f".{_MODULOS[nome]}", __package__)
        if nome == "cvm_informe":
            return cast("Leitura", modulo.ler(caminho, cnpjs=cnpjs))
        return cast("Callable[[Path], Leitura]", modulo.ler)(caminho)
    except OSError as erro:
        raise ErroDeLeitura(caminho, None, None, f"o arquivo não pôde ser lido ({razao(erro)})") from erro
    except MemoryError as erro:
        raise ErroDeLeitura(caminho, None, None, "o arquivo não coube na memória") from erro


def descobrir_formato(caminho: Path) -> str:
    """The format's name, by the file's first bytes; ErroDeLeitura when it is none that we know."""
    with caminho.open("rb") as arquivo:
        inicio = arquivo.read(AMOSTRA)
    if inicio.startswith(b"PK"):
        return _formato_do_zip(caminho)
    if b"%PDF-" in inicio[:1024]:
        return "pdf"
    if inicio.startswith(_OLE2):
        raise ErroDeLeitura(caminho, None, None, "é uma planilha no formato antigo (.xls); só .xlsx é lido")
    texto = inicio.decode(descobrir_codificacao(caminho, AMOSTRA), "replace").lstrip("\ufeff \t\r\n")
    if texto.startswith("<"):
        return _formato_da_marcacao(caminho, texto)
    return _formato_do_texto(caminho, texto)


def _formato_do_zip(caminho: Path) -> str:
    try:
        with zipfile.ZipFile(caminho) as pacote:
            nomes = pacote.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as erro:
        raise ErroDeLeitura(caminho, None, None, "o arquivo compactado está corrompido ou chegou cortado") from erro
    if "[Content_Types].xml" in nomes:
        modulo = import_module(".planilha", __package__)
        return cast("Callable[[Path], str]", modulo.descobrir_formato)(caminho)
    if len(nomes) == 1 and nomes[0].lower().endswith(".csv"):
        return "cvm_informe"
    raise ErroDeLeitura(caminho, None, None, "é um ZIP que não contém uma planilha nem um informe da CVM")


def _formato_da_marcacao(caminho: Path, texto: str) -> str:
    comeco = texto[:4096].lower()
    if "<html" in comeco or "<!doctype html" in comeco:
        raise ErroDeLeitura(caminho, 1, None, "o portal devolveu uma página da internet em vez do arquivo")
    if "arquivoposicao_4_01" in comeco:
        return "anbima_401"
    if "semt.003" in comeco or "sctiesbalacctgrpt" in comeco or "schemaposicaoativos" in comeco:
        return "anbima_50"
    raise ErroDeLeitura(caminho, 1, None, "é um XML que não é um arquivo de posição da ANBIMA (4.01 ou 5.0)")


def _formato_do_texto(caminho: Path, texto: str) -> str:
    """Looks for the header that tells: the first line whose column names belong to one format only."""
    from . import csv_amplis, csv_fidc, cvm

    separador = descobrir_separador(texto)
    for linha in texto.splitlines()[:30]:
        nomes = {normalizar(celula.strip('"')) for celula in linha.split(separador)}
        if nomes >= cvm.MARCAS:
            return "cvm_informe"
        if all(nomes & grupo for grupo in csv_fidc.MARCAS):
            return "fidc_estoque"
        if formato := csv_amplis.reconhecer(nomes):
            return formato
    if separador not in texto or "\x00" in texto:
        raise ErroDeLeitura(caminho, 1, None, "o conteúdo não é de nenhum formato conhecido")
    return "csv_carteira"
