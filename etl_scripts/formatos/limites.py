"""How much of a file we are willing to read, so that a wrong or hostile one costs little."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from ..razoes import razao
from .modelo import ErroDeLeitura

MIB: Final = 1024 * 1024

MAX_BYTES_TEXTO: Final = 64 * MIB  # carteira and movements CSV
MAX_BYTES_GRANDE: Final = 2048 * MIB  # FIDC estoque and CVM, read in chunks
MAX_BYTES_XML: Final = 64 * MIB
MAX_BYTES_PDF: Final = 64 * MIB
MAX_BYTES_XLSX: Final = 64 * MIB
MAX_LINHAS: Final = 1_000_000  # lines of a CSV or rows of a sheet that are read one by one
MAX_LINHAS_GRANDE: Final = 20_000_000
MAX_COLUNAS: Final = 512
MAX_CELULA: Final = 32_768  # characters
MAX_PAGINAS: Final = 300
MAX_POSICOES: Final = 200_000  # in one file, after aggregation
PRAZO_SEGUNDOS: Final = 120.0


class Prazo:
    """A deadline that a long read consults now and then; it raises when time is over."""

    def __init__(self, arquivo: Path, segundos: float = PRAZO_SEGUNDOS) -> None:
        self._arquivo = arquivo
        self._segundos = segundos
        self._fim = time.monotonic() + segundos

    def conferir(self, linha: int | None = None) -> None:
        """Raises ErroDeLeitura when the file took longer than allowed."""
        if time.monotonic() > self._fim:
            mensagem = f"a leitura passou de {self._segundos:.0f} s e foi interrompida"
            raise ErroDeLeitura(self._arquivo, linha, None, mensagem)


def conferir_tamanho(caminho: Path, maximo: int) -> int:
    """Size of the file in bytes; raises ErroDeLeitura when missing, empty or larger than `maximo`."""
    try:
        tamanho = caminho.stat().st_size
    except OSError as erro:
        raise ErroDeLeitura(caminho, None, None, f"o arquivo não pôde ser aberto ({razao(erro)})") from erro
    if not caminho.is_file():
        raise ErroDeLeitura(caminho, None, None, "não é um arquivo")
    if tamanho == 0:
        raise ErroDeLeitura(caminho, None, None, "o arquivo está vazio")
    if tamanho > maximo:
        mensagem = f"o arquivo tem {tamanho // MIB} MiB; o limite deste formato é {maximo // MIB} MiB"
        raise ErroDeLeitura(caminho, None, None, mensagem)
    return tamanho
