"""The pages' scripts in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_TOTP_SECRET, DEMO_USER, DemoPortal

from .browser import open_browser, open_page

pytestmark = pytest.mark.e2e

PICK = "mainForm:portfolioPickList"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, portal: DemoPortal) -> Iterator[Page]:
    with open_page(browser, portal.base_url) as page:
        yield page


def by_id(element_id: str) -> str:
    return f'[id="{element_id}"]'


def enter_amplis(page: Page) -> None:
    page.goto("/amplis_reag/")
    page.fill(by_id("loginForm:userLoginInput:campo"), DEMO_USER)
    page.fill(by_id("loginForm:userPasswordInput"), DEMO_PASSWORD)
    page.click(by_id("loginForm:botaoOk"))
    page.click(by_id("mainForm:listaDeFavoritosRelatorios:0:j_id_9m"))
    page.fill(by_id("mainForm:calendarDateBegin:campoInputDate"), "24/11/2026")
    page.fill(by_id("mainForm:calendarDateEnd:campoInputDate"), "24/11/2026")


def test_amplis_pick_list_csv_pdf_and_no_data(portal: DemoPortal, page: Page, tmp_path: Path) -> None:
    enter_amplis(page)
    before = page.query_selector(by_id(f"{PICK}:secondSelect"))
    page.click(by_id(f"{PICK}:includeAll"))
    expect(page.locator(f"{by_id(f'{PICK}:secondSelect')} option")).to_have_count(4)
    assert before is not None
    assert not before.evaluate("e => e.isConnected"), "the pick list is drawn anew"
    page.select_option(by_id("mainForm:saida:campo"), "3")
    with page.expect_download() as csv:
        page.click(by_id("mainForm:confirmButton"))
    csv.value.save_as(tmp_path / "carteira.csv")
    assert (tmp_path / "carteira.csv").read_bytes().count(b"CARTEIRA DI") == 4
    page.select_option(by_id("mainForm:saida:campo"), "1")
    with (
        page.context.expect_page(),
        page.context.expect_event("response", lambda answer: answer.url.endswith("/janela.jsf")) as window,
    ):
        page.click(by_id("mainForm:confirmButton"))
    assert window.value.headers["content-type"] == "application/pdf"
    page.fill(by_id("mainForm:calendarDateBegin:campoInputDate"), "22/11/2026")
    page.fill(by_id("mainForm:calendarDateEnd:campoInputDate"), "22/11/2026")
    page.select_option(by_id("mainForm:saida:campo"), "3")
    page.click(by_id("mainForm:confirmButton"))
    expect(page.locator("#detailMessageListBoxId")).to_contain_text("Nenhum registro encontrado")


def test_amplis_redraws_and_warns_when_told_to(portal: DemoPortal, page: Page) -> None:
    portal.faults.set("amplis_reag", "elemento_obsoleto", renderizacoes=3, intervalo_ms=20)
    portal.faults.set("amplis_reag", "dialogo", "Senha vence em 5 dias", vezes=1)
    with page.expect_event("dialog") as warning:
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.goto("/amplis_reag/", wait_until="commit")
    assert warning.value.message == "Senha vence em 5 dias"
    page.wait_for_load_state()
    portal.reset()
    portal.faults.set("amplis_reag", "elemento_obsoleto", renderizacoes=500, intervalo_ms=200)
    page.goto("/amplis_reag/")
    field = page.evaluate_handle(
        "id => { const e = document.getElementById(id); e.value = 'digitado'; return e }",
        "loginForm:userLoginInput:campo",
    )
    page.wait_for_function("e => !e.isConnected", arg=field)
    assert page.input_value(by_id("loginForm:userLoginInput:campo")) == "digitado", "what was typed stays"


def test_fidc_chosen_widget_queue_and_download(portal: DemoPortal, page: Page, tmp_path: Path) -> None:
    page.goto("/fidc/")
    page.fill("[name=j_username]", DEMO_USER)
    page.fill("[name=j_password]", DEMO_PASSWORD)
    page.click(".btn-primary")
    page.click('a[href="/reports/estoque"]')
    page.fill("[name=data]", "24/11/2026")
    page.click("#fundoSelecionado_chzn .chzn-single")
    page.fill("#fundoSelecionado_chzn .chzn-search input", "ipê")
    page.click('[id^="fundoSelecionado_chzn_o_"]:visible')
    page.click("[name=csv]")
    page.click('a[href="/reports/meusRelatorios"]')
    expect(page.locator(".table-striped tbody tr")).to_contain_text("AGUARDANDO")
    page.click("[name=refresh]")
    with page.expect_download() as download:
        page.click("[name=arquivo]")
    assert download.value.suggested_filename == "Estoque_IPER_20261124.csv"
    download.value.save_as(tmp_path / "estoque.csv")
    assert (tmp_path / "estoque.csv").read_bytes().count(b"\n") == 2001


def test_maps_code_menus_select2_and_export(portal: DemoPortal, page: Page) -> None:
    page.goto("/maps/")
    page.click('a[href*="#card-maps-pegasus"]')
    page.click('a[href="/pegasusgestores"]')
    page.fill("[name=username]", DEMO_USER)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("#kc-form-buttons input")
    page.fill("[name=otp]", pyotp.TOTP(DEMO_TOTP_SECRET).now())
    page.click("#kc-login")
    page.locator(".stop-redirect").first.click()
    page.locator(".submenu a:visible").first.click()
    page.click(".select2-choice")
    page.fill(".select2-input", "PAU-BRASIL FIA")
    page.click(".select2-match")
    page.fill("input.date", "24/11/2026")
    page.click('input[value="Pesquisar"]')
    page.click("text=Exportar")
    with page.expect_download() as download:
        page.click("a:has(img[title=XLSX])")
    assert download.value.suggested_filename == "composicao_PAUB_20261124.xlsx"


def test_jcot_dialogs_grid_and_export(portal: DemoPortal, page: Page) -> None:
    page.goto("/jcot/")
    page.fill("#userItem", DEMO_USER)
    page.fill("#passItem", DEMO_PASSWORD)
    page.click("#btlogin")
    page.click(".ui-dialog-buttonset button")
    page.click("#menutree a")
    page.select_option("select", label="Por Período")
    page.fill("#dt_posicao_inicio", "23/11/2026")
    page.fill("#dt_posicao_fim", "24/11/2026")
    page.click("#tb-confirm")
    page.click("#ccf_dwb_buscar")
    page.locator('[id^="slickgrid_"] .slick-header-column').first.click()
    expect(page.locator(".slick-row input:checked")).to_have_count(6)
    page.select_option("#main_cd_tipo_fich_ac", label="Arquivo XLSX")
    with page.expect_download() as download:
        page.click("#xpl6")
    assert download.value.suggested_filename == "PosicaoCotista_20261123_20261124.xlsx"


def test_britech_filter_and_export(portal: DemoPortal, page: Page) -> None:
    page.goto("/britech/")
    page.fill("#Login1_UserName", DEMO_USER)
    page.fill("#Login1_Password", DEMO_PASSWORD)
    page.click("#Login1_LoginButton")
    page.type("#gridQuery_DXFREditorcol2_I", "1")
    expect(page.locator("#gridQuery tbody tr")).to_have_count(10)
    page.click("#gridQuery_DXCBtn5")
    with page.expect_download() as download:
        page.click("#btnExportExcel")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_qore_table_and_batch(portal: DemoPortal, page: Page) -> None:
    page.goto("/qore/")
    page.fill("[name=email]", DEMO_USER)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.click("a:has-text('PAUB')")
    page.click("button:has-text('Carteira PDF')")
    with page.expect_download() as download:
        page.locator("tbody tr").first.locator("td:nth-child(4) button").click()
    assert download.value.suggested_filename == "20261124_PAUB.pdf"
    page.click(".ellipsis-h")
    page.click("text=Download em Lote")
    page.fill("[name=dataInicial]", "23/11/2026")
    page.fill("[name=dataFinal]", "24/11/2026")
    with page.expect_download() as download:
        page.click("button:text-is('Download')")
    assert download.value.suggested_filename == "Lote_PAUB_20261123_20261124.zip"


def test_trustee_and_the_home_page(portal: DemoPortal, page: Page) -> None:
    page.goto("/")
    page.select_option("#sistema", "trustee")
    page.select_option("#falha", "senha_incorreta")
    page.fill("#parametros", "vezes=1")
    page.click("button:has-text('Ligar')")
    page.click("a:text-is('TRUSTEE')")
    for _ in range(2):
        page.fill("#usuario", DEMO_USER)
        page.fill("#senha", DEMO_PASSWORD)
        page.click("#entrar")
    page.fill("#data", "24/11/2026")
    page.click("#filtrar")
    with page.expect_download() as download:
        page.click("tr:has-text('ANBIMA 4.01') a.baixar >> nth=0")
    assert download.value.suggested_filename == "anbima_401_ARAU_20261124.xml"
