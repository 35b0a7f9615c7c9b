"""The shapes of the portfolio API. `CarteiraPosicao` and `CarteiraTotal` have the contract's names. Amounts are BRL.

Plain pydantic models: ninja's Schema reads answers of thousands of rows through a slow wrapper.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel


class CarteiraPosicao(BaseModel):
    """A fund on a date by class."""

    fundo: str
    data: date
    pos_caixa: float
    pos_rf: float
    pos_rv: float
    pos_dir_cred: float
    pos_cpr: float


class Composicao(BaseModel):
    caixa: float
    rf: float
    rv: float
    credito: float
    cpr: float


class CarteiraTotal(BaseModel):
    """A fund's newest carteira up to the date asked for; `data` says of when it is, `sistema` where from."""

    fundo: str
    cnpj: str
    data: date
    sistema: str
    patrimonio: float
    cota: float | None
    quantidade_cotas: float | None
    composicao: Composicao


class Evolucao(Composicao):
    """A date of the evolution: of the fund, or the sums over all funds (then without quota)."""

    data: date
    patrimonio: float
    cota: float | None
    quantidade_cotas: float | None


class PosicaoOut(BaseModel):
    """A holding. `percentual` of the fund's patrimônio, 0 to 100."""

    classe: Literal["caixa", "rf", "rv", "credito", "cpr"]
    classe_nome: str
    ativo: str
    quantidade: float | None
    preco: float | None
    valor: float
    percentual: float | None


class PortfolioOut(BaseModel):
    """`GET /api/portfolio`.

    `data` is the newest date with a carteira up to the one asked for; null when there is none. Without `fundo`,
    `posicoes` are all funds of the last month, `evolucao` their sums, and `carteira` is empty. `carteira` holds the
    largest positions, `carteira_total` says how many there are; the export has them all. `datas`: newest first.
    """

    fundo: str | None
    data: date | None
    fundos: list[CarteiraTotal]
    posicoes: list[CarteiraPosicao]
    evolucao: list[Evolucao]
    carteira: list[PosicaoOut]
    carteira_total: int
    datas: list[date]


class Variacao(BaseModel):
    """`percentual` is null when the start is zero or unknown."""

    de: float | None
    ate: float | None
    variacao: float | None
    percentual: float | None


class AtivoVariacao(BaseModel):
    classe: Literal["caixa", "rf", "rv", "credito", "cpr"]
    classe_nome: str
    ativo: str
    situacao: Literal["novo", "saiu", "alterado", "igual"]
    quantidade_de: float | None
    quantidade_ate: float | None
    valor_de: float
    valor_ate: float
    variacao: float


class CompararOut(BaseModel):
    """What changed in a fund between two dates; `de` and `ate` are the dates of the carteiras that were compared."""

    fundo: str
    de: date
    ate: date
    patrimonio: Variacao
    cota: Variacao
    classes: dict[str, Variacao]
    ativos: list[AtivoVariacao]
