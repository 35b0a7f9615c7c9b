"""`python -m tests.e2e.screenshots --out docs/img`: the pictures of manual and README, of a hub that has really worked.

Every page, in both themes and both widths, goes to the folder of `--all` (a temporary one by default), to be looked at.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from etl_scripts.demo_portal import Settings
from tests.e2e.pages import PAGES, ClientPage, open_page
from tests.e2e.stage import DESKTOP, PATIENCE_MS, PHONE, Stage, launch
from tests.hub import wait_until
from tests.jobs.live import execute, finished

THEMES = ("light", "dark")
SIZES = {"1440": DESKTOP, "390": PHONE}
LOGIN = ClientPage("login", "/login", "Entrar no ETL Hub")
# What manual and README show: the name of the picture to that of the page, its theme and its width.
KEPT = {
    "etl": ("executar", "light", "1440"),
    "visao-geral": ("visao-geral", "light", "1440"),
    "logs": ("log", "light", "1440"),
    "historico": ("historico", "light", "1440"),
    "execucao": ("execucao", "light", "1440"),
    "carteiras": ("carteiras", "light", "1440"),
    "credenciais": ("credenciais", "light", "1440"),
    "caminhos": ("caminhos", "light", "1440"),
    "limpar": ("limpar", "light", "1440"),
    "codigo": ("codigo", "light", "1440"),
    "escuro": ("executar", "dark", "1440"),
    "celular": ("executar", "light", "390"),
}
BUSINESS_DAYS = 8


def work(stage: Stage, client: httpx.Client) -> int:
    """Good and failing runs over several dates; the number of the one that is worth looking at."""
    days = _business_days(client)
    first, last = days[-BUSINESS_DAYS], days[-2]
    history = execute(client, "amplis_reag", "qore", "fidc", data_inicial=first, data_final=last)
    finished(client, history, 240)
    stage.portal.faults.set("jcot", "senha_incorreta")
    stage.portal.faults.set("amplis_master", "soma_errada", vezes=1)
    stage.portal.faults.set("trustee", "sem_dados")
    mixed = execute(client, "amplis_master", "jcot", "trustee", "amplis_reag", "qore")
    finished(client, mixed, 240)
    finished(client, execute(client, "amplis_reag", "fidc", dry_run=True), 120)
    stage.portal.faults.set("fidc", "nunca_pronto")
    given_up = execute(client, "fidc")
    wait_until(lambda: client.get(f"/api/jobs/{given_up}").json()["log_linhas"] > 10, what="a run to cancel")
    client.post(f"/api/cancel/{given_up}")
    finished(client, given_up)
    return mixed


def _business_days(client: httpx.Client) -> list[str]:
    today = date.today()
    period = {"inicio": (today - timedelta(days=30)).isoformat(), "fim": (today - timedelta(days=1)).isoformat()}
    days: list[str] = client.get("/api/calendario", params=period).json()["dias_uteis"]
    return days


@contextmanager
def running(stage: Stage, client: httpx.Client) -> Iterator[None]:
    """Two sistemas at work and one that waits for a code, while the pictures are taken."""
    stage.portal.faults.set("britech", "lento", segundos=20)
    maps = {"url": "demo://maps", "username": "demo", "password": "********", "totp": ""}
    client.post("/api/credentials", json={"maps": maps}).raise_for_status()
    job = execute(client, "fidc", "britech", "maps")

    def asked() -> bool:
        parts = client.get(f"/api/jobs/{job}").json()["sistemas"]
        return any(part["codigo_pedido"] for part in parts)

    wait_until(asked, 60, what="the code asked for")
    yield
    client.post(f"/api/cancel/{job}")


def pictures(stage: Stage, browser: Browser, job: int, folder: Path) -> None:
    """Every page as `page-theme-width.png`."""
    pages = [ClientPage(p.name, p.path.replace("/1", f"/{job}"), "") if "/1" in p.path else p for p in PAGES]
    for theme in THEMES:
        for width, size in SIZES.items():
            suffix = f"{theme}-{width}.png"
            with stage.visit(browser, logged_in=False, color_scheme=theme, viewport=size) as page:
                open_page(page, LOGIN)
                page.screenshot(path=folder / f"login-{suffix}")
            with stage.visit(browser, color_scheme=theme, viewport=size) as page:
                _dialogs(page, folder, suffix)
                for each in pages:
                    _show(page, each)
                    page.screenshot(path=folder / f"{each.name}-{suffix}")
                    if width == "390":
                        page.screenshot(path=folder / f"{each.name}-inteira-{suffix}", full_page=True)


def _dialogs(page: Page, folder: Path, suffix: str) -> None:
    """The two questions that a run may ask; from then on the code's is put aside."""
    page.goto("/etl")
    code = page.get_by_role("dialog", name="pede um código")
    expect(code).to_be_visible()
    page.screenshot(path=folder / f"codigo-{suffix}")
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)
    page.get_by_role("switch", name="Limpar antes").click()
    page.get_by_role("button", name="sistemas").last.click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.screenshot(path=folder / f"limpar-{suffix}")


def _show(page: Page, wanted: ClientPage) -> None:
    page.goto(wanted.path)
    code = page.get_by_role("dialog", name="pede um código")
    expect(code).to_be_visible()
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("main .animate-pulse")).to_have_count(0)


def keep(source: Path, target: Path) -> int:
    """Write a picture without loss, as small as it can be (WebP: a third of PNG here); its size in bytes."""
    with Image.open(source) as image:
        image.convert("RGB").save(target, lossless=True, method=6)
    return target.stat().st_size


@contextmanager
def _data_folder(wanted: Path | None) -> Iterator[Path]:
    """A folder for the hub, removed at the end."""
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="etlhub-") as folder:
            yield Path(folder) / "data"
        return
    wanted.mkdir(parents=True)
    try:
        yield wanted
    finally:
        shutil.rmtree(wanted, ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the few that are kept")
    parser.add_argument("--all", type=Path, help="folder of all (default: a new temporary one)")
    parser.add_argument("--data", type=Path, help="the hub's data folder, which the pictures name; must not exist yet")
    options = parser.parse_args(argv)
    everything: Path = options.all or Path(tempfile.mkdtemp(prefix="etlhub-imagens-"))
    everything.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with (
        _data_folder(options.data) as data,
        Stage(data, workers=4, settings=Settings(ritmo=0.05)) as stage,
        stage.hub.client() as client,
        sync_playwright() as playwright,
    ):
        job = work(stage, client)
        browser = launch(playwright)
        with running(stage, client):
            pictures(stage, browser, job, everything)
        browser.close()
    for name, (page, theme, width) in KEPT.items():
        size = keep(everything / f"{page}-{theme}-{width}.png", options.out / f"{name}.webp")
        print(f"{options.out / name}.webp  {size / 1000:.0f} kB")
    print(f"todas: {everything}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
