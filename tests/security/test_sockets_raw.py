"""Bytes on a real socket: trickled, huge and malformed requests are answered and end; nothing says what runs here."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from etlhub import http_limits
from tests.hub import Hub

BANNERS = re.compile(rb"daphne|twisted|autobahn|django|python", re.IGNORECASE)


@contextlib.contextmanager
def connection(hub: Hub) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as raw:
        yield raw


def exchange(hub: Hub, request: bytes) -> bytes:
    """All that the hub answers until it closes."""
    with connection(hub) as raw:
        with contextlib.suppress(OSError):
            raw.sendall(request)
        answer = b""
        with contextlib.suppress(OSError):
            while part := raw.recv(65536):
                answer += part
        return answer


def body_of(answer: bytes) -> dict[str, object]:
    return dict(json.loads(answer.split(b"\r\n\r\n", 1)[1]))


HOST = b"Host: localhost\r\nConnection: close\r\n"
POST = b"POST /api/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(600)) + b"\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Bad Name: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        b"GET /ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\n\r\n",
    ],
    ids=["big", "many", "long", "name", "tls", "bytes", "smuggled", "negative", "upgrade"],
)
def test_malformed_requests_are_answered_400_and_say_no_name(hub: Hub, request_: bytes) -> None:
    answer = exchange(hub, request_)
    assert not answer or b" 400 " in answer.split(b"\r\n")[0], answer[:200]
    assert not BANNERS.search(answer)


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/jobs", "/api/nada", "/entrar/", "/nada.js", "/admin/"])
def test_no_answer_names_the_server(hub: Hub, path: str) -> None:
    answer = exchange(hub, b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    head = answer.split(b"\r\n\r\n")[0]
    assert b"server:" not in head.lower()
    assert b"x-powered-by" not in head.lower()
    assert not BANNERS.search(head)


def test_a_body_over_the_limit_is_refused_in_our_words_and_not_kept(hub: Hub) -> None:
    large = b"a" * (http_limits.JSON_BYTES + 1)
    declared = exchange(hub, POST + b"Content-Length: %d\r\n\r\n" % len(large) + large)
    chunked = exchange(hub, POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(large) + large + b"\r\n0\r\n\r\n")
    for answer in (declared, chunked):
        assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
        assert body_of(answer)["detail"] == "O pedido é grande demais: o limite é 5 MB."
    promised = exchange(hub, POST + b"Content-Length: 99999999999\r\n\r\n")
    assert promised.startswith(b"HTTP/1.1 413 ")
    good = exchange(hub, POST + b"Content-Length: 2\r\n\r\n{}")
    assert good.startswith(b"HTTP/1.1 422 ")


def test_a_body_that_django_refuses_is_refused_in_json(hub: Hub) -> None:
    with hub.client() as client:
        form = client.post("/api/execute", content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data"})
        assert form.status_code in (400, 422)
        assert form.json()["detail"]
        deep = client.post("/api/config", content=b"[" * 100_000, headers={"Content-Type": "application/json"})
        assert deep.status_code in (400, 422)
        assert deep.json()["detail"]


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil", "", "[::1", "a" * 300])
def test_an_unknown_host_name_is_refused(hub: Hub, host: str) -> None:
    answer = httpx.get(f"{hub.url}/api/health", headers={"Host": host}, timeout=10)
    assert answer.status_code == 400
    assert not BANNERS.search(answer.content)
    assert answer.json()["detail"]


def test_clients_that_never_finish_keep_nobody_out(hub: Hub) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connection(hub)).sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: ")
        assert httpx.get(f"{hub.url}/api/health", timeout=5).status_code == 200
