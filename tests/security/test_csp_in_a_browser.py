"""A real browser under our policies: every page works, none is refused anything, and an injected script does not run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.stage import launch
from tests.hub import PASSWORD, Hub

pytestmark = pytest.mark.e2e
OWN = ("/", "/etl", "/logs", "/portfolio", "/settings", "/jobs")
ADMIN = (
    "/admin/", "/admin/auth/user/", "/admin/auth/user/add/", "/admin/sistemas/sistema/",
    "/admin/sistemas/sistema/fidc/change/", "/admin/jobs/job/", "/admin/credentials/credential/",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, hub: Hub) -> Iterator[Page]:
    context = browser.new_context(base_url=hub.url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def watch(page: Page) -> list[str]:
    """What the browser refuses or fails at, as it says."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def log_in(page: Page, following: str = "/") -> None:
    page.goto(f"/entrar/?next={following}")
    page.fill("#id_username", "admin")
    page.fill("#id_password", PASSWORD)
    page.click("button")
    page.wait_for_url(lambda url: "/entrar" not in url)


def test_the_login_page_keeps_its_looks_and_lets_in(page: Page) -> None:
    found = watch(page)
    page.goto("/entrar/")
    assert page.evaluate("getComputedStyle(document.querySelector('.caixa')).borderRadius") == "12px"
    assert not found
    log_in(page)


def test_our_pages_are_refused_nothing(page: Page) -> None:
    log_in(page)
    found = watch(page)
    for address in OWN:
        page.goto(address)
        page.wait_for_selector("h1")
        page.wait_for_load_state("networkidle")
    assert found == []


def test_the_admin_works_without_inline_scripts(page: Page) -> None:
    log_in(page, "/admin/")
    found = watch(page)
    for address in ADMIN:
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert found == []
    assert page.evaluate("typeof window.Alpine") == "object"


@pytest.mark.parametrize("address", ["/", "/admin/", "/entrar/"])
def test_an_injected_script_does_not_run(page: Page, address: str) -> None:
    if address != "/entrar/":
        log_in(page, address)
    page.goto(address)
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.taken = true';
            document.head.append(script);
            document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.taken = true">');
        }"""
    )
    assert page.evaluate("new Promise(done => setTimeout(() => done(window.taken === true), 300))") is False
