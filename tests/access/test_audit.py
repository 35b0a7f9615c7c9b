"""The audit: each change with who, from where, what, on what and the outcome; no secret, no change of the past."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client, override_settings
from django.utils import timezone

from etlhub import audit, routes
from etlhub.access import Papel
from etlhub.models import AppendOnly, AuditoriaAcao
from tests.conftest import make_user

SECRET = "SEGREDO-que-nao-pode-aparecer"


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.generic(
        method, path, json.dumps(body) if body is not None else "", "application/json", headers=headers
    )


def last() -> AuditoriaAcao:
    found = AuditoriaAcao.objects.first()
    assert found is not None
    return found


def test_a_change_is_told_with_who_where_what_and_how_it_ended(operador: Client) -> None:
    send(operador, "PATCH", "/api/sistemas/fidc/opcao?opcao=naoexiste&valor=true")
    entry = last()
    assert (entry.usuario, entry.via, entry.origem) == ("operador", "sessão", "127.0.0.1")
    assert (entry.acao, entry.alvo, entry.status) == ("mudou opção", "sistema fidc", 422)
    assert entry.dados == {"opcao": "naoexiste", "valor": "true"}
    assert entry.mensagem
    send(operador, "PATCH", "/api/sistemas/fidc/toggle", {"ativo": False})
    entry = last()
    assert (entry.status, entry.dados, entry.mensagem) == (200, {"ativo": False}, "FIDC desativado.")
    send(operador, "POST", "/api/execute", {"sistemas": ["fidc", "nada"], "dry_run": True})
    assert last().dados == {"sistemas": ["fidc", "nada"], "dry_run": True}


def test_reading_and_looking_leave_no_entry(operador: Client) -> None:
    operador.get("/api/jobs")
    send(operador, "POST", "/api/caminhos/validar", {})
    send(Client(), "POST", "/api/execute", {"sistemas": ["fidc"]})
    send(operador, "POST", "/api/naoexiste", {})
    assert not AuditoriaAcao.objects.exists()


def test_a_refused_change_is_told_too(visualizador: Client) -> None:
    send(visualizador, "POST", "/api/execute", {"sistemas": ["fidc"]})
    assert (last().usuario, last().status) == ("visualizador", 403)


def test_a_token_is_named_as_the_means(operador: Client) -> None:
    made = send(operador, "POST", "/api/tokens", {"nome": "robô", "papel": "operador"}).json()
    assert (last().acao, last().dados) == ("criou token de API", {"nome": "robô", "papel": "operador"})
    send(Client(), "POST", "/api/execute", {"sistemas": []}, Authorization=f"Bearer {made['segredo']}")
    assert last().via == f"token {made['segredo'][:13]}…"
    assert made["segredo"] not in str(list(AuditoriaAcao.objects.values()))


def test_logins_and_logouts_good_and_bad(db: None) -> None:
    make_user(Papel.OPERADOR, "ana")
    client = Client()
    send(client, "POST", "/api/auth/login", {"username": "ana", "password": SECRET})
    assert (last().usuario, last().status, last().mensagem) == ("ana", 401, "Usuário ou senha incorretos.")
    send(client, "POST", "/api/auth/login", {"username": SECRET, "password": "x"})
    assert (last().usuario, last().status) == ("", 401)
    send(client, "POST", "/api/auth/login", {"username": "ana", "password": "senha-de-teste"})
    assert (last().usuario, last().acao, last().status) == ("ana", "entrou", 200)
    send(client, "POST", "/api/auth/logout")
    assert (last().usuario, last().acao) == ("ana", "saiu")
    client.post("/entrar/", {"username": "ana", "password": SECRET})
    assert (last().usuario, last().status, last().rota) == ("ana", 401, "POST /entrar/")
    client.post("/entrar/", {"username": "ana", "password": "senha-de-teste"})
    assert (last().usuario, last().status) == ("ana", 302)
    send(client, "POST", "/api/auth/logout-all")
    assert (last().usuario, last().acao) == ("ana", "saiu de todos os lugares")
    assert SECRET not in str(list(AuditoriaAcao.objects.values()))


def test_no_secret_of_a_body_is_kept(admin: Client) -> None:
    document = {"maps": {"url": "https://m.example", "username": "u", "password": SECRET}, SECRET * 9: 1}
    for path in ("/api/credentials", "/api/config"):
        send(admin, "POST", path, document)
    send(admin, "POST", "/api/credentials/maps/test", {"password": SECRET})
    send(admin, "POST", "/api/jobs/1/codigo", {"execution_id": 1, "valor": "123456"})
    send(admin, "POST", "/api/auth/senha", {"atual": SECRET, "nova": SECRET})
    kept = str(list(AuditoriaAcao.objects.values()))
    assert AuditoriaAcao.objects.count() == 5
    assert SECRET not in kept
    assert "123456" not in kept
    assert AuditoriaAcao.objects.filter(dados__partes=["maps"]).count() == 2


def test_the_admins_pages_are_audited(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("chefe", password="senha-de-teste"))
    form = {"username": "novo", "papel": int(Papel.OPERADOR), "password1": SECRET, "password2": SECRET}
    assert client.post("/admin/auth/user/add/", form).status_code == 302
    entry = last()
    assert (entry.usuario, entry.acao, entry.status) == ("chefe", "administração: incluiu user", 302)
    assert entry.dados == {"username": "novo", "papel": "2"}
    client.post("/admin/auth/user/add/", {"username": ""})
    assert last().status == 422
    assert SECRET not in str(list(AuditoriaAcao.objects.values()))


def test_every_changing_operation_has_its_words() -> None:
    names = {f"{route.method} {route.path}" for route in routes.api_routes() if route.method != "GET"}
    assert names - set(audit.ACOES) - audit.SILENT == set(), "diga em etlhub.audit.ACOES o que esta operação faz"


def test_the_past_cannot_be_changed(operador: Client) -> None:
    send(operador, "POST", "/api/execute", {"sistemas": []})
    entry = last()
    for change in (
        entry.save, entry.delete, AuditoriaAcao.objects.all().delete, lambda: AuditoriaAcao.objects.update(usuario="x"),
    ):  # fmt: skip
        with pytest.raises(AppendOnly):
            change()


def test_administrators_read_it_filtered(operador: Client, admin: Client) -> None:
    for _ in range(3):
        send(operador, "POST", "/api/execute", {"sistemas": []})
    send(admin, "PUT", "/api/sistemas/ordem", {"ids": []})
    assert operador.get("/api/auditoria").status_code == 403
    page = admin.get("/api/auditoria", {"usuario": "Operador", "limit": "2"}).json()
    assert (page["total"], len(page["auditoria"])) == (3, 2)
    assert page["auditoria"][0]["acao"] == "executou"
    today = timezone.localdate()
    assert admin.get("/api/auditoria", {"de": str(today), "ate": str(today)}).json()["total"] == 4
    assert admin.get("/api/auditoria", {"ate": str(today - timedelta(days=1))}).json()["total"] == 0
    boss = User.objects.create_superuser("chefe", password="senha-de-teste")
    browser = Client()
    browser.force_login(boss)
    assert "executou" in browser.get("/admin/etlhub/auditoriaacao/").content.decode()
    assert browser.get(f"/admin/etlhub/auditoriaacao/{last().pk}/change/").status_code == 200


def test_what_is_too_old_is_forgotten_by_the_setting_only(operador: Client) -> None:
    send(operador, "POST", "/api/execute", {"sistemas": []})
    audit.note("antiga", usuario="ana", em=timezone.now() - timedelta(days=800))
    with override_settings(AUDIT_RETENTION_DAYS=0):
        assert audit.prune() == 0
    assert audit.prune() == 1
    assert AuditoriaAcao.objects.count() == 1


def test_a_database_that_refuses_does_not_undo_the_action(operador: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(audit, "note", refuse)
    assert send(operador, "PATCH", "/api/sistemas/fidc/toggle", {"ativo": False}).status_code == 200
