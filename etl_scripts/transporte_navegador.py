"""The portal in a real browser: Playwright (sync) on a browser of the system, in a profile that dies with the run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from playwright.sync_api import Error, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as TempoEsgotado

from etl_scripts import scripts_pagina as scripts
from etl_scripts.captura import fotografar
from etl_scripts.erros import ArquivoInvalido, Falha
from etl_scripts.navegador import abrir_navegador, primeira_linha
from etl_scripts.nomes import mb, nome_seguro
from etl_scripts.observador import QUIETO, Chegada, Observador
from etl_scripts.transporte import (
    Alternativas,
    Baixado,
    Elemento,
    ElementoAusente,
    Limites,
    PaginaNoLugar,
    Transporte,
    falha_de_estado,
)

PRAZO_CLIQUE: Final = 15.0  # seconds for an element that is there to become clickable
PASSO_MS: Final = 40  # how often a wait looks again
DEMORAS: Final = 10  # times that the page takes to answer us: so long it must be quiet at least
QUIETO_MAXIMO: Final = 3.0  # seconds


class TransporteNavegador(Transporte):
    """One tab that is driven, and whatever windows it opens."""

    nome = "navegador"
    executa_scripts = True

    def __init__(self, pasta: Path, limites: Limites, inicio: str, sistema: str) -> None:
        super().__init__(pasta, limites)
        self._inicio = inicio
        self._recebendo = pasta / "recebendo"
        self._gestor = sync_playwright()
        playwright = self._gestor.start()
        try:
            self._contexto = abrir_navegador(playwright, pasta, self._recebendo)
        except BaseException:
            self._gestor.__exit__(None, None, None)
            raise
        self._contexto.set_default_timeout(limites.pagina * 1000)
        self._pagina: Page = self._contexto.pages[0] if self._contexto.pages else self._contexto.new_page()
        self._observador = Observador(self._contexto, sistema)

    # -- the words -------------------------------------------------------------------------------------------------

    @property
    def endereco(self) -> str:
        return self._pagina.url

    def abrir(self, endereco: str) -> None:
        base = self._inicio if self._pagina.url == "about:blank" else self._pagina.url
        self._observador.esquecer()
        with _em_palavras():
            self._pagina.goto(urljoin(base, endereco), wait_until="domcontentloaded")
        self._depois()

    def elementos(self, alternativas: Alternativas) -> list[Elemento]:
        for seletor in alternativas:
            try:
                achados = self._pagina.eval_on_selector_all(seletor.css, scripts.LER, seletor.texto)
            except Error:  # the page is changing under us: nothing is there at this moment
                continue
            if achados:
                return [Elemento(item["texto"], item["atributos"]) for item in achados]
        return []

    def linhas(self, alternativas: Alternativas) -> list[list[str]]:
        for seletor in alternativas:
            try:
                achadas = self._pagina.eval_on_selector_all(seletor.css, scripts.CELULAS)
            except Error:
                continue
            if achadas:
                return [[str(celula) for celula in linha] for linha in achadas]
        return []

    def esperar(self, opcoes: Sequence[Alternativas], prazo: float | None = None) -> int:
        limite = time.monotonic() + (self.limites.pagina if prazo is None else prazo)
        while True:
            for n, alternativas in enumerate(opcoes):
                if self.elementos(alternativas):
                    return n
            if time.monotonic() > limite:
                raise ElementoAusente([seletor for alternativas in opcoes for seletor in alternativas])
            self._pausa()

    def preencher(self, alternativas: Alternativas, valor: str) -> None:
        self._no_ato(scripts.PREENCHER, alternativas, {"valor": valor})

    def escolher(self, alternativas: Alternativas, valor: str = "", texto: str = "") -> None:
        self._no_ato(scripts.ESCOLHER, alternativas, {"valor": valor, "texto": texto})
        self._depois()

    def valor(self, alternativas: Alternativas) -> str:
        return self._no_ato(scripts.VALOR, alternativas, {})

    def _no_ato(self, script: str, alternativas: Alternativas, dados: dict[str, str]) -> str:
        """Finds the element and acts on it in one turn of the page: a page that redraws itself cannot come in between."""
        achados = [seletor.css for seletor in alternativas]
        with _em_palavras():
            feito = self._pagina.evaluate(script, {"seletores": achados, **dados})
        if feito is None:
            raise ElementoAusente(alternativas)
        return str(feito)

    def marcar(self, alternativas: Alternativas, marcado: bool = True) -> None:
        with _em_palavras():
            self._um(alternativas).set_checked(marcado)

    def marcar_todos(self, alternativas: Alternativas) -> None:
        with _em_palavras():
            for seletor in alternativas:
                for campo in self._pagina.locator(seletor.css).all():
                    campo.set_checked(True)

    def enter(self, alternativas: Alternativas) -> None:
        self._observador.esquecer()
        with _em_palavras():
            self._um(alternativas).press("Enter")
        self._depois()

    def enviar_com(self, alternativas: Alternativas, campos: dict[str, str]) -> None:
        self._observador.esquecer()
        with _em_palavras():
            self._um(alternativas).evaluate(scripts.ENVIAR, campos)
        self._depois()

    def clicar(self, alternativas: Alternativas) -> None:
        self._observador.esquecer()
        self._apertar(alternativas)
        self._depois()

    def baixar(self, alternativas: Alternativas) -> Baixado:
        self._observador.esquecer()
        self._apertar(alternativas)
        return self._receber()

    def _apertar(self, alternativas: Alternativas) -> None:
        try:
            self._um(alternativas).click(timeout=1000 * min(PRAZO_CLIQUE, self.limites.pagina))
        except TempoEsgotado as causa:  # it is there, but hidden or covered
            raise ElementoAusente(alternativas) from causa
        except Error as causa:
            raise Falha("portal_fora", f"A conexão com o portal falhou: {primeira_linha(causa)}") from causa

    def baixar_endereco(self, endereco: str, etiqueta: str = "") -> Baixado:  # noqa: ARG002 - the browser keeps its own
        self._observador.esquecer()
        destino = urljoin(self._pagina.url, endereco)
        try:
            self._pagina.goto(destino, wait_until="commit")
        except TempoEsgotado as causa:
            raise Falha("portal_fora", "O portal não respondeu a tempo.") from causa
        except Error as causa:
            if "Download is starting" not in str(causa) and "ERR_ABORTED" not in str(causa):
                raise Falha("portal_fora", f"A conexão com o portal falhou: {primeira_linha(causa)}") from causa
        return self._receber()

    def html(self) -> str:
        try:
            return self._pagina.content()
        except Error:
            return ""

    def captura(self) -> bytes | None:
        return fotografar(self._pagina)

    def fechar(self) -> None:
        with suppress(Exception):
            self._contexto.close()
        with suppress(Exception):
            self._gestor.__exit__(None, None, None)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _um(self, alternativas: Alternativas) -> Locator:
        """A locator: it looks the element up again at each use, so a page that redraws itself does no harm."""
        for seletor in alternativas:
            base = self._pagina.locator(seletor.css)
            alvo = base.filter(has_text=_exato(seletor.texto)) if seletor.texto else base
            if seletor.texto and alvo.count() == 0:
                alvo = self._pagina.locator(f'input[value="{seletor.texto}"], a:has([title="{seletor.texto}"])')
            if alvo.count():
                return alvo.first
        raise ElementoAusente(alternativas)

    def _pausa(self) -> None:
        with _em_palavras():
            self._pagina.wait_for_timeout(PASSO_MS)

    def _depois(self) -> None:
        """After a click: until the page is loaded and the network has been quiet for a moment."""
        self._assentar()
        estado = self._observador.estado
        if estado is not None:
            falha = falha_de_estado(estado[0], self.html() if estado[0] >= 400 else "", estado[1])
            if falha is not None:
                raise falha
        self.ao_navegar()

    def _assentar(self) -> None:
        limite = time.monotonic() + self.limites.pagina
        while time.monotonic() < limite:
            self._pausa()
            if not self._observador.quieto():
                continue
            perguntado = time.monotonic()
            try:
                pronta = self._pagina.evaluate("document.readyState") == "complete"
            except Error:
                continue  # between two pages
            # On a busy machine the page that a click leads to begins late: the old one must not be taken for it.
            demora = time.monotonic() - perguntado
            if pronta and self._observador.quieto(min(max(QUIETO, DEMORAS * demora), QUIETO_MAXIMO)):
                return
        raise Falha("portal_fora", "A página do portal não terminou de carregar a tempo.")

    def _receber(self) -> Baixado:
        """Waits for the download that a click began, or for the page that came instead."""
        limite = time.monotonic() + self.limites.baixa
        chegadas = self._observador.chegadas
        while not chegadas:
            self._pausa()
            if time.monotonic() > limite:
                raise Falha("portal_fora", "O portal não começou a mandar o arquivo a tempo.")
            if not chegadas and self._observador.quieto(4 * QUIETO):
                self._depois()
                if not chegadas:
                    self._fechar_janelas()
                    raise PaginaNoLugar(self._pagina.url)
        chegada = chegadas[0]
        while not chegada.fim:
            self._pausa()
            if self._recebido() > self.limites.tamanho:
                chegada.baixa.cancel()
                raise ArquivoInvalido(f"O arquivo passa do tamanho máximo permitido ({mb(self.limites.tamanho)}).")
            if time.monotonic() > limite:
                chegada.baixa.cancel()
                raise Falha("portal_fora", f"O arquivo não terminou de chegar em {self.limites.baixa:.0f} s.")
        return self._guardar(chegada)

    def _guardar(self, chegada: Chegada) -> Baixado:
        nome = nome_seguro(chegada.baixa.suggested_filename)
        origem = chegada.baixa.url
        if chegada.erro:
            raise Falha("portal_fora", f"O arquivo {nome} veio pela metade ({chegada.erro}).")
        recebido = Path(chegada.baixa.path())
        destino = self.proxima_pasta() / nome
        recebido.replace(destino)
        self._fechar_janelas()
        return Baixado(destino, nome, destino.stat().st_size, origem)

    def _recebido(self) -> int:
        total = 0
        for arquivo in self._recebendo.rglob("*"):
            with suppress(OSError):  # renamed by the browser meanwhile
                total += arquivo.stat().st_size
        return total

    def _fechar_janelas(self) -> None:
        for outra in self._contexto.pages:
            if outra is not self._pagina:
                with suppress(Error):
                    outra.close()


def _exato(texto: str) -> re.Pattern[str]:
    return re.compile(r"^\s*" + r"\s+".join(re.escape(p) for p in texto.split()) + r"\s*$", re.IGNORECASE)


@contextmanager
def _em_palavras() -> Iterator[None]:
    """Turns Playwright's errors into Falha with the reason in Portuguese."""
    try:
        yield
    except TempoEsgotado as causa:
        raise Falha("portal_fora", f"O portal não respondeu a tempo ({primeira_linha(causa)}).") from causa
    except Error as causa:
        texto = primeira_linha(causa)
        if "ERR_CERT" in texto:
            raise Falha("certificado", f"O certificado de segurança do portal não é confiável: {texto}") from causa
        raise Falha("portal_fora", f"A conexão com o portal falhou: {texto}") from causa
