"""Portuguese that agrees: counts with their nouns, quotations with their full stop."""

from __future__ import annotations


def contados(quantos: int, um: str, muitos: str = "") -> str:
    """`contados(2, "arquivo novo", "arquivos novos")` is `2 arquivos novos`; without `muitos`, `um` fits every count."""
    return f"{quantos:,} {um if quantos == 1 or not muitos else muitos}".replace(",", ".")


def com_maiuscula(texto: str) -> str:
    """A sentence's first letter made a capital; the rest (names, acronyms) stays."""
    return texto[:1].upper() + texto[1:]


def citado(texto: str, maximo: int = 200) -> str:
    """Somebody's words (a portal's) in quotation marks at the end of a sentence, with one full stop in all."""
    texto = texto.strip()[:maximo]
    return f"“{texto}”" if texto.endswith((".", "!", "?", "…")) else f"“{texto}”."
