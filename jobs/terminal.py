"""A job followed in the terminal: coloured log lines above, a progress bar per sistema below. Reads the database only."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from etlhub.errors import HubError
from jobs import codes, queries
from jobs.models import Execution, Job, JobStatus, Level, LogEntry

POLL_SECONDS = 0.15
COLOURS = {
    Level.DEBUG: "dim",
    Level.INFO: "",
    Level.SUCCESS: "green",
    Level.WARN: "yellow",
    Level.ERROR: "bold red",
}
EXIT_CODES = {JobStatus.COMPLETED: 0, JobStatus.ERROR: 1, JobStatus.CANCELLED: 130}


class Follower:
    """Shows one job until it ends. `ask_code` gets a sentence and returns the code typed ("" refuses)."""

    def __init__(self, job_id: int, console: Console, ask_code: Callable[[str], str]) -> None:
        self.job_id = job_id
        self.console = console
        self.ask_code = ask_code
        self._seen = 0
        self._bars: dict[int, TaskID] = {}
        self._asked: set[tuple[int, int]] = set()

    def follow(self, *, alive: Callable[[], bool] = lambda: True) -> int:
        """Show lines and progress until the job ends or `alive` says no; returns the exit code (0, 1, 130)."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[mensagem]}", style="dim"),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            while True:
                working = alive()
                job = Job.objects.get(pk=self.job_id)
                self._lines()
                self._progress(progress)
                if job.finished_at is not None or not working:
                    self._lines()
                    break
                time.sleep(POLL_SECONDS)
        return self.summary()

    def summary(self) -> int:
        """One line a sistema: how it ended and why; the exit code."""
        job = Job.objects.get(pk=self.job_id)
        for each in job.executions.select_related("sistema"):
            colour = {"success": "green", "error": "bold red", "cancelled": "yellow"}.get(each.status, "")
            text = f"{each.sistema.nome}: {each.get_status_display()}"
            self.console.print(Text(text + (f" — {each.motivo}" if each.motivo else ""), style=colour))
        return EXIT_CODES.get(JobStatus(job.status), 1)

    def _lines(self) -> None:
        while rows := queries.log_lines(self.job_id, after=self._seen):
            for row in rows:
                self.console.print(_styled(row))
            self._seen = rows[-1].seq

    def _progress(self, progress: Progress) -> None:
        for each in Execution.objects.filter(job_id=self.job_id).select_related("sistema"):
            if each.pk not in self._bars:
                self._bars[each.pk] = progress.add_task(each.sistema.nome, total=100, mensagem="")
            progress.update(self._bars[each.pk], completed=each.progresso, mensagem=each.mensagem[:60])
            # One question for each wish; a version that has moved on while it was typed is answered by nobody.
            wish = (each.pk, each.tentativa)
            if each.pedido_codigo and wish not in self._asked:
                self._asked.add(wish)
                self._answer(progress, each)

    def _answer(self, progress: Progress, execution: Execution) -> None:
        progress.stop()
        value = self.ask_code(f"{execution.sistema.nome}: {(execution.pedido_codigo or {}).get('mensagem', '')} ")
        try:
            codes.answer(self.job_id, execution.pk, value, cancel=not value.strip())
        except HubError as error:
            self.console.print(error.message, style="yellow")
        progress.start()


def _styled(row: LogEntry) -> Text:
    level = Level(row.level)
    return Text.assemble(
        (f"[{level.label}]".ljust(10), COLOURS[level]), (f"[{row.sistema}] ", "cyan"), (row.mensagem, COLOURS[level])
    )
