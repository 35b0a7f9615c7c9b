"""A click that the page swallows is made again; one that leads somewhere is not."""

from __future__ import annotations

from typing import cast

import pytest

from etl_scripts import visita
from etl_scripts.erros import Falha
from etl_scripts.seletores import Seletor, Tabela
from etl_scripts.transporte import ElementoAusente, Transporte
from etl_scripts.visita import Visita


class Pagina:
    """A transport whose page hears the click only from a given time on, and then shows `destino`."""

    executa_scripts = True
    endereco = "http://portal/"
    ao_navegar = None

    def __init__(self, surda: int, *, some: bool = False) -> None:
        self.surda, self.some, self.cliques = surda, some, 0

    def clicar(self, _seletor: object) -> None:
        self.cliques += 1

    def existe(self, seletor: object) -> bool:
        return self.cliques > self.surda if "destino" in str(seletor) else not (self.some and self.cliques)

    def esperar(self, opcoes: list[object], _prazo: float | None = None) -> int:
        if not self.existe(opcoes[0]):
            raise ElementoAusente([Seletor("destino")])
        return 0


class Nomes(dict[str, object]):
    def seletor(self, chave: str) -> list[str]:
        return [chave]


def feita(pagina: Pagina) -> Visita:
    return Visita(cast(Transporte, pagina), cast(Tabela, Nomes(menu=1, destino=1)), "fidc")


@pytest.mark.parametrize(("surda", "cliques"), [(0, 1), (1, 2), (2, 3)])
def test_a_swallowed_click_is_made_again(surda: int, cliques: int) -> None:
    pagina = Pagina(surda)
    feita(pagina).chegar("menu", "destino")
    assert pagina.cliques == cliques


def test_after_the_last_click_the_element_is_missed() -> None:
    pagina = Pagina(99)
    with pytest.raises(Falha, match="destino"):
        feita(pagina).chegar("menu", "destino")
    assert pagina.cliques == visita.CLIQUES


def test_a_click_that_led_away_is_not_made_again() -> None:
    pagina = Pagina(99, some=True)
    with pytest.raises(Falha, match="destino"):
        feita(pagina).chegar("menu", "destino")
    assert pagina.cliques == 1
