"""CVM open data: `inf_diario_fi_AAAAMM.zip`, one CSV of Latin-1, `;`, decimal point, written line by line to a file.

Until 2024: TP_FUNDO;CNPJ_FUNDO;DT_COMPTC;VL_TOTAL;VL_QUOTA;VL_PATRIM_LIQ;CAPTC_DIA;RESG_DIA;NR_COTST. Since 2025:
TP_FUNDO_CLASSE;CNPJ_FUNDO_CLASSE;ID_SUBCLASSE and the same from DT_COMPTC on. The demonstration's six funds come first
on each day, then invented ones.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from .data import carteira_of, unit
from .funds import FUNDS, Fund, format_cnpj, make_cnpj

VALUES = "DT_COMPTC;VL_TOTAL;VL_QUOTA;VL_PATRIM_LIQ;CAPTC_DIA;RESG_DIA;NR_COTST"
OLD_HEADER = f"TP_FUNDO;CNPJ_FUNDO;{VALUES}"
NEW_HEADER = f"TP_FUNDO_CLASSE;CNPJ_FUNDO_CLASSE;ID_SUBCLASSE;{VALUES}"
FIRST_NEW_MONTH = (2025, 1)


def _line(new: bool, cnpj: str, day: date, values: str) -> str:
    kind = "CLASSES - FIF" if new else "FI"
    subclass = ";" if new else ""
    return f"{kind};{cnpj};{subclass}{day};{values}"


def _own(fund: Fund, day: date) -> str:
    """Values of one of the demonstration's funds, as its carteira has them."""
    c = carteira_of(fund, day)
    came = sum((h.movimento for h in c.cotistas if h.movimento > 0), Decimal(0)) * c.cota
    went = sum((-h.movimento for h in c.cotistas if h.movimento < 0), Decimal(0)) * c.cota
    total = c.patrimonio - c.total("cpr")
    return f"{total:.2f};{c.cota:.12f};{c.patrimonio:.2f};{came:.2f};{went:.2f};{len(c.cotistas)}"


def _invented(number: int, day: date) -> str:
    """Values of a fund that exists only here."""
    start = 1 + unit(number) * 20
    price = start * (1 + 0.0003 * (day.toordinal() - 738_000))
    worth = 1_000_000 + unit(number, "pl") * 90_000_000
    return f"{worth:.2f};{price:.12f};{worth:.2f};0.00;0.00;{3 + number % 900}"


def lines(days: list[date], others: int, layout: tuple[int, int], copies: int = 1) -> Iterator[str]:
    """Header and lines: for each day the six funds and `others` invented ones; `layout` is (year, month)."""
    new = layout >= FIRST_NEW_MONTH
    yield NEW_HEADER if new else OLD_HEADER
    cnpjs = [format_cnpj(make_cnpj(60_000_000 + n, 1)) for n in range(others)]
    for day in days:
        rows = [_line(new, fund.cnpj_formatado, day, _own(fund, day)) for fund in FUNDS]
        for _ in range(copies):
            yield from rows
        for number, cnpj in enumerate(cnpjs):
            yield _line(new, cnpj, day, _invented(number, day))


def write_zip(path: Path, name: str, rows: Iterator[str]) -> None:
    """The ZIP; its member's time is fixed so that the same month is the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        member = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        with (
            archive.open(member, "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, "latin-1", newline="\r\n") as text,
        ):
            text.writelines(f"{row}\n" for row in rows)
