"""The one command, from nothing to a page, a killed server that comes back, and an end without remains."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.launcher.processes import Identity
from tests.start.support import ROOT, run_start, until

READY_SECONDS = 120.0


class Start:
    """`start.py` on a data folder of its own, with a foreign build so that nothing has to be built."""

    def __init__(self, folder: Path) -> None:
        build = folder / "build"
        build.mkdir()
        (build / "index.html").write_text("<!doctype html><title>Outra interface</title>", encoding="utf-8")
        self.data = folder / "dados com espaço"
        ours = {"ETLHUB_DATA_DIR": str(self.data), "REACT_BUILD_DIR": str(build), "ETLHUB_DOTENV": os.devnull}
        secret = {"ETLHUB_ADMIN_PASSWORD": "senha-de-teste-123"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ETLHUB_", "REDIS_"))}
        self.env = {**kept, **ours, **secret, "PYTHONUTF8": "1"}
        self.log = folder / "saida.txt"

    def __enter__(self) -> Start:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "start.py", "--port", "0", "--workers", "2"],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(20)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def address(self) -> str:
        limit = time.monotonic() + READY_SECONDS
        until(lambda: "Abra http" in self.said() or self.process.poll() is not None, "o endereço", limit)
        found = re.search(r"Abra (http://localhost:\d+)", self.said())
        assert found is not None, self.said()
        return found[1]

    def children(self) -> list[Identity]:
        state = json.loads((self.data / "run" / "launch.json").read_text(encoding="utf-8"))
        return [Identity(**child) for child in state["children"]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with Start(tmp_path) as start:
        yield start


def test_one_command_from_nothing_to_the_end(start: Start) -> None:
    address = start.address()
    assert "Usuário admin criado com a senha de ETLHUB_ADMIN_PASSWORD" in start.said()
    assert "senha-de-teste-123" not in start.said()
    assert httpx.get(f"{address}/api/health/ready").json()["status"] == "ok"
    assert httpx.get(address, follow_redirects=True).status_code == 200
    # Valkey, demo portal, web, watchman, two workers.
    until(lambda: len(start.children()) == 6, "todos os processos no ar")

    second = run_start("--port", "0", **start.env)
    assert second.returncode == 1
    assert f"abra {address} ou encerre-o" in second.stderr

    before = start.children()
    web = next(child for child in before if "serve" in command_of(child.pid))
    os.kill(web.pid, 9)
    until(lambda: answers(address) and web not in start.children(), "o servidor web de volta")

    family = start.children()
    began = time.monotonic()
    start.process.terminate()
    assert start.process.wait(20) == 0
    assert time.monotonic() - began < 10
    assert [child for child in [*before, *family] if child.alive()] == []
    assert not (start.data / "run" / "redis_url").exists()
    assert "Tudo encerrado" in start.said()


def command_of(pid: int) -> str:
    import psutil

    return " ".join(psutil.Process(pid).cmdline())


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health").status_code == 200
    except httpx.HTTPError:
        return False
