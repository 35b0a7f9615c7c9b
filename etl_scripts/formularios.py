"""HTML forms without a browser: find an element, fill it, and say what submitting its form would send."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from etl_scripts.seletores import Seletor, aspas

TIPOS_BOTAO = frozenset({"submit", "image", "button", "reset"})


@dataclass(frozen=True, slots=True)
class Envio:
    """A request that a page's element stands for."""

    metodo: str
    endereco: str
    corpo: bytes = b""
    tipo: str = "application/x-www-form-urlencoded"


def normalizar(texto: str) -> str:
    """Text as a person compares it: one space between words, no case."""
    return re.sub(r"\s+", " ", texto.replace("\xa0", " ")).strip().casefold()


def texto_de(no: LexborNode) -> str:
    """What one reads on an element: its text, or the caption of an input or image."""
    texto = re.sub(r"\s+", " ", no.text(deep=True)).strip()
    return texto or no.attributes.get("value") or no.attributes.get("title") or no.attributes.get("alt") or ""


def achar_todos(
    pagina: LexborHTMLParser, alternativas: Sequence[Seletor], *, ocultos: bool = False
) -> list[LexborNode]:
    """All nodes of the first alternative that matches anything; `ocultos` takes what a script would have to show too."""
    for seletor in alternativas:
        nos = [no for no in pagina.css(seletor.css) if ocultos or visivel(no)]
        if seletor.texto:
            procurado = normalizar(seletor.texto)
            nos = [no for no in nos if normalizar(texto_de(no)) == procurado]
        if nos:
            return nos
    return []


def visivel(no: LexborNode) -> bool:
    """False for what the page itself hides (`hidden`, `display:none` in its own style), itself or a parent."""
    atual: LexborNode | None = no
    while atual is not None and atual.tag not in {"html", "-undef"}:
        atributos = atual.attributes
        if "hidden" in atributos or "display:none" in (atributos.get("style") or "").replace(" ", "").lower():
            # A select that a widget covers is hidden from the eye, yet it is what the form sends.
            return atual is no and no.tag in {"select", "input"}
        atual = atual.parent
    return True


def formulario_de(pagina: LexborHTMLParser, no: LexborNode) -> LexborNode | None:
    """The form that a control belongs to."""
    dono = no.attributes.get("form")
    if dono:
        return pagina.css_first(f"form[id={aspas(dono)}]")
    return _ascendente(no, {"form"})


def _ascendente(no: LexborNode, marcas: set[str]) -> LexborNode | None:
    atual: LexborNode | None = no
    while atual is not None:
        if atual.tag in marcas:
            return atual
        atual = atual.parent
    return None


def _controles(pagina: LexborHTMLParser, formulario: LexborNode) -> Iterator[LexborNode]:
    for no in pagina.css("input, select, textarea, button"):
        dono = formulario_de(pagina, no)
        if dono is not None and dono.mem_id == formulario.mem_id and "disabled" not in no.attributes:
            yield no


def campos_de(pagina: LexborHTMLParser, formulario: LexborNode, disparador: LexborNode | None) -> list[tuple[str, str]]:
    """The name/value pairs that the form sends when `disparador` submits it (HTML's rules of successful controls)."""
    pares: list[tuple[str, str]] = []
    for no in _controles(pagina, formulario):
        atributos = no.attributes
        nome, tipo = atributos.get("name") or "", (atributos.get("type") or "").lower()
        e_disparador = disparador is not None and no.mem_id == disparador.mem_id
        if not nome or tipo == "file":
            continue
        if no.tag == "button" or (no.tag == "input" and tipo in TIPOS_BOTAO):
            if e_disparador and tipo == "image":
                pares += [(f"{nome}.x", "1"), (f"{nome}.y", "1")]
            elif e_disparador:
                pares.append((nome, atributos.get("value") or ""))
        elif no.tag == "select":
            pares += [(nome, valor) for valor in _escolhidos(no)]
        elif no.tag == "textarea":
            pares.append((nome, atributos.get("data-preenchido") or no.text(deep=True)))
        elif tipo in {"checkbox", "radio"}:
            if "checked" in atributos:
                valor = atributos.get("value")
                pares.append((nome, "on" if valor is None else valor))
        else:
            pares.append((nome, atributos.get("value") or ""))
    return pares


def _valor_opcao(opcao: LexborNode) -> str:
    valor = opcao.attributes.get("value")
    return texto_de(opcao) if valor is None else valor


def _escolhidos(no: LexborNode) -> list[str]:
    opcoes = [o for o in no.css("option") if "disabled" not in o.attributes]
    marcadas = [_valor_opcao(o) for o in opcoes if "selected" in o.attributes]
    if "multiple" in no.attributes:
        return marcadas
    if marcadas:
        return marcadas[-1:]
    return [_valor_opcao(opcoes[0])] if opcoes else []


def preencher(no: LexborNode, valor: str) -> None:
    """Puts a value into an input or textarea."""
    no.attrs["data-preenchido" if no.tag == "textarea" else "value"] = valor


def escolher(no: LexborNode, valor: str, texto: str) -> bool:
    """Selects the option with that value or visible text; False when there is none."""
    opcoes = no.css("option")
    procurado = normalizar(texto)
    achadas = [o for o in opcoes if (_valor_opcao(o) == valor if valor else normalizar(texto_de(o)) == procurado)]
    if not achadas:
        return False
    if "multiple" not in no.attributes:
        for opcao in opcoes:
            if "selected" in opcao.attributes:
                del opcao.attrs["selected"]
    achadas[0].attrs["selected"] = ""
    return True


def marcar(pagina: LexborHTMLParser, no: LexborNode, marcado: bool) -> None:
    """Ticks or clears a checkbox; a radio clears the others of its group."""
    if (no.attributes.get("type") or "").lower() == "radio":
        for outro in pagina.css(f"input[type=radio][name={aspas(no.attributes.get('name') or '')}]"):
            if "checked" in outro.attributes:
                del outro.attrs["checked"]
    if marcado:
        no.attrs["checked"] = ""
    elif "checked" in no.attributes:
        del no.attrs["checked"]


def definir(pagina: LexborHTMLParser, formulario: LexborNode, campos: dict[str, str]) -> None:
    """Gives hidden fields of the form the values that the page's script would write."""
    for no in _controles(pagina, formulario):
        nome = no.attributes.get("name") or ""
        if nome in campos:
            no.attrs["value"] = campos[nome]


def botao_padrao(pagina: LexborHTMLParser, formulario: LexborNode) -> LexborNode | None:
    """The button that Enter in a field presses: the form's first one that submits."""
    for no in _controles(pagina, formulario):
        tipo = (no.attributes.get("type") or ("submit" if no.tag == "button" else "")).lower()
        if no.tag in {"button", "input"} and tipo in {"submit", "image"}:
            return no
    return None


def acao_de(pagina: LexborHTMLParser, no: LexborNode, base: str, codificacao: str) -> Envio | None:
    """The request that clicking `no` makes: a link's address or its form's submission; None for what only a script does."""
    alvo = _ascendente(no, {"a", "button"}) or no
    endereco = (alvo.attributes.get("href") or "").strip()
    if alvo.tag == "a" and endereco and not endereco.lower().startswith(("javascript:", "#")):
        return Envio("GET", urljoin(base, endereco))
    tipo = (alvo.attributes.get("type") or ("submit" if alvo.tag == "button" else "")).lower()
    formulario = formulario_de(pagina, alvo)
    if alvo.tag == "a" and formulario is not None and alvo.attributes.get("id"):
        return _link_de_comando(pagina, formulario, alvo.attributes["id"] or "", base, codificacao)
    if formulario is None or alvo.tag not in {"button", "input"} or tipo not in {"submit", "image"}:
        return None
    return envio_de(pagina, formulario, alvo, base, codificacao)


def _link_de_comando(
    pagina: LexborHTMLParser, formulario: LexborNode, id_link: str, base: str, codificacao: str
) -> Envio | None:
    """A JSF command link: its script writes the link's id into the form's `…:_idcl` field and submits."""
    for no in _controles(pagina, formulario):
        if (no.attributes.get("name") or "").endswith(":_idcl"):
            no.attrs["value"] = id_link
            return envio_de(pagina, formulario, None, base, codificacao)
    return None


def envio_de(
    pagina: LexborHTMLParser, formulario: LexborNode, disparador: LexborNode | None, base: str, codificacao: str
) -> Envio:
    """The request that submitting a form makes."""
    de_quem = disparador.attributes if disparador is not None else {}
    metodo = (de_quem.get("formmethod") or formulario.attributes.get("method") or "get").upper()
    destino = urljoin(base, de_quem.get("formaction") or formulario.attributes.get("action") or base)
    pares = campos_de(pagina, formulario, disparador)
    if metodo == "GET":
        partes = urlsplit(destino)
        return Envio("GET", urlunsplit(partes._replace(query=urlencode(pares, encoding=codificacao, errors="replace"))))
    tipo = (de_quem.get("formenctype") or formulario.attributes.get("enctype") or "").lower()
    if tipo == "multipart/form-data":
        corpo, tipo = _multipart(pares, codificacao)
        return Envio("POST", destino, corpo, tipo)
    return Envio("POST", destino, urlencode(pares, encoding=codificacao, errors="replace").encode("ascii"))


def _multipart(pares: list[tuple[str, str]], codificacao: str) -> tuple[bytes, str]:
    import secrets

    marca = secrets.token_hex(16)
    partes = [
        f'--{marca}\r\nContent-Disposition: form-data; name="{nome}"\r\n\r\n{valor}\r\n'.encode(codificacao, "replace")
        for nome, valor in pares
    ]
    return b"".join(partes) + f"--{marca}--\r\n".encode(), f"multipart/form-data; boundary={marca}"
