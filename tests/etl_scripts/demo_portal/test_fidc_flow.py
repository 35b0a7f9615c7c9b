"""FIDC by plain HTTP: ask, wait, collect."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import httpx
import pytest

from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.data import carteira_of
from etl_scripts.demo_portal.files_fidc import COLUMNS
from etl_scripts.demo_portal.funds import FIDC_FUNDS

from .pages import file_name, hidden_fields, log_in_fidc, parse, texts, values

DAY = date(2026, 11, 24)


def ask(client: httpx.Client, fund: str, day: str) -> httpx.Response:
    fields = hidden_fields(client.get("/reports/estoque"))
    return client.post("/fidc/reports/estoque", data={**fields, "data": day, "fundoSelecionado": fund, "csv": "csv"})


def situations(client: httpx.Client) -> list[str]:
    return texts(client.get("/reports/meusRelatorios"), "table.table-striped tbody td:nth-child(6)")


def test_every_fund_is_asked_for_then_collected(client: httpx.Client) -> None:
    assert parse(log_in_fidc(client)).css_first('a[href="/reports/estoque"]') is not None
    codes = [v for v in values(client.get("/reports/estoque"), "#fundoSelecionado option") if v]
    assert codes == [f.codigo for f in FIDC_FUNDS]
    for code in codes:
        assert "enviado para processamento" in ask(client, code, "24/11/2026").text
    ask(client, codes[0], "22/11/2026")
    assert situations(client) == ["AGUARDANDO"] * 3
    assert situations(client) == ["SEM DADOS", "CONCLUÍDO", "CONCLUÍDO"]
    ids = values(client.get("/reports/meusRelatorios"), "button[name=arquivo]")
    assert ids == ["2", "1"]
    names = [file_name(client.get("/fidc/reports/arquivo", params={"arquivo": i})) for i in ids]
    assert names == ["Estoque_SERI_20261124.csv", "Estoque_IPER_20261124.csv"]


@pytest.mark.parametrize(("index", "encoding"), [(0, "latin-1"), (1, "utf-8-sig")])
def test_the_stock_adds_up_to_the_carteira(client: httpx.Client, index: int, encoding: str) -> None:
    log_in_fidc(client)
    ask(client, FIDC_FUNDS[index].codigo, "24/11/2026")
    situations(client)
    situations(client)
    content = client.get("/fidc/reports/arquivo", params={"arquivo": "1"}).content
    rows = list(csv.DictReader(io.StringIO(content.decode(encoding)), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2000
    total = {name: sum(Decimal(r[name].replace(",", ".")) for r in rows) for name in ("VALOR_PRESENTE", "VALOR_PDD")}
    carteira = carteira_of(FIDC_FUNDS[index], DAY)
    assert total["VALOR_PRESENTE"] - total["VALOR_PDD"] == carteira.total("credito")


def test_a_report_can_stay_waiting_and_a_fund_can_fail(portal: DemoPortal, client: httpx.Client) -> None:
    log_in_fidc(client)
    portal.faults.set("fidc", "nunca_pronto", fundo="SERI")
    portal.faults.set("fidc", "fundo_falha", "IPER")
    for fund in FIDC_FUNDS:
        ask(client, fund.codigo, "24/11/2026")
    assert [situations(client) for _ in range(4)][-1] == ["AGUARDANDO", "ERRO"]


def test_a_huge_stock_is_streamed(portal: DemoPortal, client: httpx.Client) -> None:
    portal.settings.fidc_linhas = 20_000
    log_in_fidc(client)
    ask(client, FIDC_FUNDS[0].codigo, "24/11/2026")
    situations(client)
    situations(client)
    with client.stream("GET", "/fidc/reports/arquivo", params={"arquivo": "1"}) as answer:
        assert "content-length" not in answer.headers
        assert sum(block.count(b"\n") for block in answer.iter_bytes()) == 20_001


def test_a_form_without_its_token_is_refused(client: httpx.Client) -> None:
    log_in_fidc(client)
    answer = client.post("/fidc/reports/estoque", data={"data": "24/11/2026", "fundoSelecionado": "40102"})
    assert answer.status_code == 403
