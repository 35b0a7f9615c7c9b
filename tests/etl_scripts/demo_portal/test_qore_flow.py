"""QORE by plain HTTP: one by one, and in a ZIP."""

from __future__ import annotations

import io
import zipfile

import httpx
import openpyxl
import pypdf

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER, DemoPortal

from .pages import file_name, hidden_fields, parse, texts, values

FUND = "/qore/fundos/JACA/carteira"


def log_in(client: httpx.Client, password: str = DEMO_PASSWORD) -> httpx.Response:
    fields = hidden_fields(client.get("/qore/"))
    return client.post("/qore/login", data={**fields, "email": DEMO_USER, "password": password})


def batch(client: httpx.Client, kind: str, first: str, last: str) -> httpx.Response:
    fields = hidden_fields(client.get(f"{FUND}/{kind}"), "#lote form")
    return client.post(f"{FUND}/{kind}/lote", data={**fields, "dataInicial": first, "dataFinal": last})


def test_dashboard_fund_and_table(client: httpx.Client) -> None:
    links = texts(log_in(client), "a.fundo")
    assert "JACA - JACARANDÁ FI RENDA FIXA" in links
    page = client.get("/qore/fundos/JACA")
    assert texts(page, ".cartao button") == ["Carteira PDF", "Carteira Excel"]
    assert texts(page, "a.btn") == ["Voltar"]
    page = client.get(f"{FUND}/pdf")
    assert values(page, "tbody tr td:nth-child(4) button")[0] == "2026-11-24"
    assert len(values(page, "tbody tr td:nth-child(4) button")) == 60
    assert parse(page).css_first(".ellipsis-h") is not None
    assert texts(page, "a.lote") == ["Download em Lote"]
    older = client.get(f"{FUND}/pdf", params={"de": "01/06/2020", "ate": "12/06/2020"})
    assert values(older, "tbody button")[0] == "2020-06-12"
    assert "2020-06-11" not in values(older, "tbody button"), "Corpus Christi"


def test_single_files(client: httpx.Client) -> None:
    log_in(client)
    answer = client.get(f"{FUND}/pdf/baixar", params={"data": "2026-11-24"})
    assert file_name(answer) == "20261124_JACA.pdf"
    assert "Data: 24/11/2026" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    answer = client.get(f"{FUND}/excel/baixar", params={"data": "2026-11-24"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["B2"].value == "JACARANDÁ FI RENDA FIXA"
    assert texts(client.get(f"{FUND}/pdf/baixar", params={"data": "2026-11-22"}), ".alert-warning")


def test_batches(portal: DemoPortal, client: httpx.Client) -> None:
    log_in(client)
    for kind, ending in (("pdf", "pdf"), ("excel", "xlsx")):
        answer = batch(client, kind, "18/11/2026", "24/11/2026")
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert names == [f"202611{day}_JACA.{ending}" for day in (18, 19, 23, 24)]
    assert texts(batch(client, "pdf", "21/11/2026", "22/11/2026"), ".alert-warning")
    portal.faults.set("qore", "duplicado")
    answer = batch(client, "pdf", "24/11/2026", "24/11/2026")
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["20261124_JACA.pdf"] * 2


def test_wrong_password(client: httpx.Client) -> None:
    assert texts(log_in(client, "errada"), ".erro") == ["Usuário ou senha inválidos."]
