"""A whole hub: what is started runs, and every line and status reaches every client, once and in order."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import websockets.sync.client as websocket_client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.hub import Hub, wait_until
from tests.jobs.live import PASSWORD, Frame, completes, execute, finished, frames, lines, program, until

FAKE_ETL = str(Path(__file__).with_name("fake_etl.py"))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    with Hub(folder, etl=[sys.executable, FAKE_ETL], environment={"ETLHUB_CANCEL_GRACE_SECONDS": "0.5"}) as hub:
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[httpx.Client]:
    with hub.client() as client:
        yield client


def test_a_client_that_sends_nothing_gets_every_event_in_the_contracts_shape(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "say(3)")
    with hub.socket(client) as socket:
        job = execute(client, "fidc")
        seen = until(socket, completes(job))
    logs = [frame["payload"] for frame in seen if frame["type"] == "log"]
    assert [line["mensagem"] for line in logs] == ["linha 1", "linha 2", "linha 3"]
    assert {"job_id", "level", "sistema", "mensagem", "timestamp"} <= set(logs[0])
    statuses = [frame["payload"]["status"] for frame in seen if frame["type"] == "status"]
    assert statuses[-1] == "SUCCESS"
    assert "RUNNING" in statuses
    assert seen[-1]["payload"]["status"] == "SUCCESS"
    assert isinstance(seen[-1]["payload"]["duracao_segundos"], float)


def test_two_sistemas_run_side_by_side_and_the_same_one_waits(hub: Hub, client: httpx.Client, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    for sistema in ("jcot", "trustee"):
        program(client, sistema, f"say(1); wait_for({str(gate)!r})")
    first = execute(client, "jcot", "trustee")
    second = execute(client, "jcot")

    def states(job: int) -> list[str]:
        return [each["estado"] for each in client.get(f"/api/jobs/{job}").json()["sistemas"]]

    wait_until(lambda: states(first) == ["running", "running"])
    assert states(second) == ["pending"]
    gate.touch()
    assert finished(client, first)["status"] == "completed"
    assert finished(client, second)["status"] == "completed"


def test_a_client_that_comes_late_misses_nothing(hub: Hub, client: httpx.Client, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    program(client, "britech", f"say(2500); wait_for({str(gate)!r}); say(2500, start=2501)")
    job = execute(client, "britech")
    wait_until(lambda: client.get(f"/api/jobs/{job}").json()["log_linhas"] >= 2500)
    with hub.socket(client, "?logs=assinados") as socket:
        socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": 100, "batch": True}))
        gate.touch()
        seen = until(socket, completes(job))
    assert [line["seq"] for line in lines(seen, job)] == list(range(101, 5001))


def test_a_client_that_comes_again_goes_on_from_where_it_was(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "[(say(1, start=n), time.sleep(0.002)) for n in range(1, 301)]")
    job = execute(client, "fidc")
    got: list[int] = []
    for _ in range(6):
        with hub.socket(client, "?logs=assinados") as socket:
            socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": got[-1] if got else 0}))
            goal = len(got) + 40
            until(socket, partial(_reached, job, got, goal))
    with hub.socket(client, "?logs=assinados") as socket:
        socket.send(json.dumps({"type": "subscribe", "job_id": job, "after": got[-1]}))
        until(socket, partial(_reached, job, got, 300))
    assert got == list(range(1, 301))


def _reached(job: int, got: list[int], goal: int, frame: Frame) -> bool:
    got.extend(int(line["seq"]) for line in lines([frame], job))
    return len(got) >= goal


def test_the_rest_tail_tells_the_same(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "say(30); print('[ERROR] [FIDC ESTOQUE] falhou aqui')")
    job = execute(client, "fidc")
    finished(client, job)
    first = client.get(f"/api/jobs/{job}/logs", params={"limit": 20}).json()
    rest = client.get(f"/api/jobs/{job}/logs", params={"after": first["next"]}).json()
    assert [line["seq"] for line in first["logs"] + rest["logs"]] == list(range(1, 32))
    errors = client.get(f"/api/jobs/{job}/logs", params={"level": "ERROR"}).json()["logs"]
    assert [line["sistema"] for line in errors] == ["FIDC ESTOQUE"]
    found = client.get(f"/api/jobs/{job}/logs", params={"q": "linha 3"}).json()["logs"]
    assert [line["seq"] for line in found] == [3, 30]
    text = client.get(f"/api/jobs/{job}/logs/download")
    assert text.text.splitlines()[-1] == "[ERROR] [FIDC ESTOQUE] falhou aqui"
    assert "attachment" in text.headers["content-disposition"]


def test_cancelling_ends_what_runs_and_what_waits(hub: Hub, client: httpx.Client) -> None:
    program(client, "jcot", "say(1); time.sleep(99)")
    running, waiting = execute(client, "jcot"), execute(client, "jcot")
    wait_until(lambda: client.get(f"/api/jobs/{running}").json()["log_linhas"])
    assert client.post(f"/api/cancel/{waiting}").json()["status"] == "success"
    assert finished(client, waiting)["status"] == "cancelled"
    assert client.post(f"/api/cancel/{running}").json()["success"] is True
    assert finished(client, running)["status"] == "cancelled"
    again = client.post(f"/api/cancel/{running}")
    assert (again.status_code, again.json()["status"]) == (409, "error")
    assert client.post("/api/cancel/999999").status_code == 404


def test_an_open_client_gets_the_present_state_on_connecting(hub: Hub, client: httpx.Client, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    program(client, "trustee", f"say(1); wait_for({str(gate)!r})")
    job = execute(client, "trustee")
    wait_until(lambda: client.get(f"/api/jobs/{job}").json()["log_linhas"])
    program(client, "fidc", "sys.exit(1)")
    ended = execute(client, "fidc")
    finished(client, ended)
    with hub.socket(client) as socket:
        snapshot = until(socket, lambda frame: frame["payload"]["sistema_id"] == "trustee")
    gate.touch()
    assert {frame["type"] for frame in snapshot} == {"status"}
    now = {frame["payload"]["sistema_id"]: frame["payload"] for frame in snapshot}
    assert (now["trustee"]["job_id"], now["trustee"]["status"]) == (job, "RUNNING")
    assert (now["fidc"]["job_id"], now["fidc"]["status"]) == (ended, "ERROR")  # it ended while this client was away
    finished(client, job)


@pytest.mark.parametrize("query", ["", "?logs=assinados"])
def test_a_client_is_not_told_of_what_ended_before_it_came(hub: Hub, client: httpx.Client, query: str) -> None:
    program(client, "qore", "say(1)")
    jobs = [execute(client, "qore") for _ in range(3)]
    for job in jobs:
        finished(client, job)
    with hub.socket(client, query) as socket:
        seen: list[Frame] = []
        with contextlib.suppress(TimeoutError):
            seen.extend(
                frames(socket, 2.5)
            )  # list.extend keeps what came before the time was over; more than two rounds of the poll below the announcements
    told = [frame["payload"]["job_id"] for frame in seen if frame["payload"].get("sistema_id") == "qore"]
    assert told == [jobs[-1]]
    assert [frame for frame in seen if frame["type"] == "job_complete"] == []


def test_run_again_and_only_the_failures(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "say(1)")
    program(client, "jcot", "sys.exit(1)")
    job = execute(client, "fidc", "jcot")
    assert finished(client, job)["status"] == "error"
    again = client.post(f"/api/jobs/{job}/retry", params={"apenas_falhas": "true"}).json()["job_id"]
    assert [each["sistema_id"] for each in finished(client, again)["sistemas"]] == ["jcot"]
    whole = client.post(f"/api/jobs/{job}/retry").json()["job_id"]
    assert [each["sistema_id"] for each in finished(client, whole)["sistemas"]] == ["fidc", "jcot"]


def test_nobody_gets_in_without_a_login(hub: Hub) -> None:
    url = f"ws://localhost:{hub.port}/ws"
    with websocket_client.connect(url, proxy=None) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4001
    assert httpx.get(f"{hub.url}/api/jobs").status_code == 401


def test_another_sites_page_gets_no_socket_and_no_command(hub: Hub, client: httpx.Client) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    url = f"ws://localhost:{hub.port}/ws"
    headers = {"Cookie": cookie, "Origin": "https://evil.example"}
    with pytest.raises(InvalidStatus), websocket_client.connect(url, additional_headers=headers, proxy=None):
        pass
    evil = client.post("/api/execute", json={"sistemas": ["fidc"]}, headers={"Origin": "https://evil.example"})
    assert evil.status_code == 403


def test_the_password_is_in_no_answer_and_no_file(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "print(SECTION['password']); print(ARGS)")
    job = execute(client, "fidc")
    data = finished(client, job)
    assert PASSWORD not in json.dumps(data)
    assert "********" in data["logs"]
    for path in hub.folder.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_the_terminal_command_runs_the_same_job(hub: Hub, client: httpx.Client) -> None:
    program(client, "fidc", "say(2)")
    program(client, "jcot", "sys.exit(1)")
    good = hub.manage("run_etl", "fidc", check=False)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "linha 2" in good.stdout
    bad = hub.manage("run_etl", "fidc", "jcot", "--sem-fila", check=False)
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "JCOT: erro" in bad.stdout
    queued = hub.manage("run_etl", "fidc", "--fila")
    assert finished(client, int(queued.stdout))["status"] == "completed"
    wrong = hub.manage("run_etl", "naoexiste", check=False)
    assert wrong.returncode == 1
    assert "sistema desconhecido: naoexiste" in wrong.stderr
