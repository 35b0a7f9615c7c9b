"""A demonstration portal on a free port, at a fixed date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from etl_scripts.demo_portal import DemoPortal, Settings

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def shared_portal() -> Iterator[DemoPortal]:
    with DemoPortal(settings=Settings(hoje=TODAY)) as portal:
        yield portal


@pytest.fixture
def portal(shared_portal: DemoPortal) -> DemoPortal:
    """The one server of the session, as if just started."""
    shared_portal.reset()
    shared_portal.world.settings = Settings(hoje=TODAY)
    return shared_portal


@pytest.fixture
def client(portal: DemoPortal) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=portal.base_url, follow_redirects=True, timeout=20) as client:
        yield client
