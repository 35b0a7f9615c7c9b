"""A run's wish for a one-time code: shown, answered down the pipe, or given up when its time is over."""

from __future__ import annotations

import time

from jobs import codes, lifecycle, settle
from jobs.collected import Collector
from jobs.models import Execution, Level
from jobs.pipe import Writer


class CodeLine:
    """Asked on every tick; `open` while a code is waited for."""

    def __init__(self, execution: Execution, token: str, collector: Collector, writer: Writer) -> None:
        self._execution, self._token = execution, token
        self._collector, self._writer = collector, writer
        self._deadline = 0.0
        self.open = False

    def tick(self) -> bool:
        """Show a new wish, pass an answer on; returns whether a code is being waited for."""
        if request := self._collector.code_request:
            self._collector.code_request = None
            codes.forget(self._execution.pk)
            lifecycle.request_code(self._execution.pk, self._token, request)
            settle.say(self._execution, Level.WARN, f"Aguardando código: {request['mensagem']}")
            self._deadline = time.monotonic() + request["prazo"]
            self.open = True
        if self.open:
            self._look()
        return self.open

    def close(self) -> None:
        """Leave nothing behind."""
        codes.forget(self._execution.pk)

    def _look(self) -> None:
        value = codes.take(self._execution.pk)
        if value is None and time.monotonic() < self._deadline:
            return
        self.open = False
        if value:
            self._writer.send({"resposta": "codigo", "valor": value})
        else:
            self._writer.send({"resposta": "cancelar"})
            why = "Ninguém informou o código a tempo." if value is None else "O código foi recusado por quem executa."
            settle.say(self._execution, Level.WARN, why)
        lifecycle.request_code(self._execution.pk, self._token, None)
