"""Stopping: a signal or a vanished hub ends the run within seconds, with no partial file left."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from etl_scripts import contrato
from etl_scripts.erros import Parada

CARENCIA: Final = 2.0  # seconds that the run gets to unwind by itself before it is ended from outside

pedida = threading.Event()
_protegido = 0
_levantada = False
_limpezas: list[Callable[[], None]] = []


def ao_parar(limpeza: Callable[[], None]) -> None:
    """Registers what must be done (removing temporary files) even when the main thread cannot unwind."""
    _limpezas.append(limpeza)


@contextmanager
def sem_interrupcao() -> Iterator[None]:
    """A stretch (filing a file and telling of it) that a stop does not cut in two; it is short."""
    global _protegido
    _protegido += 1
    try:
        yield
    finally:
        _protegido -= 1
        conferir()


def conferir() -> None:
    """Raises Parada when a stop was asked for."""
    if pedida.is_set() and not _protegido:
        raise Parada


def dormir(segundos: float) -> None:
    """Sleeps, unless stopped: then raises Parada."""
    pedida.wait(segundos)
    conferir()


def instalar() -> None:
    """Catches SIGINT, SIGTERM and on Windows CTRL_BREAK."""
    for nome in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"):
        sinal = getattr(signal, nome, None)
        if sinal is not None:
            with suppress(ValueError, OSError):
                signal.signal(sinal, _ao_sinal)
    # On Windows a blocked main thread runs no handler; the C level still writes here, and this thread ends the run.
    if os.name == "nt":
        _vigiar_sinais()


def pedir_parada() -> None:
    """From any thread: asks the main thread to stop, and ends the process if it does not."""
    if pedida.is_set():
        return
    pedida.set()
    threading.Thread(target=_encerrar_a_forca, name="encerrar", daemon=True).start()
    if sys.platform != "win32" and threading.current_thread() is not threading.main_thread():
        identidade = threading.main_thread().ident
        if identidade is not None:
            signal.pthread_kill(identidade, signal.SIGTERM)  # interrupts a blocked read


def _ao_sinal(_numero: int, _quadro: FrameType | None) -> None:
    global _levantada
    pedir_parada()
    if not _levantada and not _protegido:
        _levantada = True
        raise Parada


def _vigiar_sinais() -> None:
    import socket

    leitura, escrita = socket.socketpair()
    escrita.setblocking(False)
    signal.set_wakeup_fd(escrita.fileno(), warn_on_full_buffer=False)

    def vigiar() -> None:
        with escrita:
            if leitura.recv(1):
                pedir_parada()

    threading.Thread(target=vigiar, name="sinais", daemon=True).start()


def limpar() -> None:
    """Runs the registered clean-ups once."""
    while _limpezas:
        with suppress(Exception):
            _limpezas.pop()()


def _encerrar_a_forca() -> None:
    import time

    time.sleep(CARENCIA)
    limpar()
    with suppress(OSError, ValueError):
        contrato.aviso(contrato.GERAL, "Interrompido; os arquivos parciais foram removidos.")
    sys.stderr.flush()
    os._exit(contrato.SAIDA_INTERROMPIDA)
