"""The doctor names what is wrong and what to do; its exit code tells errors from warnings; nothing secret is shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import OperationalError
from django.utils import timezone

from credentials import redaction, store
from credentials.models import AuditEntry
from etlhub.operations import doctor
from etlhub.operations.checks import database, folder, machine, portals, runs, services
from etlhub.operations.findings import Finding, Nivel
from jobs.models import Execution, Job, State
from sistemas.models import Caminho
from tests.hub import Hub, wait_until


def told(findings: Iterable[Finding], nivel: Nivel = Nivel.ERRO) -> str:
    return "\n".join(f"{each.nome}: {each.mensagem} → {each.acao}" for each in findings if each.nivel is nivel)


def test_a_hub_that_runs_is_found_well(hub: Hub) -> None:
    wait_until(lambda: "Vigia: ligado" in hub.manage("doctor", check=False).stdout, what="the watchman's sign")
    done = hub.manage("doctor", "--json", check=False)
    found = json.loads(done.stdout)
    wrong = [each for each in found["verificacoes"] if each["nivel"] == "erro"]
    assert wrong == []
    assert done.returncode == 0
    names = {each["nome"] for each in found["verificacoes"] if each["nivel"] == "ok"}
    assert {"Integridade do banco", "Redis/Valkey", "Workers", "Relógio", "Cofre", "Chaves"} <= names
    assert f"Porta {hub.port}" in names


def test_a_hub_that_is_down_is_told_once_and_ends_with_1(hub: Hub, tmp_path: Path) -> None:
    away = Hub(tmp_path / "nova", etl=[])
    away.folder.mkdir()
    done = away.manage("doctor", check=False)
    assert done.returncode == 1
    assert "✗ Redis/Valkey: Não responde" in done.stdout
    assert "workers, vigia, máquinas, relógio: o Redis/Valkey não responde" in done.stdout
    assert "Rode manage.py prepare" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_database_file_that_is_damaged_is_told_with_the_way_back(tmp_path: Path) -> None:
    broken = Hub(tmp_path, etl=[])
    broken.own_database = None
    broken.environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'etlhub.sqlite3'}"
    (tmp_path / "etlhub.sqlite3").write_bytes(b"isto nao e um banco " * 500)
    done = broken.manage("doctor", check=False)
    assert done.returncode == 1
    assert "✗ Banco de dados: O arquivo está danificado" in done.stdout
    assert "restaure o último backup" in done.stdout


@pytest.mark.django_db
def test_a_key_that_others_may_read_is_an_error(settings: LazySettings, tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    settings.DATA_DIR = tmp_path
    (tmp_path / "chaves").mkdir()
    for name, mode in (("secret_key", 0o600), ("credential_keys", 0o640)):
        (tmp_path / "chaves" / name).write_text("x")
        (tmp_path / "chaves" / name).chmod(mode)
    assert "chmod 600" in told(folder.keys_private())
    (tmp_path / "chaves" / "credential_keys").chmod(0o600)
    assert told(folder.keys_private()) == ""


def test_little_space_is_a_warning_and_none_an_error() -> None:
    assert folder.space(100 * 1024**3).nivel is Nivel.OK
    assert folder.space(1024**3).nivel is Nivel.AVISO
    assert folder.space(1024**2).nivel is Nivel.ERRO


def test_an_interrupted_restore_is_told(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / folder.INTERRUPTED_RESTORE).write_text("{}")
    assert "--substituir" in told(folder.data_folder())


@pytest.mark.django_db
def test_migrations_of_a_newer_hub_are_known_by_name() -> None:
    assert told(database.migrations()) == ""
    assert database.unknown_migrations({("jobs", "9999_do_futuro"), ("outra", "0001_initial")}) == [
        "jobs.9999_do_futuro"
    ]


@pytest.mark.django_db
def test_without_an_administrator_nobody_can_configure() -> None:
    assert "createsuperuser" in told(database.administrators())


def test_a_secret_that_no_key_opens_and_a_refused_one_are_told(catalogo: None, settings: LazySettings) -> None:
    change = store.Change(url="https://maps.example", username="ana", secrets={"password": "senha-do-maps"})
    settings.CREDENTIAL_KEYS = ["uma chave"]
    store.apply("maps", change, quem="teste", acao=AuditEntry.Acao.ALTERACAO)
    store.set_refusal("maps", "senha_incorreta", "Senha inválida.", None)
    assert "MAPS não será iniciado" in told(runs.credentials(), Nivel.AVISO)
    settings.CREDENTIAL_KEYS = ["outra chave"]
    assert "Nenhuma chave abre maps.password" in told(runs.vault_keys())
    redaction.forget()


def test_a_folder_that_is_not_there_is_told_with_its_name(catalogo: None) -> None:
    Caminho.objects.filter(chave="csv").update(caminho="/nao/existe/mesmo")
    assert "CSV do AMPLIS (/nao/existe/mesmo)" in told(runs.folders())


def test_executions_that_nobody_moves_are_told(catalogo: None) -> None:
    long_ago = timezone.now() - timedelta(hours=8)
    job = Job.objects.create(params={})
    Execution.objects.create(job=job, sistema_id="maps", status=State.RUNNING, heartbeat_at=long_ago)
    Execution.objects.create(job=job, sistema_id="fidc", status=State.QUEUED, queued_at=long_ago)
    Execution.objects.create(job=job, sistema_id="jcot")
    Execution.objects.filter(sistema_id="jcot").update(created_at=long_ago)
    assert "1 em andamento sem sinal" in told(runs.stuck())
    warnings = told(runs.stuck(), Nivel.AVISO)
    assert "na fila há mais de 2 minutos" in warnings
    assert "aguardam há mais de 6 horas" in warnings


def test_a_foreign_program_on_the_port_is_told(settings: LazySettings, tmp_path: Path) -> None:
    import http.server
    import threading

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PORT = server.server_address[1]
    try:
        assert "não é o ETL Hub" in told(machine.port())
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.django_db
def test_a_backup_that_failed_or_is_old_is_told(settings: LazySettings, tmp_path: Path) -> None:
    import os

    settings.DATA_DIR = settings.BACKUP_DIR = str(tmp_path)
    old = tmp_path / "etlhub-2026-01-02.zip"
    old.write_bytes(b"x")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "backup.json").write_text('{"em": 1, "falha": "disco cheio"}')
    text = told(services.backups())
    assert "disco cheio" in text
    assert "O último é de 14/11/2023" in text


@pytest.mark.django_db
def test_a_folder_for_backups_or_files_that_takes_none_is_told(settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_text("no lugar da pasta")
    settings.DATA_DIR, settings.SHARED_DIR = tmp_path, tmp_path / "nao-montada"
    assert "nao-montada" in told(folder.data_folder())
    settings.BACKUP_DIR = str(tmp_path / "backups" / "diarios")
    assert told(services.backups()) == ""
    if Path("/proc/self").is_dir():  # nobody may make a file there
        settings.BACKUP_DIR = "/proc/backups"
        assert "Corrija ETLHUB_BACKUP_DIR" in told(services.backups())


def test_a_vault_without_its_keys_is_told_once(catalogo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETLHUB_CREDENTIAL_KEYS_FILE", "/nao/ha")
    assert "/nao/ha" in told(runs.vault_keys())
    assert list(runs.credentials()) == []


@pytest.mark.django_db
def test_a_portal_that_is_away_is_told_and_the_demo_is_not_asked(catalogo: None) -> None:
    for sistema_id, url in (("maps", "https://127.0.0.1:9"), ("fidc", "demo://fidc")):
        change = store.Change(url=url, username="ana")
        store.apply(sistema_id, change, quem="teste", acao=AuditEntry.Acao.ALTERACAO)
    found = list(portals.portals())
    assert [each.sistema_id for each in found] == ["maps"]
    assert "Não consigo falar com 127.0.0.1" in told(found)


def test_one_check_that_breaks_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> Iterable[Finding]:
        raise ZeroDivisionError("a senha é segredo-41")

    def no_database() -> Iterable[Finding]:
        raise OperationalError

    def no_redis() -> Iterable[Finding]:
        raise redis.ConnectionError

    redaction.remember(["segredo-41"])
    checks = {"Grupo": {"quebra": breaks, "banco": no_database, "redis": no_redis, "python": machine.python}}
    monkeypatch.setattr(doctor, "CHECKS", checks)
    found = doctor.run()
    redaction.forget()
    text = "\n".join(each.mensagem for each in found)
    assert "ZeroDivisionError: a senha é ********" in text
    assert "banco: o banco de dados não responde" in text
    assert "redis: o Redis/Valkey não responde" in text
    assert any(each.nome == "Python" for each in found)
    assert doctor.worst(found) is Nivel.ERRO
    assert doctor.worst([]) is Nivel.OK


def test_the_dashboard_is_told_the_errors_alone_and_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def check() -> Iterable[Finding]:
        asked.append(1)
        yield Finding("Vigia", Nivel.ERRO, "Não dá sinal.", "Inicie-o.")
        yield Finding("Vigia", Nivel.AVISO, "Está lento.", "Espere.")

    def away() -> Iterable[Finding]:
        raise redis.ConnectionError

    monkeypatch.setattr(doctor, "QUICK", {"vigia": check, "disco": away})
    monkeypatch.setattr(doctor, "_attention", (float("-inf"), []))
    wanted = [{"tipo": "vigia", "sistema_id": None, "mensagem": "Não dá sinal.", "acao": "Inicie-o."}]
    assert doctor.attention() == doctor.attention() == wanted
    assert len(asked) == 1
