"""Faults of the files themselves."""

from __future__ import annotations

import io
import zipfile

import httpx
import openpyxl
import pytest

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER, DemoPortal
from etl_scripts.demo_portal.funds import BY_SIGLA

from .pages import file_name, hidden_fields, log_in_fidc, texts, values

CARTEIRA = "/trustee/relatorios/baixar?fundo=ARAU&tipo={}&data=2026-11-24"
CSV, PDF = CARTEIRA.format("carteira_csv"), CARTEIRA.format("carteira_pdf")
QORE = "/qore/fundos/ARAU/carteira"


@pytest.fixture
def inside(client: httpx.Client) -> httpx.Client:
    """Logged in to TRUSTEE and QORE, whose files need one request each."""
    fields = hidden_fields(client.get("/trustee/"))
    client.post("/trustee/login", data={**fields, "usuario": DEMO_USER, "senha": DEMO_PASSWORD})
    fields = hidden_fields(client.get("/qore/"))
    client.post("/qore/login", data={**fields, "email": DEMO_USER, "password": DEMO_PASSWORD})
    return client


def batch(client: httpx.Client) -> httpx.Response:
    fields = hidden_fields(client.get(f"{QORE}/pdf"), "#lote form")
    dates = {"dataInicial": "23/11/2026", "dataFinal": "24/11/2026"}
    return client.post(f"{QORE}/pdf/lote", data={**fields, **dates})


def test_half_a_file(portal: DemoPortal, inside: httpx.Client) -> None:
    whole = inside.get(CSV).content
    portal.faults.set("trustee", "meio_arquivo", "corte", vezes=1)
    with pytest.raises(httpx.RemoteProtocolError):
        inside.get(CSV)
    portal.faults.set("trustee", "meio_arquivo", "curto", vezes=1)
    answer = inside.get(CSV)
    assert answer.content == whole[: len(whole) // 2]
    assert inside.get(CSV).content == whole


def test_a_stream_cut_short(portal: DemoPortal, client: httpx.Client) -> None:
    portal.settings.fidc_linhas = 6000
    portal.settings.fidc_esperas = 0
    log_in_fidc(client)
    fields = hidden_fields(client.get("/reports/estoque"))
    request = {**fields, "data": "24/11/2026", "fundoSelecionado": BY_SIGLA["IPER"].codigo}
    client.post("/fidc/reports/estoque", data=request)
    client.get("/reports/meusRelatorios")
    portal.faults.set("fidc", "meio_arquivo", "corte", vezes=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/fidc/reports/arquivo", params={"arquivo": "1"})
    portal.faults.set("fidc", "meio_arquivo", "curto", vezes=1)
    assert client.get("/fidc/reports/arquivo", params={"arquivo": "1"}).content.count(b"\n") < 6000


def test_empty_and_html(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("trustee", "vazio", vezes=1)
    assert inside.get(PDF).content == b""
    portal.faults.set("trustee", "html_no_lugar", vezes=1)
    answer = inside.get(PDF)
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in answer.headers
    assert inside.get(PDF).content.startswith(b"%PDF-")


def test_names_that_try_to_leave_the_folder(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("trustee", "nome_malicioso")
    assert file_name(inside.get(CSV)) == "../../../fora_da_pasta.csv"
    portal.faults.set("trustee", "nome_malicioso", "C:\\Windows\\x.csv\r\nX-Injetado: 1")
    answer = inside.get(CSV)
    assert "x-injetado" not in answer.headers
    assert file_name(answer).startswith("C:\\Windows")


def test_zips_that_expand_or_leave_the_folder(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("qore", "zip_bomba", mb=20, vezes=1)
    answer = batch(inside)
    infos = zipfile.ZipFile(io.BytesIO(answer.content)).infolist()
    assert max(info.file_size for info in infos) == 20 << 20
    assert len(answer.content) < 1 << 20
    portal.faults.set("qore", "zip_travessia", vezes=1)
    names = zipfile.ZipFile(io.BytesIO(batch(inside).content)).namelist()
    assert names[-1] == "../../../fora_da_pasta.txt"
    portal.faults.set("qore", "zip_bomba", mb=5, vezes=1)
    answer = inside.get(f"{QORE}/excel/baixar?data=2026-11-24")
    assert max(i.file_size for i in zipfile.ZipFile(io.BytesIO(answer.content)).infolist()) == 5 << 20


@pytest.mark.parametrize(("size", "announced"), [("declarado", True), ("oculto", False)])
def test_an_enormous_file(portal: DemoPortal, inside: httpx.Client, size: str, announced: bool) -> None:
    portal.faults.set("trustee", "arquivo_enorme", mb=3, tamanho=size)
    with inside.stream("GET", PDF) as answer:
        assert ("content-length" in answer.headers) is announced
        assert sum(map(len, answer.iter_bytes())) == 3 << 20


def test_wrong_date_fund_and_sum(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("trustee", "data_errada", vezes=1)
    text = inside.get(CSV).content.decode("latin-1")
    assert "Data:;23/11/2026" in text
    portal.faults.set("trustee", "fundo_errado", vezes=1)
    assert "Fundo:;JACARANDÁ FI RENDA FIXA" in inside.get(CSV).content.decode("latin-1")
    right = inside.get(CSV).content.decode("latin-1").splitlines()
    portal.faults.set("trustee", "soma_errada", "1.5", vezes=1)
    wrong = inside.get(CSV).content.decode("latin-1").splitlines()
    assert len({*right} ^ {*wrong}) == 4, "one position and its block's total differ"
    assert right[-2:] == wrong[-2:], "the patrimônio does not"


def test_faults_can_be_of_one_fund_or_date(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("trustee", "vazio", fundo="JACA")
    assert inside.get(PDF).content
    assert inside.get(PDF.replace("ARAU", "JACA")).content == b""
    portal.faults.clear()
    portal.faults.set("qore", "sem_dados", data="2026-11-23")
    assert inside.get(f"{QORE}/excel/baixar?data=2026-11-24").content.startswith(b"PK")
    assert texts(inside.get(f"{QORE}/excel/baixar?data=2026-11-23"), ".alert-warning")


def test_duplicates(portal: DemoPortal, inside: httpx.Client) -> None:
    portal.faults.set("*", "duplicado")
    page = inside.get(f"{QORE}/pdf")
    assert len(values(page, "tbody button")) == 120
    assert len(texts(inside.get("/trustee/relatorios?data=24/11/2026"), "a.baixar")) == 32


def test_a_huge_xlsx_still_opens(portal: DemoPortal, inside: httpx.Client) -> None:
    answer = inside.get(f"{QORE}/excel/baixar?data=2026-11-24")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]["B2"].value == "ARAUCÁRIA FIC FIM"
