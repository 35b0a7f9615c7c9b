"""Collected files for whoever asks: their description, and the file itself when it is still where we put it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from asgiref.sync import sync_to_async
from django.conf import settings

from etlhub.errors import NotFound
from jobs import events
from jobs.models import Artifact
from sistemas import caminhos

CHUNK_BYTES = 256 * 1024
GONE = "O arquivo não está mais na pasta: {nome}."


def as_dict(each: Artifact) -> dict[str, Any]:
    return {
        "id": each.pk,
        "sistema": each.sistema_id,
        "relatorio": each.relatorio,
        "fundo": each.fundo,
        "data_inicial": each.data_inicial.isoformat() if each.data_inicial else None,
        "data": each.data.isoformat() if each.data else None,
        "nome": each.nome,
        "tamanho": each.tamanho,
        "sha256": each.sha256,
        "formato": each.formato,
        "situacao": each.situacao,
        "motivo": each.motivo,
        "criado_em": events.iso(each.criado_em),
    }


def open_path(artifact_id: int) -> tuple[Path, str]:
    """The path and name of a collected file. NotFound when it is unknown, gone, or not in a folder of ours any more."""
    artifact = Artifact.objects.filter(pk=artifact_id).first()
    if artifact is None:
        raise NotFound("Arquivo não encontrado.")
    path = Path(artifact.caminho)
    # The path came from the ETL process: what it names must lie in a configured folder, links followed.
    roots = [*_folders(), settings.SHARED_DIR, settings.DATA_DIR]
    try:
        real = path.resolve(strict=True)
        inside = any(real.is_relative_to(root.resolve()) for root in roots)
    except OSError:
        raise NotFound(GONE.format(nome=artifact.nome)) from None
    if not inside or not real.is_file() or real.is_relative_to((settings.DATA_DIR / "chaves").resolve()):
        raise NotFound(GONE.format(nome=artifact.nome))
    return real, artifact.nome


def _folders() -> Iterator[Path]:
    for text in caminhos.caminhos().values():
        with contextlib.suppress(caminhos.BadPath):
            yield caminhos.expand(text)


async def read(file: BinaryIO) -> AsyncIterator[bytes]:
    """An open file's parts, each read in a thread when the client wants it. Django's own answer would read it whole."""
    try:
        while part := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield part
    finally:
        file.close()


async def in_background(parts: Iterator[str]) -> AsyncIterator[str]:
    """An iterator that asks the database, made asynchronous: each part is read in a thread when the client wants it."""
    following = sync_to_async(lambda: next(parts, None))
    while (part := await following()) is not None:
        yield part
