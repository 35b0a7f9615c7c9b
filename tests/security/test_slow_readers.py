"""Who asks for a large file and does not read it costs the server a buffer, not the file."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.hub import Hub

MB = 2**20
SIZE = 96 * MB
ALLOWED = 40 * MB
"""What three stalled downloads may cost: far from one file."""
ANSWERS = 150
"""That the server gives others meanwhile: more than enough time to have read the files into memory, if it did."""
MAKE = """
from datetime import date
from jobs.models import Artifact, Execution, Job
job = Job.objects.create(type='etl_pipeline')
execution = Execution.objects.create(job=job, sistema_id='fidc')
made = Artifact.objects.create(job=job, execution=execution, sistema_id='fidc', relatorio='r', fundo='f', nome='grande é.csv',
    data=date(2026, 11, 24), caminho={path!r}, tamanho={size}, sha256='0' * 64, formato='csv', situacao='novo')
print('made', made.pk)
"""


@pytest.fixture(scope="module")
def address(hub: Hub) -> str:
    path = Path(hub.folder) / "downloads" / "grande.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(SIZE)  # sparse: it costs no disk
    made = hub.manage("shell", "-c", MAKE.format(path=str(path), size=SIZE)).stdout
    return f"/api/artefatos/{made.split('made ')[1].split()[0]}/download"


@contextlib.contextmanager
def asking(hub: Hub, client: httpx.Client, address: str) -> Iterator[socket.socket]:
    """A connection that asked for the file and has read the first of it only."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        raw.settimeout(20)
        raw.connect(("127.0.0.1", hub.port))
        raw.sendall(
            f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        assert raw.recv(4096).startswith(b"HTTP/1.1 200")
        yield raw


def test_a_download_that_nobody_reads_does_not_fill_the_memory(hub: Hub, client: httpx.Client, address: str) -> None:
    web = psutil.Process(hub.processes["web"].pid)
    client.get("/api/health")
    before = web.memory_info().rss
    with contextlib.ExitStack() as stack:
        stalled = [stack.enter_context(asking(hub, client, address)) for _ in range(3)]
        for _ in range(ANSWERS):
            client.get("/api/health/live").raise_for_status()
            assert web.memory_info().rss - before < ALLOWED
        # One of them reads on after all, and gets everything.
        left = SIZE
        while left > 0 and (part := stalled[0].recv(MB)):
            left -= len(part)
        assert left <= 8192  # headers, and what came with them


def test_a_whole_file_still_comes_as_it_is(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    assert len(answer.content) == SIZE == int(answer.headers["Content-Length"])
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''grande%20%C3%A9.csv"
