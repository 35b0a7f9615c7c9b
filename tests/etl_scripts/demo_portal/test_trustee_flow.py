"""TRUSTEE by plain HTTP: a list by date, and its files."""

from __future__ import annotations

from xml.etree import ElementTree

import httpx

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER, DemoPortal

from .pages import file_name, hidden_fields, parse, texts


def log_in(client: httpx.Client, password: str = DEMO_PASSWORD) -> httpx.Response:
    fields = hidden_fields(client.get("/trustee/"))
    return client.post("/trustee/login", data={**fields, "usuario": DEMO_USER, "senha": password, "entrar": "1"})


def links(client: httpx.Client, day: str) -> list[str]:
    page = client.get("/trustee/relatorios", params={"data": day})
    return [node.attributes["href"] or "" for node in parse(page).css("#relatorios a.baixar")]


def test_every_listed_file_is_what_it_says(client: httpx.Client) -> None:
    log_in(client)
    found = links(client, "24/11/2026")
    assert len(found) == 16
    files = {file_name(answer): answer for answer in map(client.get, found)}
    assert files["carteira_csv_ARAU_20261124.csv"].content.startswith("CARTEIRA DIÁRIA".encode("latin-1"))
    assert files["carteira_pdf_ARAU_20261124.pdf"].content.startswith(b"%PDF-")
    old = ElementTree.fromstring(files["anbima_401_ARAU_20261124.xml"].content)
    assert old.tag == "arquivoposicao_4_01"
    assert old.findtext("fundo/header/dtposicao") == "20261124"
    assert old.findtext("fundo/header/nome") == "ARAUCÁRIA FIC FIM"
    new = ElementTree.fromstring(files["anbima_50_ARAU_20261124.xml"].content)
    names = {"i": "urn:iso:std:iso:20022:tech:xsd:semt.003.001.04"}
    assert new.findtext(".//i:StmtDtTm/i:Dt", None, names) == "2026-11-24"
    assert new.findtext(".//i:BalForAcct/i:AcctBaseCcyAmts/i:HldgVal/i:Amt", None, names) == old.findtext(
        "fundo/header/patliq"
    )


def test_no_data_wrong_password_and_a_fund_that_fails(portal: DemoPortal, client: httpx.Client) -> None:
    assert texts(log_in(client, "errada"), ".erro") == ["Usuário ou senha inválidos."]
    log_in(client)
    assert links(client, "22/11/2026") == []
    portal.faults.set("trustee", "fundo_falha", "ARAU")
    found = links(client, "24/11/2026")
    assert "Erro ao processar o fundo ARAUCÁRIA FIC FIM." in client.get(found[0]).text
    assert client.get(found[-1]).headers["content-disposition"]
