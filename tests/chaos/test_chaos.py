"""The short form for every change; `python -m tests.chaos --faults 1000` is the long one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.chaos.campaign import campaign

DATABASES = {"sqlite": "", "postgres": os.environ.get("ETLHUB_TEST_POSTGRES_URL", "")}
FAULTS = 20
SECONDS = 45.0
"""No new round after so long; the one under way is judged."""

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


@pytest.mark.parametrize("database", [name for name, url in DATABASES.items() if url or name == "sqlite"])
def test_nothing_is_lost_repeated_stuck_or_left_behind(database: str, tmp_path: Path) -> None:
    report = campaign(tmp_path, seed=20261124, faults=FAULTS, seconds=SECONDS, postgres=DATABASES[database])
    text = json.dumps(report.as_dict(), indent=1, ensure_ascii=False)
    assert not report.verdict.failures, text
    assert sum(report.faults.values()) >= FAULTS // 2, text
    assert sum(report.verdict.checks.values()) > 100, text
