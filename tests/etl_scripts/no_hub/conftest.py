"""A hub without Redis, whose own ETL command collects from the demo portal in real processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings

from credentials import demo
from etl_scripts.demo_portal import DemoPortal
from jobs import dispatch, runner
from jobs.models import Execution, Job, LogEntry, State
from sistemas import catalogue
from sistemas.models import Caminho, Sistema

from ..comando.conftest import portal

__all__ = ["portal"]
TERCA, QUINTA = date(2026, 11, 17), date(2026, 11, 19)
RAPIDO = "[ajustes]\nespera_inicial = 0.02\nintervalo = 0.0\n"

Rodar = Callable[..., Execution]


@pytest.fixture
def rodar(
    transactional_db: None,
    portal: DemoPortal,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Rodar:
    """Runs one sistema to its end as a job of the hub; more keywords go to the Job."""
    portal.reset()
    base = tmp_path_factory.mktemp("hub")
    settings.DATA_DIR = settings.SHARED_DIR = base
    settings.DEMO_URL, settings.ETL_COMMAND = portal.base_url, []
    monkeypatch.setattr(dispatch, "enqueue", lambda _pk: True)
    catalogue.seed()
    for caminho in Caminho.objects.exclude(caminho=""):
        caminho.caminho = str(base / "downloads" / caminho.chave)
        caminho.save()
        (base / "downloads" / caminho.chave).mkdir(parents=True, exist_ok=True)
    demo.seed(Sistema.objects.values_list("pk", flat=True))
    (base / "seletores").mkdir()
    for sistema in Sistema.objects.all():
        extra = "intervalo_consulta = 0.05\n" if sistema.pk == "fidc" else ""
        (base / "seletores" / f"{sistema.pk}.toml").write_text(RAPIDO + extra, encoding="utf-8")

    def run(sistema: str, opcoes: dict[str, bool] | None = None, **job: object) -> Execution:
        period = {"data_inicial": TERCA, "data_final": QUINTA}
        parent = Job.objects.create(params={"sistemas": [sistema]}, **(period | job))
        execution = Execution.objects.create(
            job=parent, sistema_id=sistema, status=State.QUEUED, tentativas_max=1, opcoes=opcoes or {}
        )
        runner.run(execution.pk)
        execution.refresh_from_db()
        return execution

    return run


def texto_de(execution: Execution) -> str:
    """The run's log."""
    job = execution.job_id
    lines = LogEntry.objects.filter(id__gt=job << 32, id__lt=(job + 1) << 32).order_by("id")
    return "\n".join(map(str, lines))
