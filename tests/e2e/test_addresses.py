"""Every address leads where it says: deep links, reloads, unknown pages, unknown calls, cached files."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import PAGES, ClientPage, seed
from tests.e2e.stage import REFUSED, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]


@pytest.fixture(scope="module", autouse=True)
def _seeded(stage: Stage) -> None:
    with stage.hub.client() as client:
        seed(client)


@pytest.mark.parametrize("wanted", PAGES, ids=lambda p: p.name)
def test_a_deep_link_and_a_reload_show_the_page(stage: Stage, page: Page, wanted: ClientPage) -> None:
    page.goto(wanted.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted.heading)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted.heading)
    assert page.url.removeprefix(stage.hub.url) == wanted.path


def test_the_menu_leads_to_every_page_that_it_names(stage: Stage, page: Page) -> None:
    page.goto("/etl")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    menu = page.get_by_role("navigation", name="Principal")
    names = menu.get_by_role("link").all_inner_texts()
    assert len(names) >= 2
    for name in names:
        menu.get_by_role("link", name=name, exact=True).click()
        expect(menu.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)


def test_an_unknown_page_says_so_and_leads_back(stage: Stage, page: Page) -> None:
    page.goto("/nao/existe")
    expect(page.get_by_text("Página não encontrada")).to_be_visible()
    page.get_by_role("link", name="Voltar ao início").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_unknown_call_is_json_and_never_the_page(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, allowed=REFUSED) as page:
        answer = page.goto("/api/nao-existe")
        assert answer is not None
        assert answer.status == 404
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()["detail"]


def test_an_execution_that_does_not_exist_is_told(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, allowed=REFUSED) as page:
        page.goto("/logs/999999")
        expect(page.get_by_role("alert")).to_contain_text("Execução não encontrada")


def test_hashed_files_are_kept_for_ever_and_the_page_never(stage: Stage, page: Page) -> None:
    caching: dict[str, str] = {}
    page.on(
        "response", lambda r: caching.update({r.url.removeprefix(stage.hub.url): r.headers.get("cache-control", "")})
    )
    page.goto("/etl")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "no-store" in caching["/etl"]
    hashed = [path for path in caching if re.fullmatch(r"/assets/.+-[\w-]{8}\.(js|css|woff2)", path)]
    assert len(hashed) > 3
    assert all("immutable" in caching[path] and "max-age=315360000" in caching[path] for path in hashed), caching
