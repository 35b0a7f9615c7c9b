"""A download by address that goes on where it broke off (HTTP Range), as long as the file is still the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import httpx

from etl_scripts import parada
from etl_scripts.erros import Falha, Inalterado, SemDados
from etl_scripts.nomes import nome_da_resposta
from etl_scripts.transporte import Baixado, Limites, falha_de_estado

RETOMADAS_MAXIMAS: Final = 8
PAUSA: Final = 0.5  # seconds before going on
Pedir = Callable[[dict[str, str]], AbstractContextManager[httpx.Response]]


def baixar_retomando(
    pedir: Pedir, pasta: Path, limites: Limites, ler_bloco: Callable[[int], None], etiqueta: str = ""
) -> Baixado:
    """The whole file. `pedir` makes the request with more headers; `ler_bloco` is told the size so far (and may raise).

    Raises SemDados when the server has no such file, Inalterado when it is the one of `etiqueta`, Falha when it cannot
    be had whole.
    """
    parcial = pasta / "baixando.part"
    marca, prazo = "", time.monotonic() + limites.baixa
    for tentativa in range(RETOMADAS_MAXIMAS):
        feito = parcial.stat().st_size if parcial.exists() else 0
        cabecalhos = {"Range": f"bytes={feito}-", "If-Range": marca} if feito and marca else {}
        if etiqueta and not feito:
            cabecalhos["If-None-Match"] = etiqueta
        try:
            with pedir(cabecalhos) as resposta:
                if resposta.status_code in {404, 410}:
                    raise SemDados("o arquivo ainda não existe no servidor")
                if resposta.status_code == 304 and etiqueta:
                    raise Inalterado
                pagina = next(resposta.iter_text(), "") if resposta.status_code >= 400 else ""
                falha = falha_de_estado(resposta.status_code, pagina, str(resposta.url))
                if falha is not None:
                    raise falha
                continua = resposta.status_code == 206 and "Range" in cabecalhos
                nova = _etiqueta(resposta)
                marca = nova or resposta.headers.get("Last-Modified", "")
                _receber(resposta, parcial, feito if continua else 0, prazo, ler_bloco)
                nome = nome_da_resposta(resposta.headers.get("Content-Disposition", ""), str(resposta.url))
                parcial.replace(pasta / nome)
                return Baixado(pasta / nome, nome, (pasta / nome).stat().st_size, str(resposta.url), nova)
        except Falha as falha:
            cresceu = parcial.exists() and parcial.stat().st_size > feito
            if not (falha.repetir and marca and cresceu) or tentativa == RETOMADAS_MAXIMAS - 1:
                raise
            parada.dormir(PAUSA)
    raise Falha("portal_fora", "O arquivo não pôde ser baixado inteiro.")


def _etiqueta(resposta: httpx.Response) -> str:
    """The ETag, where it can be sent back: a header of ours is ASCII."""
    etiqueta = resposta.headers.get("ETag", "")
    return etiqueta if etiqueta.isascii() else ""


def _receber(
    resposta: httpx.Response, parcial: Path, feito: int, prazo: float, ler_bloco: Callable[[int], None]
) -> None:
    declarado = resposta.headers.get("Content-Length", "")
    with parcial.open("r+b" if feito else "wb") as arquivo:
        arquivo.seek(feito)
        arquivo.truncate()
        for bloco in resposta.iter_raw():  # as it comes: a block that waits to be full is lost when the line drops
            arquivo.write(bloco)
            ler_bloco(arquivo.tell())
            if time.monotonic() > prazo:
                raise Falha("portal_fora", "O arquivo não terminou de chegar a tempo.", repetir=False)
        chegou = arquivo.tell() - feito
    if declarado.isdigit() and chegou != int(declarado):
        raise Falha("portal_fora", "O arquivo veio pela metade.")
