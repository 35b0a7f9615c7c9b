"""Trying again: with growing waits, a limit, and a new login when the session was lost. Never for a wrong password."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from etl_scripts import contrato, parada
from etl_scripts.erros import Falha, Inalterado, SemDados

RELOGINS_MAXIMOS: Final = 5  # in one run
ESPERA_MAXIMA: Final = 30.0  # seconds between two tries
T = TypeVar("T")


class Repeticao:
    """The retry rules of one sistema's run; `login` logs in once."""

    def __init__(self, sistema: str, tentativas: int, espera: float, login: Callable[[], None]) -> None:
        self._sistema = sistema
        self._tentativas = max(tentativas, 1)
        self._espera = espera
        self._login = login
        self._relogins = 0

    def entrar(self) -> None:
        """Logs in, trying again only where the portal did not answer."""
        self._tentar("login", self._login, com_login=False)

    def fazer(self, que: str, acao: Callable[[], T]) -> T:
        """Does it, up to the limit. Raises SemDados, Inalterado or the last Falha."""
        return self._tentar(que, acao, com_login=True)

    def _tentar(self, que: str, acao: Callable[[], T], *, com_login: bool) -> T:
        tentativa = 1
        while True:
            parada.conferir()
            try:
                return acao()
            except (SemDados, Inalterado):
                raise
            except Falha as falha:
                if com_login and falha.codigo == "sessao_expirada" and self._relogins < RELOGINS_MAXIMOS:
                    self._relogins += 1
                    contrato.aviso(self._sistema, f"{falha.mensagem} Entrando de novo.")
                    self.entrar()
                    continue
                if tentativa >= self._tentativas or not falha.repetir:
                    raise
                self._esperar(que, tentativa, falha)
                tentativa += 1
            except Exception as causa:  # a defect of ours must not take the other funds with it
                raise Falha("interno", f"Erro interno em {onde(causa)}: {type(causa).__name__}: {causa}") from causa

    def _esperar(self, que: str, tentativa: int, falha: Falha) -> None:
        espera = min(self._espera * 2 ** (tentativa - 1), ESPERA_MAXIMA) * random.uniform(0.8, 1.2)  # noqa: S311
        contrato.aviso(
            self._sistema,
            f"{que}: {falha.mensagem} Nova tentativa em {espera:.0f} s ({tentativa + 1} de {self._tentativas}).",
        )
        parada.dormir(espera)


def onde(causa: BaseException) -> str:
    """`arquivo:linha` where an unexpected error arose, within this package when it passed through it."""
    quadros = traceback.extract_tb(causa.__traceback__)
    nossos = [quadro for quadro in quadros if "etl_scripts" in quadro.filename] or list(quadros)
    return f"{Path(nossos[-1].filename).name}:{nossos[-1].lineno}" if nossos else "lugar desconhecido"
