"""Everything that can be wrong, each with what to do. `run` for the command; `attention` for the dashboard."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import replace
from threading import Lock
from typing import Any

import redis
from django.db import DatabaseError

from credentials.redaction import mask
from etlhub.operations.checks import database, folder, login, machine, machines, portals, runs, services
from etlhub.operations.findings import Check, Finding, Nivel, warning

Checks = dict[str, Check]
CHECKS: dict[str, Checks] = {
    "Máquina": {
        "Python": machine.python,
        "navegador": machine.web_browser,
        "interface web": machine.interface,
        "porta": machine.port,
        "modo de depuração": machine.debug,
    },
    "Pasta de dados": {
        "pasta de dados": folder.data_folder,
        "chaves": folder.keys_private,
        "sistema de arquivos": folder.file_system,
        "registros dos processos": folder.process_logs,
        "crescimento dos logs": folder.growth,
    },
    "Banco de dados": {
        "banco de dados": database.answers,
        "integridade": database.integrity,
        "estrutura": database.migrations,
        "administradores": database.administrators,
    },
    "Serviços": {
        "Redis/Valkey": services.redis_server,
        "workers": services.workers,
        "vigia": services.watchman,
        "máquinas": machines.machines,
        "relógio": services.clocks,
        "portal de demonstração": services.demo_portal,
        "backup diário": services.backups,
        "login pelo provedor": login.oidc,
    },
    "Execuções": {
        "cofre": runs.vault_keys,
        "credenciais": runs.credentials,
        "caminhos": runs.folders,
        "execuções paradas": runs.stuck,
        "erros repetidos": runs.recent_errors,
    },
}
PORTALS: dict[str, Checks] = {"Portais": {"portais": portals.portals}}
# Cheap ones, of things that the dashboard does not already show.
QUICK: Checks = {
    "disco": folder.data_folder,
    "vigia": services.watchman,
    "backup": services.backups,
    "execucoes": runs.stuck,
}
ATTENTION_SECONDS = 60.0

_lock = Lock()
_attention: tuple[float, list[dict[str, Any]]] = (float("-inf"), [])


def run(*, with_portals: bool = False) -> list[Finding]:
    """Every check in order. What cannot be checked, for the database or Redis is away, is named once at the end."""
    found: list[Finding] = []
    unseen: dict[str, list[str]] = {}
    for grupo, checks in (CHECKS | (PORTALS if with_portals else {})).items():
        for name, check in checks.items():
            try:
                found += _try(grupo, name, check)
            except DatabaseError:
                unseen.setdefault("o banco de dados não responde ou está incompleto", []).append(name)
            except redis.RedisError:
                unseen.setdefault("o Redis/Valkey não responde", []).append(name)
    for why, names in unseen.items():
        text = f"{', '.join(names)}: {why}."
        what = "Resolva isso antes e rode o doctor outra vez."
        found.append(replace(warning("Não verificado", text, what), grupo="Não verificado"))
    return found


def worst(findings: Iterable[Finding]) -> Nivel:
    levels = {finding.nivel for finding in findings}
    return next((nivel for nivel in (Nivel.ERRO, Nivel.AVISO) if nivel in levels), Nivel.OK)


def attention() -> list[dict[str, Any]]:
    """Quick findings that are not good, as `{tipo, sistema_id, mensagem, acao}`; looked up once a minute."""
    global _attention
    with _lock:
        at, items = _attention
        if time.monotonic() - at < ATTENTION_SECONDS:
            return items
        items = []
        for tipo, check in QUICK.items():
            with contextlib.suppress(DatabaseError, redis.RedisError):
                bad = [each for each in _try(tipo, tipo, check) if each.nivel is Nivel.ERRO]
                items += [
                    {"tipo": tipo, "sistema_id": each.sistema_id, "mensagem": each.mensagem, "acao": each.acao}
                    for each in bad
                ]
        _attention = (time.monotonic(), items)
        return items


def _try(grupo: str, name: str, check: Check) -> list[Finding]:
    try:
        found = list(check())
    except (DatabaseError, redis.RedisError):
        raise
    except Exception as error:
        text = f"A verificação falhou: {type(error).__name__}: {error}"[:300]
        found = [Finding(name[:1].upper() + name[1:], Nivel.ERRO, text, "Informe o suporte, com este texto.")]
    return [replace(finding, grupo=grupo, mensagem=mask(finding.mensagem)) for finding in found]
