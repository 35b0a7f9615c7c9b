"""One hub for all tests of this folder, with a user of each role."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import ClientConnection

from etlhub.access import Papel
from tests.hub import PASSWORD, Hub

FAKE_ETL = str(Path(__file__).parent.parent / "jobs" / "fake_etl.py")
MAKE_USERS = f"""
from django.contrib.auth.models import User
from etlhub.access import Papel
from etlhub.access import set_papel
for papel in Papel:
    set_papel(User.objects.create_user(papel.name.lower(), password={PASSWORD!r}), papel)
"""


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    # Nonsense comes faster than people do; test_rate_limits.py is about the limits.
    environment = {"ETLHUB_RATE_LIMIT": "100", "ETLHUB_SOCKETS_PER_USER": "20", "ETLHUB_SOCKETS_PER_ADDRESS": "40"}
    with Hub(folder, workers=1, etl=[sys.executable, FAKE_ETL], environment=environment) as hub:
        hub.manage("shell", "-c", MAKE_USERS)
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[httpx.Client]:
    with hub.client() as client:
        yield client


def name_of(papel: Papel) -> str:
    return papel.name.lower()


def alive(connection: ClientConnection) -> bool:
    """Whether the hub answers on that WebSocket; events that come before the answer are passed over."""
    connection.send('{"type":"ping"}')
    while json.loads(connection.recv(timeout=10))["type"] != "pong":
        pass
    return True
