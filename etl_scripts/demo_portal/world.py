"""What all the portals share: settings, faults, the date it is, and the data as the faults let it be seen."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from . import data
from .calendario import previous_business_day
from .constants import BRASILIA
from .faults import FaultBoard
from .funds import FUNDS, Fund


class FundFailure(Exception):
    """The portal fails for this one fund (fault `fundo_falha`)."""


@dataclass(slots=True)
class Settings:
    """`ritmo`: seconds that each page takes. `hoje`: the date it is for the portals (None = the real one)."""

    ritmo: float = 0.0
    hoje: date | None = None
    fidc_linhas: int = 2000
    fidc_esperas: int = 1
    maps_codigo: bool = True
    cvm_fundos: int = 40


@dataclass(slots=True)
class World:
    settings: Settings = field(default_factory=Settings)
    faults: FaultBoard = field(default_factory=FaultBoard)
    delivered: Counter[str] = field(default_factory=Counter)  # files handed over, by sistema
    stopping: threading.Event = field(default_factory=threading.Event)

    def today(self) -> date:
        return self.settings.hoje or datetime.now(BRASILIA).date()

    def pause(self, seconds: float) -> None:
        """Waits, unless the server is stopping."""
        if seconds > 0:
            self.stopping.wait(seconds)

    def carteira(self, sistema: str, fund: Fund, day: date, wrong: tuple[Fund, ...] = FUNDS) -> data.Carteira | None:
        """The carteira as this portal shows it now; None = no data. Raises FundFailure.

        `wrong` holds the funds that fault `fundo_errado` may put in the place of the one asked for.
        """
        sigla = fund.sigla
        if self.faults.take(sistema, "fundo_falha", sigla, day):
            raise FundFailure(f"Erro ao processar o fundo {fund.nome}.")
        if not data.known(day, self.today()) or self.faults.take(sistema, "sem_dados", sigla, day):
            return None
        if fault := self.faults.take(sistema, "data_errada", sigla, day):
            for _ in range(int(fault.number("dias"))):
                day = previous_business_day(day)
        if self.faults.take(sistema, "fundo_errado", sigla, day):
            fund = wrong[(wrong.index(fund) + 1) % len(wrong)]
        found = data.carteira_of(fund, day)
        if fault := self.faults.take(sistema, "soma_errada", sigla, day):
            found = data.with_wrong_sum(found, data.money(Decimal(str(fault.number("valor")))))
        return found

    def repeats(self, sistema: str, fund: Fund, day: date) -> int:
        """How many times a block, line or file is to appear: 2 when the fault `duplicado` strikes."""
        return 2 if self.faults.take(sistema, "duplicado", fund.sigla, day) else 1
