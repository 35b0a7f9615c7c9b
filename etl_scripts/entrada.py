"""Stdin as the hub uses it: one line with the document, then answers; its end means that the hub is gone."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import Any, Final

from etl_scripts import contrato, parada
from etl_scripts.configuracao import DOCUMENTO_MAXIMO
from etl_scripts.erros import ErroDeUso, Falha

BLOCO: Final = 1 << 16
RESPOSTAS_MAXIMAS: Final = 16  # answers waiting to be read
PRAZO_DOCUMENTO: Final = 30.0  # seconds for the document to come


class Entrada:
    """Reads descriptor 0 in a thread of its own, straight from the system: a blocked reader never delays the exit."""

    def __init__(self) -> None:
        self._linhas: queue.Queue[bytes | None] = queue.Queue(RESPOSTAS_MAXIMAS)
        threading.Thread(target=self._ler, name="entrada", daemon=True).start()

    def _ler(self) -> None:
        resto = bytearray()
        while True:
            try:
                bloco = os.read(0, BLOCO)
            except OSError:
                bloco = b""
            if not bloco:
                self._linhas.put(None)
                parada.pedir_parada()
                return
            resto += bloco
            if len(resto) > DOCUMENTO_MAXIMO:
                self._linhas.put(None)
                return
            if b"\n" in bloco:
                *linhas, fim = bytes(resto).split(b"\n")
                for linha in linhas:
                    self._linhas.put(linha)
                resto = bytearray(fim)

    def documento(self) -> str:
        """The first line. Raises ErroDeUso when it does not come."""
        try:
            linha = self._linhas.get(timeout=PRAZO_DOCUMENTO)
        except queue.Empty:
            raise ErroDeUso(f"A configuração não chegou pela entrada padrão em {PRAZO_DOCUMENTO:.0f} s.") from None
        if linha is None:
            raise ErroDeUso("A entrada padrão terminou antes da configuração, ou ela é grande demais.")
        try:
            return linha.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ErroDeUso("A configuração que veio pela entrada padrão não está em UTF-8.") from None

    def pedir_codigo(self, sistema: str, campo: str, mensagem: str, prazo: int) -> str:
        """Asks the hub's user for a one-time code. Raises Falha(codigo_necessario)."""
        contrato.emitir("pedido_codigo", sistema=sistema, campo=campo, prazo_segundos=prazo, mensagem=mensagem)
        contrato.aviso(sistema, f"{mensagem} (prazo: {prazo} s)")
        try:
            linha = self._linhas.get(timeout=prazo)
        except queue.Empty:
            raise Falha("codigo_necessario", f"O código não foi informado em {prazo} s.") from None
        parada.conferir()
        return _ler_resposta(linha)


def _ler_resposta(linha: bytes | None) -> str:
    try:
        resposta: Any = json.loads(linha or b"null")
    except ValueError:
        resposta = None
    if not isinstance(resposta, dict):
        raise Falha("codigo_necessario", "A resposta ao pedido de código não foi entendida.")
    valor = resposta.get("valor")
    if resposta.get("resposta") != "codigo" or not isinstance(valor, str) or not valor.strip():
        raise Falha("codigo_necessario", "O pedido de código foi cancelado.")
    contrato.guardar_segredo(valor.strip())
    return valor.strip()


def pedir_no_terminal(sistema: str, campo: str, mensagem: str, prazo: int) -> str:  # noqa: ARG001 - the same call as the hub's
    """Asks a human at the terminal. Raises Falha(codigo_necessario) where there is none."""
    if not sys.stdin or not sys.stdin.isatty():
        raise Falha(
            "codigo_necessario",
            "O portal pede um código de uso único: cadastre o segredo do autenticador (totp) ou rode pelo ETL Hub.",
        )
    contrato.aviso(sistema, mensagem)
    import getpass

    codigo = getpass.getpass("Código: ").strip()
    if not codigo:
        raise Falha("codigo_necessario", "O código não foi informado.")
    contrato.guardar_segredo(codigo)
    return codigo
