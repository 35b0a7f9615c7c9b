"""What an ETL process reports besides its log lines, put where it belongs: files, positions, progress, plan, result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import DatabaseError, OperationalError

from etlhub.errors import HubError
from jobs import lifecycle, logbook
from jobs.mending import mend
from jobs.models import Artifact, Execution, Level

log = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.2
"""A sistema's progress is shown at most this often."""
MAX_PLAN_ITEMS = 5000
WAITS = (0.1, 0.5, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0)
"""Seconds between tries to store what was reported."""


class Collector:
    """Takes the events of one run. A malformed event becomes a warning in the log, never the end of the run."""

    def __init__(self, execution: Execution, token: str) -> None:
        self.execution = execution
        self.token = token
        self.result: dict[str, Any] | None = None
        self.code_request: dict[str, Any] | None = None
        self._progress: tuple[int, str] | None = None
        self._shown: tuple[int, str] = (0, "")
        self._shown_at = 0.0
        self._plan: list[dict[str, Any]] = []
        self._handlers: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "progresso": self._on_progress,
            "artefato": self._on_artifact,
            "carteira": self._on_carteira,
            "plano": self._on_plan,
            "movido": self._on_moved,
            "pedido_codigo": self._on_code_request,
            "resultado": self._on_result,
        }

    def take(self, data: Mapping[str, Any]) -> None:
        """Handle one event."""
        handler = self._handlers.get(str(data.get("evento")))
        if handler is None:
            return
        try:
            self._handle(handler, data)
        except (HubError, KeyError, TypeError, ValueError, DatabaseError) as error:
            log.warning("execution %s: event %s refused: %s", self.execution.pk, data.get("evento"), error)
            why = error.message if isinstance(error, HubError) else "conteúdo inválido"
            text = f"Informação do ETL não aproveitada ({data.get('evento')}): {why}"
            logbook.note(self.execution.job_id, self.execution.pk, Level.WARN, self.execution.sistema.nome, text)

    @staticmethod
    def _handle(handler: Callable[[Mapping[str, Any]], None], data: Mapping[str, Any]) -> None:
        """Tried again while the database is locked, full or away: what was collected must not be forgotten for that."""
        for pause in WAITS:
            try:
                return handler(data)
            except OperationalError as error:
                log.warning("event not stored yet (%s); next try in %s s", error, pause)
                mend()
                time.sleep(pause)
        return handler(data)

    def show_progress(self, *, now: bool = False) -> None:
        """Write the newest progress, not more often than PROGRESS_SECONDS unless `now`."""
        if self._progress is None or self._progress == self._shown:
            return
        if now or time.monotonic() - self._shown_at >= PROGRESS_SECONDS:
            self._shown_at = time.monotonic()
            if lifecycle.try_progress(self.execution.pk, self.token, *self._progress):
                self._shown = self._progress

    def progress(self, percent: int, message: str) -> None:
        """Note how far it is; shown by `show_progress`."""
        self._progress = (percent, message)

    def finish(self) -> None:
        """Store what was gathered over the run."""
        if self._plan:
            self._handle(lambda _: self._store_plan(), {})

    def _store_plan(self) -> None:
        Execution.objects.filter(pk=self.execution.pk).update(plano=self._plan)

    def _on_progress(self, data: Mapping[str, Any]) -> None:
        self.progress(int(data["percentual"]), str(data.get("mensagem", "")))

    def _on_artifact(self, data: Mapping[str, Any]) -> None:
        Artifact.objects.create(
            job_id=self.execution.job_id,
            execution_id=self.execution.pk,
            sistema_id=self.execution.sistema_id,
            relatorio=str(data.get("relatorio") or "")[:80],
            fundo=str(data.get("fundo") or "")[:200],
            data_inicial=_day(data.get("data_inicial")),
            data=_day(data.get("data")),
            nome=str(data["nome"])[:300],
            caminho=str(data["caminho"])[:1500],
            tamanho=int(data["tamanho"]),
            sha256=str(data["sha256"])[:64],
            formato=str(data.get("formato") or "")[:30],
            situacao=Artifact.Situacao(data["situacao"]),
            motivo=str(data.get("motivo") or "")[:1000],
            origem=str(data.get("origem") or "")[:500],
        )

    def _on_carteira(self, data: Mapping[str, Any]) -> None:
        from portfolio.loading import load_carteira

        load_carteira({**data, "sistema": self.execution.sistema_id})

    def _on_plan(self, data: Mapping[str, Any]) -> None:
        items = [dict(item) for item in data["itens"]]
        self._plan.extend(items[: MAX_PLAN_ITEMS - len(self._plan)])

    def _on_moved(self, data: Mapping[str, Any]) -> None:
        files = Artifact.objects.filter(sistema_id=self.execution.sistema_id, caminho=str(data["de"]))
        files.update(situacao=Artifact.Situacao.LIXEIRA, motivo=f"movido para {data['para']}"[:1000])

    def _on_code_request(self, data: Mapping[str, Any]) -> None:
        self.code_request = {
            "campo": str(data.get("campo", "codigo"))[:40],
            "prazo": min(int(data.get("prazo_segundos", 120)), 600),
            "mensagem": str(data.get("mensagem") or "Informe o código do autenticador.")[:300],
        }

    def _on_result(self, data: Mapping[str, Any]) -> None:
        self.result = dict(data)


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
