"""On a whole hub: logins throttled by real counts, and open WebSockets that end with what let them in."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from etlhub.access import Papel
from tests.hub import PASSWORD, Hub
from tests.security.conftest import alive, name_of

END_SECONDS = 10.0


def close_code(socket: ClientConnection, seconds: float = END_SECONDS) -> int:
    """The code that the hub closes the socket with, at most `seconds` from now."""
    limit = time.monotonic() + seconds
    try:
        while True:
            socket.recv(timeout=max(limit - time.monotonic(), 0.01))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def try_login(hub: Hub, name: str, password: str = "errada") -> httpx.Response:
    return httpx.post(f"{hub.url}/api/auth/login", json={"username": name, "password": password}, timeout=30)


def test_wrong_passwords_are_limited_even_when_sent_at_once(hub: Hub) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: try_login(hub, "vitima"), range(14)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [401] * 10 + [429] * 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 600
    assert "Espere" in refused.json()["detail"]
    assert try_login(hub, "VITIMA ").status_code == 429
    # Another account from the same place is not shut out.
    assert try_login(hub, "visualizador", PASSWORD).status_code == 200

    # Django's own pages share the limit.
    for page in ("/entrar/", "/admin/login/"):
        with httpx.Client(base_url=hub.url, timeout=30) as browser:
            token = browser.get(page).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            form = {"csrfmiddlewaretoken": token, "username": "vitima", "password": "x"}
            assert "Muitas tentativas" in browser.post(page, data=form).text, page


def test_nothing_typed_at_login_is_readable_in_redis(hub: Hub) -> None:
    import redis

    try_login(hub, "digitei-a-senha-aqui")
    store = redis.Redis(port=hub.redis_port)
    assert not [key for key in store.keys("*") if b"digitei" in key]


def test_logout_everywhere_closes_the_open_sockets(hub: Hub) -> None:
    with hub.client("visualizador") as one, hub.client("visualizador") as two, hub.client("operador") as other:
        with hub.socket(one) as first, hub.socket(two) as second, hub.socket(other) as neighbour:
            assert two.post("/api/auth/logout-all").status_code == 200
            assert (close_code(first), close_code(second)) == (4001, 4001)
            assert alive(neighbour)
        assert one.get("/api/auth/me").status_code == 401


def test_one_logout_closes_the_sockets_of_that_session_only(hub: Hub) -> None:
    with (
        hub.client("operador") as one,
        hub.client("operador") as two,
        hub.socket(one) as ended,
        hub.socket(two) as stays,
    ):
        one.post("/api/auth/logout")
        assert close_code(ended) == 4001
        assert alive(stays)


def test_losing_the_role_or_the_account_closes_with_its_own_code(hub: Hub) -> None:
    change = "from django.contrib.auth.models import User; from etlhub.access import Papel; "
    change += "from etlhub.access import set_papel; u = User.objects.create_user('demitida', password='{0}')"
    hub.manage("shell", "-c", change.format(PASSWORD))
    with hub.client("demitida") as client, hub.socket(client) as socket:
        hub.manage(
            "shell", "-c", change.split(" u =")[0] + " set_papel(User.objects.get(username='demitida'), Papel.NENHUM)"
        )
        assert close_code(socket) == 4003
        assert client.get("/api/jobs").status_code == 403


@pytest.mark.parametrize(("papel", "code"), [(Papel.NENHUM, 4003), (None, 4001)])
def test_who_may_not_see_gets_no_socket(hub: Hub, papel: Papel | None, code: int) -> None:
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(hub.client(name_of(papel)) if papel is not None else httpx.Client())
        socket = stack.enter_context(hub.socket(client))
        assert close_code(socket, 5) == code


def test_a_script_follows_by_its_token_until_that_is_revoked(hub: Hub) -> None:
    with hub.client("operador") as client:
        made = client.post("/api/tokens", json={"nome": "robô", "papel": "visualizador", "dias": 1}).json()
        headers = {"Authorization": f"Bearer {made['segredo']}"}
        with connect(f"ws://localhost:{hub.port}/ws", additional_headers=headers, proxy=None) as socket:
            assert alive(socket)
            assert client.delete(f"/api/tokens/{made['token']['id']}").status_code == 200
            assert close_code(socket) == 4001
        with connect(f"ws://localhost:{hub.port}/ws", additional_headers=headers, proxy=None) as socket:
            assert close_code(socket, 5) == 4001
