"""What the command says on stdout: log lines and events, one writer for both. Imports nothing heavy (start-up time)."""

from __future__ import annotations

import json
import os
import sys
from threading import Lock
from typing import Final

from etl_scripts.disfarces import formas

SAIDA_OK: Final = 0
SAIDA_ERRO: Final = 1
SAIDA_USO: Final = 2
SAIDA_TEMPORARIA: Final = 75  # EX_TEMPFAIL of sysexits.h
SAIDA_INTERROMPIDA: Final = 130

GERAL: Final = "SISTEMA"
NOMES: Final[dict[str, str]] = {
    "amplis_reag": "AMPLIS - REAG",
    "amplis_master": "AMPLIS - MASTER",
    "maps": "MAPS",
    "fidc": "FIDC ESTOQUE",
    "jcot": "JCOT",
    "britech": "BRITECH",
    "qore": "QORE",
    "trustee": "TRUSTEE",
    "cvm": "CVM",
}

MASCARA: Final = "********"
SEGREDO_MINIMO: Final = 4  # characters; masking a shorter one would blank half of every line
MARCA_EVENTO: Final = "\x1e"  # RFC 7464
LINHA_MAXIMA: Final = 4000  # characters
ESPERA_SAIDA: Final = 1.0  # seconds between two looks at a full pipe

_trava = Lock()
_segredos: list[str] = []
_eventos = False
_cortada = False


def ligar_eventos(ligados: bool) -> None:
    """Whether `emitir` writes anything; off for a human at a terminal."""
    global _eventos
    _eventos = ligados


def guardar_segredo(valor: str) -> None:
    """From now on `valor` never leaves in a line, an event or an artifact."""
    if len(valor) >= SEGREDO_MINIMO and valor not in _segredos:
        _segredos.extend(formas(valor).difference(_segredos))
        _segredos.sort(key=len, reverse=True)


def mascarar(texto: str) -> str:
    """The text with every known secret replaced by the mask."""
    for segredo in _segredos:
        texto = texto.replace(segredo, MASCARA)
    return texto


def tem_segredo(texto: str) -> bool:
    """Whether a person could read a known secret in it: whatever the case, or split by spaces or lines."""
    junto = "".join(texto.split()).casefold()
    return any("".join(segredo.split()).casefold() in junto for segredo in _segredos)


def _escrever(linha: str) -> None:
    global _cortada
    dados = linha.encode("utf-8", "replace") + b"\n"
    with _trava:
        if os.name == "nt" and sys.stdout.isatty():  # a Windows console wants text, not UTF-8
            sys.stdout.write(f"{linha}\n")
            sys.stdout.flush()
            return
        sys.stdout.flush()
        if _cortada:  # a stop came in the middle of the last line
            dados = b"\n" + dados
        _cortada, inicio = True, 0
        while inicio < len(dados):  # straight to the descriptor: whole lines, nothing left in a buffer when killed
            try:
                inicio += os.write(1, dados[inicio:])
            except BlockingIOError:  # the browser's driver makes the pipe that it shares with us non-blocking
                _esperar_saida()
        _cortada = False


def _esperar_saida() -> None:
    import select

    select.select([], [1], [], ESPERA_SAIDA)


def nome_de(sistema: str) -> str:
    """The display name of a sistema; one added since is called by its id."""
    return NOMES.get(sistema) or sistema.upper().replace("_", " ")


def registrar(nivel: str, sistema: str, mensagem: str) -> None:
    """One log line `[LEVEL] [SISTEMA] mensagem`; `sistema` is an id or a display name. Extra lines get the same head."""
    nome = nome_de(sistema)
    for linha in mascarar(mensagem).replace("\r", "\n").split("\n"):
        if linha.strip():
            _escrever(f"[{nivel}] [{nome}] {linha.strip().replace(MARCA_EVENTO, ' ')[:LINHA_MAXIMA]}")


def info(sistema: str, mensagem: str) -> None:
    """An INFO line."""
    registrar("INFO", sistema, mensagem)


def aviso(sistema: str, mensagem: str) -> None:
    """A WARN line."""
    registrar("WARN", sistema, mensagem)


def erro(sistema: str, mensagem: str) -> None:
    """An ERROR line."""
    registrar("ERROR", sistema, mensagem)


def sucesso(sistema: str, mensagem: str) -> None:
    """A SUCCESS line."""
    registrar("SUCCESS", sistema, mensagem)


def detalhe(sistema: str, mensagem: str) -> None:
    """A DEBUG line."""
    registrar("DEBUG", sistema, mensagem)


def emitir(evento: str, **campos: object) -> None:
    """One event (docs/architecture.md lists them); fields that are None are left out. Nothing when events are off."""
    if not _eventos:
        return
    corpo = {"evento": evento, **{nome: valor for nome, valor in campos.items() if valor is not None}}
    _escrever(MARCA_EVENTO + mascarar(json.dumps(corpo, ensure_ascii=False, default=str)))
