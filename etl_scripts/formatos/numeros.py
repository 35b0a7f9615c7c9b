"""Reads and writes numbers as Brazilian reports print them.

Accepted: `1.234,56`, `1234,56`, `,56`, `1.234.567`, `1.234` (one thousand two hundred and thirty-four: the point only
ever groups thousands), `R$ 1,00`, `12,5%` (0.125), and negatives as `-1,00`, `1,00-`, `(1,00)` or with U+2212.
Refused: a decimal point (`1.23`, `1,234.56`), broken groups (`12.34,5`), two signs, scientific notation (it has lost
digits), spaces inside, digits that are not 0-9, `NaN`, and more than 28 digits or 20 before the comma.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

MAX_DIGITOS: Final = 28  # the precision of decimal's default context: sums and signs stay exact
MAX_INTEIROS: Final = 20
VAZIOS: Final = frozenset({"", "-", "–", "—", "N/D", "ND", "N/A", "NULL"})

_BRANCOS: Final = " \t\r\n\u00a0\u202f"
_MENOS: Final = ("-", "−")
_BR = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?|,[0-9]+", re.ASCII)
_PONTO = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)


def ler_numero(texto: str) -> Decimal:
    """The number that a pt-BR text holds, exactly; ValueError (in Portuguese) when it holds none or is ambiguous."""
    limpo = texto.strip(_BRANCOS)
    corpo, negativo = _separar_sinal(limpo[: MAX_DIGITOS * 3])
    porcento = corpo.endswith("%")
    if porcento:
        corpo = corpo[:-1].rstrip(_BRANCOS)
    if len(limpo) > MAX_DIGITOS * 3 or not _BR.fullmatch(corpo):
        raise ValueError(f"{citar(texto)} não é um número no formato brasileiro (1.234,56)")
    valor = _limitar(Decimal(corpo.replace(".", "").replace(",", ".")), texto)
    if porcento:
        valor = valor.scaleb(-2)
    return -valor if negativo else valor


def ler_numero_opcional(texto: str) -> Decimal | None:
    """As `ler_numero`, but None for an empty cell, a lone dash or `N/D`."""
    if texto.strip(_BRANCOS).upper() in VAZIOS:
        return None
    return ler_numero(texto)


def ler_numero_ponto(texto: str) -> Decimal:
    """A number written with a decimal point (XML, CVM): `-1234.56`; ValueError otherwise. Scale is kept."""
    limpo = texto.strip()
    if len(limpo) > MAX_DIGITOS * 3 or not _PONTO.fullmatch(limpo):
        raise ValueError(f"{citar(texto)} não é um número com ponto decimal (1234.56)")
    return _limitar(Decimal(limpo), texto)


def ler_numero_celula(valor: object) -> Decimal | None:
    """The number of a spreadsheet cell: numeric as it is, text as pt-BR, None when empty; ValueError otherwise."""
    if valor is None:
        return None
    if isinstance(valor, str):
        return ler_numero_opcional(valor)
    if isinstance(valor, bool) or not isinstance(valor, (int, float, Decimal)):
        raise ValueError(f"esperado um número, veio {citar(str(valor))}")  # noqa: TRY004 - a cell's content
    # repr of a float is the shortest text that gives it back: what the person who typed it saw.
    numero = Decimal(repr(valor)) if isinstance(valor, float) else Decimal(valor)
    if not numero.is_finite():
        raise ValueError("o número é infinito ou inválido")
    if numero.adjusted() < -MAX_DIGITOS:
        return Decimal(0)  # what floating-point arithmetic leaves where zero was meant
    numero = _limitar(numero, str(valor))
    return numero.quantize(Decimal(1)) if numero == numero.to_integral_value() else numero


def escrever_numero(valor: Decimal, casas: int | None = None) -> str:
    """The number in pt-BR with thousands points; `casas` decimal places (rounded), or all that it has when None."""
    if casas is not None:
        valor = round(valor, casas)
    return f"{valor:,f}".translate(str.maketrans(",.", ".,"))


def citar(texto: str) -> str:
    """The text between quotes, short and printable, for a message."""
    visivel = "".join(letra if letra.isprintable() else "?" for letra in texto[:40])
    return f"“{visivel}{'…' if len(texto) > 40 else ''}”"


def _separar_sinal(texto: str) -> tuple[str, bool]:
    """Takes sign, parentheses and `R$` off; ValueError when there is more than one sign."""
    sinais = ""
    if texto.startswith("(") and texto.endswith(")"):
        sinais, texto = "-", texto[1:-1].strip(_BRANCOS)
    if texto.startswith((*_MENOS, "+")):
        sinais, texto = sinais + texto[0], texto[1:].lstrip(_BRANCOS)
    if texto[:2].upper() == "R$":
        texto = texto[2:].lstrip(_BRANCOS)
        if texto.startswith(_MENOS):
            sinais, texto = sinais + texto[0], texto[1:]
    if texto.endswith(_MENOS):
        sinais, texto = sinais + texto[-1], texto[:-1].rstrip(_BRANCOS)
    if len(sinais) > 1:
        raise ValueError(f"{citar(texto)} tem mais de um sinal")
    return texto, sinais not in ("", "+")


def _limitar(valor: Decimal, texto: str) -> Decimal:
    if len(valor.as_tuple().digits) > MAX_DIGITOS or not -MAX_DIGITOS <= valor.adjusted() < MAX_INTEIROS:
        raise ValueError(f"{citar(texto)} tem dígitos demais")
    return valor
