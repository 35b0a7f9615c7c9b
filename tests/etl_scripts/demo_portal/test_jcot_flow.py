"""JCOT by plain HTTP: accept, choose the period, pick funds or say “Sim”, export."""

from __future__ import annotations

import io

import httpx
import openpyxl

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER

from .pages import file_name, has_id, hidden_fields, parse, texts, values


def log_in(client: httpx.Client, password: str = DEMO_PASSWORD, *, accept: bool = True) -> httpx.Response:
    fields = hidden_fields(client.get("/jcot/"))
    page = client.post("/jcot/login", data={**fields, "userItem": DEMO_USER, "passItem": password, "btlogin": "1"})
    if not accept or not texts(page, ".ui-dialog-buttonset button"):
        return page
    return client.post("/jcot/aceite", data={**hidden_fields(page), "aceitar": "1"})


def period(client: httpx.Client, first: str, last: str) -> httpx.Response:
    fields = hidden_fields(client.get("/jcot/posicao"))
    dates = {"tipo_consulta": "P", "dt_posicao_inicio": first, "dt_posicao_fim": last, "tb-confirm": "1"}
    return client.post("/jcot/posicao", data={**fields, **dates})


def export(client: httpx.Client, page: httpx.Response) -> httpx.Response:
    fields = {"fundos": values(page, ".slick-row input"), "main_cd_tipo_fich_ac": "XLSX", "xpl6": "1"}
    return client.post("/jcot/exportar", data={**hidden_fields(page), **fields})


def rows_of(answer: httpx.Response) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))


def test_a_short_period_has_a_fund_picker(client: httpx.Client) -> None:
    main = log_in(client)
    assert texts(main, "#menutree a") == ["Posição de Cotista"]
    assert "Por Período" in texts(client.get("/jcot/posicao"), "option")
    page = period(client, "23/11/2026", "24/11/2026")
    assert has_id(page, "ccf_dwb_buscar")
    assert parse(page).css_first('[id^="slickgrid_"] .slick-header-column') is not None
    answer = export(client, page)
    assert file_name(answer) == "PosicaoCotista_20261123_20261124.xlsx"
    rows = rows_of(answer)
    assert rows[0][:4] == ("Fundo", "CNPJ", "Data", "Código Cotista")
    assert len({(row[0], row[2]) for row in rows[1:]}) == 12


def test_a_long_period_asks_first(client: httpx.Client) -> None:
    log_in(client)
    page = period(client, "01/10/2026", "24/11/2026")
    assert texts(page, ".ui-dialog-buttonset button") == ["Sim", "Não"]
    page = client.post("/jcot/posicao/confirma", data={**hidden_fields(page), "resposta": "sim"})
    assert not has_id(page, "ccf_dwb_buscar")
    assert len({row[2] for row in rows_of(export(client, page))[1:]}) == 36


def test_without_a_final_date_the_period_is_ten_days(client: httpx.Client) -> None:
    log_in(client)
    assert file_name(export(client, period(client, "24/11/2026", ""))) == "PosicaoCotista_20261114_20261124.xlsx"


def test_no_data_wrong_dates_wrong_password(client: httpx.Client) -> None:
    assert texts(log_in(client, "errada"), ".erro") == ["Usuário ou senha inválidos."]
    log_in(client)
    assert texts(export(client, period(client, "21/11/2026", "22/11/2026")), ".alert-warning")
    assert texts(period(client, "24/11/2026", "01/11/2026"), ".erro")


def test_nothing_before_the_dialog_is_accepted(client: httpx.Client) -> None:
    log_in(client, accept=False)
    assert has_id(client.get("/jcot/principal"), "loginForm")
