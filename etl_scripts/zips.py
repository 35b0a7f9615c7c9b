"""Looks into a ZIP (an XLSX is one) before trusting it, and takes its members out without leaving the folder."""

from __future__ import annotations

import os
import struct
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
ABERTO_LIVRE: Final = 64 * 2**20  # the same for all members together: several may lie on the same bytes of the ZIP
INDICE_MAXIMO: Final = MEMBROS_MAXIMOS * 1024  # bytes of the list of members, which is read whole
FIM: Final = struct.Struct("<4s4H2LH")  # end of the list of members (APPNOTE 4.3.16)
COMENTARIO_MAXIMO: Final = 65_535
BLOCO: Final = 256 * 1024
_ERROS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def membros_seguros(caminho: Path) -> list[zipfile.ZipInfo]:
    """The members that are files. Raises ArquivoInvalido for a broken ZIP, a bomb, or a member outside the folder."""
    try:
        tamanho, indice = caminho.stat().st_size, _tamanho_do_indice(caminho)
        if indice > INDICE_MAXIMO:
            raise ArquivoInvalido(f"O ZIP tem arquivos demais; o máximo é {MEMBROS_MAXIMOS}.")
        with zipfile.ZipFile(caminho) as pacote:
            membros = [membro for membro in pacote.infolist() if not membro.filename.endswith("/")]
    except _ERROS as causa:
        raise ArquivoInvalido("O ZIP está corrompido ou veio pela metade.", repetir=True) from causa
    if not membros:
        raise ArquivoInvalido("O ZIP está vazio.", repetir=True)
    if len(membros) > MEMBROS_MAXIMOS:
        raise ArquivoInvalido(f"O ZIP tem {len(membros)} arquivos; o máximo é {MEMBROS_MAXIMOS}.")
    for membro in membros:
        partes = PurePosixPath(membro.filename.replace("\\", "/")).parts
        if not partes or ".." in partes or membro.filename.startswith(("/", "\\")) or ":" in partes[0]:
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
    if aberto > ABERTO_LIVRE and aberto > RAZAO_MAXIMA * tamanho:
        raise ArquivoInvalido(f"O ZIP se expande demais ({mb(tamanho)} abririam em {mb(aberto)}).")
    return membros


def _tamanho_do_indice(caminho: Path) -> int:
    """Bytes of the list of members as the ZIP's end announces them; 0 when it has no end (it is no ZIP)."""
    with caminho.open("rb") as arquivo:
        arquivo.seek(max(arquivo.seek(0, os.SEEK_END) - FIM.size - COMENTARIO_MAXIMO, 0))
        fim = arquivo.read()
    onde = fim.rfind(b"PK\x05\x06")
    return int(FIM.unpack_from(fim, onde)[5]) if 0 <= onde <= len(fim) - FIM.size else 0


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
