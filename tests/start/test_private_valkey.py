"""The hub's own Valkey: private, with a password that only files of this user hold, and durable."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import redis

from deploy.launcher import checks, processes, valkey
from deploy.launcher.steps import Session
from tests.start.support import session_in, until


@contextlib.contextmanager
def running(session: Session) -> Iterator[valkey.Server]:
    server = valkey.configure(session)
    process = processes.spawn(server.argv, cwd=server.cwd, env=os.environ, stdout=subprocess.DEVNULL)
    try:
        valkey.wait_ready(session, server)
        yield server
    finally:
        processes.ask_to_stop(process)
        process.wait(10)


def test_only_who_knows_the_password_gets_in(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    with running(session) as server:
        url = server.url_file.read_text(encoding="utf-8")
        assert server.password in url
        assert not valkey.answers(server.port, "outra")
        assert redis.Redis.from_url(url).ping()
        assert server.password not in " ".join(server.argv)
        if sys.platform != "win32":
            for path in (server.url_file, Path(server.argv[-1])):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_queued_survives_a_restart_on_the_same_port(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    with running(session) as server:
        redis.Redis.from_url(server.url_file.read_text()).set("chave", "valor")
        port, password = server.port, server.password
    with running(session) as server:
        assert server.port == port
        assert server.password != password
        assert redis.Redis.from_url(server.url_file.read_text()).get("chave") == b"valor"


def test_nobody_answers_on_a_free_port() -> None:
    assert not valkey.answers(checks.free_port(), "senha")


def test_a_kept_port_is_given_up_only_when_it_is_taken(tmp_path: Path) -> None:
    note = tmp_path / "porta"
    first = checks.kept_port(note)
    assert checks.kept_port(note) == first
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert checks.kept_port(note) != first
    until(lambda: checks.port_is_free("127.0.0.1", first), "a porta livre outra vez")
