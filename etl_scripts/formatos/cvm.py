"""CVM informe diário: a ZIP of one CSV (or the CSV itself), every fund of the country, a line a fund and day.

Source: CVM open data, `inf_diario_fi_YYYYMM.zip`; `;`, Latin-1, decimal point. Until 2024 the columns are `TP_FUNDO;
CNPJ_FUNDO;DT_COMPTC;...`; since then `TP_FUNDO_CLASSE;CNPJ_FUNDO_CLASSE;ID_SUBCLASSE;DT_COMPTC;...`.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from . import lotes
from .blocos import so_digitos
from .datas import escrever_data, ler_data
from .limites import MAX_BYTES_GRANDE, MIB, conferir_tamanho
from .modelo import CarteiraLida, ErroDeLeitura, Leitura
from .numeros import ler_numero_ponto
from .texto import Colunas

if TYPE_CHECKING:
    import polars as pl

FORMATO: Final = "cvm_informe"
MARCAS: Final = {"dt comptc", "vl quota", "vl patrim liq"}
MAX_RAZAO: Final = 200  # uncompressed over compressed; CVM's own files are near 6
MAX_REPETIDOS: Final = 20
MAX_FUNDOS: Final = 50_000  # carteiras kept in memory by one reading

CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "cnpj": ("cnpj fundo classe", "cnpj fundo"),
    "subclasse": ("id subclasse",),
    "data": ("dt comptc",),
    "cota": ("vl quota",),
    "patrimonio": ("vl patrim liq",),
}
_NUMERO: Final = r"^-?[0-9]{1,18}(?:\.[0-9]{1,12})?$"
_DATA: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def ler(caminho: Path, cnpjs: Collection[str] | None = None) -> Leitura:
    """The informes of these CNPJs (14 digits); all of them when None, unless there are more than MAX_FUNDOS.

    Every line is validated either way. `fundo` is the CNPJ: the file has no names. Memory does not grow with the file.
    """
    leitura = Leitura(FORMATO)
    pedidos = None if cnpjs is None else {so_digitos(cnpj) for cnpj in cnpjs}
    vistas: dict[tuple[str, date], CarteiraLida] = {}
    for tabela in _tabelas(caminho):
        leitura.linhas += tabela.height
        if pedidos is None and leitura.linhas > MAX_FUNDOS:
            continue
        for carteira in _carteiras(tabela, pedidos):
            _acrescentar(leitura, vistas, carteira)
        if len(leitura.fundos) > MAX_FUNDOS:
            raise ErroDeLeitura(caminho, None, None, f"mais de {MAX_FUNDOS} informes dos fundos pedidos")
    if pedidos is None and leitura.linhas > MAX_FUNDOS:
        leitura.fundos = []
        leitura.avisos.append(f"{leitura.linhas} informes conferidos; para carregá-los, escolha os fundos pelo CNPJ")
    return leitura


def _acrescentar(leitura: Leitura, vistas: dict[tuple[str, date], CarteiraLida], carteira: CarteiraLida) -> None:
    """Keeps one informe of each fund and day; a second that differs is an incoherence, the same again is only noted."""
    anterior = vistas.setdefault((carteira.fundo, carteira.data), carteira)
    if anterior is carteira:
        leitura.fundos.append(carteira)
        return
    lista = leitura.avisos if anterior == carteira else leitura.incoerencias
    if len(lista) < MAX_REPETIDOS:
        como = "mais de uma vez" if anterior == carteira else "duas vezes, com valores diferentes"
        lista.append(f"{carteira.fundo}: o informe de {escrever_data(carteira.data)} aparece {como}")


def iterar(caminho: Path, cnpjs: Collection[str] | None = None) -> Iterator[CarteiraLida]:
    """The same one by one, for loading a whole month without holding it; ErroDeLeitura at the first bad line."""
    pedidos = None if cnpjs is None else {so_digitos(cnpj) for cnpj in cnpjs}
    for tabela in _tabelas(caminho):
        yield from _carteiras(tabela, pedidos)


def _tabelas(caminho: Path) -> Iterator[pl.DataFrame]:
    conferir_tamanho(caminho, MAX_BYTES_GRANDE)
    cabecalho: lotes.Cabecalho | None = None
    with _abrir(caminho) as arquivo:
        for lote in lotes.ler_lotes(caminho, arquivo, MAX_BYTES_GRANDE):
            atual = lote
            if cabecalho is None:
                cabecalho = lotes.achar_cabecalho(caminho, lote, [{marca} for marca in sorted(MARCAS)])
                colunas = Colunas(cabecalho.nomes, CAMPOS)
                if not colunas.tem("cnpj"):
                    raise ErroDeLeitura(caminho, cabecalho.linha, None, "falta a coluna do CNPJ")
                atual = lotes.sem_cabecalho(lote, cabecalho)
            if atual.dados and not atual.dados.isspace():
                yield _validar(caminho, atual, cabecalho, colunas)
    if cabecalho is None:
        raise ErroDeLeitura(caminho, None, None, "o arquivo está vazio")


@contextmanager
def _abrir(caminho: Path) -> Iterator[IO[bytes]]:
    """The CSV as a stream, out of its ZIP when it is in one; refuses bombs by the directory and while reading."""
    if not zipfile.is_zipfile(caminho):
        with caminho.open("rb") as arquivo:
            yield arquivo
        return
    try:
        with zipfile.ZipFile(caminho) as pacote:
            membros = [m for m in pacote.infolist() if m.filename.lower().endswith(".csv")]
            if len(membros) != 1:
                raise ErroDeLeitura(caminho, None, None, f"o ZIP deveria ter um CSV e tem {len(membros)}")
            tamanho, compactado = membros[0].file_size, membros[0].compress_size
            if tamanho > MAX_BYTES_GRANDE or tamanho > MAX_RAZAO * max(compactado, 1) + MIB:
                raise ErroDeLeitura(caminho, None, None, "o ZIP se expande demais e foi recusado")
            with pacote.open(membros[0]) as arquivo:
                yield arquivo
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as erro:
        raise ErroDeLeitura(caminho, None, None, "o ZIP está corrompido ou chegou cortado") from erro


def _validar(caminho: Path, lote: lotes.Lote, cabecalho: lotes.Cabecalho, colunas: Colunas) -> pl.DataFrame:
    """The chunk as text columns named by field, every line proven; ErroDeLeitura at the first that is wrong."""
    import polars as pl

    nomes = {f"c{indice}": campo for campo, indice in colunas.indice.items()}
    tabela = lotes.para_tabela(caminho, lote, cabecalho, list(colunas.indice.values())).rename(nomes).collect()
    formas = {"cota": _NUMERO, "patrimonio": _NUMERO, "data": _DATA, "cnpj": r"^[0-9./-]{14,18}$"}
    for campo, forma in formas.items():
        certos = tabela[campo].str.contains(forma).fill_null(value=False)
        if certos.all():
            continue
        registro = int((~certos).arg_true()[0])
        linha, _ = lotes.achar_registro(lote, cabecalho.separador, registro)
        motivo = f"“{tabela[campo][registro] or ''}” não é um valor válido"
        raise ErroDeLeitura(caminho, linha, colunas.titulo(campo), motivo)
    return tabela.with_columns(pl.col("cnpj").str.replace_all(r"[^0-9]", ""))


def _carteiras(tabela: pl.DataFrame, pedidos: Collection[str | None] | None) -> Iterator[CarteiraLida]:
    import polars as pl

    if pedidos is not None:
        tabela = tabela.filter(pl.col("cnpj").is_in([cnpj for cnpj in pedidos if cnpj]))
    datas: dict[str, date] = {}
    for registro in tabela.iter_rows(named=True):
        texto = registro["data"]
        if texto not in datas:
            datas[texto] = ler_data(texto)
        subclasse = (registro.get("subclasse") or "").strip()
        fundo = registro["cnpj"] + (f"/{subclasse}" if subclasse else "")
        yield CarteiraLida(
            fundo,
            datas[texto],
            cnpj=registro["cnpj"],
            patrimonio=ler_numero_ponto(registro["patrimonio"]),
            cota=ler_numero_ponto(registro["cota"]),
        )
