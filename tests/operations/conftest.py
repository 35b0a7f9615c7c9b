"""One hub in real processes for the tests that only look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.hub import ROOT, Hub

FAKE_ETL = [sys.executable, str(ROOT / "tests" / "jobs" / "fake_etl.py")]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("operations")
    backups = str(folder / "backups diários")
    settings = {"ETLHUB_LOG_JSON": "1", "ETLHUB_BACKUP_DIR": backups, "ETLHUB_BACKUP_HORA": "0"}
    with Hub(folder / "dados", etl=FAKE_ETL, workers=1, environment=settings) as hub:
        yield hub
