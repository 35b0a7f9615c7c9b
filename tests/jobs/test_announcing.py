"""Announcements of lines: bounded in every process they pass through, and what comes out is what was stored."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from django.utils import timezone

from jobs import events
from jobs.fanout import WINDOW_BYTES, Client, Lines
from jobs.protocol import Line
from tests.jobs.conftest import wait_until

LINES = [Line(20, "AMPLIS - REAG", f'linha {n} "ção" \t \u2028 \\') for n in range(1, 8)]


class Hanging:
    """A channel layer whose Redis does not answer until it is let go."""

    def __init__(self) -> None:
        self.free, self.sent = threading.Event(), list[dict[str, Any]]()

    async def group_send(self, _group: str, message: dict[str, Any]) -> None:
        while not self.free.is_set():
            await asyncio.sleep(0.005)
        self.sent.append(message)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    layer, publisher = Hanging(), events._Publisher()
    monkeypatch.setattr(events, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(events, "_publisher", lambda: publisher)
    return layer


def unpacked(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(each) for each in events.unpack_lines(7, message["first"], message["at"], message["lines"])]


@pytest.mark.parametrize("at_most", [events.MAX_CHARS, 120, 1])
def test_announced_lines_arrive_as_they_were_stored_in_however_many_messages(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch, at_most: int
) -> None:
    monkeypatch.setattr(events, "MAX_CHARS", at_most)
    hanging.free.set()
    moment = timezone.now()
    events.publish_lines(7, 41, LINES, moment)
    events.drain()
    got = [payload for message in hanging.sent for payload in unpacked(message)]
    assert got == [
        {
            "job_id": 7,
            "seq": seq,
            "level": "INFO",
            "sistema": line.sistema,
            "mensagem": line.mensagem,
            "timestamp": events.iso(moment),
        }
        for seq, line in enumerate(LINES, 41)
    ]
    assert [message["last"] for message in hanging.sent][-1] == 47


def test_a_flood_into_a_redis_that_hangs_is_given_up_but_what_came_before_and_a_status_are_not(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MAX_BYTES_IN_FLIGHT", 10_000)
    for first in range(1, 8_000, len(LINES)):
        events.publish_lines(7, first, LINES, timezone.now())
    assert 9_000 < events._publisher()._bytes <= 10_000
    events._publisher().send({"type": "status"})
    hanging.free.set()
    wait_until(lambda: events._publisher()._messages == 0)
    assert events._publisher()._bytes == 0
    assert {"type": "status"} in hanging.sent
    seqs = sorted(payload["seq"] for message in hanging.sent if "lines" in message for payload in unpacked(message))
    assert seqs == list(range(1, len(seqs) + 1))
    events.publish_lines(7, 9_000, LINES, timezone.now())  # and it is open again
    wait_until(lambda: any(message.get("first") == 9_000 for message in hanging.sent))


def test_a_client_that_does_not_read_holds_few_bytes_and_knows_where_the_log_ends() -> None:
    client = Client()
    for number in range(1, 300):
        client.offer_lines(Lines(7, number, number, list, size=WINDOW_BYTES // 10))
    assert len(client.lines) == 10
    assert client.held <= WINDOW_BYTES
    assert client.top[7] == 299
    while client.lines:
        client.next_lines()
    assert client.held == 0
    client.offer_lines(Lines(7, 300, 300, list, size=WINDOW_BYTES * 2))  # larger than the window: still taken
    assert len(client.lines) == 1


def test_lines_that_no_client_wants_are_never_encoded() -> None:
    def encode() -> list[str]:
        raise AssertionError("encoded")

    client = Client(follows={8})
    client.offer_lines(Lines(7, 1, 1, encode))
    assert not client.lines
