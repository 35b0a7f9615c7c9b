"""Each way in, for nobody and for each role: 401, 403 or let through, as the table in the docs says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from etlhub import routes
from etlhub.access import Papel
from etlhub.paths import BASE_DIR
from tests.conftest import client_of, make_user

PAPEIS = list(Papel)[1:]
REFUSALS = (401, 403)


def knock(client: Client, route: routes.Route) -> int:
    """The status of a call that can do no harm: of things that do not exist, with an empty body."""
    path = re.sub(r"{\w*_id}|{id}", "999999", route.path)
    return int(client.generic(route.method, path, data=b"", content_type="application/json").status_code)


@pytest.fixture
def clients(catalogo: None) -> dict[Papel, Client]:
    return {Papel.NENHUM: Client(raise_request_exception=False)} | {papel: client_of(papel) for papel in PAPEIS}


def test_an_operation_lets_in_whom_its_guard_names(clients: dict[Papel, Client]) -> None:
    wrong = []
    for route in sorted(routes.api_routes(), key=lambda route: "logout" in route.path):  # those come last
        for papel, client in clients.items():
            if papel and "logout" in route.path:
                client.force_login(User.objects.get(username=papel.name.lower()))
            status = knock(client, route)
            if papel >= route.minimum:
                right = status not in REFUSALS and (status < 500 or route.path.endswith("/ready"))
            else:
                right = status == (401 if papel is Papel.NENHUM else 403)
            if not right:
                wrong.append((route.method, route.path, papel.name, status))
    assert wrong == []


def test_only_the_login_the_logout_and_health_are_open() -> None:
    open_ones = {route.path for route in routes.api_routes() if route.minimum is Papel.NENHUM}
    assert {path for path in open_ones if not path.startswith("/api/health")} == {
        "/api/auth/login",
        "/api/auth/logout",
        "/api/auth/opcoes",
    }


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/naoexiste", "/api/jobs/1/naoexiste"])
def test_an_unknown_address_is_a_json_404(clients: dict[Papel, Client], address: str) -> None:
    for client in clients.values():
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.json()["detail"]


def admin_addresses() -> list[tuple[routes.AdminPage, str]]:
    return [
        (page, f"/admin/{page.url_name.replace('_', '/', 1)}/{rest}")
        for page in routes.admin_pages()
        for rest in ("", "add/", "999999/change/", "999999/delete/", "999999/history/")
    ]


def test_the_admin_shows_itself_to_administrators_only(clients: dict[Papel, Client]) -> None:
    from etlhub.access import set_papel

    set_papel(User.objects.get(username="administrador"), Papel.ADMINISTRADOR)
    for papel, client in clients.items():
        for page, address in admin_addresses():
            answer = client.get(address)
            if papel < Papel.ADMINISTRADOR:
                assert answer.status_code == 302, (papel, address)
                assert "/login/" in answer["Location"], (papel, address)
            elif address.endswith(f"{page.url_name.replace('_', '/', 1)}/"):
                assert answer.status_code == 200, address
            else:
                assert answer.status_code < 500, address


def test_staff_without_the_role_may_look_but_not_touch(catalogo: None) -> None:
    for papel in (Papel.VISUALIZADOR, Papel.OPERADOR):
        user = make_user(papel, f"gerente-{papel.name}")
        user.is_staff = True
        user.save()
        client = Client()
        client.force_login(user)
        for page in routes.admin_pages():
            answer = client.get(f"/admin/{page.url_name.replace('_', '/', 1)}/")
            assert answer.status_code == (200 if page.view and page.view <= papel else 403), page
        assert client.post("/admin/auth/user/add/", {"username": "x"}).status_code == 403
        assert client.post("/admin/sistemas/sistema/fidc/change/", {"nome": "x"}).status_code == 403


def test_the_pages_open_without_login_hold_no_data(clients: dict[Papel, Client]) -> None:
    for client in clients.values():
        for address in ("/", "/etl", "/logs", "/portfolio", "/settings", "/entrar/"):
            assert client.get(address).status_code in (200, 302, 503)


def test_a_user_without_a_group_is_operador_and_one_in_nenhum_has_no_right(catalogo: None) -> None:
    plain = User.objects.create_user("semgrupo", password="senha-de-teste")
    client = Client()
    client.force_login(plain)
    assert client.get("/api/auth/me").json()["papel"] == "operador"
    client.force_login(make_user(Papel.NENHUM))
    answer = client.get("/api/jobs")
    assert answer.status_code == 403
    assert "visualizador" in answer.json()["detail"]


def test_an_account_that_was_closed_is_out_at_once(clients: dict[Papel, Client]) -> None:
    client = clients[Papel.ADMINISTRADOR]
    assert client.get("/api/auth/me").status_code == 200
    User.objects.filter(username="administrador").update(is_active=False)
    assert client.get("/api/auth/me").status_code == 401


def test_the_table_in_the_docs_is_the_codes(tmp_path: Path) -> None:
    fresh = tmp_path / "papeis.md"
    call_command("show_access", "--write", str(fresh), verbosity=0)
    kept = (BASE_DIR / "docs" / "papeis.md").read_text(encoding="utf-8")
    assert kept == fresh.read_text(encoding="utf-8"), "rode: python manage.py show_access --write docs/papeis.md"
