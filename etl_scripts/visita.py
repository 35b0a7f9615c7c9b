"""A visit to a portal in the connector's own words: elements by their name in the table, and errors that say the step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from etl_scripts import contrato
from etl_scripts.erros import Falha
from etl_scripts.seletores import Tabela
from etl_scripts.transporte import Baixado, Elemento, ElementoAusente, Transporte

CLIQUES: Final = 3
ESPERA_CLIQUE: Final = 3.0  # seconds for each click but the last, which has the usual time


class Visita:
    """Wraps a transport. `passo` is what is being done, in Portuguese; it goes into every failure."""

    def __init__(self, transporte: Transporte, tabela: Tabela, sistema: str) -> None:
        self.transporte = transporte
        self.tabela = tabela
        self.sistema = sistema
        self.passo = "abrir o portal"
        self.dentro = False
        self.diagnosticar: Callable[[], Falha | None] = lambda: None
        transporte.ao_navegar = self._ao_navegar

    def em(self, passo: str) -> None:
        """Names the step that follows."""
        self.passo = passo
        contrato.detalhe(self.sistema, f"Passo: {passo}")

    def _ao_navegar(self) -> None:
        falha = self.diagnosticar()
        if falha is not None:
            raise falha

    @contextmanager
    def _explicar(self, *chaves: str) -> Iterator[None]:
        try:
            yield
        except ElementoAusente as causa:
            falha = self.diagnosticar()
            if falha is not None:
                raise falha from causa
            nomes = " ou ".join(f"“{chave}”" for chave in chaves)
            onde = f"na página {self.transporte.endereco}"
            dica = "" if self.com_scripts else " Se a página depende de scripts, use transporte = “navegador”."
            raise Falha(
                "pagina_mudou", f"Passo “{self.passo}”: o elemento {nomes} ({causa}) não apareceu {onde}.{dica}"
            ) from causa

    def abrir(self, endereco: str) -> None:
        """Goes to an address."""
        self.transporte.abrir(endereco)

    def existe(self, chave: str, **valores: object) -> bool:
        """Whether the table has the element and the page shows it now."""
        return chave in self.tabela and self.transporte.existe(self.tabela.seletor(chave, **valores))

    def texto(self, chave: str, **valores: object) -> str:
        """Its visible text, or empty."""
        return self.transporte.texto(self.tabela.seletor(chave, **valores)) if chave in self.tabela else ""

    def elementos(self, chave: str, **valores: object) -> list[Elemento]:
        """All elements of that name on the page now."""
        return self.transporte.elementos(self.tabela.seletor(chave, **valores))

    def linhas(self, chave: str) -> list[list[str]]:
        """The cells' texts of each table row of that name."""
        return self.transporte.linhas(self.tabela.seletor(chave))

    def esperar(self, *chaves: str, prazo: float | None = None, **valores: object) -> str:
        """Waits for any of the named elements; says which one came. Names that the table leaves empty are ignored."""
        ha = [chave for chave in chaves if chave in self.tabela]
        with self._explicar(*ha):
            return ha[self.transporte.esperar([self.tabela.seletor(chave, **valores) for chave in ha], prazo)]

    def preencher(self, chave: str, valor: str, **valores: object) -> None:
        """Sets a field."""
        with self._explicar(chave):
            self.transporte.preencher(self.tabela.seletor(chave, **valores), valor)

    def valor(self, chave: str) -> str:
        """What a field holds now."""
        with self._explicar(chave):
            return self.transporte.valor(self.tabela.seletor(chave))

    def escolher(self, chave: str, valor: str = "", texto: str = "", **valores: object) -> None:
        """Chooses an option of a select."""
        with self._explicar(chave):
            self.transporte.escolher(self.tabela.seletor(chave, **valores), valor, texto)

    def marcar(self, chave: str, marcado: bool = True, **valores: object) -> None:
        """Ticks a checkbox or radio."""
        with self._explicar(chave):
            self.transporte.marcar(self.tabela.seletor(chave, **valores), marcado)

    def marcar_todos(self, chave: str) -> None:
        """Ticks every checkbox of that name."""
        self.transporte.marcar_todos(self.tabela.seletor(chave))

    def enter(self, chave: str) -> None:
        """Presses Enter in a field."""
        with self._explicar(chave):
            self.transporte.enter(self.tabela.seletor(chave))

    def enviar_com(self, chave: str, **campos: str) -> None:
        """Sends the form of that element with hidden fields set."""
        with self._explicar(chave):
            self.transporte.enviar_com(self.tabela.seletor(chave), campos)

    @property
    def com_scripts(self) -> bool:
        """Whether the pages' scripts run: a browser."""
        return self.transporte.executa_scripts

    def tocar(self, chave: str, **valores: object) -> None:
        """A click that only shows something (a menu, a list); over plain HTTP there is nothing to do."""
        if self.com_scripts:
            self.clicar(chave, **valores)

    def clicar(self, chave: str, **valores: object) -> None:
        """Clicks and waits for the page to settle."""
        with self._explicar(chave):
            self.transporte.clicar(self.tabela.seletor(chave, **valores))

    def chegar(self, chave: str, ate: str) -> None:
        """Clicks until what the click leads to is there: a page still at work under the pointer swallows one.

        Only for what may be clicked twice. Over plain HTTP one click is enough.
        """
        for _ in range(CLIQUES - 1 if self.com_scripts else 0):
            self.clicar(chave)
            with suppress(ElementoAusente):
                self.transporte.esperar([self.tabela.seletor(ate)], ESPERA_CLIQUE)
                return
            if not self.existe(chave):
                break  # it did lead somewhere, which takes its time
        else:
            self.clicar(chave)
        self.esperar(ate)

    def baixar(self, chave: str, **valores: object) -> Baixado:
        """Clicks what answers with a file. Raises PaginaNoLugar when a page came."""
        with self._explicar(chave):
            return self.transporte.baixar(self.tabela.seletor(chave, **valores))

    def combina(self, ajuste: str, texto: str) -> bool:
        """Whether `texto` matches the regular expression kept in setting `ajuste`."""
        padrao = str(self.tabela.ajuste(ajuste))
        return bool(padrao) and re.search(padrao, texto, re.IGNORECASE) is not None
