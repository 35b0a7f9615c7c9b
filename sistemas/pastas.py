"""The folder chooser: lists and makes folders on the server, only below the configured roots, links included."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import environ
from django.conf import settings

from etlhub.errors import Conflict, FieldError, Forbidden, HubError, Invalid, NotFound, Unavailable
from sistemas import caminhos
from sistemas.espera import in_time

T = TypeVar("T")

MAX_FOLDERS = 1000
BAD_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')
WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
OWN = frozenset({"chaves", "run", "tmp", "static"})
"""Folders of the hub itself, directly below the data folder: nobody files reports there."""


@dataclass(frozen=True)
class Listing:
    """A folder's sub-folders as (name, path). `caminho` is empty at the top; `cortada` when there were too many."""

    caminho: str
    acima: str | None
    pastas: list[tuple[str, str]]
    cortada: bool = False


def list_folders(text: str) -> Listing:
    """What is inside a folder; the roots when `text` is empty. Forbidden outside them."""
    candidates = _candidates()
    return _bounded(lambda: _list(text, _roots(candidates)))


def make_folder(text: str, nome: str) -> str:
    """Make a folder inside another; returns its path."""
    nome = nome.strip()
    if not nome or BAD_NAME.search(nome) or WINDOWS_DEVICES.fullmatch(nome):
        raise Invalid([FieldError("nome", "este nome não pode ser o de uma pasta")])
    candidates = _candidates()
    return _bounded(lambda: _make(text, nome, _roots(candidates)))


def _bounded(work: Callable[[], T]) -> T:
    try:
        return in_time(work)
    except TimeoutError as error:
        raise Unavailable(f"A pasta não respondeu ({error}). A rede está no ar?") from None


def _candidates() -> list[str]:
    extra: list[str] = environ.Env().list("ETLHUB_BROWSE_ROOTS", default=[])
    return [str(settings.DATA_DIR), str(settings.SHARED_DIR), *extra, *caminhos.caminhos().values()]


def _roots(candidates: list[str]) -> list[Path]:
    """The folders the chooser may enter: the data folder, the shared one, `ETLHUB_BROWSE_ROOTS`, and the configured ones."""
    found: list[Path] = []
    for text in candidates:
        try:
            path = caminhos.expand(text).resolve()
        except (caminhos.BadPath, OSError, RuntimeError):
            continue
        if not _within(path, found) and path.is_dir():
            found.append(path)
    return found


def _within(path: Path, roots: list[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def _list(text: str, roots: list[Path]) -> Listing:
    if not text.strip():
        return Listing("", None, [(str(root), str(root)) for root in roots])
    folder = _inside(text, roots)
    try:
        shown = [entry for entry in folder.iterdir() if _shown(entry, roots)]
    except PermissionError:
        raise Forbidden("O servidor não tem permissão para ler esta pasta.") from None
    except OSError:
        raise HubError("O servidor não conseguiu ler esta pasta.") from None
    shown.sort(key=lambda entry: entry.name.casefold())
    above = "" if folder in roots else str(folder.parent)
    entries = [(entry.name, str(entry)) for entry in shown[:MAX_FOLDERS]]
    return Listing(str(folder), above, entries, cortada=len(shown) > MAX_FOLDERS)


def _make(text: str, nome: str, roots: list[Path]) -> str:
    folder = _inside(text, roots) / nome
    try:
        folder.mkdir()
    except FileExistsError:
        raise Conflict("Já existe uma pasta ou arquivo com este nome.") from None
    except PermissionError:
        raise Forbidden("O servidor não tem permissão para gravar nesta pasta.") from None
    except OSError:
        raise HubError("O servidor não conseguiu criar a pasta.") from None
    return str(folder)


def _inside(text: str, roots: list[Path]) -> Path:
    """The real folder, links followed. Nothing is said of what lies outside the roots, not even whether it exists."""
    try:
        folder = caminhos.expand(text).resolve()
    except caminhos.BadPath as error:
        raise Invalid([FieldError("caminho", str(error))]) from None
    except (OSError, RuntimeError):
        raise NotFound("Pasta não encontrada.") from None
    if not _within(folder, roots) or _is_own(folder):
        raise Forbidden("Esta pasta fica fora das que o ETL Hub pode mostrar.")
    if not folder.is_dir():
        raise NotFound("Pasta não encontrada.")
    return folder


def _shown(entry: Path, roots: list[Path]) -> bool:
    try:
        real = entry.resolve()  # a link or junction may lead outside
        return not entry.name.startswith(".") and entry.is_dir() and _within(real, roots) and not _is_own(real)
    except (OSError, RuntimeError):
        return False


def _is_own(folder: Path) -> bool:
    data = Path(settings.DATA_DIR).resolve()
    return any(folder.is_relative_to(data / name) for name in OWN)
