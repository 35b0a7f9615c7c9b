"""A backup of PostgreSQL restores into another database, all of it or nothing. Collected only where a server is installed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.launcher import postgres
from deploy.launcher.steps import Session, Steps
from tests.hub import ROOT, Hub

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The URL of a server, without the database's name."""
    given = os.environ.get("ETLHUB_TEST_POSTGRES_URL")
    if given:
        yield given.rsplit("/", 1)[0]
        return
    session = Session(ROOT, tmp_path / "sessao", Steps())
    session.logs.mkdir(parents=True)
    with postgres.cluster(session) as url:
        assert url is not None
        yield url.rsplit("/", 1)[0]


@pytest.fixture
def databases(server: str) -> Iterator[tuple[str, str]]:
    """Two new databases."""
    names = [f"backup_{secrets.token_hex(4)}" for _ in range(2)]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        for name in names:
            admin.execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{names[0]}", f"{server}/{names[1]}"
        for name in names:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def round_trip(databases: tuple[str, str], tmp_path: Path) -> None:
    phrase = tmp_path / "frase"
    phrase.write_text("uma frase bem comprida\n", encoding="utf-8")
    old = Hub(tmp_path / "velha", environment={"DATABASE_URL": databases[0]})
    new = Hub(tmp_path / "nova", environment={"DATABASE_URL": databases[1]})
    old.folder.mkdir()
    new.folder.mkdir()
    old.manage("prepare")
    backup = str(tmp_path / "b.zip")
    old.manage("backup", backup, f"--frase-arquivo={phrase}")
    options = (f"--frase-arquivo={phrase}",)
    new.manage("restore", backup, *options)
    with psycopg.connect(databases[1], autocommit=True) as there:
        # Another session is open: the hub may be running on it.
        refused = new.manage("restore", backup, "--substituir", *options, check=False)
        assert "em uso" in refused.stderr
        there.execute("CREATE TABLE do_futuro (id int PRIMARY KEY, job bigint REFERENCES jobs_job (id))")
        there.execute("UPDATE auth_user SET username = 'outro'")
    assert "já tem conteúdo" in new.manage("restore", backup, *options, check=False).stderr
    new.manage("restore", backup, "--substituir", *options)
    with psycopg.connect(databases[1]) as there:
        assert there.execute("SELECT username FROM auth_user").fetchall() == [("admin",)]
        assert there.execute("SELECT to_regclass('do_futuro')").fetchone() == (None,)
        where = there.execute("SELECT caminho FROM sistemas_caminho WHERE chave = 'csv'").fetchone()
        assert where == (str(new.folder / "downloads" / "csv"),)
    assert (new.folder / "downloads" / "csv").is_dir()
    assert not list(tmp_path.rglob("pgpass"))


if postgres.find() is not None:

    def test_a_backup_of_postgresql_makes_the_round_trip(databases: tuple[str, str], tmp_path: Path) -> None:
        round_trip(databases, tmp_path)
