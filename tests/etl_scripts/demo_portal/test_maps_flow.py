"""MAPS by plain HTTP: password, one-time code, search, export."""

from __future__ import annotations

import io
from datetime import date, datetime

import httpx
import openpyxl
import pyotp
import pypdf
import pytest

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_TOTP_SECRET, DEMO_USER, DemoPortal
from etl_scripts.demo_portal.data import carteira_of
from etl_scripts.demo_portal.funds import BY_SIGLA

from .pages import file_name, has_id, parse, texts

HOME = "/maps/pegasusgestores"
REPORTS = {"ativo": "composicao", "passivo": "posicao"}


def action(page: httpx.Response, form: str) -> str:
    node = parse(page).css_first(form)
    assert node is not None
    return node.attributes["action"] or ""


def log_in(client: httpx.Client, password: str = DEMO_PASSWORD, code: str | None = None) -> httpx.Response:
    page = client.get("/pegasusgestores")
    assert parse(page).css_first(".login-pf-page") is not None
    assert has_id(page, "kc-form-buttons")
    page = client.post(action(page, "#kc-form-login"), data={"username": DEMO_USER, "password": password})
    if not has_id(page, "kc-otp-login-form"):
        return page
    code = code or pyotp.TOTP(DEMO_TOTP_SECRET).now()
    return client.post(action(page, "#kc-otp-login-form"), data={"otp": code, "login": "Entrar"})


def search(client: httpx.Client, side: str, name: str, day: str) -> httpx.Response:
    found = client.get(f"{HOME}/fundos", params={"q": name}).json()["results"]
    fields = {"fundo": found[0]["id"], "data": day, "Pesquisar": "Pesquisar"}
    return client.post(f"{HOME}/{side}/{REPORTS[side]}", data=fields)


def export(client: httpx.Client, result: httpx.Response, kind: str) -> httpx.Response:
    image = parse(result).css_first(f"img[title={kind}]")
    assert image is not None
    assert image.parent is not None
    return client.get(image.parent.attributes["href"] or "")


def test_the_home_and_menus_are_as_known(client: httpx.Client) -> None:
    home = client.get("/maps/")
    assert parse(home).css_first('a[href*="#card-maps-pegasus"]') is not None
    assert parse(home).css_first('a[href="/pegasusgestores"]') is not None
    menus = log_in(client)
    assert texts(menus, "a.stop-redirect") == ["Ativo", "Passivo"]
    assert texts(menus, ".submenu a") == ["Composição da Carteira", "Posição por Fundo"]


def test_ativo_xlsx_and_pdf(client: httpx.Client) -> None:
    log_in(client)
    result = search(client, "ativo", "vitória", "24/11/2026")
    answer = export(client, result, "XLSX")
    assert file_name(answer) == "composicao_VITO_20261124.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = {row[0]: row[1] for row in rows[:22] if row[0]}
    carteira = carteira_of(BY_SIGLA["VITO"], date(2026, 11, 24))
    assert top["Fundo"] == "VITÓRIA-RÉGIA FIC FIM CP"
    assert top["Data"] == datetime(2026, 11, 24)
    assert top["Patrimônio Líquido"] == pytest.approx(float(carteira.patrimonio))
    assert rows[22][0] == "RENDA FIXA"
    assert rows[22][1] is None
    total = sum(row[6] for row in rows[22:] if isinstance(row[6], int | float) and row[0] != "Total")
    assert round(total, 2) == float(carteira.patrimonio)
    answer = export(client, result, "PDF")
    text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Carteira: VITÓRIA-RÉGIA FIC FIM CP" in text
    assert export(client, result, "XLSX").content == export(client, result, "XLSX").content


def test_passivo_xlsx(client: httpx.Client) -> None:
    log_in(client)
    answer = export(client, search(client, "passivo", "ipê", "24/11/2026"), "XLSX")
    assert file_name(answer) == "posicao_IPER_20261124.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "Investidor:"
    quotas = sum(row[4] for row in rows[3:] if isinstance(row[4], int | float))
    carteira = carteira_of(BY_SIGLA["IPER"], date(2026, 11, 24))
    assert quotas == pytest.approx(float(carteira.quantidade_cotas))


def test_no_data_and_one_fund_that_fails(portal: DemoPortal, client: httpx.Client) -> None:
    log_in(client)
    assert texts(search(client, "ativo", "ipê", "21/11/2026"), ".alert-warning")
    portal.faults.set("maps", "fundo_falha", "IPER")
    assert "IPÊ ROXO" in texts(search(client, "ativo", "ipê", "24/11/2026"), ".erro")[0]
    assert texts(search(client, "ativo", "arauc", "24/11/2026"), ".exportar") == ["Exportar"]


def test_wrong_password_and_wrong_code(client: httpx.Client) -> None:
    assert texts(log_in(client, "errada"), "#input-error") == ["Nome de usuário ou senha inválida."]
    assert texts(log_in(client, code="abcdef"), "#input-error") == ["Código autenticador inválido."]


def test_the_code_can_be_left_out(portal: DemoPortal, client: httpx.Client) -> None:
    portal.settings.maps_codigo = False
    page = client.get("/pegasusgestores")
    page = client.post(action(page, "#kc-form-login"), data={"username": DEMO_USER, "password": DEMO_PASSWORD})
    assert page.url.path == HOME


def test_a_login_address_is_good_once(client: httpx.Client) -> None:
    address = action(client.get("/pegasusgestores"), "#kc-form-login")
    client.post(address, data={"username": DEMO_USER, "password": "errada"})
    answer = client.post(address, data={"username": DEMO_USER, "password": DEMO_PASSWORD})
    assert texts(answer, "#input-error") == ["A página expirou. Entre novamente."]
