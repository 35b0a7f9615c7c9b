"""What a connector asks a portal for, what came of it, and the circumstances of one sistema's run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl_scripts.configuracao import Acesso, Configuracao
from etl_scripts.seletores import Tabela

if TYPE_CHECKING:
    from etl_scripts.formatos import Leitura


@dataclass(frozen=True, slots=True)
class Pedido:
    """One thing to fetch: a report for a fund (or for all, `fundo=""`) on a day or period.

    `destino` is the key in `paths`; `tipo` the kind of file (`csv pdf xlsx zip xml`); `formato` the parser of
    `formatos` that must be able to read it ("" = found out by content, None = not read, only its type is checked).
    """

    relatorio: str
    destino: str
    tipo: str
    inicio: date
    fim: date
    fundo: str = ""
    nome: str = ""  # the name it is kept under; "" = the portal's own
    formato: str | None = ""
    por_conteudo: bool = False  # filed by what it says inside, when there is a De-Para table
    por_dia: bool = False  # one file a day comes out of it (a ZIP of a period)
    conferir_fundo: bool = True
    conferir_data: bool = True
    cnpjs: tuple[str, ...] = ()  # the only funds to read out of a file of very many

    @property
    def periodo(self) -> str:
        """The day, or the period, as a person reads it."""
        inicio, fim = f"{self.inicio:%d/%m/%Y}", f"{self.fim:%d/%m/%Y}"
        return fim if inicio == fim else f"{inicio} a {fim}"

    def __str__(self) -> str:
        return f"{self.relatorio}{f' de {self.fundo}' if self.fundo else ''} ({self.periodo})"

    def de(self, **mudancas: Any) -> Pedido:
        """The same with other values."""
        return replace(self, **mudancas)


@dataclass(slots=True)
class Peca:
    """One file to be checked and filed: a download as it came, or one part of it (a member of a ZIP, a fund's pages)."""

    pedido: Pedido
    caminho: Path
    nome: str
    origem: str
    leitura: Leitura | None = None

    @property
    def fundo(self) -> str:
        """The fund asked for, else the only one in the file, else empty."""
        if self.pedido.fundo:
            return self.pedido.fundo
        nomes = {carteira.fundo for carteira in self.leitura.fundos} if self.leitura else set()
        return nomes.pop() if len(nomes) == 1 else ""


@dataclass(slots=True)
class Contexto:
    """What a connector may know of its run."""

    sistema: str
    config: Configuracao
    acesso: Acesso
    tabela: Tabela
    opcoes: dict[str, bool]
    inicio: date
    fim: date
    dias: list[date]
    fundos: list[str] | None
    pasta: Path  # temporary, of this run
    fim_dado: bool = False  # the final date was asked for, not defaulted
    pedir_codigo: Callable[[str, str, int], str] = field(default=lambda campo, mensagem, prazo: "", repr=False)  # noqa: ARG005
