"""The one model every file format is read into, and the error that says where a file could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

Classe = Literal["caixa", "rf", "rv", "credito", "cpr"]
CLASSES: Final[tuple[Classe, ...]] = ("caixa", "rf", "rv", "credito", "cpr")


@dataclass(frozen=True, slots=True)
class Posicao:
    """One holding. `valor` is in BRL, negative for what the fund owes; `preco` is BRL per unit."""

    classe: Classe
    ativo: str
    quantidade: Decimal | None
    preco: Decimal | None
    valor: Decimal


@dataclass(slots=True)
class CarteiraLida:
    """What a file says of one fund on one date. Reports that hold no positions leave `posicoes` empty."""

    fundo: str
    data: date
    cnpj: str | None = None
    patrimonio: Decimal | None = None
    cota: Decimal | None = None
    quantidade_cotas: Decimal | None = None
    posicoes: list[Posicao] = field(default_factory=list)
    # BRL by block of the report, where it states totals but its lines are not read (PDF).
    totais: dict[str, Decimal] = field(default_factory=dict)

    @property
    def soma(self) -> Decimal:
        """Sum of the positions, BRL."""
        return sum((posicao.valor for posicao in self.posicoes), Decimal(0))


@dataclass(slots=True)
class Leitura:
    """A whole file: its format's name, the funds in it, how many data lines it has, and what the reader should know."""

    formato: str
    fundos: list[CarteiraLida] = field(default_factory=list)
    linhas: int = 0
    avisos: list[str] = field(default_factory=list)
    # What does not hold together within the file; `conferir` reports it along with its own findings.
    incoerencias: list[str] = field(default_factory=list)


class ErroDeLeitura(Exception):
    """A file that cannot be trusted: which one, where in it (line, column or cell) and why, in Portuguese."""

    def __init__(self, arquivo: str | Path, linha: int | None, coluna: str | None, mensagem: str) -> None:
        self.arquivo = arquivo.name if isinstance(arquivo, Path) else arquivo
        self.linha = linha
        self.coluna = coluna
        self.mensagem = mensagem
        # All four go to args so that the error survives pickling between processes.
        super().__init__(self.arquivo, linha, coluna, mensagem)

    def __str__(self) -> str:
        onde = self.arquivo
        if self.linha is not None:
            onde += f", linha {self.linha}"
        if self.coluna:
            onde += f", coluna {self.coluna}"
        return f"{onde}: {self.mensagem}"
