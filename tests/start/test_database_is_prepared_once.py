"""The database is prepared again exactly when code or database are not what was prepared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from deploy.launcher import database


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A project and its data folder, just prepared."""
    for name in ("ETLHUB_DOTENV", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    root, data = tmp_path / "projeto", tmp_path / "dados"
    (root / "jobs" / "migrations").mkdir(parents=True)
    (root / "jobs" / "migrations" / "0001_initial.py").write_text("1")
    (root / "requirements.txt").write_text("um==1")
    (root / "manage.py").write_text("")
    for folder in (data / "run", data / "static"):
        folder.mkdir(parents=True)
    (data / "static" / ".versao").write_text("1")
    execute(
        data,
        "CREATE TABLE django_migrations (app, name)",
        "CREATE TABLE auth_user (id)",
        "CREATE TABLE sistemas_sistema (id)",
        "INSERT INTO django_migrations VALUES ('jobs', '0001_initial')",
        "INSERT INTO auth_user VALUES (1)",
        "INSERT INTO sistemas_sistema VALUES ('fidc')",
    )
    database.note_prepared(root, data, demo=True)
    return root, data


def execute(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / "etlhub.sqlite3")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_nothing_changed(place: tuple[Path, Path]) -> None:
    root, data = place
    assert database.is_prepared(root, data, demo=True)


CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "a migration was added": lambda root, _: (root / "jobs" / "migrations" / "0002_more.py").write_text("2"),
    "code was changed": lambda root, _: (root / "jobs" / "migrations" / "0001_initial.py").write_text("3"),
    "packages were updated": lambda root, _: (root / "requirements.txt").write_text("um==2"),
    "an older database was restored": lambda _, data: execute(data, "DELETE FROM django_migrations"),
    "the last user was removed": lambda _, data: execute(data, "DELETE FROM auth_user"),
    "a sistema is missing": lambda _, data: execute(data, "DELETE FROM sistemas_sistema"),
    "the database is gone": lambda _, data: (data / "etlhub.sqlite3").unlink(),
    "the database is no database": lambda _, data: (data / "etlhub.sqlite3").write_bytes(b"lixo" * 1000),
    "the admin's files are gone": lambda _, data: (data / "static" / ".versao").unlink(),
    "the note is gone": lambda _, data: (data / "run" / "prepared.json").unlink(),
    "the note is cut": lambda _, data: (data / "run" / "prepared.json").write_text("{"),
    "the settings name a server": lambda root, _: (root / ".env").write_text("DATABASE_URL=postgres://x/y\n"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_prepared_again_when(what: str, place: tuple[Path, Path]) -> None:
    root, data = place
    CHANGES[what](root, data)
    assert not database.is_prepared(root, data, demo=True)


def test_prepared_again_for_the_demo(place: tuple[Path, Path]) -> None:
    root, data = place
    assert not database.is_prepared(root, data, demo=False)
