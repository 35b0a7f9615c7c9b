"""A database of the first migrations, with data in it, is brought up to date by `prepare` and keeps everything."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.hub import ROOT, Hub

APPS = ("sistemas", "credentials", "jobs", "portfolio")
NOW = "2026-01-05 12:00:00"
ROWS = (
    "INSERT INTO sistemas_sistema (id, nome, descricao, icone, ativo, ordem, usar_todos_fundos, tentativas,"
    " espera_tentativa_segundos) VALUES ('meu', 'MEU', '', 'Database', 1, 99, 1, 1, 30)",
    "INSERT INTO credentials_credential (sistema_id, url, username, versao, recusada_codigo, recusada_motivo, alterado_em)"
    f" VALUES ('meu', 'https://portal.exemplo', 'ana', 1, '', '', '{NOW}')",
    "INSERT INTO jobs_job (id, type, status, params, dry_run, limpar, baixar_de_novo, error_message, log_seq, log_first,"
    f" created_at, finished_at) VALUES (7, 'etl_single', 'completed', '{{}}', 0, 0, 0, '', 1, 1, '{NOW}', '{NOW}')",
    "INSERT INTO jobs_execution (id, job_id, sistema_id, status, ordem, opcoes, insistir, progresso, mensagem, version,"
    " tentativa, tentativas_max, codigo, motivo, resumo, plano, created_at, owner_host, owner_boot, run_token)"
    f" VALUES (9, 7, 'meu', 'success', 1, '{{}}', 0, 100, '', 3, 1, 1, 'ok', '', '{{}}', '[]', '{NOW}', '', '', '')",
    "INSERT INTO jobs_logentry (id, execution_id, level, sistema, mensagem, timestamp)"
    f" VALUES ({(7 << 32) + 1}, 9, 20, 'MEU', 'coletou tudo', '{NOW}')",
)


def test_prepare_brings_an_old_database_up_to_date(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "dados")
    hub.folder.mkdir()
    for app in APPS:
        hub.manage("migrate", app, "0001", "--verbosity=0")
    for app in ("auth", "contenttypes", "sessions", "admin"):
        hub.manage("migrate", app, "--verbosity=0")
    with contextlib.closing(sqlite3.connect(hub.folder / "etlhub.sqlite3")) as base, base:
        for row in ROWS:
            base.execute(row)
    assert "atualizações da estrutura" in hub.manage("doctor", check=False).stdout
    assert "Banco de dados atualizado." in hub.manage("prepare").stdout
    with contextlib.closing(sqlite3.connect(hub.folder / "etlhub.sqlite3")) as base:
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert base.execute("SELECT nome FROM sistemas_sistema WHERE id = 'meu'").fetchone() == ("MEU",)
        assert base.execute("SELECT username FROM credentials_credential").fetchone() == ("ana",)
        assert base.execute("SELECT mensagem FROM jobs_logentry").fetchone() == ("coletou tudo",)
        assert base.execute("SELECT status FROM jobs_job WHERE id = 7").fetchone() == ("completed",)
    assert "Estrutura do banco: atualizada" in hub.manage("doctor", check=False).stdout
    assert hub.manage("makemigrations", "--check", "--dry-run").returncode == 0


def test_the_databases_address_may_come_in_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "database_url"
    file.write_text("postgres://etlhub:se%40nha@servidor:5433/base\n", encoding="utf-8")
    code = "from etlhub.settings import DATABASES; d = DATABASES['default']; print(d['HOST'], d['PASSWORD'], d['PORT'])"
    environment = {"PATH": os.environ["PATH"], "ETLHUB_DATA_DIR": str(tmp_path), "ETLHUB_DOTENV": os.devnull}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"DATABASE_URL_FILE": str(file)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["servidor", "se@nha", "5433"]
