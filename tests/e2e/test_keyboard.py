"""Every page without a mouse: the order of the stops, a focus that can be seen, dialogs that keep it and give it back."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import PAGES, ClientPage, open_page, seed
from tests.e2e.stage import Stage
from tests.e2e.steps import card, expect_status, last_job, preference_saved, select_only, tab_to
from tests.jobs.live import finished

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-keyboard")]

MAX_STOPS = 150
# Where the focus is: who has it, whether it can be seen and nothing lies above it, and its place in the document.
AT = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  const style = getComputedStyle(at)
  const box = at.getBoundingClientRect()
  const within = (n, size) => Math.min(Math.max(n, 0), size - 1)
  const top = document.elementFromPoint(
    within(box.left + box.width / 2, innerWidth), within(box.top + box.height / 2, innerHeight))
  const labels = [...(at.labels ?? [])].map((label) => label.innerText).join(' ')
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
  return {
    what: at.outerHTML.slice(0, 300),
    name: at.getAttribute('aria-label') || labels || at.innerText || at.querySelector(':scope > title')?.textContent || at.id,
    seen: ring || style.boxShadow !== 'none',
    inSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    covered: box.height < innerHeight / 2 && !at.contains(top) && !top?.contains(at),
    place: [...document.querySelectorAll('*')].indexOf(at),
  }
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("palco") / "data") as stage:
        yield stage


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx.Client]:
    with stage.hub.client() as client:
        seed(client)
        yield client
        select_only(client, "amplis_reag", "fidc")


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("wanted", PAGES, ids=lambda p: p.name)
def test_tab_visits_the_page_in_its_order_and_is_seen_everywhere(page: Page, wanted: ClientPage) -> None:
    open_page(page, wanted)
    stops: list[dict[str, object]] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at is None or (stops and at["place"] == stops[0]["place"]):
            break
        assert at["name"], f"a stop without a name: {at['what']}"
        assert at["seen"], f"the focus on “{at['name']}” cannot be seen"
        assert at["inSight"], f"the focus on “{at['name']}” is out of sight"
        assert not at["covered"], f"“{at['name']}” is covered by something while it has the focus"
        stops.append(at)
    else:
        raise AssertionError(f"Tab never came round: {[each['name'] for each in stops[-5:]]}")
    assert stops[0]["name"] == "Ir para o conteúdo"
    assert len(stops) > 10
    places = [int(str(each["place"])) for each in stops]
    late = [stops[n]["name"] for n in range(1, len(stops)) if places[n] < places[n - 1]]
    assert late == [], "these come before what has the focus earlier"


def test_a_job_is_run_cancelled_looked_up_and_its_log_filtered(stage: Stage, client: httpx.Client, page: Page) -> None:
    stage.portal.faults.set("fidc", "nunca_pronto")
    page.goto("/etl")
    expect(page.get_by_role("button", name="Executar 2 sistemas")).to_be_enabled()
    tab_to(page, "Baixar de novo")
    page.keyboard.press("Space")
    tab_to(page, "Executar só FIDC")
    page.keyboard.press("Enter")
    expect_status(page, "fidc", "RUNNING")
    job = last_job(client)["id"]
    tab_to(page, f"Cancelar a execução {job}", "Shift+Tab")
    page.keyboard.press("Enter")
    expect_status(page, "fidc", "CANCELLED")
    finished(client, job)
    stage.portal.faults.clear()

    tab_to(page, "Histórico", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Histórico")
    expect(page.get_by_role("link", name="FIDC", exact=True).first).to_be_visible()
    tab_to(page, "FIDC")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/jobs/{job}")
    expect(page.get_by_role("heading", level=1)).to_have_text("FIDC")

    page.goto(f"/logs/{job}")
    expect(page.get_by_role("log")).to_contain_text("Cancelado a pedido")
    tab_to(page, "Buscar no log")
    page.keyboard.type("cancelado")
    expect(page.get_by_role("log").locator("mark").first).to_be_visible()


def test_the_palette_goes_anywhere_and_gives_the_focus_back(client: httpx.Client, page: Page) -> None:
    page.goto("/jobs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Histórico")
    tab_to(page, "Visão geral")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Principal").get_by_role("link", name="Visão geral")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("carteiras")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Carteiras")


def test_a_dialog_keeps_the_focus_and_gives_it_back(client: httpx.Client, page: Page) -> None:
    page.goto("/settings/chaves")
    expect(page.get_by_role("button", name="Nova chave")).to_be_visible()
    tab_to(page, "Nova chave")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Nova chave de API")
    expect(dialog.get_by_label("Nome")).to_be_focused()
    page.keyboard.press("Control+k")  # the palette would lie over the question
    expect(page.get_by_role("dialog")).to_have_count(1)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert dialog.evaluate("(box) => box.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Nova chave")).to_be_focused()


def test_a_setting_is_changed_and_a_sistema_switched(client: httpx.Client, page: Page) -> None:
    page.goto("/settings/preferencias")
    expect(page.get_by_role("radio", name="Escuro")).to_be_visible()
    tab_to(page, "Quebrar linhas longas")
    with preference_saved(page):
        page.keyboard.press("Space")
    assert client.get("/api/me/preferencias").json()["quebrar_linhas"] is True
    page.goto("/etl")
    expect(card(page, "jcot")).to_be_visible()
    before = client.get("/api/sistemas/jcot").json()["ativo"]
    tab_to(page, "Incluir JCOT")
    with page.expect_response("**/api/sistemas/jcot/toggle*"):
        page.keyboard.press("Space")
    assert client.get("/api/sistemas/jcot").json()["ativo"] is not before


def test_the_theme_is_one_choice_of_the_arrow_keys(client: httpx.Client, page: Page) -> None:
    page.goto("/settings/preferencias")
    page.get_by_role("radio", name="Do sistema").focus()
    with preference_saved(page):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Escuro")).to_be_checked()
    expect(page.get_by_role("radio", name="Escuro")).to_be_focused()
    with preference_saved(page):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Do sistema")).to_be_checked()


def test_the_skip_link_leads_past_the_menu(client: httpx.Client, page: Page) -> None:
    page.goto("/portfolio")
    expect(page.get_by_role("heading", level=1)).to_have_text("Carteiras")
    tab_to(page, "Ir para o conteúdo")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "conteudo"
