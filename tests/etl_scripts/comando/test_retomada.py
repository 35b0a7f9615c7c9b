"""A download goes on where the line dropped, as far as the server lets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from etl_scripts import retomada
from etl_scripts.erros import Falha
from etl_scripts.transporte import Limites

INTEIRO = b"abcd"


class Caindo(httpx.SyncByteStream):
    """The body from `inicio`; the line drops after two bytes when `cai`."""

    def __init__(self, inicio: int, *, cai: bool) -> None:
        self._inicio, self._cai = inicio, cai

    def __iter__(self) -> Iterator[bytes]:
        yield INTEIRO[self._inicio : self._inicio + 2]
        if self._cai:
            raise httpx.ReadError("caiu")
        yield INTEIRO[self._inicio + 2 :]


def baixar(pasta: Path, etiqueta: str) -> list[httpx.Headers]:
    """Asks until it ends; the headers of each request."""
    pedidos: list[httpx.Headers] = []

    def responder(pedido: httpx.Request) -> httpx.Response:
        pedidos.append(pedido.headers)
        inicio = 2 if "Range" in pedido.headers else 0
        campos = [(b"ETag", etiqueta.encode()), (b"Content-Length", str(len(INTEIRO) - inicio).encode())]
        corpo = Caindo(inicio, cai=len(pedidos) == 1)
        return httpx.Response(206 if inicio else 200, headers=campos, stream=corpo)

    @contextmanager
    def pedir(cabecalhos: dict[str, str]) -> Iterator[httpx.Response]:
        try:
            with cliente.stream("GET", "http://portal.example/a.zip", headers=cabecalhos) as resposta:
                yield resposta
        except httpx.HTTPError as causa:
            raise Falha("portal_fora", "caiu", repetir=True) from causa

    with httpx.Client(transport=httpx.MockTransport(responder)) as cliente:
        baixado = retomada.baixar_retomando(pedir, pasta, Limites(), lambda _tamanho: None)
    assert (baixado.caminho.read_bytes(), baixado.etiqueta) == (INTEIRO, etiqueta)
    return pedidos


def test_the_rest_alone_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retomada, "PAUSA", 0)
    _, segundo = baixar(tmp_path, '"v1"')
    assert (segundo["Range"], segundo["If-Range"]) == ("bytes=2-", '"v1"')


def test_a_version_s_name_that_no_header_can_hold_is_not_sent_back(tmp_path: Path) -> None:
    """The failure is one that is tried again from the beginning, not a fault of ours."""
    with pytest.raises(Falha, match="caiu"):
        baixar(tmp_path, '"versão"')
