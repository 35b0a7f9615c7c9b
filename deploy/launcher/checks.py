"""What must be true before anything is started; each failure is one sentence."""

from __future__ import annotations

import http.client
import os
import socket
import sys
from pathlib import Path

from deploy.launcher.steps import StartError, reason

_HTTP_TIMEOUT = 2.0


def data_folder(folder: Path) -> None:
    """Make the data folder with its subfolders and prove that this user may write there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("run", "logs"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        probe = folder / "run" / f".teste.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
        os.listdir(folder)  # noqa: PTH208 - proves that it can be read
    except OSError as error:
        raise StartError(
            f"Não consigo ler e gravar na pasta de dados {folder} ({reason(error)}): dê permissão a este usuário "
            "ou indique outra pasta em ETLHUB_DATA_DIR."
        ) from None
    for path in (folder / "etlhub.sqlite3", folder / "chaves", folder / "valkey"):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            raise StartError(f"Este usuário não pode ler e gravar {path}: corrija as permissões da pasta de dados.")


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. StartError when this user may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise StartError(
                f"Este usuário não pode usar a porta {port}: escolha outra (acima de 1024) com --port."
            ) from None
        except OSError:
            return False
    return True


def address(host: str) -> None:
    """StartError when this machine has no such address to listen on."""
    try:
        free_port(host)
    except OSError:
        raise StartError(f"O endereço {host} não existe nesta máquina: confira --host.") from None


def port(host: str, number: int) -> None:
    """StartError when somebody else listens there."""
    if not port_is_free(host, number):
        raise StartError(
            f"A porta {number} de {host} já está em uso por outro programa: encerre-o ou escolha outra com --port."
        )


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path) -> int:
    """The port noted in `file` when it is still free, else a new one, noted there."""
    try:
        number = int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        number = 0
    if not (1024 <= number <= 65535 and port_is_free("127.0.0.1", number)):
        number = free_port()
        file.write_text(str(number), encoding="ascii")
    return number


def http_status(host: str, number: int, path: str) -> int | None:
    """The status that GET `path` answers, or None while nobody answers."""
    connection = http.client.HTTPConnection(host, number, timeout=_HTTP_TIMEOUT)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{number}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
