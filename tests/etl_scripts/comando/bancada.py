"""The bench: the real command as a subprocess against the demo portal, configured over stdin as the hub does it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

import etl_scripts
from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.constants import DEMO_PASSWORD, DEMO_TOTP_SECRET, DEMO_USER

PASTA_COMANDO = Path(etl_scripts.__file__).parent
PRAZO = 90  # seconds until a run that hangs fails its test
HOJE = date(2026, 11, 25)  # the portal's day; a Wednesday
ONTEM = "24/11/2026"
CAMINHOS = ("csv", "pdf", "maps", "fidc", "jcot", "britech", "qore_excel", "qore_pdf", "trustee", "cvm")
SECOES = {"amplis_reag": ("amplis", "reag"), "amplis_master": ("amplis", "master")}
AJUSTES_RAPIDOS = {"espera_inicial": 0.02, "prazo_pagina": 20.0, "prazo_baixa": 30.0}


@dataclass
class Saida:
    """What a run said."""

    codigo: int
    linhas: list[str]
    eventos: list[dict[str, Any]]

    def do_tipo(self, evento: str) -> list[dict[str, Any]]:
        return [item for item in self.eventos if item["evento"] == evento]

    @property
    def resultado(self) -> dict[str, Any]:
        (unico,) = self.do_tipo("resultado")
        return unico

    @property
    def artefatos(self) -> list[dict[str, Any]]:
        return self.do_tipo("artefato")

    @property
    def texto(self) -> str:
        return "\n".join(self.linhas)

    def manifesto(self) -> list[dict[str, Any]]:
        """What the hub would hand to the next run."""
        return [item for item in self.artefatos if item["situacao"] != "quarentena"]


def separar(bruto: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    """Lines and events of a run's stdout."""
    linhas: list[str] = []
    eventos: list[dict[str, Any]] = []
    for linha in bruto.decode("utf-8").removesuffix("\n").split("\n"):  # splitlines would cut at 0x1E
        if linha.startswith("\x1e"):
            eventos.append(json.loads(linha[1:]))
        else:
            linhas.append(linha)
    return linhas, eventos


@dataclass
class Bancada:
    """One portal, one set of folders."""

    portal: DemoPortal
    base: Path
    ajustes: dict[str, dict[str, Any]] = field(default_factory=dict)
    seletores: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for chave in CAMINHOS:
            (self.base / chave).mkdir()

    def documento(self, sistema: str, acesso: dict[str, Any] | None = None, **execucao: Any) -> dict[str, Any]:
        """The stdin document for one sistema; `acesso` and `execucao` replace single fields."""
        login = {
            "url": self.portal.url(sistema),
            "username": DEMO_USER,
            "password": DEMO_PASSWORD,
            "totp": DEMO_TOTP_SECRET,
        }
        secao: dict[str, Any] = login | (acesso or {})
        for parte in reversed(SECOES.get(sistema, (sistema,))):
            secao = {parte: secao}
        self._gravar_seletores(sistema)
        return secao | {
            "version": "2.0",
            "paths": {chave: str(self.base / chave) for chave in CAMINHOS},
            "execucao": {
                "id": 7, "job_id": 3, "tentativa": 1, "eventos": True, "manifesto": [], "de_para": [],
                "pasta_dados": str(self.base / "dados"), "pasta_temporaria": str(self.base / "tmp" / "exec-7-1"),
                "pasta_seletores": str(self.base / "seletores"),
            } | execucao,
        }  # fmt: skip

    def _gravar_seletores(self, sistema: str) -> None:
        pasta = self.base / "seletores"
        pasta.mkdir(exist_ok=True)
        extras = {"fidc": {"intervalo_consulta": 0.05}}.get(sistema, {})
        ajustes = AJUSTES_RAPIDOS | extras | self.ajustes.get(sistema, {})
        linhas = ["[ajustes]", *(f"{nome} = {json.dumps(valor)}" for nome, valor in ajustes.items()), "[seletores]"]
        linhas += [f"{nome} = {json.dumps(valor)}" for nome, valor in self.seletores.get(sistema, {}).items()]
        (pasta / f"{sistema}.toml").write_text("\n".join(linhas), encoding="utf-8")

    def iniciar(self, documento: dict[str, Any] | str, *argumentos: str, **ambiente: str) -> subprocess.Popen[bytes]:
        """Starts the command with its document; stdin stays open."""
        processo = subprocess.Popen(
            [sys.executable, "main.py", "--config", "-", *argumentos],
            cwd=PASTA_COMANDO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", **ambiente},
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        escrever(processo.stdin, documento)
        return processo

    def rodar(
        self,
        sistema: str,
        *argumentos: str,
        acesso: dict[str, Any] | None = None,
        ambiente: dict[str, str] | None = None,
        data: str | None = ONTEM,
        **execucao: Any,
    ) -> Saida:
        """Runs one sistema to its end."""
        dias = ("--data-inicial", data) if data else ()
        documento = self.documento(sistema, acesso, **execucao)
        processo = self.iniciar(documento, "--sistemas", sistema, *dias, *argumentos, **(ambiente or {}))
        return terminar(processo)

    def arquivos(self, chave: str) -> list[str]:
        """What is in one of the configured folders, hidden things included."""
        pasta = self.base / chave
        return sorted(str(item.relative_to(pasta)) for item in pasta.rglob("*") if item.is_file())

    def sobras(self) -> list[Path]:
        """Temporary or partial files that nobody removed."""
        temporarios = [item for item in (self.base / "tmp").rglob("*") if item.is_file()]
        return [*temporarios, *self.base.rglob("*.part")]


def escrever(entrada: IO[bytes] | None, documento: dict[str, Any] | str) -> None:
    """One line to the command's stdin."""
    assert entrada is not None
    texto = documento if isinstance(documento, str) else json.dumps(documento, ensure_ascii=False)
    entrada.write(texto.encode() + b"\n")
    entrada.flush()


def terminar(processo: subprocess.Popen[bytes]) -> Saida:
    """Reads until the end, with stdin still open as the hub keeps it."""
    assert processo.stdout is not None
    assert processo.stdin is not None
    try:
        bruto = processo.stdout.read()
        codigo = processo.wait(PRAZO)
    finally:
        if processo.poll() is None:
            processo.kill()
        processo.stdin.close()
        processo.stdout.close()
    return Saida(codigo, *separar(bruto))


def pedir_parada(processo: subprocess.Popen[bytes]) -> None:
    """What the hub does to cancel."""
    processo.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
