"""FIDC estoque CSV: one line a receivable, 10^5 to 10^6 of them, aggregated by cedente into positions of class credito.

Known of the real file: `;`, decimal comma, Latin-1 or UTF-8 with BOM. The column names are inferred, so each field has
a list of accepted ones. Also inferred: the value of a receivable is its present value, before the
provision for doubtful debtors (PDD), that becomes one negative position.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import lotes
from .blocos import so_digitos
from .datas import ler_data
from .limites import MAX_BYTES_GRANDE, conferir_tamanho
from .modelo import CarteiraLida, ErroDeLeitura, Leitura, Posicao
from .numeros import citar
from .texto import Colunas

if TYPE_CHECKING:
    import polars as pl

FORMATO: Final = "fidc_estoque"
MAX_CEDENTES: Final = 20_000  # in one carteira; the ones beyond go to one line together
PDD: Final = "PROVISÃO PARA DEVEDORES DUVIDOSOS"
DEMAIS: Final = "DEMAIS CEDENTES"
CASAS: Final = 8

CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "fundo": ("fundo", "nome fundo", "nome do fundo", "nm fundo"),
    "cnpj": ("cnpj fundo", "cnpj do fundo", "doc fundo", "documento fundo", "cnpj"),
    "data": ("data fundo", "data posicao", "data da posicao", "data referencia", "data de referencia", "data base",
        "data"),
    "cedente": ("nome cedente", "nome do cedente", "cedente", "nm cedente"),
    "valor": ("valor presente", "vl presente", "valor presente r", "valor atual", "valor contabil", "valor"),
    "pdd": ("valor pdd", "vl pdd", "pdd", "valor da pdd", "provisao"),
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
    pdd: Decimal = Decimal(0)
    cortados: bool = False


def ler(caminho: Path) -> Leitura:
    """The estoque by fund and date; ErroDeLeitura with line and column at the first value that is no number."""
    conferir_tamanho(caminho, MAX_BYTES_GRANDE)
    leitura = Leitura(FORMATO)
    fundos: dict[tuple[str, date], _Acumulado] = {}
    with caminho.open("rb") as arquivo:
        lotes_lidos = lotes.ler_lotes(caminho, arquivo, MAX_BYTES_GRANDE)
        primeiro = next(lotes_lidos, None)
        if primeiro is None:
            raise ErroDeLeitura(caminho, None, None, "o arquivo está vazio")
        cabecalho = lotes.achar_cabecalho(caminho, primeiro, MARCAS)
        colunas = Colunas(cabecalho.nomes, CAMPOS)
        if faltam := colunas.faltam("fundo", "data", "cedente", "valor"):
            raise ErroDeLeitura(caminho, cabecalho.linha, None, f"faltam as colunas: {', '.join(faltam)}")
        tarefa = partial(_agrupar, caminho, cabecalho, colunas)
        for lote, grupos in lotes.adiantar(chain([lotes.sem_cabecalho(primeiro, cabecalho)], lotes_lidos), tarefa):
            if grupos is not None:
                leitura.linhas += _somar(caminho, lote, cabecalho, colunas, fundos, grupos)
    for (fundo, dia), acumulado in fundos.items():
        leitura.fundos.append(_carteira(fundo, dia, acumulado))
        if acumulado.cortados:
            leitura.avisos.append(f"{fundo}: mais de {MAX_CEDENTES} cedentes; os demais foram somados em “{DEMAIS}”")
    return leitura


def _agrupar(caminho: Path, cabecalho: lotes.Cabecalho, colunas: Colunas, lote: lotes.Lote) -> pl.DataFrame | None:
    """The receivables of one chunk by fund, date and cedente; None for a chunk of blank lines."""
    import polars as pl

    if not lote.dados or lote.dados.isspace():
        return None
    campos = [campo for campo in CAMPOS if campo in colunas.indice]
    tabela = lotes.para_tabela(caminho, lote, cabecalho, [colunas.indice[campo] for campo in campos])
    numeros = [campo for campo in ("valor", "pdd") if campo in campos]
    # A total at the foot of the file is not a receivable: a group of its own, for the fund is part of the key.
    e_titulo = ~pl.col("fundo").str.slice(0, 5).str.to_lowercase().eq("total").fill_null(value=False)
    return (
        tabela.rename({f"c{colunas.indice[campo]}": campo for campo in campos})
        .with_row_index("registro")
        .with_columns(_numero(campo).alias(f"{campo}_n") for campo in numeros)
        .group_by([campo for campo in ("fundo", "cnpj", "data", "cedente") if campo in campos])
        .agg(
            pl.len().alias("titulos"),
            *(pl.col(f"{campo}_n").sum() for campo in numeros),
            pl.col("registro").min(),
            *(_primeiro_ruim(campo).alias(f"{campo}_ruim") for campo in numeros),
        )
        .filter(e_titulo)
        .sort("registro")
        .collect()
    )


def _somar(
    caminho: Path,
    lote: lotes.Lote,
    cabecalho: lotes.Cabecalho,
    colunas: Colunas,
    fundos: dict[tuple[str, date], _Acumulado],
    grupos: pl.DataFrame,
) -> int:
    """Adds one chunk; the number of receivables in it."""
    _recusar(caminho, lote, cabecalho, colunas, grupos)
    for grupo in grupos.iter_rows(named=True):
        _juntar(caminho, lote, cabecalho, colunas, fundos, grupo)
    return int(grupos["titulos"].sum())


def _numero(campo: str) -> pl.Expr:
    """A pt-BR number in full, exact; null when it is not one."""
    import polars as pl

    texto = pl.col(campo).str.strip_chars()
    return (
        pl.when(texto.str.contains(_NUMERO))
        .then(texto.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True))
        .cast(pl.Decimal(38, CASAS), strict=False)
    )


def _primeiro_ruim(campo: str) -> pl.Expr:
    """The first record whose number cannot be read; the provision may be empty, the value may not."""
    import polars as pl

    ruim = pl.col(f"{campo}_n").is_null()
    if campo == "pdd":
        ruim &= pl.col(campo).is_not_null()
    return pl.col("registro").filter(ruim).min()


def _recusar(
    caminho: Path, lote: lotes.Lote, cabecalho: lotes.Cabecalho, colunas: Colunas, grupos: pl.DataFrame
) -> None:
    """Raises ErroDeLeitura at the first line whose value is no number, or whose fund or date is missing."""
    import polars as pl

    achados = {campo: grupos.filter(pl.col(campo).is_null())["registro"].min() for campo in ("fundo", "data")}
    achados |= {nome.removesuffix("_ruim"): grupos[nome].min() for nome in grupos.columns if nome.endswith("_ruim")}
    primeiros = {campo: registro for campo, registro in achados.items() if registro is not None}
    if not primeiros:
        return
    campo = min(primeiros, key=lambda nome: int(str(primeiros[nome])))
    linha, celulas = lotes.achar_registro(lote, cabecalho.separador, int(str(primeiros[campo])))
    celula = colunas.valor(celulas, campo)
    motivo = f"{citar(celula)} não é um número no formato brasileiro (1.234,56)" if celula else "a célula está vazia"
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
        linha, _ = lotes.achar_registro(lote, cabecalho.separador, int(str(grupo["registro"])))
        raise ErroDeLeitura(caminho, linha, colunas.titulo("data"), str(erro)) from erro
    acumulado = fundos.setdefault((str(grupo["fundo"]).strip(), dia), _Acumulado())
    acumulado.cnpj = acumulado.cnpj or so_digitos(grupo.get("cnpj") or "")
    cedente = str(grupo["cedente"] or "").strip() or "SEM CEDENTE"
    if cedente not in acumulado.cedentes and len(acumulado.cedentes) >= MAX_CEDENTES:
        cedente, acumulado.cortados = DEMAIS, True
    soma = acumulado.cedentes.setdefault(cedente, _Soma())
    soma.titulos += int(str(grupo["titulos"]))
    soma.valor += Decimal(str(grupo["valor_n"]))
    acumulado.pdd += abs(Decimal(str(grupo.get("pdd_n") or 0)))


def _carteira(fundo: str, dia: date, acumulado: _Acumulado) -> CarteiraLida:
    posicoes = [
        Posicao("credito", cedente, Decimal(soma.titulos), None, _enxuto(soma.valor))
        for cedente, soma in acumulado.cedentes.items()
    ]
    if acumulado.pdd:
        posicoes.append(Posicao("credito", PDD, None, None, -_enxuto(acumulado.pdd)))
    return CarteiraLida(fundo, dia, cnpj=acumulado.cnpj, posicoes=posicoes)


def _enxuto(valor: Decimal) -> Decimal:
    """The value with two decimal places when no more are needed."""
    centavos = valor.quantize(Decimal("0.01"))
    return centavos if centavos == valor else valor.normalize()
