"""Each page in both themes: no accessibility violation (axe), nothing wider than a phone, a clean console."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import PAGES, ClientPage, open_page, seed
from tests.e2e.stage import PHONE, Stage
from tests.hub import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = "Falta o axe-core em frontend/node_modules: rode “python3 start.py test” ou “npm ci” em frontend/."
THEMES = ("light", "dark")
LOGIN = ClientPage("login", "/login", "Entrar no ETL Hub")


@pytest.fixture(scope="module", autouse=True)
def _seeded(stage: Stage) -> None:
    with stage.hub.client() as client:
        seed(client)


def violations(page: Page, within: str = "html") -> list[str]:
    """What axe finds wrong, a line each: the rule, its sentence and where."""
    assert AXE.is_file(), NO_AXE
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async (within) => (await axe.run(within)).violations", within)
    return [f"{rule['id']}: {rule['help']} · {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("wanted", [LOGIN, *PAGES], ids=lambda p: p.name)
def test_a_page_is_accessible_in_both_themes_and_fits_a_phone(
    stage: Stage, browser: Browser, wanted: ClientPage
) -> None:
    with stage.visit(browser, logged_in=wanted is not LOGIN, color_scheme="light") as page:
        open_page(page, wanted)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html.dark")).to_have_count(int(theme == "dark"))
            assert violations(page) == [], theme
        page.set_viewport_size(PHONE)
        open_page(page, wanted)
        assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [PHONE["width"], PHONE["width"]]
        assert violations(page) == [], "phone"


@pytest.mark.parametrize("theme", THEMES)
def test_dialogs_and_menus_are_accessible_too(stage: Stage, browser: Browser, theme: str) -> None:
    # Only what is open: the page behind it is out of reach, which axe does not see.
    with stage.visit(browser, color_scheme=theme) as page:
        page.goto("/etl")
        page.get_by_role("switch", name="Limpar antes").click()
        page.get_by_role("button", name="Executar 2 sistemas").click()
        expect(page.get_by_role("alertdialog")).to_be_visible()
        assert violations(page, "[role=alertdialog]") == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menu do usuário").click()
        expect(page.get_by_role("menu")).to_be_visible()
        assert violations(page, "[role=menu]") == []


def test_the_chosen_theme_stays(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, color_scheme="light") as page:
        page.goto("/etl")
        for name, dark in (("Escuro", 1), ("Claro", 0), ("Escuro", 1)):
            page.get_by_role("button", name="Menu do usuário").click()
            page.get_by_role("menuitemradio", name=name).click()
            expect(page.locator("html.dark")).to_have_count(dark)
        page.reload()
        expect(page.locator("html.dark")).to_have_count(1)
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_on_a_phone_the_open_tab_of_the_settings_is_in_view(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, viewport=PHONE) as page:
        page.goto("/settings/preferencias")
        tab = page.get_by_role("navigation", name="Configurações").get_by_role("link", name="Preferências")
        expect(tab).to_be_in_viewport(ratio=0.9)
