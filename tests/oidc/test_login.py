"""On a whole hub with a real provider: in by the company's account, and every way in which that must fail."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.hub import PASSWORD, Hub
from tests.oidc.provider import CLIENT_SECRET, Provider

pytestmark = pytest.mark.xdist_group("oidc")  # one hub and one provider
START = "/entrar/oidc/"


@contextlib.contextmanager
def browser(hub: Hub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.url, timeout=30, trust_env=False) as client:
        yield client


def leave_for_provider(client: httpx.Client, next_page: str = "") -> str:
    """The address at the provider that the hub sends to."""
    answer = client.get(START, params={"next": next_page} if next_page else {})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client: httpx.Client, at_provider: str) -> httpx.Response:
    """Through the provider, and the hub's answer to what it sends back."""
    back = httpx.get(at_provider, follow_redirects=False).headers["Location"]
    return client.get(back)


def log_in(client: httpx.Client, next_page: str = "") -> httpx.Response:
    return come_back(client, leave_for_provider(client, next_page))


def me(client: httpx.Client) -> dict[str, Any] | None:
    answer = client.get("/api/auth/me")
    return dict(answer.json()) if answer.status_code == 200 else None


def audit(hub: Hub) -> list[dict[str, Any]]:
    with hub.client() as admin:
        return list(admin.get("/api/auditoria", params={"acao": "entrou"}).json()["auditoria"])


def test_the_first_login_makes_the_user_with_the_role_of_the_claim(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("bia", ["etl-operadores", "outro"], given_name="Bia", family_name="Souza"))
    with browser(hub) as client:
        answer = log_in(client, "/etl?x=1")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/etl?x=1")
        assert me(client) == {
            "username": "bia", "nome": "Bia Souza", "papel": "operador", "falta_segundo_fator": False,
        }  # fmt: skip
    entry = audit(hub)[1]  # [0] is the administrator's, to look
    assert (entry["usuario"], entry["via"], entry["status"]) == ("bia", "OIDC", 200)


def test_the_role_is_read_anew_at_each_login(hub: Hub, provider: Provider) -> None:
    for groups, papel in ((["etl-admins"], "administrador"), (["CN=Olham,OU=x"], "visualizador")):
        provider.lie(claims=provider.person("caio", groups))
        with browser(hub) as client:
            log_in(client)
            assert (me(client) or {})["papel"] == papel


def test_who_loses_the_role_is_out_everywhere(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("davi", ["etl-operadores"]))
    with browser(hub) as before, browser(hub) as after:
        log_in(before)
        assert me(before)
        provider.lie(claims=provider.person("davi", ["nada"]))
        answer = log_in(after)
        assert answer.status_code == 403
        assert "não tem acesso" in answer.text
        assert me(after) is None
        assert me(before) is None
    entry = audit(hub)[1]
    assert (entry["usuario"], entry["status"]) == ("davi", 403)


@pytest.mark.parametrize("groups", [[], ["etl"], None, "etl-admins-nao"])
def test_an_account_without_a_role_is_refused_and_no_user_made(hub: Hub, provider: Provider, groups: Any) -> None:
    provider.lie(claims=provider.person("estranha", groups))
    with browser(hub) as client:
        answer = log_in(client)
        assert (answer.status_code, "não tem acesso" in answer.text) == (403, True)
        assert me(client) is None
    assert "estranha" not in hub.manage("shell", "-c", "from django.contrib.auth.models import User as U; "
                                        "print(list(U.objects.values_list('username', flat=True)))").stdout  # fmt: skip


def test_groups_that_only_userinfo_tells_count_when_they_are_of_the_same_person(hub: Hub, provider: Provider) -> None:
    claims = provider.person("fabio", ["etl-admins"])
    provider.lie(claims=claims, thin=True, userinfo_sub="outra-pessoa")
    with browser(hub) as client:
        assert log_in(client).status_code == 403
    provider.lie(claims=claims, thin=True)
    with browser(hub) as client:
        log_in(client)
        assert (me(client) or {})["papel"] == "administrador"


LIES: dict[str, dict[str, Any]] = {
    "another audience": {"token": {"aud": "outro-cliente"}},
    "an audience among others without azp": {"token": {"aud": ["etl-hub-teste", "outro"]}},
    "another party": {"token": {"azp": "outro-cliente"}},
    "another issuer": {"token": {"iss": "http://localhost:1"}},
    "another nonce": {"token": {"nonce": "x" * 43}},
    "no nonce": {"token": {"nonce": None}},
    "no subject": {"token": {"sub": None}},
    "expired": {"lifetime": -120},
    "no end": {"token": {"exp": None}},
    "an old one": {"token": {"iat": 1_600_000_000}},
    "another key": {"foreign_key": True},
    "alg none": {"alg": "none"},
    "the public key as a shared secret": {"alg": "HS256"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_is_not_as_it_must_be_opens_nothing(hub: Hub, provider: Provider, lie: dict[str, Any]) -> None:
    provider.lie(claims=provider.person("mentira", ["etl-admins"]), **lie)
    with browser(hub) as client:
        answer = log_in(client)
        assert (answer.status_code, "não pôde ser confirmada" in answer.text) == (403, True)
        assert me(client) is None


def test_a_key_that_the_provider_changed_is_read_again(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("gil", ["etl-operadores"]))
    with browser(hub) as client:
        log_in(client)
        assert me(client)
    provider.lie(claims=provider.person("gil", ["etl-operadores"]), new_key=True)
    hub.kill("web")  # a fresh process has read no key yet: the minute between two readings would hold the test up
    hub.start("web")
    hub.wait_ready()
    with browser(hub) as client:
        log_in(client)
        assert me(client)


def test_a_forged_or_missing_state_opens_nothing(hub: Hub, provider: Provider) -> None:
    with browser(hub) as client:
        back = httpx.get(leave_for_provider(client)).headers["Location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        for state in ("forjado", "", None):
            forged = {name: value for name, value in {**query, "state": state}.items() if value is not None}
            assert client.get(f"{START}retorno/?{urlencode(forged)}").status_code == 400
            leave_for_provider(client)
    # Another browser, to which someone sends the address of a login of theirs.
    with browser(hub) as mine, browser(hub) as victim:
        back = httpx.get(leave_for_provider(mine)).headers["Location"]
        answer = victim.get(back)
        assert (answer.status_code, "não foi começado neste navegador" in answer.text) == (400, True)
        leave_for_provider(victim)
        assert victim.get(back).status_code == 400
        assert me(victim) is None


def test_a_code_is_worth_once(hub: Hub, provider: Provider) -> None:
    with browser(hub) as client:
        back = httpx.get(leave_for_provider(client)).headers["Location"]
        cookie = client.cookies["etlhub_oidc"]
        assert client.get(back).status_code == 302
        client.cookies.clear()
        client.cookies.set("etlhub_oidc", cookie)
        assert client.get(back).status_code == 403
        assert me(client) is None


@pytest.mark.parametrize(
    "where",
    [
        "https://mal.example/",
        "//mal.example",
        "/\\mal.example",
        "javascript:alert(1)",
        "\thttp://x",
        "etl",
        "/x\r\nY: z",
    ],
)
def test_next_leads_nowhere_else(hub: Hub, provider: Provider, where: str) -> None:
    provider.lie(claims=provider.person("hugo", ["etl-operadores"]))
    with browser(hub) as client:
        answer = log_in(client, where)
        assert answer.status_code == 302
        target = urlsplit(answer.headers["Location"])
        assert (target.scheme, target.netloc) == ("", "")
        assert target.path.startswith("/")
        assert "y" not in answer.headers


def test_the_key_of_the_session_is_a_new_one(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("ivo", ["etl-operadores"]))
    with browser(hub) as client:
        client.cookies.set("etlhub_session", "plantada" * 4)
        answer = log_in(client)
        assert answer.cookies["etlhub_session"] != "plantada" * 4
        raw = answer.headers.get_list("Set-Cookie")
        assert any("etlhub_session" in each and "HttpOnly" in each and "SameSite=Lax" in each for each in raw)
        assert any('etlhub_oidc=""' in each for each in raw)


def test_a_name_that_a_local_user_has_is_not_taken_over_until_linked(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("sub-de-admin", ["etl-admins"], preferred_username="ADMIN"))
    with browser(hub) as client:
        answer = log_in(client)
        assert (answer.status_code, "Já existe" in answer.text) == (403, True)
        assert me(client) is None
    refused = hub.manage("link_identity", "admin", "sub-de-admin", check=False)
    assert (refused.returncode, "emergência" in refused.stderr) == (1, True)

    hub.manage("shell", "-c", "from django.contrib.auth.models import User; User.objects.create_user('julia')")
    provider.lie(claims=provider.person("julia", ["etl-operadores"]))
    with browser(hub) as client:
        assert log_in(client).status_code == 403
        assert "julia" in hub.manage("link_identity", "julia", "julia").stdout
        log_in(client)
        assert (me(client) or {})["username"] == "julia"


def test_a_closed_account_stays_out(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("kiko", ["etl-operadores"]))
    with browser(hub) as client:
        log_in(client)
        close = (
            "from django.contrib.auth.models import User; User.objects.filter(username='kiko').update(is_active=False)"
        )
        hub.manage("shell", "-c", close)
        assert me(client) is None
        answer = log_in(client)
        assert (answer.status_code, "desativado" in answer.text) == (403, True)


def test_leaving_tells_where_the_providers_session_ends(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("lia", ["etl-operadores"]))
    with browser(hub) as client:
        log_in(client)
        end = client.post("/api/auth/logout").json()["sair_em"]
        assert end.startswith(f"{provider.url}/logout?")
        assert httpx.get(end).headers["Location"] == f"{hub.url}/login"
        assert me(client) is None
    with browser(hub) as client:
        client.get("/entrar/")
        log_in(client)
        page = client.post("/sair/", headers={"X-CSRFToken": client.cookies["csrftoken"]})
        assert "Sair também de Acme" in page.text
        assert me(client) is None
    with hub.client() as local:
        assert local.post("/api/auth/logout").json()["sair_em"] is None


def test_the_provider_said_no(hub: Hub, provider: Provider) -> None:
    with browser(hub) as client:
        state = parse_qs(urlsplit(leave_for_provider(client)).query)["state"][0]
        answer = client.get(f"{START}retorno/", params={"error": "access_denied<script>", "state": state})
        assert (answer.status_code, "não autorizou" in answer.text) == (403, True)
        assert "script" not in answer.text


def test_what_the_login_page_offers(hub: Hub, provider: Provider) -> None:
    with browser(hub) as client:
        assert client.get("/api/auth/opcoes").json() == {
            "senha": True,
            "oidc": {"nome": "Acme", "endereco": "/entrar/oidc/"},
        }
        for page in ("/entrar/", "/admin/login/"):
            assert "Entrar com Acme" in client.get(page).text


def test_nothing_of_the_client_or_the_tokens_is_written_down(hub: Hub, provider: Provider) -> None:
    provider.lie(claims=provider.person("maria", ["etl-operadores"]))
    with browser(hub) as client:
        back = httpx.get(leave_for_provider(client)).headers["Location"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        client.get(back)
    provider.lie(claims=provider.person("maria", ["etl-operadores"]), foreign_key=True)
    with browser(hub) as client:
        log_in(client)
    for file in [path for path in hub.folder.rglob("*") if path.is_file() and path.name != "oidc_client_secret"]:
        content = file.read_bytes()
        assert CLIENT_SECRET.encode() not in content, file
        assert code.encode() not in content, file
        assert b"eyJhbGciOiJSUzI1NiIs" not in content, file


def test_the_doctor_knows(hub: Hub, provider: Provider) -> None:
    assert provider.url in hub.manage("doctor", check=False).stdout
    provider.lie(issuer="http://localhost:9/outro")
    said = hub.manage("doctor", check=False).stdout
    assert "O provedor diz ser http://localhost:9/outro" in said


def test_without_the_provider_the_hub_starts_and_passwords_work(hub: Hub, provider: Provider) -> None:
    provider.stop()
    try:
        hub.kill("web")
        hub.start("web")
        hub.wait_ready()
        with browser(hub) as client:
            answer = client.get(START)
            assert (answer.status_code, "não respondeu" in answer.text) == (503, True)
            assert "Traceback" not in answer.text
        with hub.client(password=PASSWORD) as local:
            assert me(local)
        assert "não responde como deve" in hub.manage("doctor", check=False).stdout
    finally:
        provider.start()
