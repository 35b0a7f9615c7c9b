"""Where the keys of the vault come from. Read again when a file changes, so a new key reaches running processes.

In order: the file named by ETLHUB_CREDENTIAL_KEYS_FILE, systemd's credential `etlhub_credential_keys`, Windows' DPAPI
file, then ETLHUB_CREDENTIAL_KEYS, then the key made on first run. The first key found is the current one.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from credentials import dpapi
from credentials.crypto import KeyRing
from etlhub.errors import HubError

SYSTEMD_NAME = "etlhub_credential_keys"
MAX_KEY_FILE_BYTES = 64 * 1024


def own_file() -> Path:
    """The key file that the hub makes for itself on first run."""
    return Path(settings.DATA_DIR) / "chaves" / "credential_keys"


def dpapi_file() -> Path:
    """Windows only: keys protected by the account that runs the hub (`protect_credential_keys` writes it)."""
    return Path(settings.DATA_DIR) / "chaves" / "credential_keys.dpapi"


def keyring() -> KeyRing:
    """The ring as the sources say now."""
    return _ring(tuple(_texts()))


@sensitive_variables()
def texts() -> list[str]:
    """Every key in clear, the current one first. For a backup under a passphrase, nothing else."""
    return _texts()


@lru_cache(maxsize=8)
def _ring(texts: tuple[str, ...]) -> KeyRing:
    return KeyRing(texts)


@sensitive_variables()
def _texts() -> list[str]:
    found: list[str] = []
    if named := os.environ.get("ETLHUB_CREDENTIAL_KEYS_FILE"):
        found += _read(Path(named).expanduser(), required=True)
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        found += _read(Path(folder) / SYSTEMD_NAME)
    if dpapi.AVAILABLE and dpapi_file().is_file():
        found += _split(dpapi.unprotect(dpapi_file().read_bytes()).decode())
    given = [key for text in settings.CREDENTIAL_KEYS for key in _split(text)]
    own = _read(own_file())
    # The setting may be the own file as it was when this process started; the file may have a newer first key.
    found += own if set(given) <= set(own) else given + own
    if not found:
        raise HubError("O cofre não tem nenhuma chave: defina ETLHUB_CREDENTIAL_KEYS ou ETLHUB_CREDENTIAL_KEYS_FILE.")
    return list(dict.fromkeys(found))


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,\r\n]+", text) if part.strip()]


def _read(path: Path, *, required: bool = False) -> list[str]:
    """One key a line; a missing file is an error only when somebody named it."""
    try:
        with path.open("rb") as file:
            return _split(file.read(MAX_KEY_FILE_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        if required:
            raise HubError(f"O arquivo de chaves do cofre não existe: {path}") from None
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"O arquivo de chaves do cofre não pôde ser lido: {path} ({type(error).__name__}).") from None


@sensitive_variables()
def add_own_key() -> str:
    """Put a fresh key first in the hub's own file, keeping the older ones; returns its id. Atomic, mode 0600."""
    path = own_file()
    fresh = secrets.token_urlsafe(32)
    ring = KeyRing([fresh])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".credential_keys.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([fresh, *_read(path)]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
    return ring.current.id
