"""Puts a file into its folder in one stroke: whole or not at all, across disks, and without overwriting what is not ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from etl_scripts.erros import Falha
from etl_scripts.razoes import razao

VERSOES_MAXIMAS: Final = 200


def dentro_de(caminho: Path, base: Path) -> bool:
    """Whether `caminho`, links followed, is inside `base`, links followed."""
    return caminho.resolve().is_relative_to(base.resolve())


@contextmanager
def _em_palavras(pasta: Path) -> Iterator[None]:
    try:
        yield
    except OSError as causa:
        raise Falha("caminho", f"Não foi possível gravar em {pasta}: {razao(causa)}.", transitorio=False) from causa


def nomes_livres(nome: str) -> Iterator[str]:
    """The name, then with ` (1)`, ` (2)` before the extension."""
    yield nome
    tronco, ponto, extensao = nome.rpartition(".")
    if not ponto or not tronco:
        tronco, extensao = nome, ""
    for n in range(1, VERSOES_MAXIMAS):
        yield f"{tronco} ({n}){ponto if tronco != nome else ''}{extensao}"


def colocar(
    origem: Path, pasta: Path, nome: str, pode_substituir: Callable[[Path], bool], igual: Callable[[Path], bool]
) -> tuple[Path, bool]:
    """Copies `origem` into `pasta`; the final path, and whether it is new.

    A taken name with the same content (`igual`) is left as it is; one that `pode_substituir` allows is replaced;
    else the next free name is used. Raises Falha(caminho).
    """
    parcial = pasta / f".{os.getpid()}-{origem.name[:80]}.part"
    with _em_palavras(pasta):
        try:
            for candidato in nomes_livres(nome):
                final = pasta / candidato
                if os.path.lexists(final):
                    if final.is_file() and igual(final):
                        return final, False
                    if not pode_substituir(final):
                        continue
                    _copiar(origem, parcial)
                    os.replace(parcial, final)  # noqa: PTH105 - atomic on every platform
                    return final, True
                _copiar(origem, parcial)
                if _mover_exclusivo(parcial, final):
                    return final, True
        finally:
            parcial.unlink(missing_ok=True)
    raise Falha("caminho", f"Já existem {VERSOES_MAXIMAS} versões de {nome} em {pasta}.")


def _copiar(origem: Path, parcial: Path) -> None:
    if parcial.exists():
        return
    with origem.open("rb") as entrada, parcial.open("xb") as saida:
        shutil.copyfileobj(entrada, saida, 1 << 20)
        saida.flush()
        os.fsync(saida.fileno())


def _mover_exclusivo(parcial: Path, final: Path) -> bool:
    """Gives the file its name unless somebody took it meanwhile."""
    if os.name == "nt":
        try:
            parcial.rename(final)  # fails when the name is taken
        except FileExistsError:
            return False
        return True
    try:
        os.link(parcial, final)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        try:
            os.close(os.open(final, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        os.replace(parcial, final)  # noqa: PTH105
    return True


def remover_arvore(pasta: Path) -> None:
    """Removes a temporary folder of ours. Never raises."""
    with suppress(OSError):
        shutil.rmtree(pasta, ignore_errors=True)
