"""Splits a PDF that holds several funds into one PDF a fund, by what its pages say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl_scripts.erros import ArquivoInvalido

if TYPE_CHECKING:
    from pypdf import PdfWriter


def separar_por_fundo(caminho: Path, pasta: Path) -> list[Path]:
    """One file for each run of pages of the same fund; a page that names none goes with the one before it."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    pasta.mkdir(parents=True, exist_ok=True)
    grupos: list[tuple[str, PdfWriter]] = []
    try:
        for n, pagina in enumerate(PdfReader(caminho).pages):
            so_ela = PdfWriter()
            so_ela.add_page(pagina)
            fundo = _fundo_da_pagina(so_ela, pasta / f"pagina-{n}.pdf")
            if not grupos or (fundo and fundo != grupos[-1][0]):
                grupos.append((fundo, PdfWriter()))
            grupos[-1][1].add_page(pagina)
        saidas = [pasta / f"{n:03d}-{caminho.name}" for n in range(len(grupos))]
        for (_, escritor), saida in zip(grupos, saidas, strict=True):
            escritor.write(saida)
    except (PyPdfError, ValueError, OSError, RecursionError) as causa:
        raise ArquivoInvalido("O PDF não pôde ser separado por fundo.") from causa
    return saidas


def _fundo_da_pagina(escritor: PdfWriter, rascunho: Path) -> str:
    from etl_scripts.formatos import ErroDeLeitura, ler

    escritor.write(rascunho)
    try:
        fundos = ler(rascunho, "pdf").fundos
    except ErroDeLeitura:
        return ""
    finally:
        rascunho.unlink(missing_ok=True)
    return fundos[0].fundo if len(fundos) == 1 else ""
