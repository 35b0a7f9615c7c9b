"""A client whose consumer meets a fault is let go whole: it comes again, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.db import OperationalError

from etlhub import sockets
from etlhub.access import Papel
from jobs import consumers
from jobs.consumers import EventsConsumer
from jobs.fanout import fanout
from tests.conftest import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db: None) -> User:
    return make_user(Papel.VISUALIZADOR)


def connection_of(user: User) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(EventsConsumer.as_asgi(), "/ws")
    scope = cast(dict[str, Any], communicator.scope)
    scope |= {"user": user, "session": type("Session", (), {"session_key": "s"})(), "client": ["127.0.0.1", 1]}
    return communicator


async def refuse(*_: Any, **__: Any) -> Any:
    raise OperationalError("terminating connection due to administrator command")


def places_of(user: User) -> int:
    return sockets.places()._count["user", user.pk]


async def becomes(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_the_server_can_send_the_code_that_says_so() -> None:
    """Its library raises at codes below 3000; the connection then stayed open and mute for ever."""
    assert 3000 <= consumers.GO_AWAY <= 4999


async def test_a_database_that_is_away_on_connecting(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "_unfinished", refuse)
    client = connection_of(user)
    await client.connect()
    closed = await client.receive_output(5)
    assert (closed["type"], closed["code"]) == ("websocket.close", consumers.GO_AWAY)
    await client.disconnect()
    await becomes(lambda: len(fanout()) == 0 and places_of(user) == 0)


async def test_a_database_that_is_away_on_subscribing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = connection_of(user)
    await client.connect()
    monkeypatch.setattr(consumers, "_top", refuse)
    await client.send_to(text_data=json.dumps({"type": "subscribe", "job_id": 1}))
    closed = await client.receive_output(5)
    assert (closed["type"], closed["code"]) == ("websocket.close", consumers.GO_AWAY)
    await client.disconnect()
    await becomes(lambda: len(fanout()) == 0 and places_of(user) == 0)


async def test_a_fault_that_nobody_thought_of_leaves_nothing_behind(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connection_of(user)
    await client.connect()
    await becomes(lambda: (len(fanout()), places_of(user)) == (1, 1))

    async def fault(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(EventsConsumer, "_subscribe", fault)
    await client.send_to(text_data=json.dumps({"type": "subscribe", "job_id": 1}))
    with pytest.raises(ZeroDivisionError):
        await client.receive_output(5)
    await becomes(lambda: len(fanout()) == 0 and places_of(user) == 0)
