"""Browsers: opening the hub's page for the user, and finding one for the real-browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.launcher import commands, processes
from deploy.launcher.steps import Session

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
_INSTALL_TIMEOUT = 900.0


def open_page(address: str) -> None:
    """Show the page in the user's browser, which does not belong to the hub and stays when it stops."""
    if sys.platform == "win32":
        os.startfile(address)  # noqa: S606
    else:
        # Through a process marked as not ours: a browser started here must outlive the hub.
        env = {**os.environ, processes.NOT_OURS: "1"}
        quiet = subprocess.DEVNULL
        subprocess.Popen(
            [sys.executable, "-m", "webbrowser", address],
            env=env,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )


def find() -> Path | None:
    """A Chromium-like browser installed on this machine."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    places: list[Path] = []
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        places = [Path(root) / tail for root in roots if root for tail in _WINDOWS]
    elif sys.platform == "darwin":
        places = [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in _MAC]
    return next((place for place in places if place.exists()), None)


def ensure(session: Session, python: Path) -> bool:
    """Find or install one for the tests: the system's, Debian's package (as root) or Playwright's own. False: none."""
    if find() is not None:
        return True
    for attempt in _attempts(python):
        try:
            with session.steps.step("Navegador instalado para os testes", slow=True):
                for argv in attempt:
                    commands.run(session, argv, timeout=_INSTALL_TIMEOUT, env=_quiet_apt())
        except commands.CommandError as error:
            session.steps.note(f"  ! {error.last_line}")
        else:
            return True
    return False


def _attempts(python: Path) -> list[list[list[str]]]:
    attempts = []
    apt = shutil.which("apt-get")
    if sys.platform == "linux" and apt and os.geteuid() == 0:
        attempts.append([[apt, "update"], [apt, "install", "-y", "--no-install-recommends", "chromium"]])
    attempts.append([[str(python), "-m", "playwright", "install", "chromium"]])
    return attempts


def _quiet_apt() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
