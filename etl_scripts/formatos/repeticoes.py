"""Notices a block of lines that came twice, as portals sometimes deliver it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Final

from .datas import escrever_data

MAX_AVISOS: Final = 20


class Repeticoes:
    """Counts the lines of each (fund, date). Lines repeated here and there are normal; all of them, the same number of
    times, are a block delivered twice."""

    def __init__(self) -> None:
        self._grupos: dict[tuple[str, date], Counter[int]] = {}

    def anotar(self, fundo: str, dia: date, celulas: Sequence[Hashable]) -> None:
        """Counts one line; only its hash is kept."""
        self._grupos.setdefault((fundo, dia), Counter())[hash(tuple(celulas))] += 1

    def problemas(self) -> list[str]:
        """One sentence for each block that is there more than once."""
        return [
            f"{fundo}, {escrever_data(dia)}: todas as linhas aparecem {min(contagem.values())} vezes no arquivo"
            for (fundo, dia), contagem in self._grupos.items()
            if len(set(contagem.values())) == 1 and min(contagem.values()) > 1
        ][:MAX_AVISOS]
