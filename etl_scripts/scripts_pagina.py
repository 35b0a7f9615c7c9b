"""JavaScript that the browser transport runs in a portal's page. Only the page's own DOM is touched."""

from __future__ import annotations

from typing import Final

# Text and attributes of what can be seen; options and selects that a widget covers count too.
LER: Final = """(nos, texto) => nos.filter(no => {
  const some = no.tagName !== 'OPTION' && no.tagName !== 'SELECT' && no.type !== 'hidden';
  if (some && no.getClientRects().length === 0) return false;
  if (!texto) return true;
  const lido = (no.innerText || no.value || no.title || '').replace(/\\s+/g, ' ').trim();
  return lido.toLowerCase() === texto.toLowerCase();
}).map(no => ({
  texto: (no.innerText || no.textContent || no.value || no.title || '').replace(/\\s+/g, ' ').trim(),
  atributos: Object.fromEntries([...no.attributes].map(a => [a.name, a.value]))
}))"""

CELULAS: Final = """nos => nos.map(no => [...no.querySelectorAll('td, th')].map(
  c => (c.innerText || '').replace(/\\s+/g, ' ').trim()))"""

ENVIAR: Final = """(no, campos) => {
  const formulario = no.closest('form');
  for (const [nome, valor] of Object.entries(campos)) formulario.elements[nome].value = valor;
  formulario.submit();
}"""

# The first match that is on view, else the first match.
_ACHAR: Final = """
  let no = null;
  for (const css of seletores) {
    const nos = [...document.querySelectorAll(css)];
    no = nos.find(n => n.getClientRects().length > 0) || nos[0];
    if (no) break;
  }
  if (!no) return null;
"""

VALOR: Final = "({seletores}) => {" + _ACHAR + "return no.value || ''; }"

# By the prototype's setter: a framework that watches the property notices.
PREENCHER: Final = (
    "({seletores, valor}) => {"
    + _ACHAR
    + """
  const prototipo = no.tagName === 'TEXTAREA' ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  no.focus();
  Object.getOwnPropertyDescriptor(prototipo, 'value').set.call(no, valor);
  for (const evento of ['input', 'keyup', 'change']) no.dispatchEvent(new Event(evento, {bubbles: true}));
  return no.value;
}"""
)

ESCOLHER: Final = (
    "({seletores, valor, texto}) => {"
    + _ACHAR
    + """
  const limpo = t => t.replace(/\\s+/g, ' ').trim().toLowerCase();
  const opcao = [...no.options].find(o => valor ? o.value === valor : limpo(o.text) === limpo(texto));
  if (!opcao) return null;
  if (no.multiple) opcao.selected = true; else no.value = opcao.value;
  for (const evento of ['input', 'change']) no.dispatchEvent(new Event(evento, {bubbles: true}));
  return opcao.value;
}"""
)
