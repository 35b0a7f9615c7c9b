"""A second run of the same period through the hub fetches nothing that is there and unchanged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.constants import PORTAL_NAMES
from jobs import submit
from jobs.models import Artifact, State
from sistemas import calendario
from sistemas.models import Caminho

from ..comando.bancada import HOJE
from .conftest import Rodar, texto_de

LOTE = {"excel": True, "pdf": True, "lote_excel": True, "lote_pdf": True}
CASOS = [(sistema, None) for sistema in PORTAL_NAMES if sistema != "cvm"] + [("qore", LOTE)]
FECHADO = {"data_inicial": date(2026, 9, 10), "data_final": date(2026, 9, 14)}  # CVM still corrects newer months


@pytest.mark.parametrize(("sistema", "opcoes"), CASOS, ids=[f"{s}{'-lote' if o else ''}" for s, o in CASOS])
def test_the_second_run_downloads_nothing(
    rodar: Rodar, portal: DemoPortal, sistema: str, opcoes: dict[str, bool] | None
) -> None:
    _twice(rodar, portal, sistema, opcoes, {})


@pytest.mark.parametrize("periodo", [FECHADO, {}], ids=["closed", "open"])
def test_the_second_run_of_a_month_downloads_nothing(
    rodar: Rodar, portal: DemoPortal, periodo: dict[str, date]
) -> None:
    """A closed month is not asked for; an open one is, and the server has no other version."""
    _twice(rodar, portal, "cvm", None, periodo)


def _twice(
    rodar: Rodar, portal: DemoPortal, sistema: str, opcoes: dict[str, bool] | None, periodo: dict[str, date]
) -> None:
    first = rodar(sistema, opcoes, **periodo)
    assert first.status == State.SUCCESS, texto_de(first)
    assert portal.delivered[sistema] > 0
    files = first.artifacts.count()
    portal.delivered.clear()

    second = rodar(sistema, opcoes, **periodo)

    assert second.status == State.SUCCESS, texto_de(second)
    assert portal.delivered[sistema] == 0
    assert "já coletado" in texto_de(second)
    assert "já coletado" in second.motivo
    assert second.artifacts.count() == 0
    again = rodar(sistema, opcoes, baixar_de_novo=True, **periodo)
    assert portal.delivered[sistema] > 0, "unless asked to"
    assert {each.situacao for each in again.artifacts.all()} == {Artifact.Situacao.INALTERADO}
    assert again.artifacts.count() == files


def test_a_month_that_the_server_corrected_is_fetched_again(rodar: Rodar, portal: DemoPortal) -> None:
    first = rodar("cvm").artifacts.get()
    portal.delivered.clear()
    portal.faults.set("cvm", "duplicado", vezes=1)  # another content under the same address
    second = rodar("cvm").artifacts.get()
    assert portal.delivered["cvm"] == 1
    assert second.sha256 != first.sha256


@pytest.mark.parametrize("lost", ["names", "file"])
def test_without_the_file_or_the_name_of_its_version_all_is_fetched(
    rodar: Rodar, portal: DemoPortal, settings: LazySettings, lost: str
) -> None:
    first = rodar("cvm").artifacts.get()
    portal.delivered.clear()
    if lost == "file":
        Path(first.caminho).unlink()
    else:
        (kept,) = Path(settings.DATA_DIR).rglob("etiquetas/cvm.json")
        kept.write_text('{"http')
    rodar("cvm")
    assert portal.delivered["cvm"] == 1
    assert Path(first.caminho).is_file()


def test_what_is_gone_from_the_disk_is_fetched_again_and_nothing_else(rodar: Rodar, portal: DemoPortal) -> None:
    first = rodar("amplis_reag")
    gone = first.artifacts.get(relatorio="ar")
    Path(gone.caminho).unlink()
    portal.delivered.clear()

    second = rodar("amplis_reag")

    assert portal.delivered["amplis_reag"] == 1
    (only,) = second.artifacts.all()
    assert (only.relatorio, only.data_inicial, only.data) == ("ar", date(2026, 11, 17), date(2026, 11, 19))


def test_a_period_s_file_is_not_taken_for_a_days(rodar: Rodar, portal: DemoPortal) -> None:
    rodar("jcot")
    portal.delivered.clear()
    one_day = {"data_inicial": date(2026, 11, 19), "data_final": date(2026, 11, 19)}
    assert rodar("jcot", **one_day).artifacts.get().data_inicial is None
    assert portal.delivered["jcot"] == 1


def test_a_file_found_there_is_known_but_never_moved(rodar: Rodar, portal: DemoPortal) -> None:
    first = rodar("jcot")
    made = first.artifacts.get()
    Artifact.objects.all().delete()  # as if the predecessor had made the file
    rodar("jcot")
    assert Artifact.objects.get().situacao == Artifact.Situacao.INALTERADO
    portal.delivered.clear()
    rodar("jcot")
    assert portal.delivered["jcot"] == 0
    last = rodar("jcot", limpar=True)
    assert "0 arquivos movidos" in texto_de(last)
    assert Path(made.caminho).is_file()


def test_where_another_folder_is_configured_since_the_files_come_there(rodar: Rodar, portal: DemoPortal) -> None:
    first = rodar("jcot").artifacts.get()
    other = Path(first.caminho).parent.with_name("outra")
    other.mkdir()
    Caminho.objects.filter(chave="jcot").update(caminho=str(other))
    second = rodar("jcot").artifacts.get()
    assert (Path(second.caminho).parent, second.situacao) == (other, Artifact.Situacao.NOVO)
    assert Path(first.caminho).is_file()


def test_the_default_period_gives_no_final_date_so_jcot_looks_back(
    rodar: Rodar, portal: DemoPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendario, "today", lambda: HOJE)
    job = submit.submit(submit.RunRequest(sistemas=["jcot"]), user=None, start=False)
    found = rodar("jcot", data_inicial=job.data_inicial, data_final=job.data_final).artifacts.get()
    assert (found.data_inicial, found.data) == (date(2026, 11, 14), date(2026, 11, 24))
