"""Whether the database needs `manage.py prepare` at all: a look of a millisecond instead of a process of two seconds.

Only for the hub's own SQLite; another database is always prepared, which is safe to repeat.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from pathlib import Path

from deploy.launcher.options import environment

_CODE = ("etlhub", "sistemas", "jobs", "credentials", "portfolio")
_FILES = ("requirements.txt", "manage.py")
_BUSY_SECONDS = 2.0


def is_prepared(root: Path, data: Path, *, demo: bool) -> bool:
    """Whether the last preparation was of this very code and the database still is as it left it."""
    state = _state(root, data, demo)
    try:
        return state is not None and json.loads(_note(data).read_text(encoding="ascii")) == state
    except (OSError, ValueError):
        return False


def note_prepared(root: Path, data: Path, *, demo: bool) -> None:
    """Remember what was prepared, for `is_prepared`."""
    state = _state(root, data, demo)
    if state is not None:
        _note(data).write_text(json.dumps(state), encoding="ascii")


def _note(data: Path) -> Path:
    return data / "run" / "prepared.json"


def _state(root: Path, data: Path, demo: bool) -> dict[str, object] | None:
    """What must not have changed; None when that cannot be told from here, or there is no user to log in."""
    static = data / "static" / ".versao"
    given = environment(root)
    if given.get("DATABASE_URL") or given.get("DATABASE_URL_FILE") or not static.exists():
        return None
    try:
        with contextlib.closing(_open(data / "etlhub.sqlite3")) as database:
            migrations = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
            users = database.execute("SELECT 1 FROM auth_user LIMIT 1").fetchone()
            sistemas = database.execute("SELECT count(*) FROM sistemas_sistema").fetchone()
    except sqlite3.Error:
        return None
    if users is None:
        return None
    return {
        "code": _digest(root),
        "migrations": [list(row) for row in migrations],
        "sistemas": sistemas[0],
        "demo": demo,
    }


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)


def _digest(root: Path) -> str:
    digest = hashlib.sha256()
    sources = [path for name in _CODE for path in sorted((root / name).rglob("*.py"))]
    for path in [*sources, *(root / name for name in _FILES)]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
