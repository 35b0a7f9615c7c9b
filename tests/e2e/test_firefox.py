"""The main thing in Firefox, where it is installed: log in, run, watch the log live, change the theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import firefox
from tests.e2e.stage import Stage
from tests.e2e.steps import last_job, select_only
from tests.hub import PASSWORD, wait_until
from tests.jobs.live import finished

PROGRAM = firefox.find()
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("e2e-firefox"),
    pytest.mark.skipif(PROGRAM is None, reason="o Firefox não está instalado"),
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("palco") / "data") as stage:
        yield stage


def test_the_morning_in_firefox(stage: Stage, tmp_path: Path) -> None:
    assert PROGRAM
    with stage.hub.client() as client, firefox.tab(PROGRAM, tmp_path) as page:
        select_only(client, "fidc")
        stage.portal.faults.set("fidc", "nunca_pronto")
        page.goto(f"{stage.hub.url}/etl")
        page.until("location.pathname === '/login' && document.querySelector('input[type=password]')")
        page.click("input[autocomplete=username]")
        page.type("admin")
        page.click("input[type=password]")
        page.type(PASSWORD)
        page.click("button[type=submit]")

        page.until("location.pathname === '/etl' && document.querySelector('[data-testid=sistema-fidc]')")
        page.click("[aria-label='Executar só FIDC']")
        page.until("document.querySelector('[data-testid=sistema-fidc]').dataset.status === 'RUNNING'")
        job = last_job(client)["id"]
        page.goto(f"{stage.hub.url}/logs/{job}")
        page.until("document.querySelector('[role=log]')?.innerText.includes('Aguardando o portal')")
        seen = "parseInt(document.querySelector('[data-testid=linhas]').innerText)"
        page.until(f"{seen} > {page.evaluate(seen)}")
        stage.portal.faults.clear()
        page.until("document.querySelector('[role=log]').innerText.includes('Concluído: 2 arquivos novos')")
        assert finished(client, job)["status"] == "completed"

        page.goto(f"{stage.hub.url}/settings/preferencias")
        page.click("input[name=tema][aria-label=Escuro]")
        page.until("document.documentElement.classList.contains('dark')")
        # At once: what was chosen is sent even when the reader leaves.
        page.goto(f"{stage.hub.url}/")
        wait_until(lambda: client.get("/api/me/preferencias").json()["tema"] == "dark", what="the theme kept")
        page.until("document.querySelector('h1')?.innerText === 'Visão geral'")
        assert page.evaluate("document.documentElement.classList.contains('dark')")
        assert page.problems == [], "the console must stay clean"
