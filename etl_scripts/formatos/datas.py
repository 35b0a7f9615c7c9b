"""Reads dates as Brazilian reports and spreadsheets write them.

Accepted: `24/11/2026`, `4/1/2026`, `24-11-2026`, `24.11.2026`, `2026-11-24`, `20261124`, each with an optional time
after a space or `T`. Refused: two-digit years, month before day, and years outside 1990-2100.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

ANO_MINIMO: Final = 1990
ANO_MAXIMO: Final = 2100
# Excel counts days from here (its 1900 leap-year bug included); 32874 is 1990-01-01 and 73415 is 2100-12-31.
EPOCA_EXCEL: Final = date(1899, 12, 30)
SERIAL_MINIMO, SERIAL_MAXIMO = 32_874, 73_415

_HORA = r"(?:[ T][0-9:.,+\-Z]{1,20})?"
_DIA_PRIMEIRO = re.compile(rf"([0-9]{{1,2}})([/.\-])([0-9]{{1,2}})\2([0-9]{{4}}){_HORA}", re.ASCII)
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_HORA}", re.ASCII)
_COMPACTA = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)


def ler_data(texto: str) -> date:
    """The date that a text holds; ValueError (in Portuguese) when it holds none, or one that cannot be."""
    limpo = texto.strip(" \t\r\n\u00a0")
    if achado := _DIA_PRIMEIRO.fullmatch(limpo):
        dia, _, mes, ano = achado.groups()
    elif achado := _ISO.fullmatch(limpo) or _COMPACTA.fullmatch(limpo):
        ano, mes, dia = achado.groups()
    else:
        raise ValueError(f"“{limpo[:40]}” não é uma data (DD/MM/AAAA)")
    if not ANO_MINIMO <= int(ano) <= ANO_MAXIMO:
        raise ValueError(f"“{limpo[:40]}” tem um ano fora de {ANO_MINIMO}–{ANO_MAXIMO}")
    try:
        return date(int(ano), int(mes), int(dia))
    except ValueError as erro:
        raise ValueError(f"“{limpo[:40]}” não existe no calendário") from erro


def ler_data_celula(valor: object) -> date:
    """The date of a spreadsheet cell: a date, an Excel serial number, or text; ValueError otherwise."""
    if isinstance(valor, datetime):
        valor = valor.date()
    if isinstance(valor, date):
        if not ANO_MINIMO <= valor.year <= ANO_MAXIMO:
            raise ValueError(f"{escrever_data(valor)} tem um ano fora de {ANO_MINIMO}–{ANO_MAXIMO}")
        return valor
    if isinstance(valor, (int, float)) and not isinstance(valor, bool):
        if SERIAL_MINIMO <= valor < SERIAL_MAXIMO + 1:
            return EPOCA_EXCEL + timedelta(days=int(valor))
        # A date typed as a number (20261124) is read as its digits.
        return ler_data(f"{valor:.0f}")
    if isinstance(valor, str):
        return ler_data(valor)
    raise ValueError("esperada uma data, a célula está vazia" if valor is None else "esperada uma data")


def escrever_data(valor: date) -> str:
    """DD/MM/YYYY, as users read it."""
    return f"{valor.day:02d}/{valor.month:02d}/{valor.year:04d}"
