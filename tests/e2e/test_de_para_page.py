"""De-Para in Configurações › Fundos: add, look up, change, delete, and what the hub refuses, told at the field."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.stage import REFUSED, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]


@pytest.fixture(autouse=True)
def client(stage: Stage) -> Iterator[httpx.Client]:
    with stage.hub.client() as client:
        put(client, ("Angico FIM", "001 - Angico"), ("Braúna FIA", "002 - Braúna"))
        yield client
        put(client)


def put(client: httpx.Client, *rows: tuple[str, str]) -> None:
    items = [{"fundo": fundo, "pasta": pasta} for fundo, pasta in rows]
    client.put("/api/de-para", json={"itens": items}).raise_for_status()


def pairs(client: httpx.Client) -> dict[str, str]:
    return {item["fundo"]: item["pasta"] for item in client.get("/api/de-para").json()["itens"]}


@pytest.fixture
def table(page: Page) -> Locator:
    page.goto("/settings/fundos")
    return page.get_by_role("table", name="De-Para")


def test_a_fund_is_added_by_the_keyboard(page: Page, table: Locator, client: httpx.Client) -> None:
    page.get_by_role("button", name="Adicionar fundo").press("Enter")
    expect(table.get_by_label("Fundo")).to_be_focused()
    page.keyboard.type("Cedro RF")
    page.keyboard.press("Tab")
    page.keyboard.type("003 - Cedro")
    page.keyboard.press("Enter")
    expect(table.get_by_text("003 - Cedro")).to_be_visible()
    expect(page.get_by_role("button", name="Adicionar fundo")).to_be_focused()
    assert pairs(client)["Cedro RF"] == "003 - Cedro"


def test_a_folder_is_changed_where_it_stands(page: Page, table: Locator, client: httpx.Client) -> None:
    table.get_by_role("button", name="Alterar Angico FIM").click()
    expect(table.get_by_label("Pasta")).to_be_focused()
    table.get_by_label("Pasta").fill("../fora")
    page.keyboard.press("Enter")
    expect(table.get_by_text("A pasta não pode ter “..”")).to_be_visible()
    expect(table.get_by_label("Pasta")).to_have_attribute("aria-invalid", "true")
    table.get_by_label("Pasta").fill("101 - Angico")
    page.keyboard.press("Enter")
    expect(table.get_by_text("101 - Angico")).to_be_visible()
    expect(table.get_by_role("button", name="Alterar Angico FIM")).to_be_focused()
    assert pairs(client)["Angico FIM"] == "101 - Angico"


@pytest.fixture
def page(stage: Stage, browser: Browser) -> Iterator[Page]:
    with stage.visit(browser, allowed=REFUSED) as page:
        yield page


def test_a_fund_that_is_there_is_told_at_its_field(page: Page, table: Locator) -> None:
    page.get_by_role("button", name="Adicionar fundo").click()
    table.get_by_label("Fundo").fill("ANGICO  fim")
    table.get_by_label("Pasta").fill("x")
    table.get_by_role("button", name="Salvar").click()
    expect(table.get_by_text("Este fundo já está na tabela, com a pasta “001 - Angico”.")).to_be_visible()
    expect(table.get_by_label("Fundo")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    table.get_by_label("Pasta").press("Escape")
    expect(table.get_by_label("Fundo")).to_have_count(0)


def test_what_somebody_else_changed_is_told_and_kept_until_saved_again(
    page: Page, table: Locator, client: httpx.Client
) -> None:
    table.get_by_role("button", name="Alterar Angico FIM").click()
    put(client, ("Angico FIM", "Outra"), ("Braúna FIA", "002 - Braúna"))
    table.get_by_label("Pasta").fill("Minha")
    with page.expect_response("**/api/de-para"):  # the list is read again
        page.keyboard.press("Enter")
    expect(table.get_by_text("Outra pessoa mudou esta linha para “Angico FIM” → “Outra”.")).to_be_visible()
    assert pairs(client)["Angico FIM"] == "Outra"
    expect(table.get_by_label("Pasta")).to_have_value("Minha")
    table.get_by_role("button", name="Salvar").click()
    expect(table.get_by_role("cell", name="Minha")).to_be_visible()
    assert pairs(client)["Angico FIM"] == "Minha"


def test_deleting_asks_first(page: Page, table: Locator, client: httpx.Client) -> None:
    table.get_by_role("button", name="Apagar Braúna FIA").click()
    question = page.get_by_role("alertdialog", name="Apagar do De-Para?")
    question.get_by_role("button", name="Voltar").click()
    expect(table.get_by_role("button", name="Apagar Braúna FIA")).to_be_focused()
    page.keyboard.press("Enter")
    question.get_by_role("button", name="Apagar").click()
    expect(table.get_by_text("002 - Braúna")).to_have_count(0)
    assert list(pairs(client)) == ["Angico FIM"]


def test_the_search_finds_by_fund_and_by_folder(page: Page, table: Locator) -> None:
    page.get_by_label("Buscar no De-Para").fill("brauna")
    expect(table.get_by_role("row")).to_have_count(2)
    page.get_by_label("Buscar no De-Para").fill("001")
    expect(table.get_by_text("Angico FIM")).to_be_visible()
    page.get_by_label("Buscar no De-Para").fill("nada disso")
    expect(page.get_by_text("Nenhum fundo ou pasta com “nada disso”.")).to_be_visible()


def test_leaving_with_something_typed_asks_first(page: Page, table: Locator) -> None:
    table.get_by_role("button", name="Alterar Angico FIM").click()
    table.get_by_label("Pasta").fill("meio")
    page.get_by_role("link", name="Histórico").click()
    page.get_by_role("alertdialog", name="Descartar as alterações?").get_by_role("button", name="Voltar").click()
    expect(table.get_by_label("Pasta")).to_have_value("meio")
