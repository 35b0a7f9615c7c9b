"""Routines and preferences are the user's, not the browser's: the morning looks the same on another computer."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.e2e.stage import REFUSED, Stage
from tests.e2e.steps import card, preference_saved, select_only

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]

MANHA = "Rotina da manhã"
OLD_ROUTINE = (
    '[{"nome":"Antiga","sistemas":["jcot"],"opcoes":{"jcot":{}},"usarD1":true,"simular":true},{"nome":"torta"}]'
)


@pytest.fixture(autouse=True)
def client(stage: Stage) -> Iterator[httpx.Client]:
    with stage.hub.client() as client:
        select_only(client, "amplis_reag", "fidc")
        yield client
        for rotina in client.get("/api/me/rotinas").json()["rotinas"]:
            client.delete(f"/api/me/rotinas/{rotina['id']}").raise_for_status()
        client.patch("/api/me/preferencias", json={"tema": "system", "quebrar_linhas": False, "avisos": False})
        select_only(client, "amplis_reag", "fidc")


def save_routine(page: Page, name: str = MANHA) -> None:
    page.get_by_role("button", name="Rotinas").click()
    page.get_by_role("menuitem", name="Salvar ou apagar rotinas").click()
    page.get_by_label("Salvar a seleção atual como").fill(name)
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_routine_saved_here_is_applied_on_another_computer(
    stage: Stage, browser: Browser, page: Page, client: httpx.Client
) -> None:
    page.goto("/etl")
    page.get_by_role("switch", name="Simular").click()
    save_routine(page)
    expect(page.get_by_text(f"Rotina “{MANHA}” salva.")).to_be_visible()
    select_only(client, "jcot")
    with stage.visit(browser) as other:
        other.goto("/etl")
        other.get_by_role("button", name="Rotinas").click()
        other.get_by_role("menuitem", name=MANHA).click()
        expect(other.get_by_role("button", name="Simular 2 sistemas")).to_be_enabled()
        expect(card(other, "jcot").get_by_role("switch").first).not_to_be_checked()


def test_a_deleted_routine_can_be_had_back(page: Page) -> None:
    page.goto("/etl")
    save_routine(page)
    page.get_by_role("button", name="Rotinas").click()
    page.get_by_role("menuitem", name="Salvar ou apagar rotinas").click()
    page.get_by_role("button", name=f"Apagar a rotina {MANHA}").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(0)
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_text(MANHA)


def test_a_routine_that_the_hub_refuses_goes_away_again(stage: Stage, browser: Browser) -> None:
    def refuse(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        return route.fulfill(status=503, json={"detail": "O banco de dados está ocupado."})

    with stage.visit(browser, allowed=REFUSED) as page:
        page.goto("/etl")
        page.route("**/api/me/rotinas", refuse)
        save_routine(page)
        expect(page.get_by_text("O banco de dados está ocupado.")).to_be_visible()
        page.get_by_role("button", name="Rotinas").click()
        expect(page.get_by_text("Nenhuma rotina salva")).to_be_visible()


def test_what_an_earlier_version_kept_in_the_browser_is_taken_over_once(
    stage: Stage, browser: Browser, client: httpx.Client
) -> None:
    with stage.visit(browser) as page:
        page.goto("/jobs")
        page.evaluate("(text) => localStorage.setItem('etlhub.rotinas.admin', text)", OLD_ROUTINE)
        page.goto("/etl")
        page.get_by_role("button", name="Rotinas").click()
        expect(page.get_by_role("menuitem", name="Antiga")).to_be_visible()
        assert page.evaluate("localStorage.getItem('etlhub.rotinas.admin')") is None
    (kept,) = client.get("/api/me/rotinas").json()["rotinas"]
    assert (kept["nome"], kept["sistemas"], kept["simular"]) == ("Antiga", ["jcot"], True)


def test_preferences_follow_the_user(stage: Stage, browser: Browser, page: Page) -> None:
    page.goto("/settings/preferencias")
    with preference_saved(page):
        page.get_by_role("radio", name="Escuro").click()
    with preference_saved(page):
        page.get_by_role("switch", name="Quebrar linhas longas").click()
    with stage.visit(browser) as other:
        other.goto("/settings/preferencias")
        expect(other.get_by_role("radio", name="Escuro")).to_be_checked()
        expect(other.get_by_role("switch", name="Quebrar linhas longas")).to_be_checked()
        expect(other.locator("html.dark")).to_have_count(1)


def test_a_choice_made_before_the_hub_told_the_kept_ones_stays(stage: Stage, browser: Browser) -> None:
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET" and not late:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    with stage.visit(browser) as page:
        page.route("**/api/me/preferencias", hold)
        page.goto("/settings/preferencias")
        switch = page.get_by_role("switch", name="Quebrar linhas longas")
        wanted = switch.get_attribute("aria-checked") == "false"
        with preference_saved(page):
            switch.click()
        route, former = late[0]
        route.fulfill(response=former)
        page.wait_for_function("localStorage.getItem('etlhub.preferencias') === '1'")  # the answer was read
        expect(switch).to_be_checked(checked=wanted)


def test_a_preference_that_is_not_kept_goes_back(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, allowed=REFUSED) as page:
        page.goto("/settings/preferencias")
        expect(page.get_by_role("radio", name="Do sistema")).to_be_checked()
        page.route("**/api/me/preferencias", lambda route: route.abort())
        page.get_by_role("radio", name="Escuro").click()
        expect(page.get_by_text("A preferência não foi salva. Sem conexão com o hub.")).to_be_visible()
        expect(page.get_by_role("radio", name="Do sistema")).to_be_checked()
        expect(page.locator("html.dark")).to_have_count(0)


def test_a_notification_is_asked_for_in_each_browser(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, permissions=["notifications"]) as page:
        page.goto("/settings/preferencias")
        with preference_saved(page):
            page.get_by_role("switch", name="Avisar quando uma execução terminar").click()
        expect(page.get_by_role("switch", name="Avisar quando uma execução terminar")).to_be_checked()
    with stage.visit(browser) as page:
        page.goto("/settings/preferencias")
        expect(page.get_by_text("este navegador ainda não permite")).to_be_visible()
        expect(page.get_by_role("switch", name="Avisar quando uma execução terminar")).not_to_be_checked()
