"""Copies of the database: SQLite by its online backup, PostgreSQL by pg_dump. Both are of one moment, while the hub runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.views.decorators.debug import sensitive_variables
from psycopg.conninfo import make_conninfo

from deploy.launcher import postgres
from deploy.launcher.steps import reason
from etlhub.errors import HubError

TIMEOUT_SECONDS = 4 * 3600
BUSY_SECONDS = 60
# libpq's own parameters that DATABASE_URL may carry after the `?`.
_LIBPQ = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "connect_timeout", "options", "target_session_attrs"}
)
# Everything of ours goes before the dump comes in, in the same transaction: a newer version may have left more tables.
DROP_ALL = """
DO $$ DECLARE item record; BEGIN
  FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', item.tablename);
  END LOOP;
END $$;
"""


class DumpFailed(HubError):
    """The database could not be copied or put back."""


def sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def snapshot_sqlite(target: Path) -> None:
    """Copy the database as of one moment. In WAL mode neither the hub's writers nor this copy wait for the other.

    All pages in one step: a copy in several would begin anew at every write of a busy hub.
    """
    try:
        with (
            contextlib.closing(sqlite3.connect(sqlite_path(), timeout=BUSY_SECONDS)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        check_sqlite(target)
    except sqlite3.Error as error:
        raise DumpFailed(f"Não consegui copiar o banco de dados ({error}).") from None


def check_sqlite(path: Path) -> None:
    """DumpFailed when the database in `path` is damaged."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            rows = [str(row[0]) for row in copy.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        rows = [str(error)]
    if rows != ["ok"]:
        raise DumpFailed(f"O banco de dados está danificado ({'; '.join(rows)[:200]}): rode manage.py doctor.")


def dump_postgres(target: Path, folder: Path) -> None:
    """pg_dump's custom format; `folder` (private) holds the password while it runs."""
    with _login(folder) as (where, environment):
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--file={target}"]
        _run([_program("pg_dump"), *options, f"--dbname={where}"], environment)


def restore_postgres(dump: Path, folder: Path) -> None:
    """Replace everything in the database by the dump, in one transaction: all of it or nothing."""
    drop, script = folder / "apagar.sql", folder / "banco.sql"
    drop.write_text(DROP_ALL, encoding="utf-8")
    with _login(folder) as (where, environment):
        options = ["--no-owner", "--no-privileges", f"--file={script}"]
        _run([_program("pg_restore"), *options, str(dump)], environment)
        once = ["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        files = [f"--file={drop}", f"--file={script}"]
        _run([_program("psql"), *once, f"--dbname={where}", *files], environment)


def _program(name: str) -> str:
    found = shutil.which(name)
    folder = postgres.find()
    if folder is not None and (beside := folder / (f"{name}.exe" if sys.platform == "win32" else name)).exists():
        found = str(beside)
    if found is None:
        raise DumpFailed(f"Falta o programa {name}: instale o cliente do PostgreSQL (postgresql-client) nesta máquina.")
    return found


@contextlib.contextmanager
@sensitive_variables()
def _login(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """How to reach the database, and an environment that names a private password file instead of the password."""
    settings: Mapping[str, Any] = connection.settings_dict
    given = {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}
    given |= {name: value for name, value in settings.get("OPTIONS", {}).items() if name in _LIBPQ}
    password = str(settings["PASSWORD"]).replace("\\", "\\\\").replace(":", "\\:")
    file = folder / "pgpass"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(f"*:*:*:*:{password}\n")
    secret = ("DATABASE_URL", "REDIS_URL", "PGPASSWORD", "ETL_MASTER_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    try:
        yield (
            make_conninfo(**{name: value for name, value in given.items() if value}),
            environment | {"PGPASSFILE": str(file)},
        )
    finally:
        file.unlink(missing_ok=True)


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    name = Path(argv[0]).stem
    try:
        done = subprocess.run(
            argv,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DumpFailed(f"{name} passou de {TIMEOUT_SECONDS // 3600} horas.") from None
    except OSError as error:
        raise DumpFailed(f"{name} não pôde ser iniciado ({reason(error)}).") from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DumpFailed(f"{name} falhou: {(lines or ['sem explicação'])[-1][:300]}")
