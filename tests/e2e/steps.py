"""What a user does and sees, told by the words on the page."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

MAX_TABS = 80

# Scrolls through the log from its first line to its last and notes what stands on the screen at each stop.
_READ_LOG = """async (box) => {
  const stops = []
  const frame = () => new Promise(requestAnimationFrame)
  box.scrollTop = 0
  for (let i = 0; i < 2000; i++) {
    await frame(); await frame()
    if (box.querySelector('[data-index]:not([data-seq])')) continue
    stops.push([...box.querySelectorAll('[data-seq]')].map((row) => [Number(row.dataset.seq), row.innerText]))
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) return stops
    box.scrollTop += box.clientHeight / 2
  }
  throw new Error('the end of the log was not reached')
}"""


def card(page: Page, sistema: str) -> Locator:
    return page.get_by_test_id(f"sistema-{sistema}")


def select_only(client: httpx.Client, *sistemas: str) -> None:
    """Switch exactly these sistemas on, and leave out what needs a browser of its own."""
    for sistema in client.get("/api/sistemas").json():
        client.patch(f"/api/sistemas/{sistema}/toggle", json={"ativo": sistema in sistemas}).raise_for_status()
    for sistema in ("amplis_reag", "amplis_master"):
        client.patch(f"/api/sistemas/{sistema}/opcao", json={"opcao": "pdf", "valor": False}).raise_for_status()


def preference_saved(page: Page) -> AbstractContextManager[object]:
    """Until the hub has kept a preference: the page reads them at the same address, and may do so late."""
    return page.expect_response(
        lambda answer: answer.url.endswith("/api/me/preferencias") and answer.request.method == "PATCH"
    )


def run_selected(page: Page, words: str) -> int:
    """Press the button of these words; the number of the job that it started."""
    with page.expect_response("**/api/execute") as answer:
        page.get_by_role("button", name=words).click()
    return int(answer.value.json()["job_id"])


def expect_status(page: Page, sistema: str, status: str) -> None:
    expect(card(page, sistema)).to_have_attribute("data-status", status)


def lines_shown(page: Page) -> int:
    """How many lines the log on the page has."""
    return int(page.get_by_test_id("linhas").inner_text().split()[0].replace(".", ""))


def expect_more_lines(page: Page, more: int = 3) -> None:
    """Lines come to the log on the page by themselves."""
    page.wait_for_function(
        "(goal) => parseInt(document.querySelector('[data-testid=linhas]').innerText.replace('.', '')) >= goal",
        arg=lines_shown(page) + more,
    )


def last_job(client: httpx.Client) -> dict[str, Any]:
    job: dict[str, Any] = client.get("/api/jobs", params={"limit": 1}).json()["jobs"][0]
    return job


def count_jobs(client: httpx.Client) -> int:
    return int(client.get("/api/jobs", params={"limit": 1}).json()["total"])


def expect_whole_log(page: Page, client: httpx.Client, job: int) -> None:
    """The log on the page holds every line that the hub holds: in order, none missing, none twice."""
    held = client.get(f"/api/jobs/{job}/logs", params={"limit": 1000}).json()["logs"]
    assert [line["seq"] for line in held] == list(range(1, len(held) + 1))
    expect(page.get_by_test_id("linhas")).to_have_text(f"{len(held)} linhas")
    stops = page.get_by_role("log").evaluate(_READ_LOG)
    shown: dict[int, str] = {}
    for stop in stops:
        seqs = [seq for seq, _ in stop]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), seqs
        shown.update({int(seq): str(text) for seq, text in stop})
    assert sorted(shown) == list(range(1, len(held) + 1))
    wrong = [line["seq"] for line in held if line["mensagem"] not in shown[line["seq"]]]
    assert wrong == []


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press `key` until the element of that accessible name or text has the focus; each stop on the way must be seen."""
    for _ in range(MAX_TABS):
        page.keyboard.press(key)
        found, visible = page.evaluate(
            """() => {
              const at = document.activeElement
              const label = at.getAttribute('aria-label') ?? [...(at.labels ?? [])].map((l) => l.innerText).join(' ')
              const style = getComputedStyle(at)
              const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
              return [label || at.innerText || at.id, ring || style.boxShadow !== 'none']
            }"""
        )
        assert visible, f"the focus on “{found}” cannot be seen"
        if found.startswith(name):
            return
    raise AssertionError(f"Tab never came to “{name}”")
