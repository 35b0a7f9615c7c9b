"""Text files: finds out encoding and separator, reads bounded CSV lines, and finds columns by their header names."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from .limites import MAX_BYTES_TEXTO, MAX_CELULA, MAX_COLUNAS, MAX_LINHAS, Prazo, conferir_tamanho
from .modelo import ErroDeLeitura

AMOSTRA: Final = 64 * 1024
SEPARADORES: Final = (";", "\t", "|", ",")
T = TypeVar("T")
_PALAVRAS = re.compile(r"[^a-z0-9]+")


def normalizar(nome: str) -> str:
    """A name for comparing: no accents, lower case, one space between words (`Vl. Líq. (R$)` -> `vl liq r`).

    A percent sign is kept as a word: `% PL` must not become `pl`.
    """
    sem_acentos = unicodedata.normalize("NFKD", nome.replace("%", " perc ")).encode("ascii", "ignore").decode("ascii")
    return _PALAVRAS.sub(" ", sem_acentos.lower()).strip()


def descobrir_codificacao(caminho: Path, amostra: int | None = None) -> str:
    """`utf-8-sig`, `utf-8`, `utf-16` or `cp1252`, by the bytes: the first `amostra` of them, or the whole file."""
    with caminho.open("rb") as arquivo:
        dados = arquivo.read(amostra) if amostra else arquivo.read(MAX_BYTES_TEXTO)
    if dados.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if dados.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    decodificador = codecs.getincrementaldecoder("utf-8")()
    try:
        decodificador.decode(dados, final=amostra is None)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def ler_texto(caminho: Path, maximo: int = MAX_BYTES_TEXTO) -> str:
    """The whole text, encoding found out; ErroDeLeitura when it is too large or holds binary data."""
    conferir_tamanho(caminho, maximo)
    codificacao = descobrir_codificacao(caminho)
    dados = caminho.read_bytes()[:maximo]
    try:
        # Bytes that Windows-1252 leaves undefined are kept as Latin-1 does, like every Windows program.
        texto = dados.decode(codificacao, "strict" if codificacao != "cp1252" else "latin1_resto")
    except UnicodeDecodeError as erro:
        raise ErroDeLeitura(caminho, None, None, f"o texto está corrompido perto do byte {erro.start}") from erro
    if "\x00" in texto:
        linha = texto.count("\n", 0, texto.index("\x00")) + 1
        raise ErroDeLeitura(caminho, linha, None, "o arquivo contém bytes nulos: não é texto, ou chegou corrompido")
    return texto


def _latin1_resto(erro: UnicodeError) -> tuple[str, int]:
    if not isinstance(erro, UnicodeDecodeError):
        raise erro
    return erro.object[erro.start : erro.end].decode("latin-1"), erro.end


codecs.register_error("latin1_resto", _latin1_resto)


def descobrir_separador(texto: str) -> str:
    """The separator that most lines of the beginning hold, at the same count; `;` when none stands out."""
    linhas = [linha for linha in texto[:AMOSTRA].splitlines()[:50] if linha.strip()]
    melhor, pontos_melhor = ";", 0
    for separador in SEPARADORES:
        contagens = [linha.count(separador) for linha in linhas if separador in linha]
        # A decimal comma is in most lines too, so the comma is only taken when nothing else is there.
        pontos = len(contagens) if separador != "," or pontos_melhor == 0 else 0
        if pontos > pontos_melhor:
            melhor, pontos_melhor = separador, pontos
    return melhor


def linhas_csv(caminho: Path, texto: str, separador: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yields (line number from 1, stripped cells) of each line that is not blank; ErroDeLeitura beyond the limits."""
    prazo = Prazo(caminho)
    separador = separador or descobrir_separador(texto)
    # csv.field_size_limit is global to the process, so each cell is measured here as well.
    leitor = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    anterior = 0
    while True:
        try:
            celulas = next(leitor)
        except StopIteration:
            return
        except csv.Error as erro:
            raise ErroDeLeitura(caminho, anterior + 1, None, f"aspas ou separadores inválidos ({erro})") from erro
        linha, anterior = anterior + 1, leitor.line_num
        if linha > MAX_LINHAS:
            raise ErroDeLeitura(caminho, linha, None, f"o arquivo passa de {MAX_LINHAS} linhas")
        if len(celulas) > MAX_COLUNAS:
            raise ErroDeLeitura(caminho, linha, None, f"a linha tem mais de {MAX_COLUNAS} colunas")
        if linha % 5000 == 0:
            prazo.conferir(linha)
        if any(len(celula) > MAX_CELULA for celula in celulas):
            raise ErroDeLeitura(caminho, linha, None, "há uma célula longa demais")
        if any(celula.strip() for celula in celulas):
            yield linha, [celula.strip() for celula in celulas]


class Colunas:
    """Finds columns by their normalized header names, whatever their order; each field has a list of accepted names."""

    def __init__(self, cabecalho: Sequence[str], campos: dict[str, tuple[str, ...]]) -> None:
        nomes = [normalizar(nome) for nome in cabecalho]
        self.titulos = [nome.strip() for nome in cabecalho]
        self.indice: dict[str, int] = {}
        for campo, aceitos in campos.items():
            # The first accepted name wins, so the lists go from the exact to the vague.
            for aceito in aceitos:
                if aceito in nomes:
                    self.indice[campo] = nomes.index(aceito)
                    break

    def tem(self, *campos: str) -> bool:
        return all(campo in self.indice for campo in campos)

    def faltam(self, *campos: str) -> list[str]:
        return [campo for campo in campos if campo not in self.indice]

    def titulo(self, campo: str) -> str:
        """The header as the file writes it, for messages; the field's own name when the file lacks it."""
        return self.titulos[self.indice[campo]] if campo in self.indice else campo

    def valor(self, celulas: Sequence[T], campo: str) -> T | None:
        """The cell of a field, or None when the file or this line lacks it."""
        posicao = self.indice.get(campo)
        return celulas[posicao] if posicao is not None and posicao < len(celulas) else None
