"""Numbers and dates as Brazilians write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def number(value: Decimal | int | None, places: int = 2, *, thousands: bool = True) -> str:
    """`1.234,56`; empty for None."""
    if value is None:
        return ""
    text = f"{Decimal(value):,.{places}f}" if thousands else f"{Decimal(value):.{places}f}"
    return text.translate({ord(","): ".", ord("."): ","})


def day_br(day: date | None) -> str:
    """`DD/MM/AAAA`; empty for None."""
    return day.strftime("%d/%m/%Y") if day else ""
