"""Faults that concern whole pages, logins and sessions."""

from __future__ import annotations

import time

import httpx
import pytest

from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.constants import PORTAL_NAMES

from .pages import has_id, log_in_amplis, log_in_fidc, texts

LOGIN_PORTALS = [sistema for sistema in PORTAL_NAMES if sistema != "cvm"]


@pytest.mark.parametrize("sistema", PORTAL_NAMES)
def test_errors_and_maintenance_of_every_portal(portal: DemoPortal, client: httpx.Client, sistema: str) -> None:
    portal.faults.set(sistema, "erro_500", vezes=2)
    statuses = [httpx.get(f"{portal.base_url}/{sistema}/").status_code for _ in range(3)]
    assert statuses[:2] == [500, 500]
    assert statuses[2] in {200, 302}
    portal.faults.set("*", "manutencao")
    answer = client.get(f"/{sistema}/")
    assert answer.status_code == 503
    assert "Sistema em manutenção" in answer.text
    portal.faults.set("*", "manutencao", "200")
    assert client.get(f"/{sistema}/").status_code == 200


def test_slow_answers_end_when_the_server_stops(client: httpx.Client, portal: DemoPortal) -> None:
    portal.faults.set("fidc", "lento", 0.15)
    before = time.monotonic()
    client.get("/fidc/login")
    assert time.monotonic() - before >= 0.15
    portal.faults.set("fidc", "lento", 60)
    with DemoPortal() as other:
        other.faults.set("fidc", "lento", 60)
        with httpx.Client(timeout=0.05) as impatient, pytest.raises(httpx.TimeoutException):
            impatient.get(other.url("fidc"))
        before = time.monotonic()
    assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("senha_incorreta", "Usuário ou senha inválidos."),
        ("senha_expirada", "Sua senha expirou. Cadastre uma nova senha para continuar."),
        ("conta_bloqueada", "Conta bloqueada por excesso de tentativas. Procure o administrador do sistema."),
    ],
)
def test_refused_logins(portal: DemoPortal, client: httpx.Client, fault: str, message: str) -> None:
    portal.faults.set("amplis_reag", fault)
    assert texts(log_in_amplis(client), ".erro") == [message]
    portal.faults.clear()
    assert has_id(log_in_amplis(client), "mainForm_menu1_label")


def test_an_account_is_blocked_after_wrong_passwords(portal: DemoPortal, client: httpx.Client) -> None:
    portal.faults.set("amplis_reag", "conta_bloqueada", 2)
    said = [texts(log_in_amplis(client, password="errada"), ".erro")[0][:5] for _ in range(3)]
    assert said == ["Usuár", "Usuár", "Conta"]
    assert texts(log_in_amplis(client), ".erro")[0].startswith("Conta bloqueada")


@pytest.mark.parametrize("sistema", LOGIN_PORTALS)
def test_no_page_without_a_login(client: httpx.Client, sistema: str) -> None:
    inner = {
        "amplis_reag": "principal.jsf", "amplis_master": "principal.jsf", "maps": "pegasusgestores/exportar",
        "fidc": "reports/meusRelatorios", "jcot": "posicao", "britech": "Consulta.aspx", "qore": "dashboard",
        "trustee": "relatorios",
    }  # fmt: skip
    answer = client.get(f"/{sistema}/{inner[sistema]}")
    assert "password" in answer.text
    assert not texts(answer, ".erro")


def test_a_session_is_lost_half_way_and_a_new_login_helps(portal: DemoPortal, client: httpx.Client) -> None:
    portal.faults.set("fidc", "sessao_expirada", 2)
    log_in_fidc(client)
    assert has_id(client.get("/fidc/reports/estoque"), "fundoSelecionado")
    answer = client.get("/fidc/reports/estoque")
    assert texts(answer, ".erro") == ["Sua sessão expirou. Faça o login novamente."]
    log_in_fidc(client)
    assert all(has_id(client.get("/fidc/reports/estoque"), "fundoSelecionado") for _ in range(4))


def test_an_old_view_state_ends_the_session(client: httpx.Client) -> None:
    log_in_amplis(client)
    answer = client.post("/amplis_reag/principal.jsf", data={"javax.faces.ViewState": "velho"})
    assert texts(answer, ".erro") == ["Sua sessão expirou. Faça o login novamente."]


def test_dialogs_and_redrawing_are_in_the_page(portal: DemoPortal, client: httpx.Client) -> None:
    portal.faults.set("fidc", "dialogo", "</script>", vezes=1)
    portal.faults.set("fidc", "elemento_obsoleto", 7)
    text = client.get("/fidc/login").text
    assert 'alert("\\u003c/script>")' in text
    assert 'redesenhar.js" data-vezes="7"' in text
    assert "alert(" not in client.get("/fidc/login").text
