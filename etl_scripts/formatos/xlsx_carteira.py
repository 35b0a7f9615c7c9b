"""A carteira in a spreadsheet: MAPS ativo (“composição”) and QORE's Carteira Excel.

Known of MAPS: about the first 22 rows hold cotas e patrimônio of the fund; below come blocks of assets, each with a
title row in the first column and then its table. The labels and column names are inferred, and QORE's layout is taken
to be alike. Each sheet is read by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .blocos import LeitorDeBlocos
from .modelo import ErroDeLeitura, Leitura
from .planilha import abrir, nome_da_celula

FORMATO: Final = "xlsx_carteira"


def ler(caminho: Path) -> Leitura:
    """The carteiras in all sheets; ErroDeLeitura with row and cell when one cannot be read."""
    leitura = Leitura(FORMATO)
    with abrir(caminho) as planilha:
        for aba in planilha.abas:
            leitor = LeitorDeBlocos(caminho, lambda linha, indice, _titulo: nome_da_celula(linha, indice))
            leitura.fundos += leitor.ler(planilha.linhas(aba), vazio_permitido=True)
            leitura.linhas += leitor.linhas
            leitura.incoerencias += leitor.incoerencias
    if not leitura.fundos:
        raise ErroDeLeitura(caminho, None, None, "nenhuma carteira foi encontrada na planilha")
    return leitura
