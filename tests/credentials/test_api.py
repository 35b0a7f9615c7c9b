"""The vault over HTTP: who may read, edit and test, and the contract's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from credentials import login_test
from credentials.models import AuditEntry

URL = "/api/credentials"


def post(client: Client, data: Any, path: str = URL, **headers: str) -> Any:
    body = data if isinstance(data, bytes) else json.dumps(data)
    return client.post(path, body, content_type="application/json", headers=headers or None)


def test_administrator_saves_and_everybody_reads_masked(admin: Client, visualizador: Client) -> None:
    answer = post(admin, {"maps": {"url": "https://m.example", "username": "ana", "password": "s3gredo"}})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["status"]) == (True, "success")
    assert set(body["alterados"]) == {"maps.url", "maps.username", "maps.password"}
    for path in (URL, f"{URL}/maps", "/api/config"):
        shown = visualizador.get(path)
        assert shown.status_code == 200
        assert b"s3gredo" not in shown.content
    assert visualizador.get(f"{URL}/maps").json()["password"] == "********"
    assert AuditEntry.objects.filter(campo="password").get().origem == "127.0.0.1"
    assert AuditEntry.objects.filter(campo="password").get().quem == "administrador"


def test_who_may_edit(operador: Client, visualizador: Client, client: Client) -> None:
    assert client.get(URL).status_code == 401
    for other, status in ((operador, 403), (visualizador, 403), (client, 401)):
        answer = post(other, {"maps": {"password": "x"}})
        assert answer.status_code == status
        assert isinstance(answer.json()["detail"], str)
    assert not AuditEntry.objects.exists()


def test_wrong_fields_are_told_by_path_without_their_values(admin: Client) -> None:
    answer = post(admin, {"maps": {"url": 1, "password": ["valor-secreto"]}, "jcot": {"password": "boa"}})
    assert answer.status_code == 422
    assert [field["campo"] for field in answer.json()["campos"]] == ["maps.url", "maps.password"]
    assert b"valor-secreto" not in answer.content
    assert admin.get(f"{URL}/jcot").json()["password"] == ""


@pytest.mark.parametrize("body", [b"", b"{", b'"senha"', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_document_is_422(admin: Client, body: bytes) -> None:
    answer = post(admin, body)
    assert answer.status_code == 422
    assert "detail" in answer.json()


def test_the_tag_of_an_old_copy_is_412(admin: Client) -> None:
    tag = admin.get(URL)["ETag"]
    assert post(admin, {"jcot": {"password": "um"}}, **{"If-Match": tag}).status_code == 200
    answer = post(admin, {"jcot": {"password": "dois"}}, **{"If-Match": tag})
    assert answer.status_code == 412
    assert "outra pessoa" in answer.json()["detail"]
    assert post(admin, {"jcot": {"password": "dois"}}).status_code == 200
    assert admin.get(URL)["ETag"] != tag


def test_unknown_sistema_is_404(admin: Client) -> None:
    assert admin.get(f"{URL}/nenhum").status_code == 404
    assert post(admin, {}, f"{URL}/nenhum/test").status_code == 404


def test_situations(admin: Client) -> None:
    found = admin.get(f"{URL}/situacao").json()["sistemas"]
    assert found["maps"]["situacao"] == "sem_credencial"
    assert found["maps"]["tem_totp"] is False


def test_config_sent_back_as_it_was_read_is_accepted(admin: Client) -> None:
    post(admin, {"maps": {"password": "s3gredo"}})
    config = admin.get("/api/config").json()
    answer = admin.post("/api/config", json.dumps(config), content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert admin.get(f"{URL}/maps").json()["password"] == "********"


def test_an_operator_tests_but_does_not_type(admin: Client, operador: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_test, "_try", lambda sistema_id, run: ("ok", ""))
    post(admin, {"maps": {"url": "https://m.example", "username": "ana", "password": "s3gredo"}})
    answer = post(operador, {}, f"{URL}/maps/test")
    assert answer.status_code == 200
    assert answer.json()["message"] == "Login aceito pelo portal."
    typed = {"url": "https://outro.example", "username": "ana", "password": "x12345"}
    assert post(operador, typed, f"{URL}/maps/test").status_code == 403
    assert post(admin, typed, f"{URL}/maps/test").status_code == 200
    assert post(operador, b"", f"{URL}/maps/test").status_code == 200
