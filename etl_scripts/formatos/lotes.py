"""Reads huge separated text in chunks of whole lines, so that memory does not grow with the file.

Each chunk goes to polars by itself; a chunk that polars refuses, or a value that is no number, is looked at again with
the csv module only to say on which line and column the trouble is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeVar

from .limites import MAX_COLUNAS, MAX_LINHAS_GRANDE, MIB, Prazo
from .modelo import ErroDeLeitura
from .texto import AMOSTRA, descobrir_separador

if TYPE_CHECKING:
    import polars as pl

BYTES_POR_LOTE: Final = 8 * MIB
MAX_CABECALHO: Final = 20  # lines looked at for the header
_BOM: Final = b"\xef\xbb\xbf"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lote:
    """Whole lines in UTF-8, the number of the first one in the file (from 1), and how many line ends there are."""

    linha: int
    dados: bytes
    quebras: int


@dataclass(frozen=True, slots=True)
class Cabecalho:
    """The header that was found: its line, its names and the separator."""

    linha: int
    nomes: list[str]
    separador: str


def ler_lotes(caminho: Path, arquivo: IO[bytes], maximo: int, tamanho: int = BYTES_POR_LOTE) -> Iterator[Lote]:
    """Yields the file in chunks cut at line ends that are outside quotes; ErroDeLeitura beyond `maximo` bytes."""
    prazo = Prazo(caminho)
    resto, linha, lidos = b"", 1, 0
    while bloco := arquivo.read(tamanho):
        lidos += len(bloco)
        if lidos > maximo:
            raise ErroDeLeitura(caminho, linha, None, f"o conteúdo passa de {maximo // MIB} MiB")
        prazo.conferir(linha)
        dados = resto + bloco if resto else bloco
        corte = _corte(dados)
        if corte == 0 and len(dados) > 4 * tamanho:
            raise ErroDeLeitura(caminho, linha, None, "há uma linha longa demais, ou aspas que nunca se fecham")
        resto = dados[corte:]
        if corte:
            quebras = dados.count(b"\n", 0, corte)
            yield Lote(linha, _utf8(caminho, linha, dados[:corte]), quebras)
            linha += quebras
            if linha > MAX_LINHAS_GRANDE:
                raise ErroDeLeitura(caminho, linha, None, f"o arquivo passa de {MAX_LINHAS_GRANDE} linhas")
    if resto:
        yield Lote(linha, _utf8(caminho, linha, resto + b"\n"), resto.count(b"\n") + 1)


def adiantar(lotes: Iterator[Lote], tarefa: Callable[[Lote], R]) -> Iterator[tuple[Lote, R]]:
    """Each chunk with what `tarefa` makes of it in a thread, while the next one is read; errors in the file's order."""
    with ThreadPoolExecutor(1, "lotes") as executor:
        anterior: tuple[Lote, Future[R]] | None = None
        while True:
            erro: ErroDeLeitura | None = None
            lote = None
            try:
                lote = next(lotes, None)
            except ErroDeLeitura as lido:
                erro = lido
            if anterior is not None:
                yield anterior[0], anterior[1].result()
            if erro is not None:
                raise erro
            if lote is None:
                return
            anterior = lote, executor.submit(tarefa, lote)


def achar_cabecalho(caminho: Path, lote: Lote, marcas: Sequence[set[str]]) -> Cabecalho:
    """The first line whose normalized names hold one of each group of `marcas`; ErroDeLeitura when there is none."""
    from .texto import normalizar

    texto = lote.dados[: 4 * AMOSTRA].decode("utf-8", "replace")
    separador = descobrir_separador(texto)
    for numero, linha in enumerate(texto.split("\n")[:MAX_CABECALHO], lote.linha):
        try:
            nomes = next(csv.reader([linha.rstrip("\r")], delimiter=separador), [])
        except csv.Error as erro:
            raise ErroDeLeitura(caminho, numero, None, f"aspas ou separadores inválidos ({erro})") from erro
        normais = {normalizar(nome) for nome in nomes}
        if len(nomes) <= MAX_COLUNAS and all(normais & grupo for grupo in marcas):
            return Cabecalho(numero, [nome.strip() for nome in nomes], separador)
    raise ErroDeLeitura(caminho, lote.linha, None, "o cabeçalho esperado não foi encontrado no começo do arquivo")


def sem_cabecalho(lote: Lote, cabecalho: Cabecalho) -> Lote:
    """The first chunk less everything up to and with the header's line."""
    posicao = 0
    for _ in range(cabecalho.linha - lote.linha + 1):
        posicao = lote.dados.find(b"\n", posicao) + 1 or len(lote.dados)
    return Lote(cabecalho.linha + 1, lote.dados[posicao:], lote.quebras - lote.dados.count(b"\n", 0, posicao))


def para_tabela(caminho: Path, lote: Lote, cabecalho: Cabecalho, indices: Sequence[int]) -> pl.LazyFrame:
    """The chosen columns as text, named c0, c1... by position in the file; blank lines are left out."""
    import polars as pl

    largura = _largura(lote, cabecalho)
    escolhidas = [f"c{indice}" for indice in sorted(indices)]
    com_aspas = b'"' in lote.dados
    if not com_aspas and lote.dados.count(cabecalho.separador.encode()) != (largura - 1) * lote.quebras:
        # polars reads no farther than the last column it needs: uneven lines are looked for here.
        _procurar_desigual(caminho, lote, cabecalho.separador, largura)
    try:
        tabela = pl.read_csv(
            # polars counts the columns of the first line, so that one may not be blank.
            io.BytesIO(lote.dados.lstrip(b"\r\n")),
            separator=cabecalho.separador,
            has_header=False,
            schema={f"c{i}": pl.String for i in range(largura)},
            columns=None if com_aspas else sorted(indices),
            infer_schema=False,
        ).lazy()
    except pl.exceptions.PolarsError as erro:
        _procurar_desigual(caminho, lote, cabecalho.separador, largura)
        resumo = str(erro).partition("\n")[0][:120]
        mensagem = f"o trecho que começa nesta linha não pôde ser lido ({resumo})"
        raise ErroDeLeitura(caminho, lote.linha, None, mensagem) from erro
    return tabela.select(escolhidas).filter(~pl.all_horizontal(pl.all().is_null()))


def _largura(lote: Lote, cabecalho: Cabecalho) -> int:
    """How many columns the lines have: those of the header, or one more when each line ends with a separator."""
    largura = len(cabecalho.nomes)
    primeira = lote.dados[: lote.dados.find(b"\n")].rstrip(b"\r")
    separador = cabecalho.separador.encode()
    if b'"' not in primeira and primeira.count(separador) == largura and primeira.endswith(separador):
        return largura + 1
    return largura


def _procurar_desigual(caminho: Path, lote: Lote, separador: str, largura: int) -> None:
    """Raises ErroDeLeitura at the first line with more or fewer cells than the header, or with broken quotes."""
    texto = io.StringIO(lote.dados.decode("utf-8", "replace"), newline="")
    leitor = csv.reader(texto, delimiter=separador, strict=True)
    antes = 0
    try:
        for celulas in leitor:
            if celulas and len(celulas) != largura:
                mensagem = (
                    f"a linha tem {len(celulas)} colunas em vez de {largura}: o arquivo está cortado ou corrompido"
                )
                raise ErroDeLeitura(caminho, lote.linha + antes, None, mensagem)
            antes = leitor.line_num
    except csv.Error as erro:
        mensagem = f"aspas ou separadores inválidos ({erro})"
        raise ErroDeLeitura(caminho, lote.linha + antes, None, mensagem) from erro


def achar_registro(lote: Lote, separador: str, registro: int) -> tuple[int, list[str]]:
    """The line in the file, and the cells, of the n-th record that is not blank (from 0) of a chunk."""
    leitor = csv.reader(io.StringIO(lote.dados.decode("utf-8", "replace"), newline=""), delimiter=separador)
    vistos, antes = -1, 0
    for celulas in leitor:
        vistos += bool(celulas)
        if vistos == registro:
            return lote.linha + antes, celulas
        antes = leitor.line_num
    return lote.linha + antes, []


def _corte(dados: bytes) -> int:
    """Where the last line end outside quotes is, plus one; 0 when there is none."""
    corte = dados.rfind(b"\n") + 1
    if b'"' not in dados:  # far sooner than counting them
        return corte
    impares = dados.count(b'"', 0, corte) % 2
    while corte and impares:
        anterior = dados.rfind(b"\n", 0, corte - 1) + 1
        impares ^= dados.count(b'"', anterior, corte) % 2
        corte = anterior
    return corte


def _utf8(caminho: Path, linha: int, dados: bytes) -> bytes:
    """The chunk in UTF-8 with `\\n` line ends: as it is when it already is, else taken for Windows-1252."""
    if linha == 1 and dados.startswith(_BOM):
        dados = dados[len(_BOM) :]
    if b"\x00" in dados:
        onde = linha + dados.count(b"\n", 0, dados.index(b"\x00"))
        raise ErroDeLeitura(caminho, onde, None, "o arquivo contém bytes nulos: não é texto, ou chegou corrompido")
    if dados.isascii() or _e_utf8(dados):
        return dados
    return dados.decode("cp1252", "latin1_resto").encode("utf-8")


def _e_utf8(dados: bytes) -> bool:
    """Whether it is UTF-8, by polars: that looks at it several times sooner than Python makes text of it."""
    import polars as pl

    try:
        pl.Series([dados], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True
