"""A demo portal for the module and a clean bench for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl_scripts.demo_portal import DemoPortal

from .bancada import HOJE, Bancada


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoPortal]:
    with DemoPortal() as portal:
        portal.settings.hoje = HOJE
        yield portal


@pytest.fixture
def bancada(portal: DemoPortal, tmp_path: Path) -> Bancada:
    portal.reset()
    return Bancada(portal, tmp_path)
