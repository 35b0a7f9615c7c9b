"""Reads huge separated text in chunks of whole lines, so that memory does not grow with the file.

Each chunk goes to polars by itself; a chunk that polars refuses, or a value that is no number, is looked at again with
the csv module only to say on which line and column the trouble is.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeVar

from .limites import MAX_COLUNAS, MAX_LINHAS_GRANDE, MIB, Prazo
from .modelo import ErroDeLeitura
from .texto import AMOSTRA, descobrir_separador

if TYPE_CHECKING:
    import polars as pl

BYTES_POR_LOTE: Final = 8 * MIB
ADIANTADOS: Final = 2  # chunks worked on while another is read
MAX_CABECALHO: Final = 20  # lines looked at for the header
_BOM: Final = b"\xef\xbb\xbf"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lote:
    """Whole lines as they are in the file, the number of the first one (from 1), and how many line ends there are."""

    linha: int
    dados: bytes
    quebras: int

    def texto(self) -> str:
        """The lines as text: UTF-8, else Windows-1252."""
        try:
            return self.dados.decode("utf-8")
        except UnicodeDecodeError:
            return self.dados.decode("cp1252", "latin1_resto")


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
        # Up to the end of the line: then all of it is whole as a rule, and nothing has to be cut and copied.
        dados = b"".join((resto, bloco, arquivo.readline(tamanho)))
        corte = _corte(dados)
        if corte == 0 and len(dados) > 4 * tamanho:
            raise ErroDeLeitura(caminho, linha, None, "há uma linha longa demais, ou aspas que nunca se fecham")
        resto = dados[corte:]
        if corte:
            quebras = dados.count(b"\n", 0, corte)
            yield Lote(linha, _sem_nulos(caminho, linha, dados[:corte]), quebras)
            linha += quebras
            if linha > MAX_LINHAS_GRANDE:
                raise ErroDeLeitura(caminho, linha, None, f"o arquivo passa de {MAX_LINHAS_GRANDE} linhas")
    if resto:
        yield Lote(linha, _sem_nulos(caminho, linha, resto + b"\n"), resto.count(b"\n") + 1)


def adiantar(lotes: Iterator[Lote], tarefa: Callable[[Lote], R]) -> Iterator[tuple[Lote, R]]:
    """Each chunk with what `tarefa` makes of it in a thread, while the next ones are read; errors in the file's order."""
    with ThreadPoolExecutor(ADIANTADOS, "lotes") as executor:
        feitos: deque[tuple[Lote, Future[R]]] = deque()
        erro: ErroDeLeitura | None = None
        while True:
            try:
                lote = next(lotes, None) if erro is None else None
            except ErroDeLeitura as lido:
                lote, erro = None, lido
            if lote is not None:
                feitos.append((lote, executor.submit(tarefa, lote)))
            if len(feitos) > ADIANTADOS or (feitos and lote is None):
                anterior, futuro = feitos.popleft()
                yield anterior, futuro.result()
            elif lote is None:
                break
        if erro is not None:
            raise erro


def achar_cabecalho(caminho: Path, lote: Lote, marcas: Sequence[set[str]]) -> Cabecalho:
    """The first line whose normalized names hold one of each group of `marcas`; ErroDeLeitura when there is none."""
    from .texto import normalizar

    # Whole lines: a sample that ended within a character would not be UTF-8, and the header's accents be misread.
    corte = lote.dados.rfind(b"\n", 0, 4 * AMOSTRA) + 1 or len(lote.dados)
    texto = Lote(lote.linha, lote.dados[:corte], 0).texto()
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
    ler = partial(
        pl.read_csv,
        separator=cabecalho.separador,
        has_header=False,
        schema={f"c{i}": pl.String for i in range(largura)},
        columns=None if com_aspas else sorted(indices),
        infer_schema=False,
    )
    # polars counts the columns of the first line, so that one may not be blank.
    dados = lote.dados.lstrip(b"\r\n")
    try:
        try:
            tabela = ler(io.BytesIO(dados)).lazy()
        except pl.exceptions.ComputeError as erro:
            if "utf-8" not in str(erro):
                raise
            tabela = ler(io.BytesIO(lote.texto().lstrip("\r\n").encode())).lazy()
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
    texto = io.StringIO(lote.texto(), newline="")
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
    leitor = csv.reader(io.StringIO(lote.texto(), newline=""), delimiter=separador)
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


def _sem_nulos(caminho: Path, linha: int, dados: bytes) -> bytes:
    """The chunk, less the mark at the file's beginning; ErroDeLeitura when it is no text."""
    if linha == 1 and dados.startswith(_BOM):
        dados = dados[len(_BOM) :]
    if b"\x00" in dados:
        onde = linha + dados.count(b"\n", 0, dados.index(b"\x00"))
        raise ErroDeLeitura(caminho, onde, None, "o arquivo contém bytes nulos: não é texto, ou chegou corrompido")
    return dados
