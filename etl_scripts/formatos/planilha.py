"""Opens XLSX files without trusting them, and gives their rows one by one.

calamine lays a sheet out as a full rectangle, so one cell far away would cost gigabytes: before it sees the file, every
part is expanded in a stream, counted, checked against its CRC, and the cell references are measured.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from .limites import MAX_BYTES_XLSX, MAX_COLUNAS, MAX_LINHAS, MIB, Prazo, conferir_tamanho
from .modelo import ErroDeLeitura

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_EXPANDIDO: Final = 512 * MIB
MAX_RAZAO: Final = 150  # expanded over packed, for parts that matter
MAX_PARTES: Final = 2000
MAX_ABAS: Final = 20
MAX_CABECALHO: Final = 60  # rows looked at for a header
MAX_CELULAS: Final = 20_000_000  # of the rectangle that holds a sheet
_BLOCO: Final = MIB
_MARCA = re.compile(rb"<(?:[A-Za-z0-9]{1,20}:)?(c|row)(?=[\s/>])([^<>]*)>")
_REFERENCIA = re.compile(rb"""(?<![\w:.-])r\s*=\s*"([^"]*)\"""")
_QUALQUER = re.compile(rb"<(?:[A-Za-z0-9]{1,20}:)?(?:c|row)[\s/>]")
_CELULA_USUAL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[\s/>]')
_LINHA_USUAL = re.compile(rb'<row r="([0-9]{1,7})"[\s/>]')
_CELULA = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_CORROMPIDO: Final = "a planilha está corrompida ou chegou cortada"

Linha = tuple[int, Sequence[object]]


class Planilha:
    """One workbook, safe to read. `abas` in order; `linhas(aba)` streams (row number from 1, cells from column A)."""

    def __init__(self, caminho: Path, livro: CalamineWorkbook) -> None:
        self.caminho = caminho
        self._livro = livro
        self.abas: list[str] = list(livro.sheet_names)

    def linhas(self, aba: str) -> Iterator[Linha]:
        """The rows that are not blank; empty cells are None; ErroDeLeitura beyond the limits."""
        prazo = Prazo(self.caminho)
        with _protegido(self.caminho):
            folha = self._livro.get_sheet_by_name(aba)
            # Rows come from the first of the sheet, but cells only from the first column in use.
            recuo = (None,) * (folha.start[1] if folha.start else 0)
            iterador = iter(folha.iter_rows())
        numero = 0
        while True:
            with _protegido(self.caminho):
                celulas = next(iterador, None)
            if celulas is None:
                return
            numero += 1
            if numero > MAX_LINHAS:
                raise ErroDeLeitura(self.caminho, numero, None, f"a aba “{aba}” passa de {MAX_LINHAS} linhas")
            if numero % 5000 == 0:
                prazo.conferir(numero)
            valores = [None if celula == "" else celula for celula in celulas]
            if any(valor is not None for valor in valores):
                yield numero, [*recuo, *valores]


@contextmanager
def abrir(caminho: Path) -> Iterator[Planilha]:
    """Opens a workbook after checking it; ErroDeLeitura when it is broken, locked, or expands too much."""
    _conferir_pacote(caminho)
    from python_calamine import CalamineWorkbook

    with _protegido(caminho):
        livro = CalamineWorkbook.from_path(str(caminho))
    try:
        yield Planilha(caminho, livro)
    finally:
        livro.close()


def descobrir_formato(caminho: Path) -> str:
    """`xlsx_carteira` or `xlsx_tabela`, by the first header found; ErroDeLeitura when there is none."""
    from . import blocos, xlsx_tabela
    from .texto import Colunas, normalizar

    with abrir(caminho) as planilha:
        for aba in planilha.abas[:MAX_ABAS]:
            for numero, celulas in planilha.linhas(aba):
                nomes = [str(celula) if isinstance(celula, str) else "" for celula in celulas]
                tabela = Colunas(nomes, xlsx_tabela.CAMPOS)
                if tabela.tem("cotista") and (tabela.tem("quantidade") or tabela.tem("valor")):
                    return "xlsx_tabela"
                bloco = Colunas(nomes, blocos.CAMPOS)
                if tabela.tem("fundo", "data") and normalizar(bloco.titulo("ativo")) in blocos.LANCAMENTOS:
                    return "xlsx_tabela"
                if bloco.tem("ativo", "valor") and (bloco.tem("quantidade") or bloco.tem("preco")):
                    return "xlsx_carteira"
                if len(set(tabela.indice.values())) >= 3 and tabela.tem("data") and not bloco.tem("ativo", "valor"):
                    return "xlsx_tabela"
                if numero > MAX_CABECALHO:
                    break
    raise ErroDeLeitura(caminho, None, None, "a planilha não tem um cabeçalho de nenhum formato conhecido")


def nome_da_celula(linha: int, indice: int) -> str:
    """`C12` for row 12, index 2."""
    letras = ""
    indice += 1
    while indice:
        indice, resto = divmod(indice - 1, 26)
        letras = chr(65 + resto) + letras
    return f"{letras}{linha}"


@contextmanager
def _protegido(caminho: Path) -> Iterator[None]:
    """Turns what calamine raises, panics included, into ErroDeLeitura."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as erro:
        raise ErroDeLeitura(caminho, None, None, "a planilha é protegida por senha") from erro
    except (CalamineError, OSError, ValueError, OverflowError) as erro:
        raise ErroDeLeitura(caminho, None, None, _CORROMPIDO) from erro
    except BaseException as erro:
        # A panic in Rust comes as a BaseException of a class that cannot be imported.
        if type(erro).__name__ != "PanicException":
            raise
        raise ErroDeLeitura(caminho, None, None, _CORROMPIDO) from erro


def _conferir_pacote(caminho: Path) -> None:
    conferir_tamanho(caminho, MAX_BYTES_XLSX)
    prazo = Prazo(caminho)
    try:
        with zipfile.ZipFile(caminho) as pacote:
            partes = pacote.infolist()
            _conferir_diretorio(caminho, partes)
            total = 0
            for parte in partes:
                total += _conferir_parte(caminho, pacote, parte, MAX_EXPANDIDO - total, prazo)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
        OSError,
    ) as erro:
        raise ErroDeLeitura(caminho, None, None, _CORROMPIDO) from erro


def _conferir_diretorio(caminho: Path, partes: list[zipfile.ZipInfo]) -> None:
    if len(partes) > MAX_PARTES:
        raise ErroDeLeitura(caminho, None, None, f"a planilha tem mais de {MAX_PARTES} partes")
    nomes = [parte.filename for parte in partes]
    if len(set(nomes)) != len(nomes):
        raise ErroDeLeitura(caminho, None, None, "a planilha tem partes repetidas e foi recusada")
    if any(parte.flag_bits & 1 for parte in partes):
        raise ErroDeLeitura(caminho, None, None, "a planilha é protegida por senha")
    expandido = sum(parte.file_size for parte in partes)
    for parte in partes:
        if parte.file_size > MAX_RAZAO * max(parte.compress_size, 1) + MIB:
            raise ErroDeLeitura(caminho, None, None, "a planilha se expande demais e foi recusada")
    if expandido > MAX_EXPANDIDO:
        raise ErroDeLeitura(caminho, None, None, f"a planilha passa de {MAX_EXPANDIDO // MIB} MiB ao ser aberta")


def _conferir_parte(caminho: Path, pacote: zipfile.ZipFile, parte: zipfile.ZipInfo, restante: int, prazo: Prazo) -> int:
    """Expands one part in a stream (its CRC is checked at the end) and measures it when it is a sheet."""
    e_folha = parte.filename.startswith("xl/worksheets/") and parte.filename.endswith(".xml")
    regua = _Regua(caminho)
    lidos = 0
    with pacote.open(parte) as fluxo:
        while bloco := fluxo.read(_BLOCO):
            lidos += len(bloco)
            prazo.conferir()
            if lidos > restante:
                raise ErroDeLeitura(caminho, None, None, "a planilha se expande demais e foi recusada")
            if e_folha:
                regua.medir(bloco)
    return lidos


class _Regua:
    """Measures the rectangle of a sheet from its XML, block by block. XML written to hide from it is refused."""

    def __init__(self, caminho: Path) -> None:
        self._caminho = caminho
        self._cauda = b""
        self._linhas = self._colunas = self._na_linha = 0

    def medir(self, bloco: bytes) -> None:
        dados = self._cauda + bloco
        if b"\x00" in bloco or b"<!" in dados:
            self._recusar("a planilha traz XML fora do padrão e foi recusada")
        fim = dados.rfind(b"<")
        fim = len(dados) if fim < 0 else fim
        if not self._usuais(dados[:fim]):
            for achado in _MARCA.finditer(dados, 0, fim):
                self._marca(achado.group(1) == b"row", achado.group(2))
        self._cauda = dados[fim:]
        if len(self._cauda) > _BLOCO:
            self._recusar("a planilha traz XML fora do padrão e foi recusada")

    def _usuais(self, dados: bytes) -> bool:
        """Measures at once a block whose every cell and row begins with its reference, as Excel writes them."""
        celulas, linhas = _CELULA_USUAL.findall(dados), _LINHA_USUAL.findall(dados)
        if len(celulas) + len(linhas) != len(_QUALQUER.findall(dados)):
            return False
        alturas = {int(linha) for linha in {linha for _, linha in celulas} | set(linhas)}
        larguras = [self._posicao(letras + b"1")[1] for letras in {letras for letras, _ in celulas}]
        self._alargar(max(alturas, default=0), max(larguras, default=0))
        return True

    def _marca(self, e_linha: bool, atributos: bytes) -> None:
        # A ">" inside a value would end the tag too soon: only plainly quoted attributes are taken.
        if b"'" in atributos or atributos.count(b'"') % 2 or b"&" in atributos:
            self._recusar("a planilha traz referências de célula inválidas")
        if e_linha:
            self._linhas, self._na_linha = self._linhas + 1, 0
        else:
            self._na_linha += 1
        linha, coluna = 0, self._na_linha
        if achado := _REFERENCIA.search(atributos):
            linha, coluna = self._posicao(achado.group(1))
            self._na_linha = max(self._na_linha, coluna)
        self._alargar(linha, coluna)

    def _alargar(self, linha: int, coluna: int) -> None:
        self._linhas, self._colunas = max(self._linhas, linha), max(self._colunas, coluna)
        if self._colunas > MAX_COLUNAS or self._linhas * max(self._colunas, 1) > MAX_CELULAS:
            tamanho = f"{self._linhas} linhas × {self._colunas} colunas"
            self._recusar(f"a planilha ocupa {tamanho}; o limite é {MAX_COLUNAS} colunas e {MAX_CELULAS} células")

    def _posicao(self, referencia: bytes) -> tuple[int, int]:
        achado = _CELULA.fullmatch(referencia)
        if achado is None:
            self._recusar("a planilha traz referências de célula inválidas")
        coluna = 0
        for letra in achado.group(1):
            coluna = coluna * 26 + letra - 64
        return int(achado.group(2)), coluna

    def _recusar(self, mensagem: str) -> NoReturn:
        raise ErroDeLeitura(self._caminho, None, None, mensagem)
