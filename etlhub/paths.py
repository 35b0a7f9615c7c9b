"""Where everything written lives, and the keys made on first run."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from deploy.launcher.steps import reason

KEY_BYTES = {"secret_key": 48}
"""Sizes of keys other than 32 bytes; Django wants 50 characters of its own."""

BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The data folder (`ETLHUB_DATA_DIR`, default `./data`), made when it is missing."""
    folder = Path(os.environ.get("ETLHUB_DATA_DIR") or BASE_DIR / "data").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def private_file(variable: str) -> str:
    """The content of the private file that `variable` names. SystemExit in words when it cannot be read: nothing works then."""
    path = Path(os.environ[variable]).expanduser()
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "não é um texto em UTF-8"
        raise SystemExit(f"{variable}: o arquivo {path} não pôde ser lido ({why}).") from None


def secret_key() -> str:
    """Django's key: ETLHUB_SECRET_KEY, the file named by ETLHUB_SECRET_KEY_FILE, systemd's credential, or one made on first run.

    Several machines must have the same one, or a session of one is nothing to the other.
    """
    if given := os.environ.get("ETLHUB_SECRET_KEY"):
        return given
    if os.environ.get("ETLHUB_SECRET_KEY_FILE"):
        return private_file("ETLHUB_SECRET_KEY_FILE")
    credential = Path(os.environ.get("CREDENTIALS_DIRECTORY") or os.devnull) / "etlhub_secret_key"
    if credential.is_file():
        return credential.read_text(encoding="utf-8-sig").strip()
    return read_or_make_key("secret_key")


def read_or_make_key(name: str) -> str:
    """The key kept in `<data>/chaves/<name>` (URL-safe base64); made with mode 0600 when missing.

    Two processes that start together agree: the file is created whole and exclusively, and the loser reads the winner's.
    """
    folder = data_dir() / "chaves"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES.get(name, 32))).decode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links (some network shares, exFAT)
            if not path.exists():
                draft.replace(path)
                return path.read_text(encoding="ascii").strip()
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
