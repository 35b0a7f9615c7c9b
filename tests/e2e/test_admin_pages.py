"""Django's admin as an administrator sees it: in Portuguese, every page opens, and no secret comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_TOTP_SECRET
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pages")]

MODEL = re.compile(r"^/admin/\w+/\w+/$")
ENGLISH = re.compile(r"\b(?:Add|Change|Delete|Save|View|History|Search|Select|Filters?|Log out|Welcome)\b")


def models(page: Page) -> list[str]:
    page.goto("/admin/")
    links = page.eval_on_selector_all("a[href]", "(all) => all.map((a) => a.getAttribute('href'))")
    return sorted({href for href in links if MODEL.match(href)})


def test_every_page_opens_in_portuguese(page: Page) -> None:
    found = models(page)
    assert {
        "/admin/sistemas/sistema/",
        "/admin/credentials/credential/",
        "/admin/jobs/job/",
        "/admin/auth/user/",
    } <= set(found)
    for path in found:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang") == "pt-br", path
        english = ENGLISH.findall(page.locator("body").inner_text())
        assert english == [], f"{path}: {english}"


@pytest.mark.parametrize("path", ["/admin/sistemas/sistema/maps/change/", "/admin/credentials/credential/maps/change/"])
def test_a_form_opens_in_portuguese(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("button", name="Salvar", exact=True)).to_be_visible()
    english = ENGLISH.findall(page.locator("body").inner_text())
    assert english == []


def test_a_secret_is_never_given_back(stage: Stage, page: Page) -> None:
    page.goto("/admin/credentials/credential/maps/change/")
    inputs = page.locator("input[type=password]")
    assert inputs.count() >= 2
    assert {inputs.nth(n).input_value() for n in range(inputs.count())} == {""}
    page.locator("#id_password").fill("outra-senha-do-portal-77")
    page.get_by_role("button", name="Salvar e continuar editando").click()
    expect(page.locator("#id_password")).to_have_value("")
    for secret in ("outra-senha-do-portal-77", DEMO_PASSWORD, DEMO_TOTP_SECRET):
        assert secret not in page.content()
