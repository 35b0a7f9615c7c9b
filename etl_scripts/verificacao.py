"""Whether a downloaded file is what was asked for: its type by content, whole, of the right fund and date."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from etl_scripts import zips
from etl_scripts.erros import ArquivoInvalido
from etl_scripts.pedido import Peca, Pedido

AMOSTRA: Final = 8192  # bytes looked at
NOMES_TIPO: Final = {"csv": "um CSV", "pdf": "um PDF", "xlsx": "uma planilha XLSX", "zip": "um ZIP", "xml": "um XML"}
EXTENSOES: Final = {
    "csv": (".csv", ".txt"),
    "pdf": (".pdf",),
    "xlsx": (".xlsx", ".xlsm"),
    "zip": (".zip",),
    "xml": (".xml",),
}


def descobrir_tipo(caminho: Path) -> str:
    """`pdf xlsx zip xls html xml csv` by the first bytes; "" for an empty file, "binario" for anything else."""
    with caminho.open("rb") as arquivo:
        inicio = arquivo.read(AMOSTRA)
    if not inicio:
        return ""
    if b"%PDF-" in inicio[:1024]:
        return "pdf"
    if inicio.startswith(b"PK\x03\x04"):
        return "xlsx" if b"[Content_Types].xml" in inicio or b"xl/" in inicio else "zip"
    if inicio.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    texto = inicio.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if texto.startswith(b"<"):
        return "html" if b"<html" in texto or texto.startswith(b"<!doctype html") else "xml"
    return "binario" if b"\x00" in inicio and not inicio.startswith((b"\xff\xfe", b"\xfe\xff")) else "csv"


def com_extensao(nome: str, tipo: str) -> str:
    """The name with an extension of its type: a portal (or whoever is behind it) must not make a CSV a program."""
    extensoes = EXTENSOES[tipo]
    return nome if nome.lower().endswith(extensoes) else f"{nome}{extensoes[0]}"


def conferir_tipo(caminho: Path, tipo: str) -> None:
    """Raises ArquivoInvalido unless the content is of that type."""
    achado = descobrir_tipo(caminho)
    if achado == "":
        raise ArquivoInvalido("O arquivo veio vazio.", repetir=True)
    if achado == "html":
        raise ArquivoInvalido("O portal mandou uma página HTML no lugar do arquivo.", repetir=True)
    if achado == tipo or (tipo == "zip" and achado == "xlsx"):
        if achado in {"xlsx", "zip"}:
            zips.membros_seguros(caminho)
        return
    veio = NOMES_TIPO.get(achado, "um arquivo de outro tipo")
    raise ArquivoInvalido(f"O arquivo devia ser {NOMES_TIPO[tipo]}, mas é {veio}.", repetir=True)


def verificar(peca: Peca) -> None:
    """Checks the piece against its request and keeps what was read in it. Raises ArquivoInvalido with every problem."""
    pedido = peca.pedido
    conferir_tipo(peca.caminho, pedido.tipo)
    if pedido.formato is None:
        return
    from etl_scripts.formatos import ErroDeLeitura, conferir, ler

    try:
        peca.leitura = ler(peca.caminho, pedido.formato or None, cnpjs=pedido.cnpjs or None)
    except ErroDeLeitura as causa:
        raise ArquivoInvalido(f"O arquivo não pôde ser lido: {causa}", repetir=True) from causa
    problemas = conferir(
        peca.leitura,
        fundo=pedido.fundo or None if pedido.conferir_fundo else None,
        data=_datas(pedido) if pedido.conferir_data else None,
    )
    if problemas:
        raise ArquivoInvalido("; ".join(problemas[:5]) + ("; e outros problemas" if len(problemas) > 5 else ""))


def _datas(pedido: Pedido) -> date | tuple[date, date]:
    return pedido.fim if pedido.inicio == pedido.fim else (pedido.inicio, pedido.fim)
