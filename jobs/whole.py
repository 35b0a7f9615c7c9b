"""The users' own ETL command run once for a whole job (`ETLHUB_ETL_UM_PROCESSO`): who is meant by a line, how each sistema ended.

The command runs its sistemas one after another and tells of each by the display name in its lines; it has one exit code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jobs import lifecycle
from jobs.models import Execution, Level, State
from jobs.outcome import Outcome
from jobs.protocol import Line, progress_of

NOT_REACHED = "Não foi executado: o ETL terminou antes de chegar a este sistema."


def enabled() -> bool:
    """Whether jobs are run as one process each."""
    return bool(settings.ETL_COMMAND) and settings.ETL_ONE_PROCESS


def claim(first: Execution, token: str, **lease: Any) -> list[Execution]:
    """`first` (already claimed) and, where a job is one process, all other queued Executions of its job."""
    if not enabled():
        return [first]
    others = Execution.objects.filter(job_id=first.job_id, status=State.QUEUED).order_by("ordem", "pk")
    claimed = [first]
    for pk, attempt in others.values_list("pk", "tentativa"):
        moved = lifecycle.move(
            pk,
            (State.QUEUED,),
            State.RUNNING,
            actor="worker",
            reason=f"tentativa {attempt + 1}, no processo da execução",
            run_token=token,
            tentativa=attempt + 1,
            mensagem="Aguardando a vez no processo",
            **lease,
        )
        if moved:
            claimed.append(moved)
    return sorted(claimed, key=lambda each: (each.ordem, each.pk))


@dataclass
class _Seen:
    """What the lines have told of one sistema."""

    mentioned: bool = False
    success: bool = False
    error: str = ""
    percent: int = 0
    shown: tuple[int, str] = (0, "")


class Watcher:
    """Reads each sistema's progress and end from the lines of the process they share."""

    def __init__(self, executions: Sequence[Execution], token: str) -> None:
        self._executions, self._token = executions, token
        self._seen = {execution.pk: _Seen() for execution in executions}
        self._names = {_key(name): each for each in executions for name in (each.sistema_id, each.sistema.nome)}

    def take(self, lines: Sequence[Line]) -> None:
        """Note what lines tell, and show it: at most once a sistema for all of them."""
        owners = {name: owner for name in {line.sistema for line in lines} if (owner := self._whose(name))}
        for line in lines if owners else ():
            execution = owners.get(line.sistema)
            if execution is None:
                continue
            seen = self._seen[execution.pk]
            seen.mentioned = True
            seen.success = seen.success or line.level == Level.SUCCESS
            if line.level == Level.ERROR:
                seen.error = line.mensagem[:1000]
            percent = progress_of(line.mensagem)
            seen.percent = max(seen.percent, percent or 0)
            seen.shown = (seen.percent, line.mensagem[:500])
        for execution in self._executions:
            seen = self._seen[execution.pk]
            if seen.shown != (0, ""):
                lifecycle.try_progress(execution.pk, self._token, *seen.shown)
                seen.shown = (0, "")

    def split(self, whole: Outcome) -> dict[int, Outcome]:
        """Each Execution's outcome, from the process's and from what its lines told."""
        return {pk: self._of(seen, whole) for pk, seen in self._seen.items()}

    def _of(self, seen: _Seen, whole: Outcome) -> Outcome:
        if len(self._seen) == 1 or whole.state == State.SUCCESS:
            return whole
        if seen.error:
            return Outcome(State.ERROR, "erro", seen.error, whole.transient, whole.exit_code)
        if seen.success:
            return Outcome(State.SUCCESS, "ok", "Concluído.", False, whole.exit_code)
        if not seen.mentioned and whole.state == State.ERROR:
            return Outcome(State.ERROR, whole.codigo, NOT_REACHED, whole.transient, whole.exit_code)
        return whole

    def _whose(self, name: str) -> Execution | None:
        """`AMPLIS - REAG` is AMPLIS (REAG); `FIDC ESTOQUE` is FIDC: the whole name, else the longest that it starts with."""
        key = _key(name)
        if key in self._names:
            return self._names[key]
        starts = [known for known in self._names if key.startswith(known)]
        return self._names[max(starts, key=len)] if starts else None


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", plain)
