"""Runs whole hubs with canary secrets and gathers everything they say and leave behind."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from etl_scripts.demo_portal.server import DemoPortal
from tests.canary.scanner import ProcessWatch, Scanner, canary
from tests.hub import ROOT, Hub, wait_until

HOSTILE_ETL = Path(__file__).with_name("hostile_etl.py")

GOOD = canary("senha certa")
WRONG = canary("senha errada")
HELD = canary("senha só guardada")
TOTP = canary("autenticador", base32=True)
TYPED = canary("senha só digitada")
LEGACY = canary("senha do programa antigo")
PHRASE = canary("frase do backup")
ALL = (GOOD, WRONG, HELD, TOTP, TYPED, LEGACY, PHRASE)

JOB_SECONDS = 120.0
POLL_SECONDS = 0.2
READS = (
    *("/api/credentials", "/api/credentials/situacao", "/api/config", "/api/config/paths", "/api/sistemas"),
    *("/api/credentials/maps", "/api/credentials/amplis_reag", "/api/credentials/fidc", "/api/fundos", "/api/stats"),
    *("/api/jobs", "/api/jobs/history", "/api/portfolio", "/api/health/ready"),
    *("/admin/", "/admin/credentials/credential/", "/admin/credentials/credential/maps/change/"),
    *("/admin/credentials/auditentry/", "/admin/jobs/job/", "/admin/nenhuma/pagina/"),
)


class Evidence:
    """One hub's run: its folder, what it answered, what its commands printed, and the scanner that has seen it all."""

    def __init__(self, folder: Path, scanner: Scanner) -> None:
        self.folder, self.scanner = folder, scanner
        self.answers = self.frames = 0
        self.statuses: set[int] = set()
        self.outputs: list[str] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.log_text = ""
        self.collected: Counter[str] = Counter()
        self.watched: set[str] = set()
        self.valkey_bytes = 0

    def took(self, response: httpx.Response) -> None:
        response.read()
        self.answers += 1
        self.statuses.add(response.status_code)
        self.scanner.look(response.content, f"resposta de {response.request.url.path}")
        self.scanner.look(str(response.headers).encode(), f"cabeçalhos de {response.request.url.path}")

    def ran(self, hub: Hub, *arguments: str) -> None:
        """Run a management command and look at what it printed."""
        done = hub.manage(*arguments, check=False)
        text = done.stdout + done.stderr
        self.outputs.append(text)
        self.scanner.look(text.encode(), f"saída de {arguments[0]}")


@contextlib.contextmanager
def session(hub: Hub, evidence: Evidence) -> Iterator[httpx.Client]:
    """A logged-in client of which every answer is looked at, beside a WebSocket of which every frame is."""
    with hub.client() as client, hub.socket(client) as socket:
        client.event_hooks = {"response": [evidence.took]}
        reader = threading.Thread(target=_read, args=(socket, evidence), daemon=True)
        reader.start()
        yield client
        socket.close()
        reader.join(timeout=10)


def _read(socket: ClientConnection, evidence: Evidence) -> None:
    with contextlib.suppress(ConnectionClosed):
        for frame in socket:
            evidence.frames += 1
            evidence.scanner.look(frame.encode() if isinstance(frame, str) else frame, "quadro do WebSocket")


def start(client: httpx.Client, sistema: str, **more: Any) -> int:
    answer = client.post("/api/execute", json={"sistemas": [sistema], **more})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["job_id"])


def finish(client: httpx.Client, job: int) -> dict[str, Any]:
    limit = time.monotonic() + JOB_SECONDS
    while True:
        data: dict[str, Any] = client.get(f"/api/jobs/{job}").json()
        if data["status"] not in ("pending", "running"):
            return data
        assert time.monotonic() < limit, data
        time.sleep(POLL_SECONDS)


def own_etl(folder: Path, outside: Path, portal: DemoPortal) -> Evidence:
    """The hub's own ETL against the demo portal: logins good and refused, pages gone wrong, a crash, every command."""
    evidence = Evidence(folder, Scanner(ALL))
    (outside / "tmp").mkdir()
    environment = {"TMPDIR": str(outside / "tmp"), "ETLHUB_RUN_TIMEOUT_SECONDS": "60"}
    with (
        Hub(folder, demo_url=portal.base_url, environment=environment) as hub,
        ProcessWatch(evidence.scanner) as watch,
        session(hub, evidence) as client,
    ):
        _fill(client)
        portal.faults.set("qore", "html_no_lugar")
        for sistema in ("amplis_reag", "maps", "fidc", "qore"):
            evidence.jobs[sistema] = finish(client, start(client, sistema))
        evidence.jobs["crash"] = _crash(hub, client, portal)
        _test_logins(client)
        _bad_requests(client)
        _commands(hub, evidence, outside)
        evidence.log_text = _read_everything(client, evidence)
        evidence.watched = watch.names
        evidence.valkey_bytes = evidence.scanner.memory(hub.processes["valkey"].pid, "memória do Valkey")
    evidence.scanner.tree(folder)
    evidence.scanner.tree(outside / "tmp")
    return evidence


def _only(fundo: str) -> dict[str, Any]:
    """One fund: the proof needs each step once."""
    return {"fundos": [fundo], "fundos_selecionados": [fundo], "usar_todos": False}


def _fill(client: httpx.Client) -> None:
    document = {
        "amplis": {"reag": {"password": GOOD.text}, "master": {"password": HELD.text}},
        "maps": {"password": GOOD.text, "totp": TOTP.text, **_only("ARAUCÁRIA FIC FIM")},
        "fidc": {"password": WRONG.text},
        "qore": {"password": GOOD.text, **_only("ARAU")},
        "jcot": {"password": GOOD.text},
    }
    client.post("/api/credentials", json=document).raise_for_status()


def _crash(hub: Hub, client: httpx.Client, portal: DemoPortal) -> dict[str, Any]:
    """A run whose process dies of a memory fault, as if the interpreter had a bug."""
    portal.faults.set("jcot", "lento", 5)
    job = start(client, "jcot")
    child = wait_until(lambda: [each for each in hub.etl_processes() if _is_etl(each, "jcot")], 30, "the ETL process")
    wait_until(lambda: any("/jcot" in request for request in portal.requests), 30, "its first request")
    child[0].send_signal(getattr(signal, "SIGSEGV", signal.SIGTERM))
    return finish(client, job)


def _is_etl(process: psutil.Process, sistema: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        arguments = process.cmdline()
        return sistema in arguments and any(argument.endswith("main.py") for argument in arguments)
    return False


def _test_logins(client: httpx.Client) -> None:
    client.post("/api/credentials/amplis_reag/test")
    client.post("/api/credentials/fidc/test")
    client.post("/api/credentials/fidc/test", json={"insistir": True})
    client.post("/api/credentials/britech/test", json={"username": "ana", "password": TYPED.text})


def _bad_requests(client: httpx.Client) -> None:
    """Secrets in requests that are refused: the refusal must not quote them."""
    client.post("/api/credentials", json={"maps": {"password": [TYPED.text]}, "jcot": {"cor": TYPED.text}})
    client.post("/api/credentials", json={"maps": {"totp": TYPED.text, "url": f"https://ana:{TYPED.core}@x.example"}})
    client.post("/api/credentials", content=json.dumps({"maps": {"password": TYPED.text}})[:-1])
    client.post("/api/config", json={"maps": {"password": {"_encrypted": TYPED.text}}})
    client.post("/api/auth/login", json={"username": TYPED.text, "password": TYPED.text})
    page = "/admin/credentials/credential/maps/change/"
    client.get(page)
    data = {"url": "javascript:x", "username": "ana", "password": TYPED.text, "totp": TYPED.text}
    client.post(page, data=data | {"csrfmiddlewaretoken": client.cookies.get("csrftoken", "")})


def _commands(hub: Hub, evidence: Evidence, outside: Path) -> None:
    legacy, phrase = outside / "credentials.json", outside / "frase.txt"
    legacy.write_text(json.dumps({"britech": {"password": LEGACY.text}, "trustee": {"password": LEGACY.text, "x": 1}}))
    phrase.write_text(PHRASE.text)
    broken = outside / "quebrado.json"
    broken.write_text(json.dumps({"britech": {"password": [LEGACY.text], "url": LEGACY.text}}))
    evidence.ran(hub, "import_legacy", "--credentials", str(legacy), "--dry-run")
    evidence.ran(hub, "import_legacy", "--credentials", str(legacy))
    evidence.ran(hub, "import_legacy", "--credentials", str(broken), "--traceback")
    evidence.ran(hub, "backup_credentials", str(hub.folder / "backup.json"), "--frase-arquivo", str(phrase))
    evidence.ran(hub, "restore_credentials", str(hub.folder / "backup.json"), "--frase-arquivo", str(phrase))
    evidence.ran(hub, "restore_credentials", str(legacy), "--frase-arquivo", str(phrase))
    evidence.ran(hub, "rotate_credentials", "--nova-chave")
    evidence.ran(hub, "check_credentials")
    evidence.ran(hub, "export_config")
    evidence.ran(hub, "run_etl", "fidc")


def _read_everything(client: httpx.Client, evidence: Evidence) -> str:
    for path in READS:
        client.get(path)
    texts = []
    for job in client.get("/api/jobs?limit=50").json()["jobs"]:
        client.get(f"/api/jobs/{job['id']}/logs?limit=1000")
        client.get(f"/api/jobs/{job['id']}/transicoes")
        client.get(f"/admin/jobs/job/{job['id']}/change/")
        texts.append(client.get(f"/api/jobs/{job['id']}/logs/download").text)
        for each in client.get(f"/api/jobs/{job['id']}/artefatos").json()["artefatos"]:
            evidence.collected[each["sistema"]] += 1
            client.get(f"/api/artefatos/{each['id']}/download")
    return "\n".join(texts)


def hostile_etl(folder: Path, outside: Path) -> Evidence:
    """With DEBUG on, a user's own command that shows all it knows; and one that is killed while it holds its file."""
    evidence = Evidence(folder, Scanner(ALL))
    (outside / "tmp").mkdir()
    environment = {"ETLHUB_DEBUG": "1", "TMPDIR": str(outside / "tmp")}
    etl = [sys.executable, str(HOSTILE_ETL)]
    with (
        Hub(folder, etl=etl, environment=environment) as hub,
        ProcessWatch(evidence.scanner) as watch,
        session(hub, evidence) as client,
    ):
        login = {"url": "http://127.0.0.1:9", "username": "mostra", "password": GOOD.text, "totp": TOTP.text}
        client.post("/api/credentials", json={"maps": login}).raise_for_status()
        evidence.jobs["mostra"] = finish(client, start(client, "maps"))
        client.post("/api/credentials", json={"maps": {"username": "fica"}}).raise_for_status()
        job = start(client, "maps")
        child = wait_until(lambda: _holding(hub), 30, "the command")
        time.sleep(0.3)  # let the watch see it, its file and its argv
        child[0].kill()
        evidence.jobs["fica"] = finish(client, job)
        _bad_requests(client)
        evidence.log_text = _read_everything(client, evidence)
        evidence.watched = watch.names
        evidence.valkey_bytes = evidence.scanner.memory(hub.processes["valkey"].pid, "memória do Valkey")
    evidence.scanner.tree(folder)
    evidence.scanner.tree(outside / "tmp")
    return evidence


def _holding(hub: Hub) -> list[psutil.Process]:
    return [each for each in hub.etl_processes() if any(str(HOSTILE_ETL) in part for part in each.cmdline())]


def leftovers() -> list[Path]:
    """Core files and configurations that a crashed process may have left where it ran."""
    places = (ROOT, ROOT / "etl_scripts", HOSTILE_ETL.parent)
    return [path for place in places for pattern in ("core", "core.*", "config.json") for path in place.glob(pattern)]
