"""The virtual environment in `.venv` with the pinned requirements; untouched while they are unchanged."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import sys
from pathlib import Path

from deploy.launcher import commands
from deploy.launcher.lock import exclusively
from deploy.launcher.steps import Session, StartError

UV = "uv==0.13.9"
TAG_SUFFIX = ".wheelhouse"
_STAMP = ".etlhub-requirements"
_INSTALL_TIMEOUT = 900.0
_VENV_TIMEOUT = 180.0


def python_of(root: Path) -> Path:
    """The environment's interpreter."""
    return root / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def ensure(session: Session, *, dev: bool = False) -> Path:
    """Make `.venv` and install what is missing (`dev`: also the tools of development); the interpreter to use."""
    root = session.root
    if _is_current(root, dev):
        with session.steps.step("Ambiente Python em dia"):
            return python_of(root)
    with exclusively(root / "build" / "preparo.lock", _INSTALL_TIMEOUT):
        if not _is_current(root, dev):
            if not _is_usable(root):
                _create(session)
            with session.steps.step("Dependências do Python instaladas", slow=True):
                _install(session, "requirements-dev.txt" if dev else "requirements.txt")
            _note_installed(root, dev)
    return python_of(root)


def install_extra(session: Session, requirement: str) -> None:
    """Install one more pinned package into the environment."""
    _pip(session, [requirement])


def wheelhouse_tag(python: str, system: str, machine: str) -> str:
    """The name of the file in a release's `wheelhouse/` that says for what its packages are (deploy/build.py)."""
    return f"py{python}-{system}-{ {'amd64': 'x86_64'}.get(machine.lower(), machine.lower()) }{TAG_SUFFIX}"


def _source(root: Path) -> list[str]:
    """The packages that a release brought, when they are for this Python and system; else the index."""
    python = ".".join(str(part) for part in sys.version_info[:2])
    tag = root / "wheelhouse" / wheelhouse_tag(python, sys.platform, platform.machine())
    return ["--no-index", "--find-links", str(tag.parent)] if tag.is_file() else []


def _is_usable(root: Path) -> bool:
    """Whether `.venv` was made by a Python of this version and can run."""
    try:
        config = (root / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    version = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", config, re.MULTILINE)
    wanted = tuple(str(part) for part in sys.version_info[:2])
    return version is not None and version.groups() == wanted and python_of(root).exists()


def _is_current(root: Path, dev: bool) -> bool:
    if not _is_usable(root):
        return False
    try:
        stamp = json.loads((root / ".venv" / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stamp, dict) and stamp.get("dev" if dev else "base") == _hash(root, dev)


def _note_installed(root: Path, dev: bool) -> None:
    stamp = {"base": _hash(root, dev=False)}
    if dev:
        stamp["dev"] = _hash(root, dev=True)
    (root / ".venv" / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")


def _hash(root: Path, dev: bool) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {platform.machine()}".encode())
    for name in (
        ("requirements.txt", "requirements-extra.txt", "requirements-dev.txt") if dev else ("requirements.txt",)
    ):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def _create(session: Session) -> None:
    """By uv where it is installed (it needs no ensurepip), else by this Python's venv."""
    folder = str(session.root / ".venv")
    uv = shutil.which("uv")
    ways = [[sys.executable, "-m", "venv", "--clear", folder]]
    if uv is not None:
        ways.insert(0, [uv, "venv", "--clear", "--python", sys.executable, folder])
    with session.steps.step("Ambiente Python criado em .venv", slow=True):
        for number, way in enumerate(ways, 1):
            try:
                commands.run(session, way, timeout=_VENV_TIMEOUT)
            except commands.CommandError as error:
                if number == len(ways):
                    raise StartError(_no_venv(error)) from None
            else:
                return


def _no_venv(error: commands.CommandError) -> str:
    if "ensurepip" in error.tail:
        return (
            "Falta o módulo venv deste Python: no Debian ou Ubuntu, instale-o com "
            f"'sudo apt install python3.{sys.version_info[1]}-venv'."
        )
    return f"Não consegui criar o ambiente .venv: {error.last_line}"


def _install(session: Session, requirements: str) -> None:
    try:
        _pip(session, ["-r", requirements])
    except commands.CommandError as error:
        raise StartError(
            f"Não consegui instalar as dependências do Python ({error.last_line}): "
            f"confira a rede ou o proxy; detalhes em {session.logs / 'preparo.log'}."
        ) from None


def _pip(session: Session, what: list[str]) -> None:
    """Install with uv, which is much faster; with pip where uv cannot be had or fails (it reads no pip.conf)."""
    python = str(python_of(session.root))
    what = [*_source(session.root), *what]
    uv = _find_uv(session)
    if uv is not None:
        try:
            commands.run(session, [uv, "pip", "install", "--python", python, *what], timeout=_INSTALL_TIMEOUT)
        except commands.CommandError:
            session.steps.note("  … o uv não conseguiu; tentando com o pip")
            commands.run(session, [python, "-m", "ensurepip"], timeout=_VENV_TIMEOUT)  # uv's environments have no pip
        else:
            return
    commands.run(session, [python, "-m", "pip", "install", *what], timeout=_INSTALL_TIMEOUT)


def _find_uv(session: Session) -> str | None:
    python = python_of(session.root)
    own = python.with_name("uv.exe" if sys.platform == "win32" else "uv")
    found = shutil.which("uv")
    if found is None and not own.exists():
        try:
            install = [str(python), "-m", "pip", "install", *_source(session.root), UV]
            commands.run(session, install, timeout=_INSTALL_TIMEOUT)
        except commands.CommandError:
            return None
    return found or str(own)
