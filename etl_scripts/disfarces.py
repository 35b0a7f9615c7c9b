"""The texts by which one secret may show up in a page, an address or a message. Pure, light to import."""

from __future__ import annotations

import base64
import html
import json
from typing import Final
from urllib.parse import quote, quote_plus

DERIVADO_MINIMO: Final = 6  # characters; a shorter piece of base64 would be found by chance


def formas(segredo: str) -> set[str]:
    """As it is, HTML-escaped, URL-encoded, JSON-escaped, as Python shows it, and in base64 at each alignment."""
    achadas = {segredo, repr(segredo)[1:-1], ascii(segredo)[1:-1]}
    achadas |= {json.dumps(segredo)[1:-1], json.dumps(segredo, ensure_ascii=False)[1:-1]}
    for texto in tuple(achadas):
        achadas |= _html(texto)
    for codificacao in ("utf-8", "latin-1"):
        octetos = segredo.encode(codificacao, "ignore")
        urls = {quote(octetos, safe=livres) for livres in ("", "/", "/:@", "!*'()", "/!*'()~")} | {quote_plus(octetos)}
        achadas |= urls | {html.escape(texto) for texto in urls} | _base64(octetos)
    return achadas


def _html(texto: str) -> set[str]:
    """As browsers and servers write it: in a text, in an attribute, with names or numbers."""
    atributo = texto.replace("&", "&amp;").replace('"', "&quot;")
    formas = {html.escape(texto), html.escape(texto, quote=False), atributo}
    formas.add(atributo.replace("<", "&lt;").replace(">", "&gt;"))
    formas |= {forma.replace("&#x27;", "&#39;").replace("&quot;", "&#34;") for forma in formas}
    return formas | {forma.encode("ascii", "xmlcharrefreplace").decode() for forma in formas}


def _base64(octetos: bytes) -> set[str]:
    """The characters that do not depend on what stands before and after."""
    achadas = set()
    for antes, perdidos in ((0, 0), (1, 2), (2, 3)):
        inteiros = 8 * (antes + len(octetos)) // 6
        for codificar in (base64.b64encode, base64.urlsafe_b64encode):
            texto = codificar(b"\0" * antes + octetos)[perdidos:inteiros].decode()
            if len(texto) >= DERIVADO_MINIMO:
                achadas.add(texto)
    return achadas
