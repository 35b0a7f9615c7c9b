"""Stopping: a signal, or a hub that is gone, ends the run with 130 within 3 seconds and leaves nothing half done."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

import pytest

from .bancada import ONTEM, Bancada, escrever, pedir_parada, separar

PRAZO_PARADA = 3.0


def largar(processo: subprocess.Popen[bytes]) -> None:
    assert processo.stdin is not None
    processo.stdin.close()


def ler_ate(processo: subprocess.Popen[bytes], trecho: bytes) -> bytes:
    assert processo.stdout is not None
    lido = b""
    while trecho not in lido:
        linha = processo.stdout.readline()
        assert linha, lido.decode()
        lido += linha
    return lido


@pytest.mark.parametrize("parar", [pedir_parada, largar])
@pytest.mark.parametrize("momento", [b"Entrando no portal", b"baixar estoque"])
def test_it_stops_within_three_seconds(
    bancada: Bancada, parar: Callable[[subprocess.Popen[bytes]], None], momento: bytes
) -> None:
    bancada.portal.faults.set("fidc", "lento", 30 if momento.startswith(b"Entrando") else 0)
    if momento.startswith(b"baixar"):
        bancada.portal.faults.set("fidc", "arquivo_enorme", linhas=1_000_000)
    processo = bancada.iniciar(bancada.documento("fidc"), "--sistemas", "fidc", "--data-inicial", ONTEM)
    ler_ate(processo, momento)
    comeco = time.monotonic()
    parar(processo)
    assert processo.stdout is not None
    resto = processo.stdout.read()
    codigo = processo.wait(10)

    assert codigo == 130
    assert time.monotonic() - comeco < PRAZO_PARADA
    linhas, _ = separar(resto)
    assert "Interrompido; os arquivos parciais foram removidos." in linhas[-1]
    assert bancada.sobras() == []
    assert bancada.arquivos("fidc") == []


def test_a_hub_that_goes_before_the_document_ends_it(bancada: Bancada) -> None:
    processo = bancada.iniciar("", "--sistemas", "fidc")
    largar(processo)
    assert processo.wait(20) in {2, 130}


def test_an_answer_nobody_asked_for_does_no_harm(bancada: Bancada) -> None:
    processo = bancada.iniciar(
        bancada.documento("amplis_master"), "--sistemas", "amplis_master", "--data-inicial", ONTEM
    )
    escrever(processo.stdin, {"resposta": "cancelar"})
    assert processo.stdout is not None
    while processo.stdout.readline():
        pass
    assert processo.wait(60) == 0
