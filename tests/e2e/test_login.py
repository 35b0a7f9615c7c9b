"""In a real browser: the second factor from the first QR code on, and the login by the company's account."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.stage import PHONE, REFUSED, Stage, fill_login
from tests.e2e.test_appearance import THEMES, violations
from tests.e2e.test_refusals import end_session
from tests.hub import PASSWORD
from tests.oidc.provider import CLIENT_SECRET, Provider

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-login")]

MAKE = "from django.contrib.auth.models import User; User.objects.create_user({!r}, password={!r})"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        provider.lie(ask=True)
        yield provider


@pytest.fixture(scope="module")
def hub_stage(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub with both kinds of login, that wants a second factor of its administrators."""
    own = {"ETLHUB_OIDC_CLIENT_SECRET": CLIENT_SECRET, "ETLHUB_TOTP_ADMINISTRADORES": "1"}
    folder = tmp_path_factory.mktemp("login") / "data"
    with Stage(folder, workers=1, environment=provider.settings() | own) as stage:
        yield stage


def fits(page: Page, within: str) -> None:
    """Accessible in both themes and on a phone."""
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        expect(page.locator("html.dark")).to_have_count(int(theme == "dark"))
        assert violations(page, within) == [], theme
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert violations(page, within) == [], "phone"
    if wide:
        page.set_viewport_size(wide)


def enrol(page: Page, pictures: Path | None = None) -> tuple[str, list[str]]:
    """Switch the second factor on in the preferences; the secret and the recovery codes."""
    page.get_by_role("button", name="Ligar o segundo fator").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Sua senha").fill("errada")
    dialog.get_by_role("button", name="Continuar").click()
    expect(dialog.get_by_text("a senha atual não é esta")).to_be_visible()
    dialog.get_by_label("Sua senha").fill(PASSWORD)
    dialog.get_by_role("button", name="Continuar").click()
    picture = dialog.get_by_role("img", name="Código QR")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    secret = dialog.get_by_test_id("chave").inner_text()
    fits(page, "[role=dialog]")
    dialog.get_by_label("Código do aplicativo").fill("000000")
    dialog.get_by_role("button", name="Ligar").click()
    expect(dialog.get_by_text("o código não é este")).to_be_visible()
    dialog.get_by_label("Código do aplicativo").fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Ligar").click()
    codes = page.get_by_test_id("codigos").get_by_role("listitem")
    expect(codes).to_have_count(10)
    fits(page, "[role=alertdialog]")
    texts = codes.all_inner_texts()
    page.get_by_role("button", name="Já guardei").click()
    expect(page.get_by_text("Ligado", exact=True)).to_be_visible()
    return secret, texts


def give_code(where: Page | Locator, code: str) -> None:
    where.get_by_label("Código do autenticador").fill(code)
    where.get_by_role("button", name="Confirmar").click()


def test_the_second_factor_from_the_first_code_to_the_expired_session(hub_stage: Stage, browser: Browser) -> None:
    hub_stage.hub.manage("shell", "-c", MAKE.format("rita", PASSWORD))
    with hub_stage.visit(browser, logged_in=False, allowed=REFUSED, color_scheme="light") as page:
        page.goto("/login?next=/settings/preferencias")
        fits(page, "main")
        fill_login(page, PASSWORD, "rita")
        expect(page.get_by_text("Desligado", exact=True)).to_be_visible()
        secret, codes = enrol(page)

        page.get_by_role("button", name="Menu do usuário").click()
        page.get_by_role("menuitem", name="Sair").click()
        page.wait_for_url("**/login")
        page.goto("/login?next=/etl")
        fill_login(page, PASSWORD, "rita")
        expect(page.get_by_label("Código do autenticador")).to_be_focused()
        expect(page.get_by_role("alert")).to_have_count(0)
        fits(page, "main")
        give_code(page, "123456")
        expect(page.get_by_role("alert")).to_contain_text("Código incorreto")
        give_code(page, pyotp.TOTP(secret).at(int(time.time()) + 30))
        page.wait_for_url("**/etl")

        page.get_by_role("switch", name="Simular").click()
        end_session(hub_stage, page)
        dialog = page.get_by_role("alertdialog", name="Sua sessão terminou")
        expect(dialog.get_by_label("Senha")).to_be_focused()
        dialog.get_by_label("Senha").fill(PASSWORD)
        dialog.get_by_role("button", name="Entrar", exact=True).click()
        expect(dialog.get_by_label("Código do autenticador")).to_be_focused()
        fits(page, "[role=alertdialog]")
        give_code(dialog, codes[0])
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("switch", name="Simular")).to_be_checked()

        page.goto("/settings/preferencias")
        expect(page.get_by_text("Restam 9 códigos de recuperação")).to_be_visible()
        expect(page.get_by_label("Código do autenticador")).to_be_visible()  # to change the password
        page.get_by_role("button", name="Desligar").click()
        off = page.get_by_role("dialog", name="Desligar o segundo fator?")
        off.get_by_label("Sua senha").fill(PASSWORD)
        off.get_by_label("Código do autenticador").fill(codes[1])
        off.get_by_role("button", name="Desligar").click()
        expect(page.get_by_text("Desligado", exact=True)).to_be_visible()


def test_an_administrator_who_must_have_one_begins_there(hub_stage: Stage, browser: Browser) -> None:
    with hub_stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/login")
        fill_login(page, PASSWORD)
        page.wait_for_url("**/settings/preferencias")
        expect(page.get_by_role("alert")).to_contain_text("Administradores precisam do segundo fator")
        fits(page, "main")
        page.emulate_media(color_scheme="light")
        enrol(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_role("button", name="Novos códigos de recuperação")).to_be_visible()
        expect(page.get_by_role("button", name="Desligar")).to_have_count(0)
        assert page.request.get("/api/auth/me").json()["papel"] == "administrador"


def test_the_companys_account_opens_the_wanted_page_and_closes_both_sessions(
    hub_stage: Stage, provider: Provider, browser: Browser
) -> None:
    provider.lie(ask=True, claims=provider.person("nina", ["etl-operadores"], given_name="Nina"))
    with hub_stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/login?next=/logs?nivel=ERROR")
        page.get_by_role("link", name="Entrar com Acme").click()
        page.get_by_role("button", name="Continuar como nina").click()
        page.wait_for_url("**/logs?nivel=ERROR")
        expect(page.get_by_role("heading", name="Logs")).to_be_visible()
        page.goto("/settings/preferencias")
        expect(page.get_by_text("Seu login é pelo provedor da empresa")).to_be_visible()
        expect(page.get_by_role("form", name="Trocar a senha")).to_have_count(0)
        page.get_by_role("button", name="Menu do usuário").click()
        with page.expect_request(f"{provider.url}/logout*"):
            page.get_by_role("menuitem", name="Sair").click()
        page.wait_for_url("**/login")


def test_a_session_that_ended_goes_on_after_a_login_in_another_tab(
    hub_stage: Stage, provider: Provider, browser: Browser
) -> None:
    provider.lie(ask=True, claims=provider.person("olga", ["etl-operadores"]))
    with hub_stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/entrar/oidc/?next=/etl")
        page.get_by_role("button", name="Continuar como olga").click()
        page.get_by_role("switch", name="Simular").click()
        end_session(hub_stage, page)
        dialog = page.get_by_role("alertdialog", name="Sua sessão terminou")
        with page.expect_popup() as popup:
            dialog.get_by_role("link", name="Entrar com Acme").click()
        popup.value.get_by_role("button", name="Continuar como olga").click()
        expect(popup.value.get_by_role("heading", name="Visão geral")).to_be_visible()
        popup.value.close()
        page.evaluate("window.dispatchEvent(new Event('focus'))")  # a headless browser has no window to come back to
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("switch", name="Simular")).to_be_checked()


def test_who_has_no_role_reads_why(hub_stage: Stage, provider: Provider, browser: Browser) -> None:
    provider.lie(ask=True, claims=provider.person("pedro", []))
    with hub_stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/entrar/")
        assert violations(page) == []
        page.get_by_role("link", name="Entrar com Acme").click()
        page.get_by_role("button", name="Continuar como pedro").click()
        expect(page.get_by_role("alert")).to_contain_text("não tem acesso ao ETL Hub")
        assert violations(page) == []
        page.get_by_role("link", name="Voltar à entrada").click()
        page.wait_for_url("**/login")
