"""API tokens: made once, kept as a hash, never stronger than their owner, ended by time or by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from etlhub import tokens
from etlhub.access import Papel
from etlhub.models import ApiToken
from tests.conftest import client_of, make_user


def make(client: Client, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/tokens", {"nome": "robô", **fields}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def script(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_token_is_shown_once_and_kept_as_a_hash(operador: Client) -> None:
    made = make(operador, papel="operador")
    secret = made["segredo"]
    assert secret.startswith("etlhub_")
    assert len(secret) > 40
    row = ApiToken.objects.get()
    assert row.prefixo == secret[:13]
    assert secret not in str(ApiToken.objects.values())
    listed = operador.get("/api/tokens").json()
    assert [each["nome"] for each in listed] == ["robô"]
    assert secret not in str(listed)


def test_a_script_comes_in_as_the_owner_with_the_tokens_role(operador: Client) -> None:
    reader = script(make(operador)["segredo"])
    me = reader.get("/api/auth/me").json()
    assert (me["username"], me["nome"], me["papel"]) == ("operador", "operador", "visualizador")
    assert reader.get("/api/jobs").status_code == 200
    assert reader.post("/api/execute", {"sistemas": []}, content_type="application/json").status_code == 403
    runner = script(make(operador, papel="operador")["segredo"])
    assert runner.post("/api/execute", {"sistemas": []}, content_type="application/json").status_code == 422


def test_a_token_never_outgrows_its_owner(operador: Client, admin: Client) -> None:
    answer = operador.post("/api/tokens", {"nome": "x", "papel": "administrador"}, content_type="application/json")
    assert (answer.status_code, answer.json()["campos"][0]["campo"]) == (422, "papel")
    strong = script(make(admin, papel="administrador")["segredo"])
    assert strong.get("/api/auth/me").json()["papel"] == "administrador"
    User.objects.get(username="administrador").groups.clear()  # operador now
    assert strong.get("/api/auth/me").json()["papel"] == "operador"
    User.objects.filter(username="administrador").update(is_active=False)
    assert strong.get("/api/auth/me").status_code == 401


def test_a_token_ends_with_its_time_and_when_it_is_revoked(operador: Client) -> None:
    one, two = make(operador), make(operador)
    ApiToken.objects.filter(pk=one["token"]["id"]).update(expira_em=timezone.now() - timedelta(seconds=1))
    assert script(one["segredo"]).get("/api/jobs").status_code == 401
    assert script(two["segredo"]).get("/api/jobs").status_code == 200
    assert operador.delete(f"/api/tokens/{two['token']['id']}").json()["message"] == "Token robô revogado."
    assert script(two["segredo"]).get("/api/jobs").status_code == 401
    assert [each["valido"] for each in operador.get("/api/tokens").json()] == [False]


def test_the_last_use_is_kept_to_the_minute(operador: Client, django_assert_num_queries: Any) -> None:
    made = make(operador)
    script(made["segredo"]).get("/api/jobs")
    first = ApiToken.objects.get().usado_em
    assert first is not None
    script(made["segredo"]).get("/api/jobs")
    assert ApiToken.objects.get().usado_em == first


def test_others_tokens_are_seen_and_ended_by_administrators_only(operador: Client, admin: Client) -> None:
    made = make(operador)["token"]
    stranger = client_of(Papel.VISUALIZADOR)
    assert stranger.get("/api/tokens").json() == []
    assert stranger.delete(f"/api/tokens/{made['id']}").status_code == 404
    assert [each["dono"] for each in admin.get("/api/tokens").json()] == ["operador"]
    assert admin.delete(f"/api/tokens/{made['id']}").status_code == 200


def test_a_token_opens_neither_the_admin_nor_a_way_to_more_tokens(admin: Client) -> None:
    strong = script(make(admin, papel="administrador")["segredo"])
    assert strong.get("/admin/").status_code == 302
    for method, path in (("get", ""), ("post", ""), ("delete", "/1")):
        answer = getattr(strong, method)(f"/api/tokens{path}", {"nome": "x"}, content_type="application/json")
        assert answer.status_code == 403, method
    assert strong.post("/api/auth/logout-all").status_code == 403


@pytest.mark.parametrize(
    "header", ["Bearer etlhub_", "Bearer etlhub_" + "a" * 5000, "bearer etlhub_\x00é", "Basic eDp5"]
)
def test_rubbish_lets_nobody_in(db: None, header: str) -> None:
    assert Client(headers={"Authorization": header}).get("/api/jobs").status_code == 401


def test_a_wrong_token_is_not_rescued_by_a_cookie(operador: Client) -> None:
    assert operador.get("/api/jobs", headers={"Authorization": "Bearer etlhub_naoexiste"}).status_code == 401
    # Another scheme is a proxy's business, not ours.
    assert operador.get("/api/jobs", headers={"Authorization": "Basic eDp5"}).status_code == 200


def test_a_user_has_a_bounded_number_of_them(operador: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_PER_USER", 2)
    make(operador)
    made = make(operador)["token"]
    refused = operador.post("/api/tokens", {"nome": "x"}, content_type="application/json")
    assert refused.status_code == 409
    operador.delete(f"/api/tokens/{made['id']}")
    make(operador)


def test_the_admin_shows_and_revokes_them(db: None) -> None:
    boss = User.objects.create_superuser("chefe", password="senha-de-teste")
    token, _ = tokens.create(make_user(Papel.OPERADOR), nome="robô", papel="operador", dias=1)
    client = Client()
    client.force_login(boss)
    assert token.prefixo in client.get("/admin/etlhub/apitoken/").content.decode()
    assert client.get(f"/admin/etlhub/apitoken/{token.pk}/change/").status_code == 200
    client.post("/admin/etlhub/apitoken/", {"action": "revogar", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revogado_em is not None
    assert client.post("/admin/etlhub/apitoken/add/", {"nome": "x"}).status_code == 403
