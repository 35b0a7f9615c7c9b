"""Limits of requests: counted in a real Redis, so across processes; told in Portuguese with the time to wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from django.test import Client

from etlhub import ratelimit, throttle
from etlhub.access import Papel
from tests.conftest import client_of
from tests.hub import Hub


class Clock:
    """Stands in for the time of etlhub.throttle."""

    def __init__(self) -> None:
        self.now = 1_000_000 * 60.0

    def time(self) -> float:
        return self.now

    monotonic = time


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    """A Valkey of our own."""
    hub = Hub(tmp_path_factory.mktemp("valkey"))
    try:
        hub.start_valkey()
        yield redis.Redis(port=hub.redis_port)
    finally:
        hub.__exit__()


@pytest.fixture
def clock(store: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Clock:
    store.flushall()
    clock = Clock()
    monkeypatch.setattr(throttle, "client", lambda: store)
    monkeypatch.setattr(throttle, "time", clock)
    monkeypatch.setattr(throttle, "_not_before", 0.0)
    return clock


def taken(clock: Clock, times: int) -> list[int]:
    return [throttle.take({"chave": 10}, 60) for _ in range(times)]


def test_what_is_within_the_limit_passes_and_the_rest_waits(clock: Clock) -> None:
    assert taken(clock, 10) == [0] * 10
    wait = taken(clock, 1)[0]
    assert 60 <= wait <= 72
    clock.now += wait
    assert taken(clock, 1) == [0]


def test_the_window_slides(clock: Clock) -> None:
    clock.now += 59
    assert taken(clock, 10) == [0] * 10
    clock.now += 2  # in the next window: the ten still weigh 59 sixtieths
    first = taken(clock, 1)[0]
    assert first > 0
    clock.now += 30
    assert taken(clock, 5).count(0) == 5


def test_what_is_refused_does_not_count_and_the_wait_told_is_enough(clock: Clock) -> None:
    taken(clock, 10)
    waits = taken(clock, 50)
    assert max(waits) == min(waits)
    clock.now += waits[-1]
    assert taken(clock, 1) == [0]


def test_keys_expire_and_hold_nothing_readable(clock: Clock, store: redis.Redis) -> None:
    throttle.take({"conta:segredo": 10}, 60)
    (key,) = store.keys("*")
    assert b"segredo" not in key
    assert 0 < store.ttl(key) <= 120


def test_without_redis_nobody_is_shut_out_nor_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def away() -> redis.Redis:
        asked.append(1)
        raise redis.ConnectionError("away")

    monkeypatch.setattr(throttle, "client", away)
    monkeypatch.setattr(throttle, "_not_before", 0.0)
    assert [throttle.take({"chave": 1}, 60) for _ in range(20)] == [0] * 20
    assert len(asked) == 1


@pytest.fixture
def few(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "LIMITS", {papel: (3 + papel, 2) for papel in Papel})
    monkeypatch.setattr(ratelimit, "PAGES_LIMIT", 3)


def test_each_role_has_its_own_limit_for_reading_and_changing(few: None, catalogo: None) -> None:
    for papel in (Papel.VISUALIZADOR, Papel.OPERADOR):
        client = client_of(papel)
        codes = [client.get("/api/sistemas").status_code for _ in range(7)]
        assert codes == [200] * (3 + papel) + [429] * (4 - papel)
        assert client.post("/api/auth/logout-all").status_code == 200  # changing counts apart


def test_the_refusal_says_how_long_to_wait(few: None, catalogo: None) -> None:
    client = client_of(Papel.VISUALIZADOR)
    answers = [client.get("/api/openapi.json") for _ in range(5)]
    assert answers[-1].status_code == 429
    seconds = answers[-1]["Retry-After"]
    assert answers[-1].json()["detail"] == f"Pedidos demais em pouco tempo. Espere {seconds} s e tente de novo."


def test_who_is_not_logged_in_counts_by_address(few: None, db: None) -> None:
    one, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert [one.get("/api/health").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [one.get("/entrar/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert other.get("/api/health").status_code == 200
    assert one.get("/admin/login/").headers["Retry-After"]


def test_the_interface_stays_far_below_the_limits() -> None:
    """A page polls at most every two seconds, with some ten queries in view."""
    assert min(reading for reading, _ in ratelimit.LIMITS.values()) >= 10 * 30 * 4


def test_the_setting_takes_the_limits_away(few: None, catalogo: None, settings: object) -> None:
    settings.RATE_LIMIT = 0  # type: ignore[attr-defined]
    client = client_of(Papel.VISUALIZADOR)
    assert {client.get("/api/sistemas").status_code for _ in range(10)} == {200}
