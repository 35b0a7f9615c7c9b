"""How a run ended, in words: exit code, the ETL's own result and the hub's own reasons -> state, code, Portuguese reason."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from jobs.models import State

EX_TEMPFAIL = 75
"""sysexits.h: a later try may mend it."""


class Stop(Enum):
    """Why the hub ended a process that had not ended by itself: code, reason."""

    CANCEL = ("cancelado", "Cancelado a pedido.")
    TIMEOUT = ("tempo_esgotado", "Passou do tempo máximo de {limite} e foi encerrado.")
    SILENCE = ("sem_saida", "Ficou {limite} sem nenhuma saída e foi encerrado.")
    SHUTDOWN = ("interrompido", "interrompido: o hub foi desligado durante a execução.")
    SHUTDOWN_FULL = (
        "interrompido",
        "interrompido: o hub foi desligado enquanto o banco de dados não aceitava gravações; faltam as últimas linhas.",
    )
    LOST = ("interrompido", "interrompido: este worker perdeu a posse da execução.")
    FULL = ("sem_gravacao", "interrompido: o banco de dados não aceita gravações (disco cheio ou indisponível).")


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt."""

    state: State
    codigo: str
    motivo: str
    transient: bool = False
    exit_code: int | None = None
    resumo: dict[str, Any] = field(default_factory=dict)


def interrupted(reason: str) -> Outcome:
    """For a run whose owner died."""
    return Outcome(State.ERROR, "interrompido", f"interrompido: {reason}", transient=True)


def judge(
    exit_code: int | None,
    stop: Stop | None,
    limit: float,
    result: Mapping[str, Any] | None,
    last_error: str,
) -> Outcome:
    """The outcome of an ended process; `limit` is the number of seconds that `stop` speaks of."""
    if stop is not None:
        codigo, sentence = stop.value
        motivo = sentence.format(limite=in_words(limit))
        state = State.CANCELLED if stop is Stop.CANCEL else State.ERROR
        transient = stop in (Stop.SHUTDOWN, Stop.SHUTDOWN_FULL, Stop.FULL)
        return Outcome(state, codigo, motivo, transient, exit_code)
    if exit_code == 0:
        data = result or {}
        motivo = str(data.get("motivo") or "Concluído.")
        return Outcome(State.SUCCESS, str(data.get("codigo") or "ok"), motivo, False, exit_code, _summary(data))
    if result and result.get("situacao") == "erro":
        motivo = str(result.get("motivo") or "O ETL informou uma falha.")
        transient = bool(result.get("transitorio"))
        return Outcome(State.ERROR, str(result.get("codigo") or "erro"), motivo, transient, exit_code, _summary(result))
    return Outcome(State.ERROR, "erro", _exit_words(exit_code, last_error), exit_code == EX_TEMPFAIL, exit_code)


def in_words(seconds: float) -> str:
    """`90 s` up to two minutes, else whole minutes or hours."""
    if seconds < 120:
        return f"{seconds:g} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h".replace(".", ",")


def _summary(data: Mapping[str, Any]) -> dict[str, Any]:
    resumo = data.get("resumo")
    return dict(resumo) if isinstance(resumo, Mapping) else {}


def _exit_words(exit_code: int | None, last_error: str) -> str:
    detail = f" Última mensagem de erro: {last_error}" if last_error else ""
    if exit_code is None:
        return f"O processo do ETL não respondeu e foi abandonado.{detail}"
    if exit_code < 0 and sys.platform != "win32":
        try:
            name = signal.Signals(-exit_code).name
        except ValueError:
            name = str(-exit_code)
        return f"O processo do ETL foi encerrado de fora (sinal {name}).{detail}"
    if exit_code == 2:
        return f"O ETL recusou os parâmetros ou a configuração (código de saída 2).{detail}"
    return f"O ETL terminou com falha (código de saída {exit_code}).{detail}"
