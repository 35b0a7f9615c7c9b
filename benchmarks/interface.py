"""The interface in a real browser on a real hub: what it loads, when it shows, whether it stays smooth.

    python -m benchmarks.interface [--lines N] [--seconds S] [--runs N]

The production build in `frontend/dist`, Chromium without a GPU. Baselines of the same run: for paints a page of one line
at the same address, for frames an empty page that scrolls as fast, for tasks the page at rest. Of a main thread's task
both times are told, by the clock and on the processor: on a machine that does other things meanwhile, only the second
is the page's own doing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.common import hub, report, spread
from tests.e2e.stage import fill_login, launch
from tests.hub import PASSWORD, Hub
from tests.jobs.live import execute, finished, program

RATE = 5000
THROTTLE = 4
SETTLED_MS = 1500
JUMPS = 150
WORK_MS = 1.0
"""Shorter tasks are left out of the percentiles: there are thousands of empty ones, which would flatter."""
STORED = "w=sys.stdout.write;[w(f'[INFO] [TESTE] linha {n} de um log muito longo\\n') for n in range(1,COUNT+1)]"
FLOOD = (
    "t=time.monotonic();[(say(RATE//10,start=k*(RATE//10)+1),time.sleep(max(0,t+(k+1)/10-time.monotonic())))"
    " for k in range(SECONDS*10)]"
)
# Notes when the first row of a log, and the largest thing so far, came to be.
WATCH = """
new PerformanceObserver((list) => { for (const e of list.getEntries()) window.lcp = e.startTime })
  .observe({ type: 'largest-contentful-paint', buffered: true })
new MutationObserver(() => {
  if (window.firstRow === undefined && document.querySelector('[data-seq]')) {
    requestAnimationFrame(() => { window.firstRow ??= performance.now() })
  }
}).observe(document, { childList: true, subtree: true })
"""
FROM_CLICK = "addEventListener('click', () => { window.clicked = performance.now() }, true)"
ONE_LINE = "<!doctype html><title>.</title><h1>ETL Hub</h1>"
EMPTY = "<div style='height:5000000px'></div>"
# Scrolls an element for some seconds, a step each frame; the milliseconds between frames.
SCROLL = """async ([selector, seconds]) => {
  const box = document.querySelector(selector)
  const gaps = []
  let before = await new Promise(requestAnimationFrame)
  const end = before + seconds * 1000
  while (before < end) {
    box.scrollTop -= 90
    const now = await new Promise(requestAnimationFrame)
    gaps.push(now - before)
    before = now
  }
  return gaps
}"""
JUMP = """async ([selector, share]) => {
  const box = document.querySelector(selector)
  box.scrollTop = share * box.scrollHeight
  for (let i = 0; i < 300; i++) {
    await new Promise(requestAnimationFrame)
    const rows = [...box.querySelectorAll('[data-index]')]
    if (i > 2 && rows.length && rows.every((row) => row.dataset.seq)) return
  }
}"""
LOG = "[role=log]"


class Visitor:
    """A browser in which the administrator has logged in once, as on a morning like any other."""

    def __init__(self, browser: Browser, running: Hub) -> None:
        self.browser, self.url = browser, running.url
        self.state: Any = None
        with self.page() as page:
            page.goto("/login")
            fill_login(page, PASSWORD)
            page.wait_for_url(lambda url: "login" not in url)
            self.state = page.context.storage_state()

    @contextmanager
    def page(self, throttle: int = 1) -> Iterator[Page]:
        """A page with an empty cache."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.url, storage_state=self.state, viewport={"width": 1440, "height": 900}, locale="pt-BR"
        )
        page = context.new_page()
        page.add_init_script(WATCH)
        if throttle > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        try:
            yield page
        finally:
            context.close()


def first_load(visitor: Visitor) -> dict[str, Any]:
    """What /etl asks for until it has come to rest."""
    bodies: dict[str, bytes] = {}
    with visitor.page() as page:
        page.on("requestfinished", lambda request: bodies.update({request.url: b""}))
        page.goto("/etl", wait_until="networkidle")
        page.get_by_test_id("sistema-fidc").wait_for()
        page.wait_for_timeout(SETTLED_MS)
        for url in list(bodies):
            if url.endswith(".js"):
                bodies[url] = page.request.get(url).body()
    scripts = [body for body in bodies.values() if body]
    return {
        "js_gz_kb": round(sum(len(gzip.compress(body, 9)) for body in scripts) / 1000, 1),
        "js_files": len(scripts),
        "requests": len(bodies),
    }


def lcp(visitor: Visitor, runs: int, throttle: int) -> dict[str, Any]:
    """To the largest paint of /etl, with an empty cache; and what its main thread computed until it had settled."""
    paints, plain, computed = [], [], []
    for _ in range(runs):
        with visitor.page(throttle) as page:
            thread = page.context.new_cdp_session(page)
            thread.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto("/etl")
            page.get_by_test_id("sistema-fidc").wait_for()
            page.wait_for_timeout(SETTLED_MS)
            paints.append(float(page.evaluate("window.lcp")))
            metrics = {each["name"]: each["value"] for each in thread.send("Performance.getMetrics")["metrics"]}
            computed.append(metrics["TaskDuration"] * 1000)
        with visitor.page(throttle) as page:
            page.route("**/etl", lambda route: route.fulfill(body=ONE_LINE, content_type="text/html"))
            page.goto("/etl")
            page.wait_for_function("() => window.lcp !== undefined")
            plain.append(float(page.evaluate("window.lcp")))
    return {"ms": spread(paints), "one_line_ms": spread(plain), "main_thread_cpu_ms": spread(computed)}


def tasks(visitor: Visitor, page: Page, seconds: int) -> dict[str, Any]:
    """The tasks of the page's main thread over some seconds, from the browser's own trace."""
    visitor.browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    page.wait_for_timeout(seconds * 1000)
    events = json.loads(visitor.browser.stop_tracing())["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    names = ("RunTask", "ThreadControllerImpl::RunTask")
    runs = [
        each for each in events if each["name"] in names and each.get("dur") and (each["pid"], each["tid"]) in mains
    ]
    clock = [each["dur"] / 1000 for each in runs if each["dur"] / 1000 >= WORK_MS] or [0.0]
    cpu = [each["tdur"] / 1000 for each in runs if each.get("tdur", 0) / 1000 >= WORK_MS] or [0.0]
    return {
        "clock_ms": spread(clock),
        "cpu_ms": spread(cpu),
        "over_50_ms_clock": sum(each >= 50 for each in clock),
        "over_50_ms_cpu": sum(each >= 50 for each in cpu),
        "busy_share": round(sum(cpu) / (seconds * 1000), 3),
    }


def flood(visitor: Visitor, client: httpx.Client, seconds: int) -> dict[str, Any]:
    """The log page, and then the ETL page, while a run writes RATE lines a second."""
    found: dict[str, Any] = {"lines_per_s": RATE}
    for name, path in (("log", "/logs/{job}"), ("etl", "/etl")):
        program(client, "fidc", FLOOD.replace("SECONDS", str(seconds + 20)).replace("RATE", str(RATE)))
        job = execute(client, "fidc")
        with visitor.page() as page:
            page.goto(path.format(job=job))
            page.locator("[data-seq], [data-status=RUNNING]").first.wait_for()
            page.wait_for_timeout(SETTLED_MS)
            heap = Heap(page)
            at_first = heap.mib()
            found[name] = tasks(visitor, page, seconds)
            found[name]["heap_grown_mib"] = round(heap.mib() - at_first, 1)
        client.post(f"/api/cancel/{job}")
        finished(client, job)
    return found


class Heap:
    """The page's JavaScript heap after a collection."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)

    def mib(self) -> float:
        self.session.send("HeapProfiler.collectGarbage")
        used: float = self.session.send("Runtime.getHeapUsage")["usedSize"]
        return round(used / 2**20, 1)


def long_log(visitor: Visitor, client: httpx.Client, lines: int, runs: int) -> dict[str, Any]:
    """A stored log: opened, scrolled, leapt through."""
    program(client, "fidc", STORED.replace("COUNT", str(lines)))
    job = finished(client, execute(client, "fidc"), 900)
    assert job["log_linhas"] >= lines, job["log_linhas"]
    opened = []
    for _ in range(runs):
        with visitor.page() as page:
            page.goto(f"/logs/{job['id']}")
            page.wait_for_function("() => window.firstRow !== undefined")
            opened.append(float(page.evaluate("window.firstRow")))
    clicked = []
    for _ in range(runs):
        with visitor.page() as page:
            page.goto(f"/jobs/{job['id']}", wait_until="networkidle")
            page.evaluate(FROM_CLICK)
            page.locator(f"a[href='/logs/{job['id']}']").first.click()
            page.wait_for_function("() => window.firstRow !== undefined")
            clicked.append(float(page.evaluate("window.firstRow - window.clicked")))
    with visitor.page() as page:
        page.goto(f"/logs/{job['id']}")
        page.wait_for_function("() => window.firstRow !== undefined")
        page.wait_for_timeout(SETTLED_MS)
        heap = Heap(page)
        before = heap.mib()
        page.evaluate(JUMP, [LOG, 0.5])
        gaps = page.evaluate(SCROLL, [LOG, 5])
        for jump in range(JUMPS):
            page.evaluate(JUMP, [LOG, (jump * 0.618) % 1])
        rows = page.locator("[data-index]").count()
        after = heap.mib()
    return {
        "lines": job["log_linhas"],
        "first_rows_ms": spread(opened),
        "first_rows_after_a_click_ms": spread(clicked),
        "scroll": _frames(gaps),
        "rows_in_the_page": rows,
        "heap_mib": {"opened": before, "after_leaps": after, "grown": round(after - before, 1)},
    }


def empty_page(visitor: Visitor) -> dict[str, Any]:
    """The frames that this machine gives to a page without anything on it."""
    with visitor.page() as page:
        page.goto("/login")
        page.set_content(EMPTY)
        page.evaluate("document.documentElement.scrollTop = 2000000")
        return _frames(page.evaluate(SCROLL, ["html", 5]))


def _frames(gaps: list[float]) -> dict[str, float]:
    return {"frames_per_s": round(1000 * len(gaps) / math.fsum(gaps), 1), **spread(gaps)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=15, help="how long each flood is watched")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    with sync_playwright() as playwright, hub() as running, running.client() as client:
        browser = launch(playwright)
        visitor = Visitor(browser, running)
        found: dict[str, Any] = {
            "first_load": first_load(visitor),
            "lcp": lcp(visitor, arguments.runs, 1),
            "lcp_throttled": lcp(visitor, arguments.runs, THROTTLE),
        }
        with visitor.page() as page:
            page.goto("/logs", wait_until="networkidle")
            found["rest"] = tasks(visitor, page, 5)
        found["flood"] = flood(visitor, client, arguments.seconds)
        found["log"] = long_log(visitor, client, arguments.lines, arguments.runs)
        found["empty_page_scroll"] = empty_page(visitor)
        browser.close()
    report("interface", **found)


if __name__ == "__main__":
    main()
