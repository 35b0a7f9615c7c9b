"""A picture of a page in which nobody reads a secret or what was typed; where that cannot be made sure of, no picture.

The known secrets are looked for on our side: a page's own scripts, which could listen, are told only what to show instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from playwright.sync_api import Error, Frame, JSHandle, Page

from etl_scripts.contrato import MASCARA, mascarar, tem_segredo

PRAZO_MS: Final = 5000
TEXTO_MAXIMO: Final = 4 * 2**20  # characters of one frame that are looked through
CAMPOS: Final = "input, textarea, [contenteditable]"

# All that may be seen: texts and attributes, shadow trees included, as [node, attribute or null].
_JUNTAR: Final = """() => {
  const fora = new Set(['id', 'name', 'class', 'style', 'src', 'srcset', 'srcdoc', 'href', 'action']);
  const lugares = [];
  const andar = raiz => {
    const passos = document.createTreeWalker(raiz, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let no = passos.nextNode(); no; no = passos.nextNode()) {
      if (no.nodeType === Node.TEXT_NODE) { if (no.data.trim()) lugares.push([no, null]); continue; }
      for (const nome of no.getAttributeNames())
        if (!fora.has(nome) && !nome.startsWith('on')) lugares.push([no, nome]);
      if (no.shadowRoot) andar(no.shadowRoot);
    }
  };
  andar(document);
  return lugares;
}"""
_TEXTOS: Final = "lugares => lugares.map(([no, nome]) => (nome === null ? no.data : no.getAttribute(nome)) || '')"

# Puts the masked texts, and the mask into every field that holds something; what it changed is remembered, to be undone.
_COBRIR: Final = """(lugares, {trocas, mascara}) => {
  const antes = [];
  const livres = new Set(['hidden', 'submit', 'button', 'reset', 'image', 'file', 'checkbox', 'radio']);
  for (const no of new Set(lugares.map(([no]) => no))) {
    const campo = no.tagName === 'TEXTAREA' || (no.tagName === 'INPUT' && !livres.has(no.type));
    if (!campo || !no.value) continue;
    antes.push([no, undefined, no.value]);
    no.value = mascara;
  }
  for (const [n, texto] of trocas) {
    const [no, nome] = lugares[n];
    if (nome === null) { antes.push([no, null, no.data]); no.data = texto; }
    else { antes.push([no, nome, no.getAttribute(nome)]); no.setAttribute(nome, texto); }
  }
  return antes;
}"""
_DESFAZER: Final = """antes => {
  for (const [no, nome, valor] of antes.reverse()) {
    if (nome === null) no.data = valor;
    else if (nome === undefined) no.value = valor;
    else no.setAttribute(nome, valor);
  }
}"""

# What a person reads, as the page lays it out: the text as one, fields' values, what style sheets add.
_LEITURA: Final = """() => {
  const lido = [document.body ? document.body.innerText : ''];
  const andar = raiz => {
    for (const no of raiz.querySelectorAll('*')) {
      if (typeof no.value === 'string' && no.type !== 'hidden') lido.push(no.value);
      for (const nome of ['placeholder', 'alt', 'label']) lido.push(no.getAttribute(nome) || '');
      for (const parte of ['::before', '::after']) {
        const texto = getComputedStyle(no, parte).content;
        if (texto !== 'none' && texto !== 'normal') lido.push(texto);
      }
      if (no.shadowRoot) {
        for (const filho of no.shadowRoot.children) lido.push(filho.innerText || '');
        andar(no.shadowRoot);
      }
    }
  };
  andar(document);
  return lido.filter(texto => texto);
}"""


def fotografar(pagina: Page) -> bytes | None:
    """A PNG of the whole page with secrets and fields covered in every frame; None when that fails or does not hold."""
    try:
        with _coberta(pagina):
            if not _limpa(pagina):
                return None
            campos = [quadro.locator(CAMPOS) for quadro in pagina.frames]
            imagem = pagina.screenshot(full_page=True, mask=campos, timeout=PRAZO_MS, animations="disabled")
            # A page that redraws itself may have undone it meanwhile.
            return imagem if _limpa(pagina) else None
    except Error:
        return None


@contextmanager
def _coberta(pagina: Page) -> Iterator[None]:
    """The page covered, and afterwards as it was: the collection goes on with it."""
    desfazer: list[JSHandle] = []
    try:
        desfazer.extend(_cobrir(quadro) for quadro in pagina.frames)
        yield
    finally:
        for antes in desfazer:
            with suppress(Error):  # the page is another by now
                antes.evaluate(_DESFAZER)
                antes.dispose()


def _cobrir(quadro: Frame) -> JSHandle:
    lugares = quadro.evaluate_handle(_JUNTAR)
    textos: list[str] = lugares.evaluate(_TEXTOS)
    trocas = [[n, coberto] for n, texto in enumerate(textos) if (coberto := mascarar(texto)) != texto]
    dados: dict[str, Any] = {"trocas": trocas, "mascara": MASCARA}
    antes = lugares.evaluate_handle(_COBRIR, dados)
    lugares.dispose()
    return antes


def _limpa(pagina: Page) -> bool:
    """Whether no frame shows a known secret, by its texts taken together (a secret may be split over elements)."""
    for quadro in pagina.frames:
        lido = "\n".join(quadro.evaluate(_LEITURA))
        if len(lido) > TEXTO_MAXIMO or tem_segredo(lido):
            return False
    return True
