"""What a browser tells while it is driven: requests under way, the page's HTTP status, downloads, dialogs."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import BrowserContext, Dialog, Download, Error, Page, Request, Response

from etl_scripts import contrato
from etl_scripts.navegador import primeira_linha

QUIETO: Final = 0.12  # seconds without a request = the page has settled


@dataclass(slots=True)
class Chegada:
    """A download under way; `fim` and `erro` are set by the handler that waits for it."""

    baixa: Download
    fim: bool = False
    erro: str | None = None


class Observador:
    """Listens to a whole context, so that a window which the portal opens is heard too."""

    def __init__(self, contexto: BrowserContext, sistema: str) -> None:
        self._sistema = sistema
        self._pendentes: set[Request] = set()
        self._ultima = 0.0
        self.chegadas: list[Chegada] = []
        self.estado: tuple[int, str] | None = None  # HTTP status and address of the last page
        contexto.on("page", self._nova_pagina)
        contexto.on("dialog", self._dialogo)
        contexto.on("response", self._resposta)
        contexto.on("request", self._pedido)
        contexto.on("requestfinished", self._fim_pedido)
        contexto.on("requestfailed", self._fim_pedido)
        for pagina in contexto.pages:
            self._nova_pagina(pagina)

    def esquecer(self) -> None:
        """Before a click: what came before it no longer counts."""
        self.estado = None
        self.chegadas.clear()
        self._ultima = time.monotonic()

    def quieto(self, segundos: float = QUIETO) -> bool:
        """Whether nothing is under way, and was not for so long."""
        return not self._pendentes and time.monotonic() - self._ultima >= segundos

    def _nova_pagina(self, pagina: Page) -> None:
        pagina.on("download", self._chegou)

    def _chegou(self, baixa: Download) -> None:
        chegada = Chegada(baixa)
        self.chegadas.append(chegada)
        try:
            chegada.erro = baixa.failure()
        except Error as causa:
            chegada.erro = primeira_linha(causa)
        chegada.fim = True

    def _dialogo(self, dialogo: Dialog) -> None:
        contrato.aviso(self._sistema, f"O portal mostrou um aviso, que foi aceito: {dialogo.message[:300]}")
        with suppress(Error):
            dialogo.accept()

    def _pedido(self, pedido: Request) -> None:
        self._pendentes.add(pedido)
        self._ultima = time.monotonic()

    def _fim_pedido(self, pedido: Request) -> None:
        self._pendentes.discard(pedido)
        self._ultima = time.monotonic()

    def _resposta(self, resposta: Response) -> None:
        with suppress(Error):
            if resposta.request.is_navigation_request() and resposta.frame.parent_frame is None:
                self.estado = (resposta.status, resposta.url)
