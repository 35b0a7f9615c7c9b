"""The client's pages, for the tests that look at each one. Execution 1 is made by `seed`."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.steps import count_jobs, select_only
from tests.jobs.live import execute, finished


@dataclass(frozen=True)
class ClientPage:
    """`heading` is the page's first-level heading."""

    name: str
    path: str
    heading: str


PAGES = [
    ClientPage("visao-geral", "/", "Visão geral"),
    ClientPage("executar", "/etl", "Executar"),
    ClientPage("logs", "/logs", "Logs"),
    ClientPage("log", "/logs/1", "Logs"),
    ClientPage("historico", "/jobs", "Histórico"),
    ClientPage("execucao", "/jobs/1", "AMPLIS (REAG) e FIDC"),
    ClientPage("carteiras", "/portfolio", "Carteiras"),
    ClientPage("credenciais", "/settings/credenciais", "Configurações"),
    ClientPage("caminhos", "/settings/caminhos", "Configurações"),
    ClientPage("fundos", "/settings/fundos", "Configurações"),
    ClientPage("chaves", "/settings/chaves", "Configurações"),
    ClientPage("preferencias", "/settings/preferencias", "Configurações"),
]


def open_page(page: Page, wanted: ClientPage) -> None:
    """Go there and wait until all that it shows has come."""
    page.goto(wanted.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted.heading)
    expect(page.locator("[aria-busy=true], .animate-pulse")).to_have_count(0)
    page.evaluate("document.fonts.ready")


def seed(client: httpx.Client) -> None:
    """One execution, so that no page is empty; two sistemas switched on."""
    select_only(client, "amplis_reag", "fidc")
    if count_jobs(client) == 0:
        finished(client, execute(client, "amplis_reag", "fidc"))
