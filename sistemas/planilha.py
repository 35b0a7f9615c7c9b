"""Reads a small table out of an uploaded XLSX or CSV: bounded size, encoding and separator found out."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from etlhub.errors import FieldError, Invalid

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
HEADER_ROWS = 30
"""How far down a title row may stand."""
SEPARATORS = ";,\t|"


@dataclass(frozen=True)
class Tabela:
    """Rows of trimmed cells; `aba` is the sheet's name, empty for a CSV."""

    aba: str
    linhas: list[list[str]]


def read_table(name: str, file: IO[bytes], *, aba: str = "", prefer: str = "") -> Tabela:
    """The sheet `aba` of an XLSX (default: `prefer` where there is one, else the first), or a CSV.

    Invalid, in words, when it cannot be read.
    """
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise _wrong("o arquivo está vazio")
    if len(data) > MAX_BYTES:
        raise _wrong(f"o arquivo é grande demais (no máximo {MAX_BYTES // 2**20} MB)")
    if data.startswith(b"PK"):
        return _read_xlsx(data, aba, prefer)
    if PurePath(name).suffix.lower() in {".xls", ".xlsb", ".xlsx", ".xlsm"}:
        raise _wrong("não é uma planilha .xlsx válida; salve-a de novo como .xlsx ou .csv")
    return Tabela("", _read_csv(data))


def _wrong(message: str) -> Invalid:
    return Invalid([FieldError("arquivo", message)])


def _read_xlsx(data: bytes, aba: str, prefer: str) -> Tabela:
    from openpyxl import load_workbook  # slow to import, and only uploads need it

    _check_unpacked(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book[_sheet_name(book.sheetnames, aba, prefer)]
        # Streamed and cut: a single cell at the far corner of a sheet must not become a table of that size.
        table = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
        rows = [[_text(cell) for cell in cells] for cells in table]
        title = str(sheet.title)
        book.close()
    except Invalid:
        raise
    except Exception:  # openpyxl raises whatever the damage leads to
        raise _wrong("a planilha não pôde ser lida; ela está inteira e sem senha?") from None
    if len(rows) > MAX_ROWS:
        raise _wrong(f"linhas demais (no máximo {MAX_ROWS})")
    return Tabela(title, rows)


def _check_unpacked(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise _wrong("a planilha está corrompida") from None
    if unpacked > MAX_UNPACKED:
        raise _wrong("a planilha é grande demais depois de descompactada")


def _sheet_name(names: list[str], aba: str, prefer: str) -> str:
    if not names:
        raise _wrong("a planilha não tem nenhuma aba")
    wanted = next((name for name in names if fold(name) == fold(aba or prefer)), None)
    if wanted is None and not aba:
        return names[0]
    if wanted is None:
        raise Invalid([FieldError("aba", f"a planilha não tem a aba “{aba[:60]}”; ela tem: {', '.join(names)[:300]}")])
    return wanted


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "".join(char for char in str(cell) if char.isprintable()).strip() if cell is not None else ""


def _read_csv(data: bytes) -> list[list[str]]:
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong("o arquivo não é um CSV nem uma planilha .xlsx")
    text = _decode(data)
    head = text[:20_000]
    separator = max(SEPARATORS, key=head.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            rows.append([_text(cell) for cell in row[:MAX_COLUMNS]])
            if len(rows) > MAX_ROWS:
                raise _wrong(f"linhas demais (no máximo {MAX_ROWS})")
    except csv.Error:
        raise _wrong("o CSV não pôde ser lido") from None
    return rows


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def fold(text: str) -> str:
    """For comparing titles and names: no accents, one case, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def find_columns(linhas: list[list[str]], *titles: tuple[str, ...]) -> tuple[int, tuple[int, ...]] | None:
    """The row and columns of a header that has, for each group, a cell that reads as one of its words (folded).

    A cell equal to a word wins over one that begins with it. None when no such row is near the top.
    """
    for number, row in enumerate(linhas[:HEADER_ROWS]):
        cells = [fold(cell) for cell in row]
        columns = tuple(_column(cells, words) for words in titles)
        if -1 not in columns and len(set(columns)) == len(columns):
            return number, columns
    return None


def _column(cells: list[str], words: tuple[str, ...]) -> int:
    for word in words:
        if word in cells:
            return cells.index(word)
    return next((n for n, cell in enumerate(cells) if cell and cell.startswith(words)), -1)


def column_index(text: str, header: list[str]) -> int:
    """A column given as a letter (`J`) or by its title; -1 when there is none."""
    text = text.strip()
    titles = [fold(cell) for cell in header]
    if fold(text) in titles:
        return titles.index(fold(text))
    if text.isascii() and text.isalpha() and len(text) <= 2:
        n = 0
        for letter in text.upper():
            n = n * 26 + ord(letter) - 64
        return n - 1
    return -1
