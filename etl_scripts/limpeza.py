"""`limpar`: moves to the trash what earlier runs filed in a sistema's folders, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from etl_scripts import calendario, contrato
from etl_scripts.arquivos import nomes_livres
from etl_scripts.configuracao import ItemManifesto
from etl_scripts.manifesto import Manifesto, sha256_de
from etl_scripts.palavras import contados

LIXEIRA: Final = ".lixeira"
ATALHOS_WINDOWS: Final = frozenset({0xA0000003, 0xA000000C})  # IO_REPARSE_TAG_MOUNT_POINT, IO_REPARSE_TAG_SYMLINK
RETENCAO: Final = timedelta(days=30)


def pasta_de(item: ItemManifesto, pastas: list[Path]) -> Path | None:
    """The configured folder that holds the item's file without crossing any link or junction; None = leave it alone."""
    caminho = Path(item.caminho)
    if not caminho.is_absolute() or ".." in caminho.parts:
        return None
    for pasta in pastas:
        try:
            partes = caminho.relative_to(pasta).parts
        except ValueError:
            continue
        if not partes or LIXEIRA in partes or _por_atalho(pasta, caminho):
            return None
        return pasta
    return None


def _por_atalho(pasta: Path, caminho: Path) -> bool:
    """Whether the way from `pasta` down to `caminho` crosses a link."""
    partes = caminho.relative_to(pasta).parts
    return any(_e_atalho(pasta.joinpath(*partes[:n])) for n in range(1, len(partes) + 1))


def _e_atalho(caminho: Path) -> bool:
    """A symbolic link, or on Windows a junction (a cloud-synchronised file is a reparse point too, but no link)."""
    try:
        estado = caminho.lstat()
    except OSError:
        return False
    return stat.S_ISLNK(estado.st_mode) or getattr(estado, "st_reparse_tag", 0) in ATALHOS_WINDOWS


def limpar(sistema: str, pastas: list[Path], manifesto: Manifesto, *, simular: bool) -> None:
    """Moves every file of ours, still as we left it, into `<pasta>/.lixeira/<date>/`; says each one.

    A file that somebody changed since is left where it is. With `simular` it only tells.
    """
    hoje = calendario.hoje()
    movidos: list[ItemManifesto] = []
    quantos = 0
    por_caminho: dict[str, list[ItemManifesto]] = {}
    for item in manifesto.itens():
        por_caminho.setdefault(item.caminho, []).append(item)
    for versoes in por_caminho.values():
        pasta = pasta_de(versoes[0], pastas)
        caminho = Path(versoes[0].caminho)
        if pasta is None or not caminho.is_file() or not any(item.nosso for item in versoes):
            continue
        if sha256_de(caminho) not in {item.sha256 for item in versoes}:
            contrato.aviso(sistema, f"Limpeza: {caminho} foi alterado depois da coleta e não será removido.")
            continue
        if simular:
            contrato.info(sistema, f"Limpeza: {caminho} iria para a lixeira.")
            continue
        lixo = pasta / LIXEIRA / hoje.isoformat() / caminho.relative_to(pasta).parent
        if _por_atalho(pasta, lixo):
            contrato.aviso(
                sistema, f"Limpeza: {caminho} fica, porque a lixeira ({lixo}) leva por atalho a outra pasta."
            )
            continue
        destino = _mover(caminho, lixo)
        if destino is None:
            contrato.aviso(sistema, f"Limpeza: {caminho} não pôde ser movido (aberto em outro programa?).")
            continue
        movidos += versoes
        quantos += 1
        contrato.info(sistema, f"Limpeza: {caminho.name} foi para {destino.parent}")
        contrato.emitir("movido", sistema=sistema, de=str(caminho), para=str(destino))
    if simular:
        return
    manifesto.retirar(movidos)
    contrato.info(sistema, f"Limpeza: {contados(quantos, 'arquivo movido', 'arquivos movidos')} para a lixeira.")
    for pasta in pastas:
        _esvaziar(pasta / LIXEIRA, hoje - RETENCAO)


def _mover(caminho: Path, destino: Path) -> Path | None:
    try:
        destino.mkdir(parents=True, exist_ok=True)
        for nome in nomes_livres(caminho.name):
            if not os.path.lexists(destino / nome):
                # The trash is on the same disk, so this is a rename: nothing is copied, nothing can be half moved.
                caminho.rename(destino / nome)
                return destino / nome
    except OSError:
        return None
    return None


def _esvaziar(lixeira: Path, antes_de: date) -> None:
    """Deletes the trash's day folders older than the retention."""
    if not lixeira.is_dir() or _e_atalho(lixeira):
        return
    for dia in lixeira.iterdir():
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", dia.name) and not _e_atalho(dia):
            with suppress(ValueError, OSError):
                if datetime.strptime(dia.name, "%Y-%m-%d").date() < antes_de:
                    shutil.rmtree(dia)
