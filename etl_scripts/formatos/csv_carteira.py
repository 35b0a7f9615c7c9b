"""Carteira diária as a pt-BR CSV (AMPLIS): encoding, separator and column order are found out.

That AMPLIS exports a carteira CSV is known; its columns are not, so headers are matched by the names in blocos.CAMPOS.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .blocos import LeitorDeBlocos
from .modelo import Leitura
from .texto import ler_texto, linhas_csv

FORMATO: Final = "csv_carteira"


def ler(caminho: Path) -> Leitura:
    """The carteiras in the file; ErroDeLeitura with line and column when a cell cannot be read."""
    leitor = LeitorDeBlocos(caminho, lambda _linha, indice, titulo: titulo or str(indice + 1))
    fundos = leitor.ler(linhas_csv(caminho, ler_texto(caminho)))
    return Leitura(FORMATO, fundos, leitor.linhas, incoerencias=leitor.incoerencias)
