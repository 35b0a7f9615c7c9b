"""One Chromium for each module, and one hub for all modules that start none of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.stage import PATIENCE_MS, Stage, launch


@pytest.fixture(scope="module")  # an open Playwright is a running event loop: other modules' tests start their own
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The hub of the tests that leave it as it was; those that do not, start their own."""
    with Stage(tmp_path_factory.mktemp("palco") / "data") as stage:
        yield stage


@pytest.fixture
def page(stage: Stage, browser: Browser) -> Iterator[Page]:
    """A page with a session, of a portal that behaves; its console must stay clean."""
    stage.portal.reset()
    with stage.visit(browser) as page:
        yield page
