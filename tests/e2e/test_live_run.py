"""The main thing in a real browser: run sistemas, watch them live, lose nothing by a reload, cancel."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import Stage
from tests.e2e.steps import (
    card,
    count_jobs,
    expect_more_lines,
    expect_status,
    expect_whole_log,
    last_job,
    run_selected,
    select_only,
    tab_to,
)
from tests.hub import wait_until
from tests.jobs.live import finished

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-live")]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("palco") / "data") as stage:
        yield stage


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx.Client]:
    with stage.hub.client() as client:
        select_only(client, "amplis_reag", "fidc")
        yield client
        for job in client.get("/api/jobs", params={"limit": 10}).json()["jobs"]:
            if job["status"] in ("pending", "running"):
                client.post(f"/api/cancel/{job['id']}")
            finished(client, job["id"])


def running_commands(stage: Stage) -> list[int]:
    """The processes of runs below this hub's workers."""
    found = []
    for name, process in stage.hub.processes.items():
        if name.startswith("worker"):
            for child in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "ETLHUB_RUN" in child.environ() and child.status() != psutil.STATUS_ZOMBIE:
                        found.append(child.pid)
    return found


def test_a_sistema_asked_for_twice_shows_the_run_that_is_under_way(
    stage: Stage, client: httpx.Client, page: Page
) -> None:
    stage.portal.faults.set("fidc", "nunca_pronto")
    select_only(client, "fidc")
    page.goto("/etl")
    first = run_selected(page, "Executar 1 sistema")
    expect_status(page, "fidc", "RUNNING")
    second = run_selected(page, "Executar 1 sistema")
    expect(page.get_by_test_id(f"job-ativo-{second}")).to_be_visible()
    expect_status(page, "fidc", "RUNNING")
    page.get_by_role("button", name=f"Cancelar a execução {second}").click()
    expect(page.get_by_test_id(f"job-ativo-{second}")).to_have_count(0)
    expect_status(page, "fidc", "RUNNING")
    page.reload()
    expect_status(page, "fidc", "RUNNING")
    client.post(f"/api/cancel/{first}").raise_for_status()
    expect_status(page, "fidc", "CANCELLED")
    stage.portal.faults.clear()


def test_two_sistemas_are_followed_live_and_a_reload_misses_nothing(
    stage: Stage, client: httpx.Client, page: Page
) -> None:
    # FIDC's reports stay in the making until the test says otherwise, so there is all the time to look.
    stage.portal.faults.set("fidc", "nunca_pronto")
    page.goto("/etl")
    job = run_selected(page, "Executar 2 sistemas")
    expect_status(page, "fidc", "RUNNING")
    expect_status(page, "amplis_reag", "SUCCESS")
    expect(card(page, "amplis_reag").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    expect(card(page, "amplis_reag")).to_contain_text("3 arquivos novos")
    expect(card(page, "fidc").get_by_role("progressbar")).not_to_have_attribute("aria-valuenow", "0")
    expect(page).to_have_title("(1) Executar · ETL Hub")

    card(page, "fidc").get_by_role("link", name="Ver logs de FIDC").click()
    page.wait_for_url(f"**/logs/{job}")
    expect(page.get_by_role("log")).to_contain_text("Aguardando o portal gerar 2 relatórios.")
    expect_more_lines(page)
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Aguardando o portal gerar 2 relatórios.")
    expect_more_lines(page)

    stage.portal.faults.clear()
    expect(page.get_by_role("log")).to_contain_text("Concluído: 2 arquivos novos")
    expect(page.get_by_text("Concluída", exact=True)).to_be_visible()
    assert finished(client, job)["status"] == "completed"
    expect_whole_log(page, client, job)


def test_cancelling_stops_the_process_and_says_so(stage: Stage, client: httpx.Client, page: Page) -> None:
    stage.portal.faults.set("fidc", "nunca_pronto")
    page.goto("/etl")
    # Otherwise what was collected before would not be asked for again.
    page.get_by_role("switch", name="Baixar de novo").click()
    card(page, "fidc").get_by_role("button", name="Executar só FIDC").click()
    expect(card(page, "fidc")).to_contain_text("Executando")
    wait_until(lambda: running_commands(stage), what="a running command")
    job = last_job(client)["id"]
    page.get_by_role("button", name=f"Cancelar a execução {job}").click()
    expect_status(page, "fidc", "CANCELLED")
    expect(page.get_by_text(f"Execução {job} cancelada")).to_be_visible()
    expect(page.get_by_test_id(f"job-ativo-{job}")).to_have_count(0)
    wait_until(lambda: not running_commands(stage), what="no command left")


def test_a_failure_says_what_to_do_on_the_card(stage: Stage, client: httpx.Client, page: Page) -> None:
    stage.portal.faults.set("amplis_master", "manutencao")
    select_only(client, "amplis_master")
    page.goto("/etl")
    job = run_selected(page, "Executar 1 sistema")
    expect_status(page, "amplis_master", "ERROR")
    told = finished(client, job)["sistemas"][0]["mensagem"]
    assert "manutenção" in told
    expect(page.get_by_test_id("mensagem-amplis_master")).to_have_text(told)
    expect(page.get_by_text(f"Execução {job} terminou com erro")).to_be_visible()


def test_the_keyboard_alone_is_enough(stage: Stage, client: httpx.Client, page: Page) -> None:
    page.goto("/etl")
    expect(page.get_by_role("button", name="Executar 2 sistemas")).to_be_enabled()
    tab_to(page, "Ir para o conteúdo")
    page.keyboard.press("Enter")
    tab_to(page, "Limpar antes")
    page.keyboard.press("Space")
    tab_to(page, "Executar 2 sistemas")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Executar 2 sistemas")).to_be_focused()
    page.get_by_role("switch", name="Limpar antes").press("Space")
    tab_to(page, "Executar só FIDC")
    page.keyboard.press("Enter")
    expect_status(page, "fidc", "SUCCESS")
    tab_to(page, "Ver logs de FIDC", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("FIDC ESTOQUE")


def test_limpar_asks_first(client: httpx.Client, page: Page) -> None:
    before = count_jobs(client)
    page.goto("/etl")
    page.get_by_role("switch", name="Limpar antes").click()
    page.get_by_role("button", name="Executar 2 sistemas").click()
    question = page.get_by_role("alertdialog", name="Limpar antes de executar?")
    expect(question).to_contain_text("AMPLIS (REAG) e FIDC")
    question.get_by_role("button", name="Voltar").click()
    expect(question).to_have_count(0)
    assert count_jobs(client) == before

    page.get_by_role("button", name="Executar 2 sistemas").click()
    job = run_selected(page, "Limpar e executar")
    assert finished(client, job)["limpar"] is True
    expect(page.get_by_role("switch", name="Limpar antes")).not_to_be_checked()


def test_simular_downloads_nothing(stage: Stage, client: httpx.Client, page: Page) -> None:
    select_only(client, "amplis_master")
    page.goto("/etl")
    page.get_by_role("switch", name="Simular").click()
    before = set(stage.folder.glob("downloads/**/*.*"))
    job = run_selected(page, "Simular 1 sistema")
    done = finished(client, job)
    assert (done["status"], done["dry_run"]) == ("completed", True)
    assert len(done["sistemas"][0]["plano"]) == 2
    assert set(stage.folder.glob("downloads/**/*.*")) == before


@pytest.mark.parametrize(("day", "sentence"), [("31/02/2026", "Esta data não existe."), ("01/01/2099", "no futuro")])
def test_a_wrong_date_is_told_at_the_field(client: httpx.Client, page: Page, day: str, sentence: str) -> None:
    page.goto("/etl")
    page.get_by_label("Usar D-1").click()
    page.get_by_role("textbox", name="Data inicial").fill(day)
    expect(page.locator("#data-inicial-nota")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Executar 2 sistemas")).to_be_disabled()
