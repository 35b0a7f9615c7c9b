"""Reads XML without trusting it: no DTD, no entities, no network, bounded size, depth and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from .limites import MAX_BYTES_XML, Prazo, conferir_tamanho
from .modelo import ErroDeLeitura
from .numeros import ler_numero_ponto

if TYPE_CHECKING:
    from lxml.etree import _Element

R = TypeVar("R")
MAX_ELEMENTOS: Final = 5_000_000


def elementos(caminho: Path, nomes: frozenset[str]) -> Iterator[_Element]:
    """Yields each finished element whose local name is in `nomes`, emptying it afterwards; nested ones come first.

    ErroDeLeitura with line and column where the XML is not well formed, has a DTD, or passes the limits.
    """
    from lxml import etree

    conferir_tamanho(caminho, MAX_BYTES_XML)
    prazo = Prazo(caminho)
    leitor = etree.iterparse(
        str(caminho),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    total = 0
    try:
        for evento, elemento in leitor:
            total += evento == "start"
            if total == 1 and evento == "start" and elemento.getroottree().docinfo.doctype:
                raise ErroDeLeitura(caminho, 1, None, "o XML declara um DTD ou entidades e foi recusado")
            if total > MAX_ELEMENTOS:
                raise ErroDeLeitura(caminho, linha_de(elemento), None, f"o XML passa de {MAX_ELEMENTOS} elementos")
            if total % 20_000 == 0:
                prazo.conferir(linha_de(elemento))
            if nome_local(elemento) not in nomes:
                continue
            if evento == "end":
                yield elemento
                elemento.clear()
    except etree.LxmlError as erro:
        linha, coluna = getattr(erro, "position", (None, None))
        mensagem = "o XML está malformado ou chegou cortado"
        raise ErroDeLeitura(caminho, linha or None, str(coluna) if coluna else None, mensagem) from erro


def nome_local(elemento: _Element) -> str:
    """The tag without its namespace."""
    tag = elemento.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def linha_de(elemento: _Element) -> int | None:
    """The line of the file where the element begins."""
    linha = elemento.sourceline
    return linha if isinstance(linha, int) else None


def achar(elemento: _Element, caminho: str) -> _Element | None:
    """The first descendant by a path of local names, `A/B/C`; None when a step is missing."""
    atual: _Element | None = elemento
    for passo in caminho.split("/"):
        if atual is None:
            return None
        atual = next((filho for filho in atual if nome_local(filho) == passo), None)
    return atual


def todos(elemento: _Element, nome: str) -> list[_Element]:
    """The direct children of this local name."""
    return [filho for filho in elemento if nome_local(filho) == nome]


def texto(elemento: _Element, caminho: str) -> str:
    """The text at a path, stripped; empty when missing."""
    achado = achar(elemento, caminho)
    return (achado.text or "").strip() if achado is not None else ""


class Campos:
    """Reads the values of one file's elements, and says line and element when one cannot be read."""

    def __init__(self, caminho: Path) -> None:
        self.caminho = caminho

    def numero(self, elemento: _Element, onde: str) -> Decimal | None:
        """The number at a path; None when missing or empty."""
        return self.converter(elemento, onde, ler_numero_ponto)

    def converter(self, elemento: _Element, onde: str, leitor: Callable[[str], R]) -> R | None:
        valor = texto(elemento, onde)
        if not valor:
            return None
        try:
            return leitor(valor)
        except ValueError as erro:
            raise self.erro(elemento, onde, str(erro)) from erro

    def obrigatorio(self, elemento: _Element, onde: str, leitor: Callable[[str], R]) -> R:
        valor = self.converter(elemento, onde, leitor)
        if valor is None:
            raise self.erro(elemento, onde, "o elemento falta ou está vazio")
        return valor

    def erro(self, elemento: _Element, onde: str, mensagem: str) -> ErroDeLeitura:
        alvo = achar(elemento, onde)
        linha = linha_de(alvo if alvo is not None else elemento)
        return ErroDeLeitura(self.caminho, linha, f"{nome_local(elemento)}/{onde}", mensagem)
