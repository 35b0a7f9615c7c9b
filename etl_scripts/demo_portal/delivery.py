"""Hands a file over as a portal would, with whatever is to go wrong with the file itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from .faults import Fault, FaultBoard
from .look import page
from .web import Response, disposition, html

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
ZIP = "application/zip"
_MEGABYTE = 1 << 20


@dataclass(slots=True)
class Download:
    """A file about to be sent. `fundo` (sigla) and `data` say which faults concern it; `length` is a stream's, if known."""

    name: str
    media_type: str
    body: bytes | Iterator[bytes]
    fundo: str | None = None
    data: date | None = None
    inline: bool = False
    length: int | None = None


def deliver(faults: FaultBoard, sistema: str, file: Download) -> Response:
    """The answer that carries the file."""

    def strikes(falha: str) -> Fault | None:
        return faults.take(sistema, falha, file.fundo, file.data)

    if strikes("html_no_lugar"):
        return html(page("Erro", "<h1>Não foi possível gerar o arquivo</h1><p>Tente novamente mais tarde.</p>"))
    if strikes("vazio"):
        file.body = b""
    if fault := strikes("nome_malicioso"):
        file.name = fault.text("nome")
    if file.media_type in {ZIP, XLSX}:
        if fault := strikes("zip_bomba"):
            file.body = _with_bomb(_whole(file.body), fault)
        if file.media_type == ZIP and (fault := strikes("zip_travessia")):
            file.body = _with_member(_whole(file.body), fault.text("nome"), b"fora da pasta\n")
    answer = Response(200, file.body, _headers(file), None if isinstance(file.body, bytes) else file.length)
    # A streamed file (the FIDC's stock) is made enormous by its own rows.
    if isinstance(file.body, bytes) and (fault := strikes("arquivo_enorme")):
        _enlarge(answer, fault)
    if fault := strikes("meio_arquivo"):
        _halve(answer, fault.text("modo"))
    return answer


def _headers(file: Download) -> list[tuple[str, str]]:
    return [
        ("Content-Type", file.media_type),
        ("Content-Disposition", disposition(file.name, inline=file.inline)),
        ("Cache-Control", "no-store"),
    ]


def _whole(body: bytes | Iterator[bytes]) -> bytes:
    return body if isinstance(body, bytes) else b"".join(body)


def _with_member(archive: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(archive)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _with_bomb(archive: bytes, fault: Fault) -> bytes:
    """One more member, of zeros: some megabytes for each kilobyte sent."""
    out = io.BytesIO(archive)
    zeros = bytes(_MEGABYTE)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as z, z.open("xl/media/enorme.bin", "w") as member:
        for _ in range(int(fault.number("mb"))):
            member.write(zeros)
    return out.getvalue()


def _enlarge(answer: Response, fault: Fault) -> None:
    """Blank lines (or zeros) after the content, streamed; the size is announced unless the fault says `oculto`."""
    start = _whole(answer.body)
    total = max(len(start), int(fault.number("mb")) * _MEGABYTE)
    block = b"\n" * 65536 if answer.header("Content-Type") == CSV else bytes(65536)

    def content() -> Iterator[bytes]:
        yield start
        left = total - len(start)
        while left > 0:
            yield block[:left]
            left -= len(block)

    answer.body = content()
    answer.length = total if fault.text("tamanho") == "declarado" else None


def _halve(answer: Response, mode: str) -> None:
    """`corte`: more is announced than sent. `curto`: half of it, as if that were all."""
    if isinstance(answer.body, bytes):
        half = answer.body[: len(answer.body) // 2]
        answer.length = len(answer.body) if mode == "corte" else len(half)
        answer.cut_after = len(half) if mode == "corte" else None
        answer.body = half
    elif mode == "corte":
        answer.cut_after = answer.length // 2 if answer.length else 1000
    else:
        answer.body, answer.length = _first_block(answer.body), None


def _first_block(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield block[: len(block) // 2]
        return
