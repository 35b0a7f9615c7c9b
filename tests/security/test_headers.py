"""The security headers of each kind of answer; cookies, redirects and HSTS behind TLS."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from etlhub import security
from etlhub.access import Papel
from etlhub.paths import BASE_DIR
from tests.conftest import make_user

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ADDRESSES = [
    "/", "/etl", "/index.html", "/nada.js", "/entrar/", "/admin/login/", "/admin/", "/api/health", "/api/jobs",
    "/api/nada", "/api/execute", "/api/openapi.json",
]  # fmt: skip


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_answer_has_the_headers(admin: Client, address: str, method: str) -> None:
    admin.raise_request_exception = False
    for client in (Client(), admin):
        answer = getattr(client, method)(address)
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        policy = directives(answer.headers["Content-Security-Policy"])
        assert policy["frame-ancestors"] == ["'none'"]
        assert "'unsafe-inline'" not in policy.get("script-src", policy["default-src"])
        assert "Server" not in answer.headers


def test_our_own_page_may_run_nothing_but_its_files(db: None) -> None:
    policy = directives(Client().get("/", HTTP_HOST="localhost:4001").headers["Content-Security-Policy"])
    assert policy["script-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["connect-src"] == ["'self'", "ws://localhost:4001", "wss://localhost:4001"]
    page = BASE_DIR / "frontend" / "index.html"
    assert not re.findall(r"<script(?![^>]*\bsrc=)", page.read_text(encoding="utf-8")), "an inline script would not run"


def test_the_login_page_runs_no_script_and_only_the_style_it_was_written_with(db: None) -> None:
    policy = directives(Client().get("/entrar/").headers["Content-Security-Policy"])
    assert "script-src" not in policy
    assert policy["default-src"] == ["'none'"]
    assert len(policy["style-src"]) == 1
    assert policy["style-src"][0].startswith("'sha256-")


def test_api_answers_may_load_nothing_and_are_not_kept(db: None) -> None:
    answer = Client().get("/api/jobs")
    assert answer.headers["Content-Security-Policy"] == security.DATA_CSP
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_a_foreign_build_may_have_inline_scripts() -> None:
    assert "'unsafe-inline'" in directives(security.FOREIGN_CSP)["script-src"]
    with override_settings(REACT_BUILD_FOREIGN=True):
        assert directives(security.content_policy("/", "localhost:4001"))["script-src"][1:] == [
            "'unsafe-inline'",
            "'unsafe-eval'",
        ]
        assert "script-src" not in security.content_policy("/api/jobs", "localhost:4001")


@pytest.mark.parametrize("host", ["a; script-src *", "a b", "", "a,b"])
def test_a_strange_host_writes_nothing_into_the_policy(host: str) -> None:
    assert directives(security.content_policy("/", host))["connect-src"] == ["'self'"]


TLS = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def test_behind_tls_plain_requests_go_to_https_but_the_health_checks_do_not(db: None) -> None:
    with override_settings(**TLS):
        client = Client()
        answer = client.get("/logs?a=1", HTTP_HOST="localhost")
        assert (answer.status_code, answer["Location"]) == (301, "https://localhost/logs?a=1")
        assert client.get("/api/health").status_code == 200
        page = client.get("/entrar/", HTTP_X_FORWARDED_PROTO="https")
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_for_us_alone(catalogo: None) -> None:
    make_user(Papel.OPERADOR, "ana")
    with override_settings(**TLS):
        client = Client(headers={"X-Forwarded-Proto": "https"})
        answer = client.post(
            "/api/auth/login", {"username": "ana", "password": "senha-de-teste"}, content_type="application/json"
        )
        cookie = answer.cookies["etlhub_session"]
        assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
        csrf = client.get("/admin/login/").cookies.get("csrftoken")
        assert csrf is None or (csrf["httponly"], csrf["secure"], csrf["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Origin": "http://testserver"}, 401),
        ({"Sec-Fetch-Site": "same-origin"}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "https://evil.example/x"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"}, 403),
        ({"Origin": "https://evil.example", "Authorization": "Bearer etlhub_naoexiste"}, 401),
        ({"Origin": "https://evil.example", "Authorization": "Bearer etlhub_x", "Cookie": "etlhub_session=x"}, 403),
    ],
)
def test_another_sites_page_changes_nothing(db: None, headers: dict[str, str], status: int) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        assert Client().post("/api/execute", headers=headers).status_code == status


def test_djangos_deploy_check_is_clean() -> None:
    with override_settings(**TLS, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECRET_KEY="k" * 30 + "abcdefghijklmnopqrstuv"):
        call_command("check", deploy=True, fail_level="WARNING")
