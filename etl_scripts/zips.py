"""Looks into a ZIP (an XLSX is one) before trusting it, and takes its members out without leaving the folder."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from etl_scripts.erros import ArquivoInvalido
from etl_scripts.nomes import mb, nome_seguro

MEMBROS_MAXIMOS: Final = 5000
ABERTO_MAXIMO: Final = 2 * 2**30  # bytes, all members together
RAZAO_MAXIMA: Final = 120  # opened size / size in the ZIP; sheets and CSVs stay well under 40
RAZAO_LIVRE: Final = 16 * 2**20  # bytes; below this any ratio is harmless
BLOCO: Final = 256 * 1024
_ERROS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def membros_seguros(caminho: Path) -> list[zipfile.ZipInfo]:
    """The members that are files. Raises ArquivoInvalido for a broken ZIP, a bomb, or a member outside the folder."""
    try:
        with zipfile.ZipFile(caminho) as pacote:
            membros = [membro for membro in pacote.infolist() if not membro.is_dir()]
    except _ERROS as causa:
        raise ArquivoInvalido("O ZIP está corrompido ou veio pela metade.", repetir=True) from causa
    if not membros:
        raise ArquivoInvalido("O ZIP está vazio.", repetir=True)
    if len(membros) > MEMBROS_MAXIMOS:
        raise ArquivoInvalido(f"O ZIP tem {len(membros)} arquivos; o máximo é {MEMBROS_MAXIMOS}.")
    for membro in membros:
        partes = PurePosixPath(membro.filename.replace("\\", "/")).parts
        if ".." in partes or membro.filename.startswith(("/", "\\")) or ":" in partes[0]:
            raise ArquivoInvalido(f"O ZIP tem um arquivo que sairia da pasta: “{membro.filename[:200]}”.")
        if membro.external_attr >> 28 == 0xA:
            raise ArquivoInvalido(f"O ZIP tem um atalho no lugar de um arquivo: “{membro.filename[:200]}”.")
        if membro.file_size > RAZAO_LIVRE and membro.file_size > RAZAO_MAXIMA * max(membro.compress_size, 1):
            raise ArquivoInvalido(
                f"O ZIP se expande demais (“{membro.filename[:200]}” abriria em {mb(membro.file_size)})."
            )
    aberto = sum(membro.file_size for membro in membros)
    if aberto > ABERTO_MAXIMO:
        raise ArquivoInvalido(f"O ZIP abriria em {mb(aberto)}; o máximo é {mb(ABERTO_MAXIMO)}.")
    return membros


def extrair(caminho: Path, pasta: Path) -> list[Path]:
    """Takes all members out into `pasta`, flat and with safe names. Raises ArquivoInvalido."""
    saidas: list[Path] = []
    membros = membros_seguros(caminho)
    try:
        with zipfile.ZipFile(caminho) as pacote:
            for n, membro in enumerate(membros):
                destino = pasta / f"{n:04d}" / nome_seguro(membro.filename)
                destino.parent.mkdir(parents=True, exist_ok=True)
                _extrair_um(pacote, membro, destino)
                saidas.append(destino)
    except _ERROS as causa:
        raise ArquivoInvalido("O ZIP está corrompido ou veio pela metade.", repetir=True) from causa
    return saidas


def _extrair_um(pacote: zipfile.ZipFile, membro: zipfile.ZipInfo, destino: Path) -> None:
    restam = membro.file_size  # the directory may lie: no more than announced comes out
    with pacote.open(membro) as origem, destino.open("wb") as saida:
        while bloco := origem.read(BLOCO):
            restam -= len(bloco)
            if restam < 0:
                raise ArquivoInvalido(f"O ZIP mente sobre o tamanho de “{membro.filename[:200]}”.")
            saida.write(bloco)
