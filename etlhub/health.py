"""Whether the hub lives and is ready: database, Redis, workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from ninja import Router, Schema

from etlhub.redis_client import client

router = Router(tags=["saúde"])


class HealthOut(Schema):
    status: str
    version: str


class CheckOut(Schema):
    ok: bool
    detalhe: str


class ReadyOut(HealthOut):
    checks: dict[str, CheckOut]


@router.get("/health", auth=None, response=HealthOut)
def health(request: HttpRequest) -> dict[str, str]:
    """The web process answers."""
    return {"status": "ok", "version": settings.VERSION}


@router.get("/health/live", auth=None, response=HealthOut)
def live(request: HttpRequest) -> dict[str, str]:
    """The same, under the name that orchestrators ask for; touches neither database nor Redis."""
    return health(request)


@router.get("/health/ready", auth=None, response={200: ReadyOut, 503: ReadyOut})
def ready(request: HttpRequest) -> JsonResponse:
    """200 when all that a run needs is there, else 503; each check with its detail."""
    checks = {name: _check(probe) for name, probe in PROBES.items()}
    good = all(check["ok"] for check in checks.values())
    body = {"status": "ok" if good else "error", "version": settings.VERSION, "checks": checks}
    return JsonResponse(body, status=200 if good else 503)


def _check(probe: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "detalhe": probe()}
    except DatabaseError:
        return {"ok": False, "detalhe": "O banco de dados não responde."}
    except redis.RedisError:
        return {"ok": False, "detalhe": "O Redis/Valkey não responde."}
    except LookupError as error:
        return {"ok": False, "detalhe": str(error.args[0])}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sistemas_sistema LIMIT 1")
    return "responde"


def _redis() -> str:
    client().ping()
    return "responde"


def _workers() -> str:
    from jobs.queries import count_workers

    count = count_workers()
    if not count:
        raise LookupError("Nenhum worker está ligado: as execuções ficam na fila.")
    return f"{count} ligado(s)"


def _machines() -> str:
    """How many of each kind give signs of life; their names are for the doctor, this answer is open to all."""
    from etlhub.operations.machines import machines

    found = machines()
    workers, watchmen, web = (sum(getattr(each, kind) for each in found) for kind in ("workers", "vigias", "web"))
    return f"{len(found)} com sinal de vida: {web} web, {watchmen} vigia(s), {workers} worker(s)"


PROBES: dict[str, Callable[[], str]] = {
    "banco": _database,
    "redis": _redis,
    "workers": _workers,
    "maquinas": _machines,
}
