"""AMPLIS by plain HTTP, from the login to the file."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import httpx
import pypdf
import pytest

from etl_scripts.demo_portal import DemoPortal

from .pages import file_name, has_id, hidden_fields, log_in_amplis, texts, values

PAGE = "/{}/principal.jsf"
PICK = "mainForm:portfolioPickList"


def open_report(client: httpx.Client, sistema: str, number: int) -> httpx.Response:
    main = log_in_amplis(client, sistema)
    assert has_id(main, "mainForm_menu1_label")
    link = f"mainForm:listaDeFavoritosRelatorios:{number}:j_id_9m"
    assert has_id(main, link)
    return client.post(PAGE.format(sistema), data={**hidden_fields(main), "mainForm:_idcl": link})


def ask(client: httpx.Client, sistema: str, number: int, first: str, last: str, output: str) -> httpx.Response:
    page = open_report(client, sistema, number)
    page = client.post(PAGE.format(sistema), data={**hidden_fields(page), f"{PICK}:includeAll": "1"})
    chosen = values(page, f'[id="{PICK}:secondSelect"] option')
    field = "mainForm:saida:campo" if number == 0 else "mainForm:reportExtension:campo"
    return client.post(
        PAGE.format(sistema),
        data={
            **hidden_fields(page),
            "mainForm:calendarDateBegin:campoInputDate": first,
            "mainForm:calendarDateEnd:campoInputDate": last,
            f"{PICK}:secondSelect": chosen,
            field: output,
            "mainForm:confirmButton": "OK",
        },
    )


def number_of(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def test_carteira_csv_holds_each_fund_and_day_and_adds_up(client: httpx.Client) -> None:
    answer = ask(client, "amplis_reag", 0, "23/11/2026", "24/11/2026", "3")
    assert answer.headers["content-type"] == "text/csv"
    assert file_name(answer) == "CarteiraDiaria_20261123_20261124.csv"
    rows = list(csv.reader(io.StringIO(answer.content.decode("latin-1")), delimiter=";"))
    assert [r[1] for r in rows if r and r[0] == "Data:"] == ["23/11/2026"] * 4 + ["24/11/2026"] * 4
    assert {r[1] for r in rows if r and r[0] == "Fundo:"} >= {"ARAUCÁRIA FIC FIM", "IPÊ ROXO FIDC"}
    positions, stated = Decimal(0), Decimal(0)
    for before, row in zip([[""], *rows], rows, strict=False):
        if len(row) == 8 and row[0] != "Código" and not row[0].startswith("Total "):
            positions += number_of(row[6])
        if before[:1] == ["Patrimônio Líquido"]:
            worth, quantity, quota = map(number_of, row)
            stated += worth
            assert round(quantity * quota, 2) == worth
    assert positions == stated


@pytest.mark.parametrize(
    ("sistema", "number", "name"), [("amplis_reag", 2, "ContasPagar"), ("amplis_master", 1, "ContasPagar")]
)
def test_payables_csv(client: httpx.Client, sistema: str, number: int, name: str) -> None:
    answer = ask(client, sistema, number, "24/11/2026", "24/11/2026", "3")
    assert file_name(answer) == f"{name}_20261124.csv"
    assert answer.content.decode("latin-1").startswith("Fundo;CNPJ;Data;Código;Descrição;Vencimento;Valor\r\n")
    assert "TAXA DE ADMINISTRAÇÃO A PAGAR" in answer.content.decode("latin-1")


def test_movements_csv_and_pdf(client: httpx.Client) -> None:
    answer = ask(client, "amplis_reag", 1, "01/10/2026", "24/11/2026", "3")
    assert {"APLICAÇÃO", "RESGATE"} <= set(answer.content.decode("latin-1").replace("\r\n", ";").split(";"))
    answer = ask(client, "amplis_reag", 1, "01/10/2026", "24/11/2026", "1")
    text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Relatório de Aplicação e Resgate Analítico" in text
    assert "Carteira: ARAUCÁRIA FIC FIM" in text
    assert "Período: 01/10/2026 a 24/11/2026" in text


def test_pdf_says_fund_and_date_and_is_the_same_each_time(client: httpx.Client) -> None:
    answer = ask(client, "amplis_master", 0, "24/11/2026", "24/11/2026", "1")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert ["Carteira: SERINGUEIRA FIDC NP" in p.extract_text() for p in pages] == [True, False]
    assert all("Data: 24/11/2026" in p.extract_text() for p in pages)
    assert ask(client, "amplis_master", 0, "24/11/2026", "24/11/2026", "1").content == answer.content


@pytest.mark.parametrize("day", ["22/11/2026", "20/11/2026", "25/11/2026", "16/02/2026", "04/06/2026"])
def test_no_data_on_days_off_and_today(client: httpx.Client, day: str) -> None:
    answer = ask(client, "amplis_reag", 0, day, day, "3")
    assert answer.headers["content-type"].startswith("text/html")
    assert has_id(answer, "detailMessageListBoxId")


def test_wrong_password_stays_at_the_login(client: httpx.Client) -> None:
    answer = log_in_amplis(client, password="errada")
    assert has_id(answer, "loginForm:botaoOk")
    assert texts(answer, ".erro") == ["Usuário ou senha inválidos."]


def test_wrong_dates_are_refused_by_the_page(client: httpx.Client) -> None:
    assert texts(ask(client, "amplis_reag", 0, "amanhã", "", "3"), ".erro") == [
        "Informe as datas no formato DD/MM/AAAA."
    ]
    assert texts(ask(client, "amplis_reag", 0, "24/11/2026", "23/11/2026", "3"), ".erro") == ["Período inválido."]


def test_a_fund_that_fails_is_left_out_of_the_file(portal: DemoPortal, client: httpx.Client) -> None:
    portal.faults.set("amplis_reag", "fundo_falha", "IPER")
    text = ask(client, "amplis_reag", 0, "24/11/2026", "24/11/2026", "3").content.decode("latin-1")
    assert text.count("CARTEIRA DIÁRIA") == 3
    assert "IPÊ ROXO" not in text
