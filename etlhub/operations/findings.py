"""What one check of the doctor says: how it stands, in words, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Nivel(StrEnum):
    """`aviso`: works, but somebody should look. `erro`: something does not work or is about to be lost."""

    OK = "ok"
    AVISO = "aviso"
    ERRO = "erro"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor. `acao` says what to do; empty when all is well. `grupo` is set by the doctor."""

    nome: str
    nivel: Nivel
    mensagem: str
    acao: str = ""
    sistema_id: str | None = None
    grupo: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[], Iterable[Finding]]


def good(nome: str, mensagem: str) -> Finding:
    return Finding(nome, Nivel.OK, mensagem)


def warning(nome: str, mensagem: str, acao: str, sistema_id: str | None = None) -> Finding:
    return Finding(nome, Nivel.AVISO, mensagem, acao, sistema_id)


def problem(nome: str, mensagem: str, acao: str, sistema_id: str | None = None) -> Finding:
    return Finding(nome, Nivel.ERRO, mensagem, acao, sistema_id)
