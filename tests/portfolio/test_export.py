"""The export: pt-BR CSV and XLSX, safe to open, streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from openpyxl import load_workbook

from portfolio import export
from portfolio.loading import load_carteira
from portfolio.models import Carteira
from tests.portfolio.events import carteira

FORMULAS = ('=HYPERLINK("http://mau.example")', "+1+1", "-2+3", "@SUM(A1)")


@pytest.fixture
def carteiras(catalogo: None) -> None:
    load_carteira(carteira(data="2026-11-20"))
    load_carteira(carteira())
    bad = [{"classe": "rf", "ativo": ativo, "valor": "-1.50"} for ativo in FORMULAS]
    load_carteira(carteira(fundo="=A1 FUNDO", cnpj=None, posicoes=bad, cota=None))


def download(client: Client, query: str) -> bytes:
    answer: Any = client.get(f"/api/portfolio/export?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]

    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


def rows_of(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.usefixtures("carteiras")
def test_csv_is_brazilian(visualizador: Client) -> None:
    rows = rows_of(download(visualizador, "fundo=IPÊ ROXO FIDC"))
    assert len(rows) == 5
    assert rows[1] == {
        "Fundo": "IPÊ ROXO FIDC",
        "CNPJ": "99999101000170",
        "Data": "23/11/2026",
        "Sistema": "amplis_reag",
        "Patrimônio": "207798,45",
        "Cota": "1,41200001",
        "Classe": "renda fixa",
        "Ativo": "LFT 2029",
        "Quantidade": "10",
        "Preço": "15420,77",
        "Valor": "154207,70",
        "% do patrimônio": "74,2102",
    }


@pytest.mark.usefixtures("carteiras")
def test_the_newest_of_each_fund_or_a_range(visualizador: Client) -> None:
    assert {row["Data"] for row in rows_of(download(visualizador, ""))} == {"23/11/2026"}
    assert {row["Data"] for row in rows_of(download(visualizador, "data=2026-11-21"))} == {"20/11/2026"}
    both = rows_of(download(visualizador, "fundo=IPÊ ROXO FIDC&de=2026-11-01&ate=2026-11-30"))
    assert [row["Data"] for row in both[::5]] == ["20/11/2026", "23/11/2026"]


@pytest.mark.usefixtures("carteiras")
def test_a_spreadsheet_runs_no_text_as_a_formula(visualizador: Client) -> None:
    rows = rows_of(download(visualizador, "fundo==A1 FUNDO"))
    assert [row["Ativo"] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert {row["Fundo"] for row in rows} == {"'=A1 FUNDO"}
    assert {row["Valor"] for row in rows} == {"-1,50"}
    sheet = load_workbook(io.BytesIO(download(visualizador, "formato=xlsx&fundo==A1 FUNDO"))).worksheets[0]
    assert [sheet.cell(row=n, column=8).data_type for n in range(2, 6)] == ["s"] * 4
    assert [sheet.cell(row=n, column=8).value for n in range(2, 6)] == list(FORMULAS)


@pytest.mark.usefixtures("carteiras")
def test_xlsx_has_numbers_and_dates(visualizador: Client) -> None:
    sheet = load_workbook(io.BytesIO(download(visualizador, "formato=xlsx&fundo=IPÊ ROXO FIDC"))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == export.HEADER
    assert len(rows) == 6
    fundo, _cnpj, data, _sistema, patrimonio, *_rest = rows[2]
    assert (fundo, patrimonio, rows[2][10]) == ("IPÊ ROXO FIDC", 207798.45, 154207.7)
    assert f"{data:%d/%m/%Y}" == "23/11/2026"


@pytest.mark.usefixtures("carteiras")
def test_more_rows_than_a_workbook_should_hold_are_for_csv(
    visualizador: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_XLSX_ROWS", 8)
    answer = visualizador.get("/api/portfolio/export?formato=xlsx")
    assert answer.status_code == 422
    assert "são 9 posições" in answer.json()["detail"]
    assert len(rows_of(download(visualizador, "formato=csv"))) == 9


@pytest.mark.usefixtures("carteiras")
def test_positions_are_read_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    ids = list(Carteira.objects.values_list("pk", flat=True))
    assert sum(1 for line in export.lines(ids) if line.ativo) == 14


@pytest.mark.django_db
def test_with_nothing_collected_there_is_a_header_only(visualizador: Client) -> None:
    assert rows_of(download(visualizador, "")) == []


async def test_a_client_that_goes_away_closes_the_file() -> None:
    closed = []

    def parts() -> Iterator[bytes]:
        try:
            yield b"um"
            yield b"dois"
        finally:
            closed.append(True)

    stream = export.stream(parts())
    assert await anext(stream) == b"um"
    await stream.aclose()  # type: ignore[attr-defined]
    assert closed == [True]
