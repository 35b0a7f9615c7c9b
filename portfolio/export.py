"""Positions as CSV (pt-BR: `;`, decimal comma, UTF-8 with BOM) or XLSX, streamed: memory does not grow with them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.db.models import OuterRef, Subquery, Sum

from etlhub.errors import FieldError, Invalid
from portfolio.models import Carteira, Classe, Fundo, Posicao
from portfolio.queries import YEAR, carteiras, find_fundo, period
from sistemas.calendario import today

HEADER = (
    "Fundo", "CNPJ", "Data", "Sistema", "Patrimônio", "Cota",
    "Classe", "Ativo", "Quantidade", "Preço", "Valor", "% do patrimônio",
)  # fmt: skip
PAGE = 2000
CHUNK = 64 * 1024
MAX_XLSX_ROWS = 100_000
"""A workbook is made whole before its first byte leaves, two seconds or so for 10,000 rows; more go to a CSV."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (36, 16, 11, 15, 18, 14, 22, 36, 18, 18, 18, 12)
MONEY, FINE, DAY = "#,##0.00", "#,##0.########", "DD/MM/YYYY"


class Linha(NamedTuple):
    """One exported row; without positions a carteira is one row with its last five empty."""

    fundo: str
    cnpj: str
    data: date
    sistema: str
    patrimonio: Decimal
    cota: Decimal | None
    classe: str = ""
    ativo: str = ""
    quantidade: Decimal | None = None
    preco: Decimal | None = None
    valor: Decimal | None = None
    percentual: Decimal | None = None


def select(
    *, fundo: str | None, data: date | None, de: date | None, ate: date | None, sistema: str | None
) -> list[int]:
    """The carteiras to export, by id: of a range when `de` or `ate` is given, else each fund's newest up to `data`."""
    rows = carteiras(sistema)
    if fundo:
        rows = rows.filter(fundo=find_fundo(fundo))
    if de or ate:
        rows = rows.filter(data__range=period(de, ate, today(), span=YEAR))
    else:
        upto = rows.filter(data__lte=data) if data else rows
        newest = upto.filter(fundo=OuterRef("pk")).order_by("-data").values("pk")[:1]
        rows = rows.filter(pk__in=Fundo.objects.annotate(newest=Subquery(newest)).values("newest"))
    return list(rows.order_by("fundo__nome", "data").values_list("pk", flat=True))


def check_xlsx(carteira_ids: list[int]) -> None:
    """Invalid when there are too many rows for a workbook."""
    rows = 0
    for start in range(0, len(carteira_ids), PAGE):
        batch = Carteira.objects.filter(pk__in=carteira_ids[start : start + PAGE])
        rows += batch.aggregate(n=Sum("n_posicoes"))["n"] or 0
    if rows > MAX_XLSX_ROWS:
        text = f"são {rows} posições, demais para uma planilha (no máximo {MAX_XLSX_ROWS}): use CSV, um fundo ou menos datas"
        raise Invalid([FieldError("formato", text)])


def lines(carteira_ids: list[int]) -> Iterator[Linha]:
    """The rows of these carteiras, in their order; positions are read a page at a time."""
    for carteira_id in carteira_ids:
        carteira = Carteira.objects.select_related("fundo").filter(pk=carteira_id).first()
        if carteira is None:  # replaced meanwhile
            continue
        fundo, whole = carteira.fundo, carteira.patrimonio
        head = Linha(fundo.nome, fundo.cnpj, carteira.data, carteira.sistema_id, whole, carteira.cota)
        last = 0
        while page := list(Posicao.objects.filter(carteira=carteira, pk__gt=last).order_by("pk")[:PAGE]):
            for row in page:
                yield head._replace(
                    classe=Classe(row.classe).label,
                    ativo=row.ativo,
                    quantidade=row.quantidade,
                    preco=row.preco,
                    valor=row.valor,
                    percentual=(row.valor / whole * 100).quantize(Decimal("0.0001")) if whole else None,
                )
            last = page[-1].pk
        if not last:
            yield head


def as_csv(carteira_ids: list[int]) -> Iterator[bytes]:
    """The file in pieces of about CHUNK bytes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(HEADER)
    for line in lines(carteira_ids):
        writer.writerow([csv_cell(value) for value in line])
        if buffer.tell() > CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def csv_cell(value: Any) -> str:
    """A value as a Brazilian spreadsheet reads it; text that it would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if value.as_tuple().exponent == -8 else text).replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_xlsx(carteira_ids: list[int]) -> Iterator[bytes]:
    """The file in pieces. It is made in a temporary file first, for a ZIP's directory comes last."""
    from openpyxl import Workbook  # slow to import, and only exports need it

    with tempfile.TemporaryFile(prefix="etlhub-export-") as file:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Carteiras")
        sheet.freeze_panes = "A2"
        for letter, width in zip("ABCDEFGHIJKL", WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.append(HEADER)
        cells = _styled_cells(sheet)
        for line in lines(carteira_ids):
            sheet.append(_fill(cells, line))
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _styled_cells(sheet: Any) -> list[Any]:
    """A cell for each column, filled anew for each row: making and styling one costs more than writing it."""
    from openpyxl.cell import WriteOnlyCell

    cells = []
    for name in Linha._fields:
        cell: Any = WriteOnlyCell(sheet)
        if name == "data":
            cell.number_format = DAY
        elif name in ("patrimonio", "valor"):
            cell.number_format = MONEY
        elif name in ("cota", "quantidade", "preco", "percentual"):
            cell.number_format = FINE
        cells.append(cell)
    return cells


def _fill(cells: list[Any], line: Linha) -> list[Any]:
    row: list[Any] = []
    for cell, value in zip(cells, line, strict=True):
        if value is None or value == "":
            row.append(None)
            continue
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it starts with
        row.append(cell)
    return row


async def stream(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A generator that uses database or disk, made asynchronous; it is closed too when the client goes away."""
    following = sync_to_async(lambda: next(parts, None))
    try:
        while (part := await following()) is not None:
            yield part
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            await sync_to_async(close)()
