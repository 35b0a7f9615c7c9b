"""A React build that knows no login, as the predecessor's: served by the hub at localhost, it works with the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.stage import REFUSED, Stage, fill_login
from tests.hub import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-foreign")]

# The port is compiled into such a build; this one is made before the hub has its port, so it takes that of the page.
INDEX = """<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Interface antiga</title>
<link rel="icon" href="/icone.svg"><link rel="stylesheet" href="/assets/index-B3n5Kq7x.css">
<script type="module" src="/assets/index-a1B2c3D4.js"></script></head>
<body><h1>Interface antiga</h1><p id="rota"></p><p id="sistemas">carregando</p><p id="ao-vivo">desconectado</p></body></html>
"""
SCRIPT = """
const base = `localhost:${location.port}`
document.querySelector('#rota').textContent = location.pathname
const show = (id, text) => { document.querySelector(id).textContent = text }
fetch(`http://${base}/api/sistemas`)
  .then((answer) => answer.json())
  .then((all) => show('#sistemas', Object.values(all).map((s) => s.nome).join(', ')))
  .catch(() => show('#sistemas', 'falhou'))
const socket = new WebSocket(`ws://${location.hostname}:${location.port}/ws`)
socket.onopen = () => {
  show('#ao-vivo', 'conectado')
  fetch(`http://${base}/api/execute/fidc`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dry_run: true }),
  })
}
socket.onmessage = (event) => {
  const { type, payload } = JSON.parse(event.data)
  if (type === 'job_complete') show('#ao-vivo', `terminou: ${payload.status}`)
}
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    build = tmp_path_factory.mktemp("build")
    (build / "assets").mkdir()
    (build / "index.html").write_text(INDEX, encoding="utf-8")
    (build / "assets" / "index-a1B2c3D4.js").write_text(SCRIPT, encoding="utf-8")
    (build / "assets" / "index-B3n5Kq7x.css").write_text("body { font-family: sans-serif }", encoding="utf-8")
    (build / "icone.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    with Stage(tmp_path_factory.mktemp("palco") / "data", react_build=Path(build)) as stage:
        yield stage


def test_a_visitor_logs_in_on_djangos_page_and_comes_back(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, logged_in=False, allowed=REFUSED) as page:
        page.goto("/portfolio?fundo=IP%C3%8A")
        expect(page).to_have_title("Entrar · ETL Hub")
        assert page.locator("html").get_attribute("lang") == "pt-BR"
        fill_login(page, "senha-errada")
        expect(page.get_by_role("alert")).to_have_text("Usuário ou senha incorretos.")
        fill_login(page, PASSWORD)
        page.wait_for_url("**/portfolio?fundo=IP%C3%8A")
        expect(page.locator("#rota")).to_have_text("/portfolio")


def test_it_reads_runs_and_hears_with_the_cookie_alone(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser) as page:
        page.goto("/etl")
        expect(page.locator("#sistemas")).to_contain_text("AMPLIS (REAG), AMPLIS (Master), MAPS, FIDC")
        expect(page.locator("#ao-vivo")).to_have_text("terminou: SUCCESS")


@pytest.mark.parametrize("path", ["/", "/etl", "/logs", "/portfolio", "/settings"])
def test_each_client_route_is_the_builds_page(stage: Stage, path: str) -> None:
    with stage.hub.client() as client:
        answer = client.get(path)
        assert "Interface antiga" in answer.text
        assert "no-store" in answer.headers["cache-control"]
        unknown = client.get("/api" + path.rstrip("/") + "/nada")
        assert (unknown.status_code, unknown.headers["content-type"].split(";")[0]) == (404, "application/json")


def test_hashed_files_are_kept_for_ever(stage: Stage) -> None:
    for name in ("index-a1B2c3D4.js", "index-B3n5Kq7x.css"):
        answer = httpx.get(f"{stage.hub.url}/assets/{name}", timeout=20)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in httpx.get(f"{stage.hub.url}/icone.svg", timeout=20).headers["cache-control"]
    assert httpx.get(f"{stage.hub.url}/assets/nao-existe.js", timeout=20).status_code == 404


def test_127_0_0_1_leads_to_localhost(stage: Stage, browser: Browser) -> None:
    with stage.visit(browser, base_url=f"http://127.0.0.1:{stage.hub.port}") as page:
        page.goto("/etl?x=1")
        assert page.url == f"{stage.hub.url}/etl?x=1"
        expect(page.locator("#sistemas")).to_contain_text("FIDC")
