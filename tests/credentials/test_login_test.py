"""The login test: the real ETL command against the demo portal, in words, bounded in rate and time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import LazySettings

from credentials import demo, document, login_test, vault
from credentials.models import AuditEntry, Credential
from etl_scripts.demo_portal.server import DemoPortal
from etlhub.errors import Forbidden, HubError, Invalid, TooMany


@pytest.fixture(scope="module")
def running_portal() -> Iterator[DemoPortal]:
    with DemoPortal() as portal:
        yield portal


@pytest.fixture
def portal(running_portal: DemoPortal, sistemas: list[str], settings: LazySettings) -> DemoPortal:
    running_portal.reset()
    settings.DEMO_URL = running_portal.base_url
    vault.seed_demo(sistemas)
    return running_portal


def try_login(sistema_id: str, body: Any = None) -> login_test.Outcome:
    return login_test.run(sistema_id, body or {}, actor="ana", address="10.0.0.7", may_type=lambda: None)


def fake(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let this script stand for the ETL command."""
    path = folder / "etl_de_teste.py"
    path.write_text(script, encoding="utf-8")
    monkeypatch.setattr(login_test, "COMMAND", (sys.executable, str(path)))


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def answering(**result: Any) -> str:
    event = json.dumps({"evento": "resultado", "sistema": "jcot", "situacao": "erro", "transitorio": False, **result})
    return f"import sys\nsys.stdin.readline()\nprint(chr(0x1e) + {event!r}, flush=True)\nsys.stdin.read()\n"


def test_the_stored_login_is_accepted(portal: DemoPortal) -> None:
    outcome = try_login("amplis_reag")
    assert (outcome.ok, outcome.codigo, outcome.message) == (True, "ok", "Login aceito pelo portal.")
    assert outcome.seconds < 30


def test_a_wrong_stored_password_stops_the_sistema_and_is_not_tried_again_by_itself(portal: DemoPortal) -> None:
    document.save_document({"fidc": {"password": "senha-errada-1"}}, actor="ana")
    outcome = try_login("fidc")
    assert (outcome.ok, outcome.codigo) == (False, "senha_incorreta")
    assert "recusou o usuário ou a senha" in outcome.message
    assert "senha-errada-1" not in outcome.message
    with pytest.raises(vault.CredentialProblem) as caught:
        try_login("fidc")
    assert caught.value.codigo == "senha_recusada"
    assert try_login("fidc", {"insistir": True}).codigo == "senha_incorreta"

    good = try_login("fidc", {"password": demo.PASSWORD})
    assert good.ok
    assert "fidc" in vault.check_startable(["fidc"])  # what was typed is not stored
    document.save_document({"fidc": {"password": demo.PASSWORD}}, actor="ana")
    assert try_login("fidc").ok


@pytest.mark.parametrize(
    ("fault", "codigo", "words"),
    [
        ("senha_expirada", "senha_expirada", "expirou"),
        ("conta_bloqueada", "conta_bloqueada", "bloqueada"),
        ("manutencao", "manutencao", "manutenção"),
    ],
)
def test_why_in_portuguese(portal: DemoPortal, fault: str, codigo: str, words: str) -> None:
    portal.faults.set("amplis_reag", fault)
    outcome = try_login("amplis_reag")
    assert outcome.codigo == codigo
    assert words in outcome.message


def test_portal_down(portal: DemoPortal) -> None:
    outcome = try_login("amplis_reag", {"url": "http://127.0.0.1:9/", "username": "ana", "password": "qualquer"})
    assert outcome.codigo == "portal_fora"
    assert "Pode estar fora do ar" in outcome.message


def test_rate(portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, monkeypatch, answering(codigo="ok", motivo=""))
    for _ in range(login_test.MAX_TESTS):
        try_login("jcot")
    with pytest.raises(TooMany) as caught:
        try_login("jcot")
    assert 0 < caught.value.retry_after <= login_test.WINDOW.total_seconds()
    fields = AuditEntry.objects.filter(acao=AuditEntry.Acao.TESTE, campo="password", sistema="jcot")
    assert fields.count() == login_test.MAX_TESTS


def test_a_portal_that_never_answers_ends_in_time_with_its_whole_tree(
    portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = tmp_path / "pids"
    fake(
        tmp_path,
        monkeypatch,
        "import os, pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)\n",
    )
    monkeypatch.setattr(login_test, "LIMIT_SECONDS", 2.0)
    outcome = try_login("jcot")
    assert outcome.codigo == "tempo_esgotado"
    assert "não concluiu o login" in outcome.message
    assert not [pid for pid in map(int, pids.read_text().split()) if alive(pid)]
    assert not list((tmp_path / "tmp").iterdir())


def test_a_code_that_nobody_can_type_is_its_own_result(
    portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = json.dumps({"evento": "pedido_codigo", "sistema": "jcot", "campo": "otp", "prazo_segundos": 60})
    fail = json.dumps({"evento": "resultado", "sistema": "jcot", "situacao": "erro", "codigo": "cancelado"})
    fake(
        tmp_path,
        monkeypatch,
        f"import sys\nsys.stdin.readline()\nprint(chr(0x1e) + {ask!r}, flush=True)\n"
        f"assert 'cancelar' in sys.stdin.readline()\nprint(chr(0x1e) + {fail!r}, flush=True)\n",
    )
    outcome = try_login("jcot")
    assert outcome.codigo == "codigo_necessario"
    assert "código do autenticador" in outcome.message


def test_secrets_are_masked_in_what_the_command_says(
    portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, answering(codigo="pagina_mudou", motivo=f"a página mostrou {demo.PASSWORD}"))
    assert "a página mostrou ********" in try_login("jcot").message


def test_a_command_that_says_nothing_or_does_not_start(
    portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, "raise SystemExit(3)")
    assert "terminou sem resultado" in try_login("jcot").message
    monkeypatch.setattr(login_test, "COMMAND", (str(tmp_path / "nao-existe"), str(tmp_path / "x.py")))
    assert "não pôde ser iniciado" in try_login("jcot").message


def test_a_typed_address_is_never_sent_the_stored_password(portal: DemoPortal) -> None:
    with pytest.raises(Invalid, match="informe também a senha"):
        try_login("jcot", {"url": "https://outro.example"})
    with pytest.raises(Invalid, match="informe também a senha"):
        try_login("jcot", {"url": "https://outro.example", "password": "********"})


def test_typing_needs_leave(portal: DemoPortal) -> None:
    def refuse() -> None:
        raise Forbidden("não")

    with pytest.raises(Forbidden):
        login_test.run("jcot", {"username": "outra"}, actor="bia", may_type=refuse)
    assert not AuditEntry.objects.filter(acao=AuditEntry.Acao.TESTE).exists()


@pytest.mark.parametrize("body", [[], {"insistir": "sim"}, {"password": 3}, {"cor": "azul"}])
def test_wrong_bodies(portal: DemoPortal, body: Any) -> None:
    with pytest.raises(Invalid):
        login_test.run("jcot", body, actor="ana", may_type=lambda: None)


def test_the_users_own_command_cannot(portal: DemoPortal, settings: LazySettings) -> None:
    settings.ETL_COMMAND = ["python", "main.py"]
    with pytest.raises(HubError, match="não sabe testar"):
        try_login("jcot")
    assert Credential.objects.get(pk="jcot").recusada_codigo == ""
