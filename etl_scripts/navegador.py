"""Finds a browser instead of assuming one (Edge, Chrome or Chromium of the system, else Playwright's own), and opens it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Error, Playwright

from etl_scripts.erros import Falha

SEM_NAVEGADOR: Final = (
    "Nenhum navegador foi encontrado neste computador; instale o Microsoft Edge, o Google Chrome ou o Chromium."
)
NOMES_LINUX: Final = (
    "microsoft-edge-stable", "microsoft-edge", "google-chrome-stable", "google-chrome", "chromium", "chromium-browser",
)  # fmt: skip
RESTOS_WINDOWS: Final = (r"Microsoft\Edge\Application\msedge.exe", r"Google\Chrome\Application\chrome.exe")
APPS_MAC: Final = (
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ARGUMENTOS: Final = (
    "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
# PDFs must come as files, and several in a row without a question.
PREFERENCIAS: Final = {
    "plugins": {"always_open_pdf_externally": True},
    "download": {"prompt_for_download": False},
    "profile": {"default_content_setting_values": {"automatic_downloads": 1}, "password_manager_enabled": False},
    "credentials_enable_service": False,
}
PRAZO_ABRIR: Final = 60.0  # seconds
ABERTURAS: Final = 2  # on a busy machine the first start may be too slow


def abrir_navegador(playwright: Playwright, pasta: Path, recebendo: Path) -> BrowserContext:
    """A browser with a profile of its own in `pasta`, downloads into `recebendo`. Raises Falha(sem_navegador)."""
    recebendo.mkdir(exist_ok=True)
    for tentativa in range(1, ABERTURAS + 1):
        try:
            return _abrir(playwright, pasta / f"perfil-{tentativa}", recebendo)
        except Error as causa:
            if "playwright install" in str(causa) or "Executable doesn't exist" in str(causa):
                raise Falha("sem_navegador", SEM_NAVEGADOR) from causa
            if tentativa == ABERTURAS:
                raise Falha("sem_navegador", f"O navegador não abriu: {primeira_linha(causa)}") from causa
    raise Falha("sem_navegador", SEM_NAVEGADOR)


def _abrir(playwright: Playwright, perfil: Path, recebendo: Path) -> BrowserContext:
    (perfil / "Default").mkdir(parents=True, exist_ok=True)
    (perfil / "Default" / "Preferences").write_text(json.dumps(PREFERENCIAS), encoding="utf-8")
    return playwright.chromium.launch_persistent_context(
        perfil,
        executable_path=achar_navegador(),
        headless=not mostrar(),
        args=argumentos(),
        chromium_sandbox="--no-sandbox" not in argumentos(),
        downloads_path=recebendo,
        accept_downloads=True,
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
        viewport={"width": 1366, "height": 900},
        timeout=PRAZO_ABRIR * 1000,
        # The command has its own: it must print, remove partial files and end with 130.
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def primeira_linha(causa: Exception) -> str:
    """What Playwright says, without its call log."""
    return str(causa).strip().partition("\n")[0][:300]


def argumentos() -> list[str]:
    """Chromium's flags; the sandbox is given up only where it cannot work (root on Linux)."""
    como_root = sys.platform != "win32" and os.geteuid() == 0
    return [*ARGUMENTOS, *(["--no-sandbox"] if como_root else [])]


def mostrar() -> bool:
    """Whether the analyst wants to watch (`ETL_MOSTRAR_NAVEGADOR=1`)."""
    return os.environ.get("ETL_MOSTRAR_NAVEGADOR", "") not in {"", "0"}


def achar_navegador() -> Path | None:
    """The program of an installed browser; `ETL_NAVEGADOR` names one outright. None: only Playwright's own is left."""
    escolhido = os.environ.get("ETL_NAVEGADOR", "").strip()
    if escolhido:
        if not Path(escolhido).is_file():
            raise Falha("sem_navegador", f"O navegador indicado em ETL_NAVEGADOR não existe: {escolhido}")
        return Path(escolhido)
    if sys.platform == "win32":
        return _achar_windows()
    if sys.platform == "darwin":
        return next((Path(app) for app in APPS_MAC if Path(app).is_file()), None)
    return next((Path(achado) for nome in NOMES_LINUX if (achado := shutil.which(nome))), None)


def _achar_windows() -> Path | None:
    bases = [os.environ.get(nome, "") for nome in ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA")]
    for resto in RESTOS_WINDOWS:
        for base in filter(None, bases):
            if (programa := Path(base) / resto).is_file():
                return programa
    return _achar_no_registro()


def _achar_no_registro() -> Path | None:
    if sys.platform != "win32":
        return None
    import winreg

    for programa in ("msedge.exe", "chrome.exe"):
        for raiz in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
            try:
                valor = winreg.QueryValue(raiz, rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{programa}")
            except OSError:
                continue
            if Path(valor).is_file():
                return Path(valor)
    return None
