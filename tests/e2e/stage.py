"""What the browser tests play on: a whole hub, the demo portal with a handle on its pace, and a Chromium."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, ViewportSize

from deploy.launcher.browser import find
from etl_scripts.demo_portal import DemoPortal, Settings
from tests.hub import PASSWORD, ROOT, Hub

BUILD = ROOT / "frontend" / "dist" / "index.html"
NO_BUILD = "A interface não foi montada: rode “python3 start.py test”, que a monta, ou “npm run build” em frontend/."
NO_BROWSER = "Não há navegador: instale o Chromium, o Chrome ou o Edge, ou rode “python3 start.py test”."
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
PATIENCE_MS = 20_000
# How often the connector asks the portal whether a report is ready; the real portals' pace would only cost time here.
FIDC_PACE = "[ajustes]\nintervalo_consulta = 0.2\n"
# What the browser itself writes to the console about an answer, or a cut, that a test provoked.
REFUSED = ("Failed to load resource",)
CUT = ("WebSocket connection to", "Failed to load resource")


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium: the system's, else Playwright's own. AssertionError when there is none."""
    program = find()
    assert program or Path(playwright.chromium.executable_path).is_file(), NO_BROWSER
    return playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS), timeout=60_000)


@dataclass
class Stage:
    """A hub and a portal: `with Stage(folder) as stage`. `react_build` is another build for the hub to serve."""

    folder: Path
    react_build: Path | None = None
    workers: int = 2
    environment: dict[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=lambda: Settings(fidc_linhas=50, maps_codigo=False))
    portal: DemoPortal = field(init=False)
    hub: Hub = field(init=False)
    _session: Any = field(init=False, default=None)
    _opened: contextlib.ExitStack = field(init=False, default_factory=contextlib.ExitStack)

    def __enter__(self) -> Stage:
        assert self.react_build or BUILD.is_file(), NO_BUILD
        selectors = self.folder / "seletores"
        selectors.mkdir(parents=True)
        (selectors / "fidc.toml").write_text(FIDC_PACE, encoding="utf-8")
        build = {"REACT_BUILD_DIR": str(self.react_build)} if self.react_build else {}
        with contextlib.ExitStack() as opened:
            self.portal = opened.enter_context(DemoPortal(settings=self.settings))
            self.hub = opened.enter_context(
                Hub(
                    self.folder,
                    workers=self.workers,
                    demo_url=self.portal.base_url,
                    environment=build | self.environment,
                )
            )
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        # Nothing that a test left running waits for a portal that holds it back.
        self.portal.reset()
        self._opened.close()

    @contextlib.contextmanager
    def visit(
        self,
        browser: Browser,
        *,
        logged_in: bool = True,
        base_url: str = "",
        allowed: Sequence[str] = (),
        **options: Any,
    ) -> Iterator[Page]:
        """A page of a browser with cookies of its own. Whatever its console warns of, less `allowed`, fails the test."""
        if logged_in and self._session is None:
            self._session = self._log_in(browser)
        problems: list[str] = []
        context = self._context(browser, base_url, self._session if logged_in else None, options)
        try:
            context.on("console", lambda message: _note(problems, message, allowed))
            context.on("weberror", lambda error: problems.append(str(error.error)))
            page = context.new_page()
            yield page
        finally:
            context.close()
        assert not problems, "no console: " + "; ".join(problems)

    def _context(self, browser: Browser, base_url: str, session: Any, options: dict[str, Any]) -> BrowserContext:
        defaults: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce"}
        context = browser.new_context(
            base_url=base_url or self.hub.url,
            storage_state=session,
            locale="pt-BR",
            timezone_id="America/Sao_Paulo",
            **defaults | options,
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    def _log_in(self, browser: Browser) -> Any:
        """The cookies and storage of a browser in which the administrator has logged in."""
        context = self._context(browser, "", None, {})
        try:
            page = context.new_page()
            page.goto("/entrar/" if self.react_build else "/login")
            fill_login(page, PASSWORD)
            page.wait_for_url(lambda url: "login" not in url and "entrar" not in url)
            return context.storage_state()
        finally:
            context.close()


def fill_login(page: Page, password: str, username: str = "admin") -> None:
    """Type name and password and send them."""
    page.get_by_label("Usuário").fill(username)
    page.get_by_label("Senha").fill(password)
    page.get_by_role("button", name="Entrar").click()


def _note(problems: list[str], message: ConsoleMessage, allowed: Sequence[str]) -> None:
    if message.type in ("error", "warning") and not any(part in message.text for part in allowed):
        problems.append(f"{message.type}: {message.text} ({message.location['url']})")
