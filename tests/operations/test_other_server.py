"""The hub behind uvicorn (`ETLHUB_SERVIDOR`): a run is followed, who does not read costs nothing, it stops in order."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from tests.hub import Hub
from tests.jobs.live import completes, execute, finished, lines, program, until
from tests.operations.conftest import FAKE_ETL

UNREAD_LINES = 60_000
GREW_AT_MOST = 60 * 2**20


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("uvicorn")
    with Hub(folder / "dados", etl=FAKE_ETL, workers=1, environment={"ETLHUB_SERVIDOR": "uvicorn"}) as hub:
        yield hub


def test_a_run_is_followed_and_no_server_is_named(other: Hub) -> None:
    with other.client() as client, other.socket(client) as socket:
        assert "server" not in client.get("/api/health").headers
        program(client, "jcot", "say(300)")
        job = execute(client, "jcot")
        socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 0, "batch": True}))
        seen = lines(until(socket, completes(job)), job)
    assert [each["seq"] for each in seen] == list(range(1, len(seen) + 1))
    assert len(seen) >= 300


def test_a_large_frame_ends_the_connection(other: Hub) -> None:
    with other.client() as client, other.socket(client) as socket:
        socket.send("x" * 100_000)
        with pytest.raises(ConnectionClosed):
            until(socket, lambda _: False)


def test_a_client_that_does_not_read_costs_no_memory(other: Hub) -> None:
    web = psutil.Process(other.processes["web"].pid)
    with other.client() as client, other.socket(client) as socket:
        program(client, "jcot", f"say({UNREAD_LINES}, 'x' * 500)")
        job = execute(client, "jcot")
        assert finished(client, job)["status"] == "completed"
        before = web.memory_info().rss
        socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 0, "batch": True}))
        # Nothing is read here; the server answers others meanwhile.
        for _ in range(50):
            assert client.get("/api/jobs?limit=1").status_code == 200
        assert web.memory_info().rss - before < GREW_AT_MOST


def test_it_stops_in_order(other: Hub) -> None:
    other.kill("web", signal.SIGTERM)
    assert other.processes["web"].returncode in (0, -signal.SIGTERM)
    other.start("web")
    other.wait_ready()
