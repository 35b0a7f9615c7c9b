"""Nonsense on the WebSocket: answered or closed, never a traceback in the web log, never a neighbour that notices."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import socket
import struct
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.hub import Hub, wait_until
from tests.security.conftest import alive
from tests.security.test_sessions_live import close_code

LARGE = 64 * 1024
NASTY = [
    "", " ", "null", "[]", "0", '"x"', "{", "}{", '{"type":', "\x00", "\ud7ff\uffff", "[" * 60_000, '{"a":' * 12_000,
    '{"type":"subscribe"}', '{"type":"subscribe","job_id":null}', '{"type":"subscribe","job_id":-1}',
    '{"type":"subscribe","job_id":1e400}', '{"type":"subscribe","job_id":NaN}', '{"type":"subscribe","job_id":"1; DROP"}',
    '{"type":"subscribe","job_id":99999999999999999999}', '{"type":"subscribe","job_id":[1]}',
    '{"type":"subscribe","job_id":1,"after":"x"}', '{"type":"subscribe","job_id":1,"after":1e300}',
    '{"type":"subscribe","job_id":true,"batch":{}}', '{"type":"unsubscribe","job_id":7}', '{"type":["subscribe"]}',
    '{"type":{"a":1}}', '{"type":"ping","x":"' + "a" * 60_000 + '"}', '{"job_id":' + "9" * 5_000 + "}",
]  # fmt: skip


def random_frame(source: random.Random) -> str | bytes:
    kinds: tuple[Any, ...] = ("subscribe", "unsubscribe", "ping", "log", "", None, 5, [], {})
    values: tuple[Any, ...] = (0, 1, -1, 2**31, 2**63, 1.5, "1", "x", None, True, [], {}, "\x00", "é\U0001f600")
    choice = source.random()
    if choice < 0.2:
        return source.randbytes(source.randrange(2000))
    if choice < 0.4:
        return "".join(chr(source.randrange(1, 0xD7FF)) for _ in range(source.randrange(300)))
    fields = {name: source.choice(values) for name in source.sample(["job_id", "after", "batch", "x", "y"], 3)}
    return json.dumps({"type": source.choice(kinds), **fields})


@pytest.fixture
def neighbour(hub: Hub, client: httpx.Client) -> Iterator[ClientConnection]:
    """A well-behaved client; still served at the end. The web process has not complained meanwhile."""
    log = hub.folder / "web.log"
    before = log.stat().st_size
    with hub.socket(client) as connection:
        yield connection
        assert alive(connection)
    assert b"Traceback" not in log.read_bytes()[before:], log.read_bytes()[before:][-3000:].decode(errors="replace")


def test_every_nasty_frame_is_survived(hub: Hub, client: httpx.Client, neighbour: ClientConnection) -> None:
    with hub.socket(client) as connection:
        for frame in NASTY:
            connection.send(frame)
        assert alive(connection)


@pytest.mark.parametrize("seed", range(5))
def test_random_frames_are_survived(hub: Hub, client: httpx.Client, neighbour: ClientConnection, seed: int) -> None:
    source = random.Random(seed)
    with hub.socket(client) as connection:
        for _ in range(50):
            connection.send(random_frame(source))
        assert alive(connection)


def test_who_floods_is_closed(hub: Hub, client: httpx.Client, neighbour: ClientConnection) -> None:
    with hub.socket(client) as connection:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(5_000):
                connection.send('{"type":"ping"}')
        assert close_code(connection) in (1006, 4008)


def test_large_frames_and_large_messages_in_pieces_are_refused(
    hub: Hub, client: httpx.Client, neighbour: ClientConnection
) -> None:
    with hub.socket(client) as connection:
        connection.send("a" * (LARGE + 1))
        assert close_code(connection) in (1006, 1009)
    with hub.socket(client) as connection:
        with contextlib.suppress(ConnectionClosed):
            connection.send("a" * 30_000 for _ in range(200))
        assert close_code(connection) in (1006, 1009)


def raw_socket(hub: Hub, client: httpx.Client) -> socket.socket:
    """A connection past the handshake, for bytes that no library sends."""
    raw = socket.create_connection(("127.0.0.1", hub.port), timeout=10)
    key = base64.b64encode(os.urandom(16)).decode()
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    lines = (
        "GET /ws HTTP/1.1", f"Host: localhost:{hub.port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Cookie: {cookie}",
    )  # fmt: skip
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += raw.recv(4096)
    assert b" 101 " in answer
    return raw


MASK = b"\x01\x02\x03\x04"
BROKEN = {
    "unmasked": b"\x81\x02{}",
    "reserved opcode": b"\x83\x80" + MASK,
    "reserved bits": b"\xf1\x80" + MASK,
    "not utf-8": b"\x81\x82" + MASK + bytes(a ^ b for a, b in zip(b"\xff\xfe", MASK, strict=False)),
    "long ping": b"\x89\xfe" + struct.pack(">H", 200) + MASK + b"\x00" * 200,
    "split ping": b"\x09\x80" + MASK,
    "continuation of nothing": b"\x80\x80" + MASK,
    "promise of 2^63 bytes": b"\x82\xff" + b"\x7f" + b"\xff" * 7 + MASK,
    "close without code": b"\x88\x80" + MASK,
    "close with a bad code": b"\x88\x82" + MASK + bytes(a ^ b for a, b in zip(b"\x00\x01", MASK, strict=False)),
    "no websocket at all": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_frames_end_their_own_connection_only(
    hub: Hub, client: httpx.Client, neighbour: ClientConnection, name: str
) -> None:
    with raw_socket(hub, client) as raw:
        raw.sendall(BROKEN[name])
        with contextlib.suppress(ConnectionResetError):
            while raw.recv(4096):
                pass


def test_a_user_has_a_bounded_number_of_sockets(hub: Hub, client: httpx.Client) -> None:
    """20 in this hub; the one too many is told to come later, and may when another has left."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(hub.socket(client)) for _ in range(20)]
        assert all(alive(each) for each in held)
        with hub.socket(client) as surplus:
            assert close_code(surplus, 5) == 4013
        with hub.client("operador") as other, hub.socket(other) as neighbour:
            assert alive(neighbour)
        held[0].close()

        def let_in() -> bool:
            with contextlib.suppress(ConnectionClosed), hub.socket(client) as again:
                return alive(again)
            return False

        wait_until(let_in, 10)
