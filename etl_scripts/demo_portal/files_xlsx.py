"""XLSX files of MAPS, JCOT, BRITECH and QORE, written with openpyxl. The same report is the same bytes each time.

MAPS ativo (`composicao`), one fund and date: rows 1 to 22 hold label and value in columns A and B (Fundo, CNPJ, Data,
then “Cotas e Patrimônio” with Patrimônio Líquido, Quantidade de Cotas, Valor da Cota, …); from row 23 on, blocks, each
a title alone in column A, the header row of ASSET_HEADS, the assets, a Total row and a blank row.
MAPS passivo (`posicao`): row 1 fund and date, row 2 the investor, row 3 the header, data from row 4.
Dates are date cells and numbers are numbers.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from .calendario import previous_business_day
from .data import Carteira, Holding, carteira_of, money
from .files_csv import BLOCKS
from .funds import format_document

Cell = str | int | float | Decimal | date | None
Rows = Iterable[Sequence[Cell]]

ASSET_HEADS = ("Código", "Ativo", "Emissor", "Vencimento", "Quantidade", "Preço Unitário", "Valor", "% PL")
PASSIVO_HEADS = (
    "Código Cotista", "Cotista", "CPF/CNPJ", "Data da Aplicação", "Quantidade de Cotas", "Valor da Cota",
    "Valor Bruto", "IR", "IOF", "Valor Líquido",
)  # fmt: skip
FIRST_BLOCK_ROW = 23
INCOME_TAX = Decimal("0.0225")
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)


def workbook(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    """A workbook of these sheets (name, rows)."""
    from openpyxl import Workbook  # imported late: a tenth of a second that only whoever asks for a sheet pays

    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same workbook without the moment at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            if name == "docProps/core.xml":
                member = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2020-01-01T00:00:00Z", member)
            new.writestr(zipfile.ZipInfo(name, _FIXED_TIME), member, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _figures(carteira: Carteira) -> list[Sequence[Cell]]:
    """The top of the ativo sheet."""
    before = carteira_of(carteira.fundo, previous_business_day(carteira.data))
    came = sum((h.movimento for h in carteira.cotistas if h.movimento > 0), Decimal(0))
    went = sum((-h.movimento for h in carteira.cotistas if h.movimento < 0), Decimal(0))
    assets = carteira.patrimonio - carteira.total("cpr")
    return [
        ("Composição da Carteira",),
        ("Fundo", carteira.fundo.nome),
        ("CNPJ", carteira.fundo.cnpj_formatado),
        ("Código", carteira.fundo.codigo),
        ("Data", carteira.data),
        ("Moeda", "BRL"),
        (),
        ("Cotas e Patrimônio",),
        ("Patrimônio Líquido", carteira.patrimonio),
        ("Quantidade de Cotas", carteira.quantidade_cotas),
        ("Valor da Cota", carteira.cota),
        ("Valor da Cota Anterior", before.cota),
        ("Rentabilidade do Dia (%)", round((carteira.cota / before.cota - 1) * 100, 6)),
        ("Patrimônio Anterior", before.patrimonio),
        ("Aplicações do Dia", money(came * carteira.cota)),
        ("Resgates do Dia", money(went * carteira.cota)),
        ("Total de Ativos", assets),
        ("Total a Pagar e a Receber", carteira.total("cpr")),
        ("Número de Cotistas", len(carteira.cotistas)),
        ("Cotas a Emitir", 0),
        ("Cotas a Resgatar", 0),
        (),
    ]


def _blocks(carteira: Carteira, copies: int) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for classe, title in BLOCKS:
        lines = carteira.of_class(classe)
        if not lines:
            continue
        rows += [(title,), ASSET_HEADS]
        for p in lines * copies:
            percent = round(p.valor * 100 / carteira.patrimonio, 6)
            rows.append((p.codigo, p.ativo, p.emissor, p.vencimento, p.quantidade, p.preco, p.valor, percent))
        rows += [("Total", None, None, None, None, None, carteira.total(classe) * copies), ()]
    return rows


@lru_cache(maxsize=64)
def ativo_xlsx(carteira: Carteira, copies: int = 1) -> bytes:
    """Composition of a fund's carteira (MAPS ativo, QORE Excel). `copies` = 2 has each asset twice."""
    return workbook([("Carteira", [*_figures(carteira), *_blocks(carteira, copies)])])


def _certificate(carteira: Carteira, holding: Holding) -> tuple[Cell, ...]:
    """A cotista's line: quotas, quota, gross, taxes, net."""
    gross = money(holding.quantidade * carteira.cota)
    tax = money(gross * INCOME_TAX) if len(holding.cotista.documento) == 11 else Decimal("0.00")
    applied = carteira.data - timedelta(days=400 + int(holding.cotista.codigo) % 90)
    return (
        holding.cotista.codigo, holding.cotista.nome, format_document(holding.cotista.documento), applied,
        holding.quantidade, carteira.cota, gross, tax, Decimal("0.00"), gross - tax,
    )  # fmt: skip


@lru_cache(maxsize=64)
def passivo_xlsx(carteira: Carteira, copies: int = 1) -> bytes:
    """Who holds the fund (MAPS passivo). Quantities add up to the fund's quotas."""
    rows: list[Sequence[Cell]] = [
        ("Fundo:", carteira.fundo.nome, "CNPJ:", carteira.fundo.cnpj_formatado, "Data:", carteira.data),
        ("Investidor:", "TODOS OS INVESTIDORES"),
        PASSIVO_HEADS,
    ]
    rows += [_certificate(carteira, h) for h in carteira.cotistas] * copies
    return workbook([("Posição por Fundo", rows)])


def cotistas_xlsx(carteiras: Iterable[tuple[Carteira, int]]) -> bytes:
    """Positions of all cotistas, a line each by fund and date (JCOT); each carteira comes with its number of copies."""
    rows: list[Sequence[Cell]] = [("Fundo", "CNPJ", "Data", *PASSIVO_HEADS)]
    for carteira, copies in carteiras:
        head = (carteira.fundo.nome, carteira.fundo.cnpj_formatado, carteira.data)
        rows += [(*head, *_certificate(carteira, h)) for h in carteira.cotistas] * copies
    return workbook([("Posição de Cotista", rows)])
