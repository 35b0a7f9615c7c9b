"""A database in another place than it was: who uses it now, which folders in it must follow, what it will start again."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import DatabaseError, connection

from etlhub.operations import dumps
from sistemas import catalogue

_COLUMNS = (("sistemas_caminho", "caminho"), ("jobs_artifact", "caminho"))


def relocate(cursor: Any, former: str, mark: str) -> int:
    """Let paths below the data folder `former` lie below the present one; returns how many rows changed.

    `mark` is the driver's placeholder. Works on the schema of any version that has these tables.
    """
    now, changed = str(settings.DATA_DIR), 0
    if former == now:
        return 0
    separator = "\\" if "\\" in former else "/"
    start = former.rstrip("/\\") + separator
    for table, column in _COLUMNS:
        statement = (
            f"UPDATE {table} SET {column} = {mark} || substr({column}, {mark}) "  # noqa: S608  (our own constants)
            f"WHERE substr({column}, 1, {mark}) = {mark}"
        )
        cursor.execute(statement, (now + os.sep, len(start) + 1, len(start), start))
        changed += max(cursor.rowcount, 0)
    return changed


def make_folders(cursor: Any) -> None:
    """Make the configured folders that lie below the data folder and are not there: a backup holds no empty ones."""
    root = Path(settings.DATA_DIR)
    cursor.execute("SELECT chave, caminho FROM sistemas_caminho WHERE caminho <> ''")
    for chave, caminho in cursor.fetchall():
        path = Path(caminho)
        if chave not in catalogue.FILES and path.is_relative_to(root) and ".." not in path.parts:
            with contextlib.suppress(OSError):  # the doctor tells which is missing
                path.mkdir(parents=True, exist_ok=True)


def count_pending(cursor: Any) -> int:
    """Executions that had not ended when the backup was made: the hub settles or starts them again."""
    cursor.execute("SELECT count(*) FROM jobs_execution WHERE status NOT IN ('success', 'error', 'cancelled')")
    return int(cursor.fetchone()[0])


def database_users() -> list[str]:
    """Who else uses the database: `programa (pid)` or a PostgreSQL session; empty when nobody does."""
    return _sessions() if connection.vendor == "postgresql" else _holders()


def _sessions() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(nullif(application_name, ''), usename, 'sessão') || ' (' || pid || ')' "
                "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            return [str(row[0]) for row in cursor.fetchall()]
    except DatabaseError:
        return []


def _holders() -> list[str]:
    path = dumps.sqlite_path()
    if not path.exists():
        return []
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if any(file.path == str(path) for file in process.open_files()):
                found.append(f"{process.name()} ({process.pid})")
    return found
