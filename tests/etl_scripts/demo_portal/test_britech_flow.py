"""BRITECH by plain HTTP: filter the grid, open a query, export it."""

from __future__ import annotations

import io

import httpx
import openpyxl
import pytest

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER, DemoPortal
from etl_scripts.demo_portal.files_britech import RESULTS

from .pages import has_id, hidden_fields, texts

GRID = "/britech/Consulta.aspx"
BUTTONS = {0: "sc", 1: "hc", 2: "pc", 3: "lh", 9: "pf", 4: "sc", 5: "hc", 6: "pc", 7: "lh", 8: "pf"}


def log_in(client: httpx.Client, password: str = DEMO_PASSWORD) -> httpx.Response:
    page = client.get("/britech/")
    fields = {"Login1$UserName": DEMO_USER, "Login1$Password": password, "Login1$LoginButton": "Entrar"}
    return client.post("/britech/Login.aspx", data={**hidden_fields(page), **fields})


def filtered(client: httpx.Client) -> httpx.Response:
    event = {"gridQuery$DXFREditorcol2": "1", "__EVENTTARGET": "gridQuery", "__EVENTARGUMENT": "FILTER"}
    return client.post(GRID, data={**hidden_fields(client.get(GRID)), **event})


def export(client: httpx.Client, number: int) -> httpx.Response:
    page = filtered(client)
    event = {"__EVENTTARGET": "gridQuery", "__EVENTARGUMENT": f"CUSTOMBUTTON|{number}"}
    page = client.post(GRID, data={**hidden_fields(page), **event})
    assert has_id(page, "btnExportExcel")
    return client.post(page.url, data={**hidden_fields(page), "btnExportExcel": "Exportar para Excel"})


def test_the_filter_changes_what_the_numbers_mean(client: httpx.Client) -> None:
    page = log_in(client)
    assert has_id(page, "gridQuery")
    assert has_id(page, "gridQuery_DXFREditorcol2_I")
    assert texts(page, "tbody td:nth-child(2)")[0] == "Cadastro de Fundos"
    names = texts(filtered(client), "tbody td:nth-child(2)")
    assert len(names) == 10
    assert all(names[n].startswith(RESULTS[kind][0]) for n, kind in BUTTONS.items())


@pytest.mark.parametrize("number", [1, 3, 4, 8])
def test_queries_export(client: httpx.Client, number: int) -> None:
    log_in(client)
    answer = export(client, number)
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == RESULTS[BUTTONS[number]][1]
    days = {row[3] for row in rows[1:]}
    assert len(days) == (120 if number in {0, 1, 2, 3, 9} else 61)


def test_no_data_and_wrong_password(portal: DemoPortal, client: httpx.Client) -> None:
    assert texts(log_in(client, "errada"), ".erro") == ["Usuário ou senha inválidos."]
    log_in(client)
    portal.faults.set("britech", "sem_dados")
    assert texts(export(client, 0), ".alert-warning")
