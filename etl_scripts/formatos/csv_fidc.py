"""FIDC estoque CSV: one line a receivable, 10^5 to 10^6 of them, aggregated by cedente into positions of class credito.

Known of the real file: `;`, decimal comma, Latin-1 or UTF-8 with BOM. The column names are inferred, so each field has
a list of accepted ones. The value of a receivable is its present value; provisions (PDD) are not taken off it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import lotes
from .blocos import so_digitos
from .datas import ler_data
from .limites import MAX_BYTES_GRANDE, conferir_tamanho
from .modelo import CarteiraLida, ErroDeLeitura, Leitura, Posicao
from .texto import Colunas

if TYPE_CHECKING:
    import polars as pl

FORMATO: Final = "fidc_estoque"
MAX_CEDENTES: Final = 20_000  # in one carteira; the ones beyond go to one line together
DEMAIS: Final = "DEMAIS CEDENTES"
CASAS: Final = 8

CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "fundo": ("fundo", "nome fundo", "nome do fundo", "nm fundo"),
    "cnpj": ("cnpj fundo", "cnpj do fundo", "doc fundo", "documento fundo", "cnpj"),
    "data": ("data fundo", "data posicao", "data da posicao", "data referencia", "data de referencia", "data base",
        "data"),
    "cedente": ("nome cedente", "nome do cedente", "cedente", "nm cedente"),
    "valor": ("valor presente", "vl presente", "valor presente r", "valor atual", "valor contabil", "valor"),
}  # fmt: skip
MARCAS: Final = (set(CAMPOS["valor"]), set(CAMPOS["cedente"]))
_NUMERO: Final = r"^-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,18})(?:,[0-9]{1,8})?$"


@dataclass(slots=True)
class _Soma:
    titulos: int = 0
    valor: Decimal = Decimal(0)


@dataclass(slots=True)
class _Acumulado:
    cedentes: dict[str, _Soma] = field(default_factory=dict)
    cnpj: str | None = None
    cortados: bool = False


def ler(caminho: Path) -> Leitura:
    """The estoque by fund and date; ErroDeLeitura with line and column at the first value that is no number."""
    conferir_tamanho(caminho, MAX_BYTES_GRANDE)
    leitura = Leitura(FORMATO)
    fundos: dict[tuple[str, date], _Acumulado] = {}
    cabecalho: lotes.Cabecalho | None = None
    lote: lotes.Lote | None = None
    with caminho.open("rb") as arquivo:
        for lote in lotes.ler_lotes(caminho, arquivo, MAX_BYTES_GRANDE):
            atual = lote
            if cabecalho is None:
                cabecalho = lotes.achar_cabecalho(caminho, lote, MARCAS)
                colunas = Colunas(cabecalho.nomes, CAMPOS)
                if faltam := colunas.faltam("fundo", "data", "cedente", "valor"):
                    raise ErroDeLeitura(caminho, cabecalho.linha, None, f"faltam as colunas: {', '.join(faltam)}")
                atual = lotes.sem_cabecalho(lote, cabecalho)
            if atual.dados.strip():
                leitura.linhas += _somar(caminho, atual, cabecalho, colunas, fundos)
    if cabecalho is None or lote is None:
        raise ErroDeLeitura(caminho, None, None, "o arquivo está vazio")
    lotes.conferir_fim(caminho, lote, cabecalho)
    for (fundo, dia), acumulado in fundos.items():
        leitura.fundos.append(_carteira(fundo, dia, acumulado))
        if acumulado.cortados:
            leitura.avisos.append(f"{fundo}: mais de {MAX_CEDENTES} cedentes; os demais foram somados em “{DEMAIS}”")
    return leitura


def _somar(
    caminho: Path,
    lote: lotes.Lote,
    cabecalho: lotes.Cabecalho,
    colunas: Colunas,
    fundos: dict[tuple[str, date], _Acumulado],
) -> int:
    """Adds one chunk; the number of receivables in it."""
    import polars as pl

    campos = [campo for campo in CAMPOS if campo in colunas.indice]
    tabela = lotes.para_tabela(caminho, lote, cabecalho, [colunas.indice[campo] for campo in campos])
    tabela = tabela.rename({f"c{colunas.indice[campo]}": campo for campo in campos})
    # A total or an empty cedente at the foot of the file is not a receivable.
    tabela = tabela.with_row_index("registro").filter(~pl.col("fundo").str.to_lowercase().str.starts_with("total"))
    texto = pl.col("valor").str.strip_chars()
    tabela = tabela.with_columns(
        pl.when(texto.str.contains(_NUMERO))
        .then(texto.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(None)
        .cast(pl.Decimal(38, CASAS), strict=False)
        .alias("numero")
    )
    _recusar(caminho, lote, cabecalho, colunas, tabela)
    chaves = [campo for campo in ("fundo", "cnpj", "data", "cedente") if campo in campos]
    grupos = tabela.group_by(chaves).agg(pl.len().alias("titulos"), pl.col("numero").sum(), pl.col("registro").min())
    for grupo in grupos.sort("registro").iter_rows(named=True):
        _juntar(caminho, lote, cabecalho, colunas, fundos, grupo)
    return tabela.height


def _recusar(
    caminho: Path, lote: lotes.Lote, cabecalho: lotes.Cabecalho, colunas: Colunas, tabela: pl.DataFrame
) -> None:
    """Raises ErroDeLeitura at the first line whose value, fund or date is missing or wrong."""
    import polars as pl

    for campo, ruim in (("valor", "numero"), ("fundo", "fundo"), ("data", "data")):
        if tabela[ruim].null_count() == 0:
            continue
        primeiro = tabela.filter(pl.col(ruim).is_null()).row(0, named=True)
        linha = lotes.linha_do_registro(lote, cabecalho.separador, primeiro["registro"])
        motivo = f"“{primeiro[campo]}” não é um número no formato brasileiro (1.234,56)"
        if primeiro[campo] is None:
            motivo = "a célula está vazia"
        raise ErroDeLeitura(caminho, linha, colunas.titulo(campo), motivo)


def _juntar(
    caminho: Path,
    lote: lotes.Lote,
    cabecalho: lotes.Cabecalho,
    colunas: Colunas,
    fundos: dict[tuple[str, date], _Acumulado],
    grupo: dict[str, object],
) -> None:
    """Adds one group of a chunk to what the chunks before gave."""
    try:
        dia = ler_data(str(grupo["data"]))
    except ValueError as erro:
        linha = lotes.linha_do_registro(lote, cabecalho.separador, int(str(grupo["registro"])))
        raise ErroDeLeitura(caminho, linha, colunas.titulo("data"), str(erro)) from erro
    acumulado = fundos.setdefault((str(grupo["fundo"]).strip(), dia), _Acumulado())
    acumulado.cnpj = acumulado.cnpj or so_digitos(grupo.get("cnpj") or "")
    cedente = str(grupo["cedente"] or "").strip() or "SEM CEDENTE"
    if cedente not in acumulado.cedentes and len(acumulado.cedentes) >= MAX_CEDENTES:
        cedente, acumulado.cortados = DEMAIS, True
    soma = acumulado.cedentes.setdefault(cedente, _Soma())
    soma.titulos += int(str(grupo["titulos"]))
    soma.valor += Decimal(str(grupo["numero"]))


def _carteira(fundo: str, dia: date, acumulado: _Acumulado) -> CarteiraLida:
    posicoes = [
        Posicao("credito", cedente, Decimal(soma.titulos), None, _enxuto(soma.valor))
        for cedente, soma in acumulado.cedentes.items()
    ]
    return CarteiraLida(fundo, dia, cnpj=acumulado.cnpj, posicoes=posicoes)


def _enxuto(valor: Decimal) -> Decimal:
    """The value with two decimal places when no more are needed."""
    centavos = valor.quantize(Decimal("0.01"))
    return centavos if centavos == valor else valor.normalize()
