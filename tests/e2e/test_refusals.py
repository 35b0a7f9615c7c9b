"""What the hub refuses is told in its own sentence, and the page goes on."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.stage import REFUSED, Stage, fill_login
from tests.e2e.steps import count_jobs, select_only
from tests.hub import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]


def test_a_wrong_password_is_told_and_the_right_one_opens_the_wanted_page(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/logs?nivel=ERROR")
        page.wait_for_url("**/login?next=*")
        fill_login(page, "senha-errada")
        expect(page.get_by_role("alert")).to_have_text("Usuário ou senha incorretos.")
        expect(page.get_by_label("Senha")).to_have_value("")
        fill_login(page, PASSWORD)
        page.wait_for_url("**/logs?nivel=ERROR")
        expect(page.get_by_role("heading", name="Logs")).to_be_visible()


def test_the_first_visit_leads_to_the_login_with_a_clean_console(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, logged_in=False) as page:
        page.goto("/")
        page.wait_for_url("**/login")
        expect(page.get_by_label("Usuário")).to_be_visible()


def test_after_sair_nothing_is_open_any_more(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/login")
        fill_login(page, PASSWORD)
        page.get_by_role("button", name="Menu do usuário").click()
        page.get_by_role("menuitem", name="Sair").click()
        page.wait_for_url("**/login")
        assert page.request.get("/api/jobs").status == 401
        page.goto("/etl")
        page.wait_for_url("**/login?next=*")


def test_the_servers_sentence_about_a_period_is_shown(stage: Stage, browser: Browser) -> None:
    # The page itself sends no such period; a request changed on its way does.
    wrong = json.dumps({"sistemas": ["fidc"], "data_inicial": "2026-11-24", "data_final": "20/11/2026"})
    with stage.hub.client() as client, stage.visit(browser, allowed=REFUSED) as page:
        select_only(client, "fidc")
        before = count_jobs(client)
        page.route("**/api/execute", lambda route: route.continue_(post_data=wrong))
        page.goto("/etl")
        with page.expect_response("**/api/execute") as answer:
            page.get_by_role("button", name="Executar 1 sistema").click()
        assert answer.value.status == 422
        expect(page.get_by_text("a data final é anterior à data inicial")).to_be_visible()
        expect(page.get_by_role("button", name="Executar 1 sistema")).to_be_enabled()
        assert count_jobs(client) == before


def test_a_sistema_switched_off_meanwhile_is_named(stage: Stage, browser: Browser) -> None:
    with stage.hub.client() as client:
        select_only(client, "fidc")
        with stage.visit(browser, allowed=REFUSED) as page:
            page.goto("/etl")
            expect(page.get_by_role("button", name="Executar 1 sistema")).to_be_enabled()
            client.patch("/api/sistemas/fidc/toggle", json={"ativo": False})
            page.get_by_role("button", name="Executar 1 sistema").click()
            expect(page.get_by_text("sistema desativado: FIDC")).to_be_visible()


def test_a_session_that_ended_asks_for_the_password_and_keeps_the_page(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        sockets: list[object] = []
        page.on("websocket", lambda socket: sockets.append(socket))
        page.goto("/login?next=/etl")
        fill_login(page, PASSWORD)
        page.get_by_role("switch", name="Simular").click()
        end_session(stage, page)
        dialog = page.get_by_role("alertdialog", name="Sua sessão terminou")
        dialog.get_by_label("Senha").fill(PASSWORD)
        dialog.get_by_role("button", name="Entrar").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("switch", name="Simular")).to_be_checked()
        # The former connection was of the former session, and the hub will end it.
        expect(page.get_by_text("Ao vivo", exact=True)).to_be_visible()
        assert len(sockets) >= 2


def end_session(stage: Stage, page: Page) -> None:
    """Log the page's session out from elsewhere, as an administrator or the clock would, and have the page ask for more."""
    cookies = {str(each["name"]): str(each["value"]) for each in page.context.cookies()}
    httpx.post(f"{stage.hub.url}/api/auth/logout", cookies=cookies, timeout=20).raise_for_status()
    # An event, not a click: where the page itself asked first, the dialog lies over the switch already.
    page.get_by_label("Incluir JCOT na execução").dispatch_event("click")


def test_the_answer_to_a_tried_login_goes_when_something_else_is_typed(stage: Stage, browser: Browser) -> None:
    stage.portal.reset()
    with stage.visit(browser) as page:
        page.goto("/settings/credenciais?sistema=jcot")
        page.get_by_role("button", name="Testar conexão").click()
        answer = page.get_by_text("Login aceito pelo portal (")
        expect(answer).to_be_visible()
        page.get_by_label("Usuário", exact=True).fill("outra")
        expect(answer).to_have_count(0)
