"""A session: a new key at login, ends unused, ends old, ends everywhere at once and with the password."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from etlhub import sessions
from etlhub.access import Papel
from etlhub.models import WebSession
from tests.conftest import client_of, make_user

COOKIE = "etlhub_session"
PASSWORD = "senha-de-teste"


def log_in(name: str, password: str = PASSWORD, client: Client | None = None) -> Client:
    client = client or Client()
    answer = client.post("/api/auth/login", {"username": name, "password": password}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return client


def is_in(client: Client) -> bool:
    return client.get("/api/auth/me").status_code == 200


@pytest.fixture
def ana(db: None) -> User:
    return make_user(Papel.OPERADOR, "ana")


def test_a_login_changes_the_key_so_that_a_planted_one_is_worthless(ana: User) -> None:
    planted = sessions.SessionStore()
    planted.create()
    client = Client()
    client.cookies[COOKIE] = str(planted.session_key)
    log_in("ana", client=client)
    assert client.cookies[COOKIE].value != planted.session_key
    assert not WebSession.objects.filter(session_key=planted.session_key).exists()
    again = client.cookies[COOKIE].value
    client.post("/api/auth/logout")
    log_in("ana", client=client)
    assert client.cookies[COOKIE].value != again


def test_a_session_ends_when_unused_and_lives_on_while_used(ana: User) -> None:
    client = log_in("ana")
    row = WebSession.objects.get(user=ana)
    assert timedelta(minutes=119) < row.expire_date - timezone.now() <= timedelta(minutes=120)
    WebSession.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    assert is_in(client)
    row.refresh_from_db()
    assert row.expire_date - timezone.now() > timedelta(minutes=119)
    WebSession.objects.update(expire_date=timezone.now())
    assert not is_in(client)


def test_use_does_not_carry_a_session_over_its_absolute_limit(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = log_in("ana")
    row = WebSession.objects.get(user=ana)
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 12 * 3600 - 600)
    WebSession.objects.update(expire_date=timezone.now() + timedelta(minutes=30))
    assert is_in(client)
    row.refresh_from_db()
    assert abs(row.expire_date.timestamp() - (began + 12 * 3600)) < 2


def test_a_used_session_costs_no_write_a_request(ana: User) -> None:
    client = log_in("ana")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            client.get("/api/auth/me")
    assert not [each["sql"] for each in queries if each["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_logout_everywhere_ends_every_session_of_this_user_only(ana: User) -> None:
    other = client_of(Papel.VISUALIZADOR)
    browsers = [log_in("ana") for _ in range(3)]
    answer = browsers[0].post("/api/auth/logout-all")
    assert answer.status_code == 200
    assert "3 sess" in answer.json()["message"]
    assert [is_in(each) for each in browsers] == [False] * 3
    assert is_in(other)


def test_a_new_password_ends_the_other_sessions(ana: User) -> None:
    here, there = log_in("ana"), log_in("ana")
    wrong = here.post(
        "/api/auth/senha", {"atual": "errada", "nova": "outra-senha-boa"}, content_type="application/json"
    )
    assert (wrong.status_code, wrong.json()["campos"][0]["campo"]) == (422, "atual")
    weak = here.post("/api/auth/senha", {"atual": PASSWORD, "nova": "123"}, content_type="application/json")
    assert (weak.status_code, weak.json()["campos"][0]["campo"]) == (422, "nova")
    assert is_in(there)
    good = here.post("/api/auth/senha", {"atual": PASSWORD, "nova": "outra-senha-boa"}, content_type="application/json")
    assert good.status_code == 200
    assert (is_in(here), is_in(there)) == (True, False)
    log_in("ana", "outra-senha-boa")


def test_a_password_that_an_administrator_sets_ends_them_all(ana: User) -> None:
    browser = log_in("ana")
    ana.set_password("trocada-pela-administração")
    ana.save()
    assert not WebSession.objects.filter(user=ana).exists()
    assert not is_in(browser)


def test_deleting_the_user_deletes_the_sessions(ana: User) -> None:
    browser = log_in("ana")
    ana.delete()
    assert not WebSession.objects.exists()
    assert not is_in(browser)


def test_old_rows_are_cleared(ana: User) -> None:
    log_in("ana")
    WebSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    sessions.SessionStore.clear_expired()
    assert not WebSession.objects.exists()
