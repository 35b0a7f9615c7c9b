"""A PostgreSQL cluster for the tests: made in a folder of its own, gone with them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.launcher import checks, commands, processes
from deploy.launcher.steps import Interrupted, Session

_INIT_TIMEOUT = 120.0
_READY_TIMEOUT = 30.0
_STOP_TIMEOUT = 8.0
_POLL = 0.1
_NAME = "etlhub"
# A cluster that is thrown away needs no durability.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def find() -> Path | None:
    """The newest installed server's folder of programs."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _version(path.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).parent)
    if sys.platform == "win32":
        root = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "PostgreSQL"
        places += sorted(root.glob("*/bin"), reverse=True)
    needed = [f"{name}.exe" if sys.platform == "win32" else name for name in ("initdb", "postgres", "pg_isready")]
    return next((place for place in places if all((place / name).exists() for name in needed)), None)


@contextlib.contextmanager
def cluster(session: Session) -> Iterator[str | None]:
    """The URL of a running throwaway cluster; None (with a note) where there is no server or it does not start."""
    programs = find()
    if programs is None:
        session.steps.note("  - PostgreSQL não encontrado: os testes usam só o SQLite")
        yield None
        return
    user = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="etlhub-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    server: subprocess.Popen[bytes] | None = None
    try:
        try:
            with session.steps.step("PostgreSQL iniciado para os testes"):
                server, url = _start(session, programs, folder, user)
        except commands.CommandError as error:
            session.steps.note(f"  ! PostgreSQL não iniciou ({error.last_line}): os testes usam só o SQLite")
            yield None
        else:
            yield url
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _start(session: Session, programs: Path, folder: Path, user: str | None) -> tuple[subprocess.Popen[bytes], str]:
    password = secrets.token_urlsafe(18)
    password_file = folder / "senha"
    password_file.touch(mode=0o600)
    password_file.write_text(password, encoding="ascii")
    if user is not None:
        shutil.chown(password_file, user)
    data = folder / "dados"
    make = [str(programs / "initdb"), "-D", str(data), "-U", _NAME, "-A", "scram-sha-256", f"--pwfile={password_file}"]
    make += ["-E", "UTF8", "--no-locale", "-N"]
    commands.run(session, make, timeout=_INIT_TIMEOUT, cwd=folder, log="postgres", user=user)
    port = checks.free_port()
    argv = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    argv += [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (session.logs / "postgres.log").open("ab") as log:
        # SIGINT: disconnect the clients and stop.
        server = processes.spawn(argv, cwd=folder, env=os.environ, stdout=log, death_signal=signal.SIGINT, user=user)
    probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + _READY_TIMEOUT
    while subprocess.run(probe, check=False, timeout=_READY_TIMEOUT).returncode != 0:
        if session.stop.wait(_POLL):
            _stop(server)
            raise Interrupted
        if server.poll() is not None or time.monotonic() > deadline:
            _stop(server)
            raise commands.CommandError(argv, "error: o servidor não respondeu")
    return server, f"postgres://{_NAME}:{password}@127.0.0.1:{port}/postgres"


def _stop(server: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        server.terminate()
    elif server.poll() is None:
        server.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(_STOP_TIMEOUT)
    processes.kill_group(server)


def _unprivileged_user() -> str | None:
    """Who runs the server when we are root, which it refuses; None: ourselves."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _version(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0
