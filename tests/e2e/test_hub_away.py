"""The hub goes away, or the line to it is cut: the page says so, comes back by itself and has lost nothing."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.relay import Relay
from tests.e2e.stage import CUT, Stage
from tests.e2e.steps import expect_more_lines, expect_status, expect_whole_log, select_only
from tests.jobs.live import execute, finished

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-away")]

CUTS = 6
BANNER = "Sem conexão ao vivo. Reconectando; nada se perde."


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("palco") / "data") as stage:
        yield stage


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx.Client]:
    stage.portal.reset()
    with stage.hub.client() as client:
        select_only(client, "fidc")
        yield client


def test_a_line_cut_again_and_again_loses_nothing(stage: Stage, client: httpx.Client, browser: Browser) -> None:
    stage.portal.faults.set("fidc", "nunca_pronto")
    job = execute(client, "fidc")
    with (
        Relay(stage.hub.port) as relay,
        stage.visit(browser, base_url=f"http://localhost:{relay.port}", allowed=CUT) as page,
    ):
        page.goto(f"/logs/{job}")
        expect(page.get_by_role("log")).to_contain_text("Aguardando o portal")
        for _ in range(CUTS):
            expect(page.get_by_text("Ao vivo", exact=True)).to_be_visible()
            assert relay.cut() > 0
            expect(page.get_by_text("Conectando", exact=True)).to_be_visible()
            expect_more_lines(page)
        stage.portal.faults.clear()
        expect(page.get_by_role("log")).to_contain_text("Concluído: 2 arquivos novos")
        finished(client, job)
        expect_whole_log(page, client, job)


def test_a_hub_that_stops_is_told_and_found_again(stage: Stage, client: httpx.Client, browser: Browser) -> None:
    stage.portal.faults.set("fidc", "nunca_pronto")
    with stage.visit(browser, allowed=CUT) as page:
        page.goto("/etl")
        job = execute(client, "fidc", baixar_de_novo=True)
        expect_status(page, "fidc", "RUNNING")
        stage.hub.kill("web")
        expect(page.get_by_text(BANNER)).to_be_visible()
        page.get_by_role("button", name="Tentar agora").click()
        # The run goes on without the web server, and ends while nobody can be told.
        stage.portal.faults.clear()
        stage.hub.start("web")
        stage.hub.wait_ready()
        expect(page.get_by_text(BANNER)).to_have_count(0)
        finished(client, job)
        expect_status(page, "fidc", "SUCCESS")
        page.goto(f"/logs/{job}")
        expect_whole_log(page, client, job)
