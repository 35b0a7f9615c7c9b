"""The server's limits on a clock of the test: what trickles is cut, what keeps quiet too, one address has its share."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from django.test import override_settings
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from etlhub import address, http_limits


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock()


def connect(clock: Clock, factory: Any = None) -> tuple[Any, StringTransport]:
    factory = factory or http_limits.BoundedFactory(Mock(request_buffer_size=8192))
    factory.reactor = clock
    channel = factory.buildProtocol(IPv4Address("TCP", "192.0.2.1", 50000))
    transport = StringTransport()  # type: ignore[no-untyped-call]
    channel.makeConnection(transport)
    return channel, transport


def test_a_request_that_trickles_is_cut_after_its_time(clock: Clock) -> None:
    channel, transport = connect(clock)
    channel.dataReceived(b"POST /api/execute HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(http_limits.ARRIVAL_SECONDS // 10 - 1):
        clock.advance(10)
        channel.dataReceived(b"a")
        assert not transport.disconnecting
    clock.advance(10)
    assert transport.disconnecting


def test_headers_that_trickle_are_cut_too(clock: Clock) -> None:
    channel, transport = connect(clock)
    for byte in b"GET / HT":
        channel.dataReceived(bytes([byte]))
        clock.advance(10)
    assert transport.disconnecting


def test_a_slow_start_does_not_take_from_the_requests_time(clock: Clock) -> None:
    channel, transport = connect(clock)
    clock.advance(http_limits.ARRIVAL_SECONDS - 1)
    channel.dataReceived(b"POST /api/execute HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
    clock.advance(http_limits.ARRIVAL_SECONDS - 1)
    assert not transport.disconnecting


def test_one_address_gets_its_share_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_limits, "CONNECTIONS_PER_ADDRESS", 2)
    factory = http_limits.CountedFactory(Mock())
    one, other = IPv4Address("TCP", "192.0.2.1", 1), IPv4Address("TCP", "192.0.2.2", 1)
    first, _second = (factory.buildProtocol(one) for _ in range(2))
    for each in (first, _second):
        factory.registerProtocol(each)  # type: ignore[no-untyped-call]
    assert factory.buildProtocol(one) is None
    assert factory.buildProtocol(other) is not None
    with override_settings(TRUSTED_PROXIES=["192.0.2.0/24"]):
        assert factory.buildProtocol(one) is not None
    factory.unregisterProtocol(first)
    factory.count[one.host] -= 1  # the proxy's
    assert factory.buildProtocol(one) is not None


@pytest.mark.parametrize(
    ("peer", "forwarded", "real"),
    [
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),  # a stranger's word counts for nothing
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # what the client itself wrote comes first
        ("127.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "198.51.100.7, rubbish", "127.0.0.1"),
        # Some proxies write the port, too: whoever comes by them must not count as the proxy.
        ("127.0.0.1", "198.51.100.7:50123", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, [2001:db8::1]:50123", "2001:db8::1"),
        ("127.0.0.1", "198.51.100.7:1, 10.0.0.2:2", "198.51.100.7"),
    ],
)
def test_the_real_address_is_what_our_proxies_say(peer: str, forwarded: str, real: str) -> None:
    with override_settings(TRUSTED_PROXIES=["127.0.0.0/8", "10.0.0.0/24"]):
        assert address.real_address(peer, forwarded) == real


@pytest.mark.parametrize(("kind", "first"), [("http", "http.response.start"), ("websocket", "websocket.close")])
async def test_only_the_allowed_networks_come_in(kind: str, first: str) -> None:
    sent: list[dict[str, Any]] = []

    async def inner(*_: Any) -> None:
        sent.append({"type": "let in"})

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    guard = address.ClientAddress(inner)
    with override_settings(ALLOWED_NETWORKS=["10.0.0.0/8", "2001:db8::/32"], TRUSTED_PROXIES=[]):
        for peer in ("10.1.2.3", "2001:db8::5", "::ffff:10.9.9.9"):
            await guard({"type": kind, "client": [peer, 1], "headers": []}, receive, send)
        assert [each["type"] for each in sent] == ["let in"] * 3
        await guard({"type": kind, "client": ["192.0.2.1", 1], "headers": []}, receive, send)
    assert sent[3]["type"] == first
    assert sent[3].get("status", 403) == 403
