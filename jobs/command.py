"""What to start for an Execution: argv, working directory, and the document that goes down the pipe (CONTRACT section 5)."""

from __future__ import annotations

import json
import os
import sys
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Max, When

from etlhub.paths import BASE_DIR
from jobs.models import Artifact, Execution, Job
from sistemas.models import DePara

ETL_SCRIPTS = BASE_DIR / "etl_scripts"
MANIFEST_LIMIT = 20_000
WHOLE_LIMIT = 100_000
"""Files that the ETL is told it already has, at most (the newest ones): of a period, and in all, for `limpar`."""
KEPT = (Artifact.Situacao.NOVO, Artifact.Situacao.INALTERADO)

# opcao -> (flag, the value that asks for the flag)
FLAGS: dict[str, dict[str, tuple[str, bool]]] = {
    "amplis": {"csv": ("--no-csv", False), "pdf": ("--no-pdf", False)},
    "maps": {name: (f"--maps-no-{name}", False) for name in ("excel", "pdf", "ativo", "passivo")},
    "qore": {
        "excel": ("--qore-no-excel", False),
        "pdf": ("--qore-no-pdf", False),
        "lote_pdf": ("--qore-lote-pdf", True),
        "lote_excel": ("--qore-lote-excel", True),
    },
}
FUNDS_FLAG = {"fidc": "--fidc-fundos", "maps": "--maps-fundos", "qore": "--qore-fundos"}


@dataclass(frozen=True)
class Command:
    """What to start. `config_file` is where the users' own command wants its document; None = on its stdin, with events."""

    argv: list[str]
    cwd: Path
    config_file: Path | None = None


def temp_folder(execution: Execution) -> Path:
    """The run's own temporary folder; recovery removes those whose run is over."""
    return settings.DATA_DIR / "tmp" / f"exec-{execution.pk}-{execution.tentativa}"


def own(executions: Sequence[Execution]) -> Command:
    """The hub's ETL command for these Executions of one job; needs no secret, so it may start before they are read."""
    argv = [sys.executable, str(ETL_SCRIPTS / "main.py"), "--config", "-", *_arguments(executions)]
    return Command(argv, ETL_SCRIPTS)


def external(executions: Sequence[Execution], document: dict[str, Any], folder: Path) -> Command:
    """The users' own command (`ETL_COMMAND`); its document, in clear, is written to a private file in `folder`."""
    ids = [execution.sistema_id for execution in executions]
    config = folder / "config.json"
    _write_private(config, document)
    base = list(settings.ETL_COMMAND)
    argv = [*base, "--config", str(config), *_arguments(executions), *_funds(ids, document)]
    return Command(argv, _folder_of(base), config)


def _arguments(executions: Sequence[Execution]) -> list[str]:
    job = executions[0].job
    arguments = ["--sistemas", *(execution.sistema_id for execution in executions), *_period(job)]
    arguments += ["--limpar"] if job.limpar else []
    arguments += ["--dry-run"] if job.dry_run else []
    return arguments + [flag for execution in executions for flag in _flags(execution)]


def _write_private(path: Path, document: dict[str, Any]) -> None:
    """Write the config of the users' own command, readable by this account alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)


def _folder_of(argv: Sequence[str]) -> Path:
    """The script's folder: the first argument that is a file, else the current folder."""
    for argument in argv[1:] or argv:
        path = Path(argument)
        if path.suffix and path.is_file():
            return path.resolve().parent
    return Path.cwd()


def _period(job: Job) -> list[str]:
    days = {"--data-inicial": job.data_inicial, "--data-final": job.data_final}
    return [part for flag, day in days.items() if day for part in (flag, f"{day:%d/%m/%Y}")]


def _flags(execution: Execution) -> list[str]:
    table = FLAGS.get(execution.sistema_id.split("_", maxsplit=1)[0], {})
    return [
        flag
        for name, (flag, when) in table.items()
        if name in execution.opcoes and bool(execution.opcoes[name]) is when
    ]


def _funds(ids: Sequence[str], document: dict[str, Any]) -> list[str]:
    out: list[str] = []
    for sistema_id in ids:
        section = document.get(sistema_id)
        if sistema_id in FUNDS_FLAG and isinstance(section, dict) and not section.get("usar_todos", True):
            out += [FUNDS_FLAG[sistema_id], json.dumps(section.get("fundos_selecionados", []), ensure_ascii=False)]
    return out


def run_section(execution: Execution, folder: Path) -> dict[str, Any]:
    """The document's `execucao` (docs/architecture.md)."""
    job = execution.job
    return {
        "id": execution.pk,
        "job_id": job.pk,
        "tentativa": execution.tentativa,
        "request_id": job.request_id,
        "eventos": True,
        "modo": "coleta",
        "opcoes": execution.opcoes,
        "baixar_de_novo": job.baixar_de_novo,
        "pasta_dados": str(settings.SHARED_DIR),
        "pasta_temporaria": str(folder),
        "pasta_seletores": str(settings.SHARED_DIR / "seletores"),
        "manifesto": _manifest(execution.sistema_id, job.data_inicial, job.data_final, whole=job.limpar),
        "de_para": list(DePara.objects.values("fundo", "pasta")),
    }


def _manifest(sistema_id: str, first: date | None, last: date | None, *, whole: bool) -> list[dict[str, Any]]:
    """The files that are where this sistema's runs left them: those of the period, or all when `limpar` may move them.

    `nosso`: a run of ours made the file. One found there already, equal to what came, is known but never ours to move.
    """
    files = Artifact.objects.filter(sistema_id=sistema_id, situacao__in=KEPT)
    if first and not whole:
        files = files.filter(data__range=_window(first, last or first))
    names = ("relatorio", "fundo", "data_inicial", "data", "sha256", "caminho", "tamanho")
    ours = Max(Case(When(situacao=Artifact.Situacao.NOVO, then=1), default=0, output_field=IntegerField()))
    rows = files.order_by().values(*names).annotate(nosso=ours, newest=Max("id")).order_by("-newest")
    return [_item(row) for row in rows[: WHOLE_LIMIT if whole else MANIFEST_LIMIT]]


def _window(first: date, last: date) -> tuple[date, date]:
    """The days that a file of this period may be filed under: whole months, for CVM's are of their month's last day."""
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: row[name].isoformat() if row[name] else None for name in ("data_inicial", "data")}
    known = ("relatorio", "fundo", "sha256", "caminho", "tamanho")
    return {name: row[name] for name in known} | days | {"nosso": bool(row["nosso"])}
