"""Several machines of one hub: each says what it is, and the doctor tells where they do not agree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from etlhub.operations import machines
from etlhub.operations.checks import machines as checks
from etlhub.operations.findings import Nivel
from etlhub.operations.machines import Machine
from etlhub.operations.restore import Restored, _share_selectors
from tests.hub import ROOT, Hub, wait_until

SAME = {"versao": "1", "sessoes": "a", "cofre": "b", "pasta": "c"}


def told(monkeypatch: pytest.MonkeyPatch, *everyone: Machine) -> dict[Nivel, str]:
    monkeypatch.setattr(machines, "machines", lambda: list(everyone))
    found = list(checks.machines())
    return {nivel: "\n".join(f"{f.mensagem} {f.acao}" for f in found if f.nivel is nivel) for nivel in Nivel}


def test_machines_that_agree_are_found_well(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Machine("alfa", web=1, vigias=1, workers=2, fatos=SAME)
    text = told(monkeypatch, first, Machine("beta", vigias=1, workers=1, fatos=dict(SAME)))
    assert text[Nivel.OK].startswith("alfa (1 web, 1 vigia, 2 workers); beta (1 vigia, 1 worker)")
    assert text[Nivel.AVISO] + text[Nivel.ERRO] == ""


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("versao", "versões diferentes"),
        ("sessoes", "ETLHUB_SECRET_KEY_FILE"),
        ("cofre", "rotate_credentials"),
        ("pasta", "ETLHUB_ARQUIVOS"),
    ],
)
def test_what_differs_is_told_with_who_has_it(monkeypatch: pytest.MonkeyPatch, fact: str, sentence: str) -> None:
    other = Machine("beta", vigias=1, fatos=SAME | {fact: "outro"})
    text = told(monkeypatch, Machine("alfa", vigias=1, fatos=SAME), other)[Nivel.ERRO]
    assert sentence in text
    assert "(alfa; beta)" in text


def test_a_folder_that_does_not_answer_and_a_missing_watchman_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = told(monkeypatch, Machine("alfa", workers=1, fatos=SAME | {"pasta": ""}))
    assert "alfa não alcança a pasta" in text[Nivel.ERRO]
    assert "nenhum vigia" in text[Nivel.AVISO]


def test_the_shared_folder_has_one_name_for_all(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> None:
    settings.SHARED_DIR = tmp_path
    seen = set()
    for _ in range(2):
        monkeypatch.setattr(machines, "_folder", (float("-inf"), ""))
        seen.add(machines.folder_mark())
    assert len(seen) == 1
    assert seen != {""}
    assert [path.name for path in tmp_path.iterdir()] == [machines.FOLDER_MARK]
    settings.SHARED_DIR = tmp_path / "nao-montada"
    monkeypatch.setattr(machines, "_folder", (float("-inf"), ""))
    assert machines.folder_mark() == ""


def test_restored_selectors_go_where_the_machines_read_them(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SHARED_DIR = tmp_path / "dados", tmp_path / "comum"
    (tmp_path / "dados" / "seletores").mkdir(parents=True)
    (tmp_path / "dados" / "seletores" / "fidc.toml").write_text("[ajustes]\n")
    report = Restored("", "", False, 0)
    _share_selectors(report)
    assert (tmp_path / "comum" / "seletores" / "fidc.toml").read_text() == "[ajustes]\n"
    settings.SHARED_DIR = tmp_path / "dados" / "seletores" / "fidc.toml"
    _share_selectors(report)
    assert "Copie os seletores" in report.avisos[0]


def test_a_hub_shows_its_machine_and_its_workers(hub: Hub) -> None:
    def shown() -> bool:
        with hub.client() as client:
            found = client.get("/api/health/ready").json()["checks"]["maquinas"]
        return bool(found["ok"] and found["detalhe"] == "1 com sinal de vida: 1 web, 1 vigia(s), 1 worker(s)")

    wait_until(shown, what="the machine's signs")
    assert "(1 web, 1 vigia, 1 worker)" in hub.manage("doctor", check=False).stdout


def test_the_session_key_may_come_from_a_file(tmp_path: Path) -> None:
    key = tmp_path / "chave"
    key.write_text("k" * 60 + "\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ETLHUB_", "ETL_"))}
    environment |= {"ETLHUB_DATA_DIR": str(tmp_path / "d"), "ETLHUB_DOTENV": os.devnull}
    code = "from django.conf import settings; print(settings.SECRET_KEY)"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"ETLHUB_SECRET_KEY_FILE": str(key), "DJANGO_SETTINGS_MODULE": "etlhub.settings"},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.stdout == "k" * 60 + "\n"
    missing = {"ETLHUB_SECRET_KEY_FILE": str(tmp_path / "outra"), "DJANGO_SETTINGS_MODULE": "etlhub.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment | missing, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith("ETLHUB_SECRET_KEY_FILE: o arquivo")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "d" / "chaves" / "secret_key").exists()
