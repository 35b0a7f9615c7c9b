"""What is kept of a failure: the page's HTML with inputs and secrets masked and, with a browser, a picture."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from etl_scripts import contrato
from etl_scripts.contrato import MASCARA
from etl_scripts.nomes import nome_seguro
from etl_scripts.transporte import Transporte

POR_EXECUCAO: Final = 20  # failures whose page is kept
HTML_MAXIMO: Final = 2 * 2**20  # characters


def mascarar_html(html: str) -> str:
    """The page without what anybody typed, without hidden tokens, scripts' contents, or any known secret."""
    pagina = LexborHTMLParser(html[:HTML_MAXIMO])
    for no in pagina.css("input"):
        if no.attributes.get("value") and (no.attributes.get("type") or "") not in {"submit", "button", "reset"}:
            no.attrs["value"] = MASCARA
    for no in pagina.css("textarea"):
        for filho in list(no.iter(include_text=True)):
            filho.decompose()
    for no in pagina.css("script"):
        no.decompose()
    for no in pagina.css("meta[name*=token], meta[name*=csrf]"):
        no.attrs["content"] = MASCARA
    texto = re.sub(r"(;jsessionid=)[^\"'?#]+", rf"\1{MASCARA}", pagina.html or "", flags=re.IGNORECASE)
    return contrato.mascarar(texto)


class Artefatos:
    """Writes into `<pasta_dados>/artefatos/exec-<id>/`, at most POR_EXECUCAO pages a run."""

    def __init__(self, pasta_dados: Path, execucao: int, sistema: str) -> None:
        self._pasta = pasta_dados / "artefatos" / f"exec-{execucao}"
        self._sistema = sistema
        self._guardados = 0

    def guardar(self, transporte: Transporte, motivo: str) -> Path | None:
        """Keeps the current page; says where. Never raises: a failure is being told already."""
        if self._guardados >= POR_EXECUCAO:
            return None
        self._guardados += 1
        try:
            html = mascarar_html(transporte.html())
            self._pasta.mkdir(parents=True, exist_ok=True)
            tronco = nome_seguro(f"{self._sistema}-{datetime.now().astimezone():%H%M%S}-{self._guardados:02d}")
            arquivo = self._pasta / f"{tronco}.html"
            cabecalho = f"<!-- {contrato.mascarar(motivo).replace('--', '- -')} · {transporte.nome} -->\n"
            arquivo.write_text(cabecalho + html, encoding="utf-8")
            imagem = transporte.captura()
            if imagem:
                arquivo.with_suffix(".png").write_bytes(imagem)
        except (OSError, ValueError) as causa:
            contrato.detalhe(self._sistema, f"A página da falha não pôde ser guardada: {causa}")
            return None
        contrato.detalhe(self._sistema, f"Página da falha guardada em {arquivo}")
        return arquivo
