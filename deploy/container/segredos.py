"""Makes the secrets that compose.yaml mounts, once: `python3 deploy/container/segredos.py`. Existing ones stay."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "segredos"


def main() -> int:
    """Write what is missing. The folder keeps others out; the files must be readable for the containers' own users."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    database = _kept("postgres_password", lambda: secrets.token_urlsafe(24))
    _kept("database_url", lambda: f"postgres://etlhub:{database}@postgres:5432/etlhub")
    queue = _kept("valkey.conf", _valkey).split("requirepass ", 1)[1].split()[0]
    _kept("redis_url", lambda: f"redis://:{queue}@valkey:6379/0")
    _kept("credential_keys", lambda: secrets.token_urlsafe(32))
    print(f"Segredos em {FOLDER}. Guarde uma cópia de credential_keys: sem ela as senhas guardadas não abrem.")
    return 0


def _valkey() -> str:
    lines = (f"requirepass {secrets.token_urlsafe(24)}", "appendonly yes", "maxmemory-policy noeviction", "dir /data")
    return "\n".join(lines) + "\n"


def _kept(name: str, make: Callable[[], str]) -> str:
    """The content of a secret's file; made when it is missing."""
    path = FOLDER / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "w", encoding="ascii") as file:
            file.write(make())
    return path.read_text(encoding="ascii").strip()


if __name__ == "__main__":
    sys.exit(main())
